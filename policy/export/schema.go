package export

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed schema/*.json
var schemas embed.FS

// schemaFiles are the JSON Schemas (draft 2020-12) by name. Those of records
// refer to definitions of the entries' file beside them.
var schemaFiles = map[string]string{
	"entry":  "dc.entry-1.json",
	"record": "dc.record-1.json",
	"ocsf":   "ocsf-" + OCSFVersion + ".json",
}

// SchemaNames are the names that Schema takes, sorted.
func SchemaNames() []string { return slices.Sorted(maps.Keys(schemaFiles)) }

// Schema returns a JSON Schema and the name of its file.
func Schema(name string) (file string, text []byte, err error) {
	file, ok := schemaFiles[name]
	if !ok {
		return "", nil, fmt.Errorf("schema must be one of %s", strings.Join(SchemaNames(), ", "))
	}
	text, err = schemas.ReadFile("schema/" + file)
	return file, text, err
}
