package export_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

// compiled returns a schema with the files beside it.
func compiled(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	at := ""
	for _, n := range export.SchemaNames() {
		file, text, err := export.Schema(n)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = c.AddResource("file:///"+file, doc)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if n == name {
			at = "file:///" + file
		}
	}
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judged validates JSON text.
func judged(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, text)
	}
	return s.Validate(doc)
}

// A field that is added to a Go type without the schema, or the other way
// round, fails here.
func TestSchemasNameEveryField(t *testing.T) {
	for _, tt := range []struct {
		name string
		of   reflect.Type
	}{
		{"entry", reflect.TypeFor[policy.Entry]()},
		{"record", reflect.TypeFor[policy.Record]()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := walker{t, map[string]map[string]any{}, map[string]bool{}}
			for _, n := range export.SchemaNames() {
				file, text, err := export.Schema(n)
				var doc map[string]any
				if err == nil {
					err = json.Unmarshal(text, &doc)
				}
				if err != nil {
					t.Fatal(err)
				}
				w.docs[file] = doc
			}
			file, _, _ := export.Schema(tt.name)
			w.compare(tt.name, tt.of, file, w.docs[file])
		})
	}
}

// Twins: what was taken from a schema, and what was added to it, is found.
func TestSchemasThatDriftAreFound(t *testing.T) {
	type grown struct {
		policy.Group
		Extra int `json:"extra"`
	}
	for _, tt := range []struct {
		name string
		of   reflect.Type
	}{
		{"a field more in Go", reflect.TypeFor[grown]()},
		{"a field less in Go", reflect.TypeFor[struct {
			Parts int64 `json:"parts"`
		}]()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, text, _ := export.Schema("entry")
			var doc map[string]any
			if err := json.Unmarshal(text, &doc); err != nil {
				t.Fatal(err)
			}
			group := doc["$defs"].(map[string]any)["group"].(map[string]any)["properties"].(map[string]any)
			if got := differences(fieldsOf(tt.of), group); len(got) == 0 {
				t.Error("no difference was found")
			}
		})
	}
}

type walker struct {
	t    *testing.T
	docs map[string]map[string]any
	seen map[string]bool
}

// compare checks one type against its place in a schema, and what is below.
func (w *walker) compare(path string, of reflect.Type, file string, at map[string]any) {
	if ref, ok := at["$ref"].(string); ok {
		to, def, _ := strings.Cut(ref, "#/$defs/")
		if to != "" {
			file = to
		}
		w.compare(path, of, file, w.docs[file]["$defs"].(map[string]any)[def].(map[string]any))
		return
	}
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice && of != reflect.TypeFor[json.RawMessage]() {
		of = of.Elem()
	}
	if of == reflect.TypeFor[json.RawMessage]() {
		of = reflect.TypeFor[policy.Question]()
	}
	if some, ok := at["anyOf"].([]any); ok {
		w.compare(path, of, file, some[0].(map[string]any))
		return
	}
	if at["type"] == "array" {
		w.compare(path, of, file, at["items"].(map[string]any))
		return
	}
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() || of.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || w.seen[path] {
		return
	}
	w.seen[path] = true
	properties, _ := at["properties"].(map[string]any)
	if at["additionalProperties"] != false {
		w.t.Errorf("%s: additional properties are allowed", path)
	}
	fields := fieldsOf(of)
	for _, d := range differences(fields, properties) {
		w.t.Errorf("%s: %s", path, d)
	}
	for name, f := range fields {
		if p, ok := properties[name].(map[string]any); ok {
			if strings.Count(path, ".late") > 1 {
				continue
			}
			w.compare(path+"."+name, f, file, p)
		}
	}
}

func differences(fields map[string]reflect.Type, properties map[string]any) []string {
	var out []string
	for name := range fields {
		if _, ok := properties[name]; !ok {
			out = append(out, "the schema lacks "+name)
		}
	}
	for name := range properties {
		if _, ok := fields[name]; !ok {
			out = append(out, "Go has no "+name)
		}
	}
	slices.Sort(out)
	return out
}

// fieldsOf are the JSON names of a struct, those of embedded ones included.
func fieldsOf(of reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "-" || name == "" {
			continue
		}
		out[name] = f.Type
	}
	return out
}
