package registry

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// SheetFaults returns the faults of reading alone.
func SheetFaults(s *Sheets) error { return s.fail() }

// FieldsWithoutColumn returns the fields of filings that no table holds, but
// those that the registry sets.
func FieldsWithoutColumn() map[string][]string {
	out := map[string][]string{}
	own := []string{"schema", "revision", "prev_hash", "hash", "signed_by", "recipients", "items", "links"}
	for _, t := range sheetTables() {
		var visit func(of reflect.Type, path string)
		visit = func(of reflect.Type, path string) {
			for i := range of.NumField() {
				tag, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
				name, kind := strings.TrimPrefix(path+"."+tag, "."), of.Field(i).Type
				for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
					kind = kind.Elem()
				}
				c := t.index(name)
				switch {
				case t.name == sheetFilings && slices.Contains(own, name):
				case kind.Kind() == reflect.Struct:
					visit(kind, name)
				case c < 0 || len(t.columns[c].steps) == 0:
					out[t.name] = append(out[t.name], name)
				}
			}
		}
		visit(t.of, "")
		for _, c := range t.columns {
			if len(c.steps) == 0 && c.name != sheetJoin || c.zh == "" || c.en == "" {
				out[t.name] = append(out[t.name], fmt.Sprintf("nothing under the column %s", c.name))
			}
		}
	}
	return out
}
