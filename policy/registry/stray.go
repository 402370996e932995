package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// stray is a field of a document that the form does not have.
type stray struct {
	path, name string
	at         int64    // offset behind the name
	known      []string // fields of the same object
}

// findStray returns the first field that is none of a filing. The decoder of
// encoding/json names such a field and not its place.
func findStray(b []byte) (stray, bool) {
	w := walker{dec: json.NewDecoder(bytes.NewReader(b))}
	w.value(reflect.TypeFor[policy.Filing](), "")
	return w.found, w.found.name != ""
}

type walker struct {
	dec   *json.Decoder
	found stray
}

// value walks one value, and reports whether to go on. A nil type is not
// looked into.
func (w *walker) value(t reflect.Type, path string) bool {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.dec.Token()
	if err != nil {
		return false
	}
	switch token {
	case json.Delim('{'):
		return w.object(t, path)
	case json.Delim('['):
		var of reflect.Type
		if t != nil && t.Kind() == reflect.Slice {
			of = t.Elem()
		}
		for i := 0; w.dec.More(); i++ {
			if !w.value(of, fmt.Sprintf("%s[%d]", path, i)) {
				return false
			}
		}
		_, err = w.dec.Token()
	}
	return err == nil
}

func (w *walker) object(t reflect.Type, path string) bool {
	fields := fieldsOf(t)
	for w.dec.More() {
		token, err := w.dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return false
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		var of reflect.Type
		for known, field := range fields {
			if strings.EqualFold(known, name) {
				of = field
			}
		}
		if fields != nil && of == nil {
			w.found = stray{path: at, name: name, at: w.dec.InputOffset(), known: slices.Sorted(maps.Keys(fields))}
			return false
		}
		if !w.value(of, at) {
			return false
		}
	}
	_, err := w.dec.Token()
	return err == nil
}

// fieldsOf returns the JSON names of a struct with their types, and nil for
// what is none.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out[name] = t.Field(i).Type
	}
	return out
}
