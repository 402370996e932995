package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// stray is a field of a document that the form does not have, or not twice.
type stray struct {
	path, name string
	at         int64    // offset behind the name
	known      []string // fields of the same object
	twice      bool
}

// findStray returns the first field that is none of a T, or stands twice. The
// decoder of encoding/json names an unknown field and not its place, and takes
// the last of two.
func findStray[T any](b []byte) (stray, bool) {
	w := walker{dec: json.NewDecoder(bytes.NewReader(b))}
	w.value(reflect.TypeFor[T](), "")
	return w.found, w.found.at > 0
}

type walker struct {
	dec    *json.Decoder
	found  stray
	fields map[reflect.Type]map[string]reflect.Type
}

// of is fieldsOf, once a type.
func (w *walker) of(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	if w.fields[t] == nil {
		if w.fields == nil {
			w.fields = map[reflect.Type]map[string]reflect.Type{}
		}
		w.fields[t] = fieldsOf(t)
	}
	return w.fields[t]
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
	fields := w.of(t)
	seen := map[string]bool{}
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
				of, name = field, known // the decoder takes it for this one
			}
		}
		if fields != nil && of == nil {
			w.found = stray{path: at, name: name, at: w.dec.InputOffset(), known: slices.Sorted(maps.Keys(fields))}
			return false
		}
		if seen[name] {
			w.found = stray{path: at, name: name, at: w.dec.InputOffset(), twice: true}
			return false
		}
		seen[name] = true
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
		if f := t.Field(i); f.Anonymous {
			maps.Copy(out, fieldsOf(f.Type))
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out[name] = t.Field(i).Type
	}
	return out
}
