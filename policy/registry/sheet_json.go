package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// document reads filings as JSON: one, an array of them, or one after the
// other. The prefix names the file where there are several.
func (s *Sheets) document(ctx context.Context, prefix string, b []byte) {
	b = bytes.TrimPrefix(b, []byte(utf8BOM))
	text := bytes.TrimSpace(b)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		s.refuse(strings.TrimSpace(prefix+"the file"), "is neither JSON nor a workbook nor a zip of CSV files", "give a directory for CSV; see customs filing export --template")
		return
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	if text[0] == '[' {
		dec.Token() // the bracket that was seen
	}
	for n := 0; ; n++ {
		at := fmt.Sprintf("%sfilings[%d]", prefix, n)
		var raw json.RawMessage
		if text[0] == '[' && !dec.More() {
			_, err := dec.Token()
			if _, end := dec.Token(); err != nil || !errors.Is(end, io.EOF) {
				s.fault(at, "", "is not JSON, or something follows the array, on "+where(b, dec.InputOffset()), "give one array, and nothing behind it")
			}
			return
		}
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) && text[0] == '{' && n > 0 {
			return
		} else if err != nil {
			s.refuse(at, "is not JSON, on "+where(b, offsetOf(dec, err)), "check quotes, commas and braces before this place")
			return
		}
		if ctx.Err() != nil || !s.filing(at, raw) {
			return
		}
	}
}

// offsetOf is where decoding stopped.
func offsetOf(dec *json.Decoder, err error) int64 {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return syntax.Offset
	}
	return dec.InputOffset()
}

// filing takes one filing as JSON. It reports whether to go on.
func (s *Sheets) filing(at string, raw []byte) bool {
	if s.rows++; s.rows > maxSheetRows {
		s.refuse(at, "is one filing more than an import may have", "import it in several files")
		return false
	}
	if len(raw) > MaxFiling {
		s.fault(at, "", fmt.Sprintf("is larger than %d MiB", MaxFiling>>20), "split it into several filings")
		return true
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		s.fault(at, "", "is not JSON", "check quotes, commas and braces")
		return true
	}
	switch o, ok := v.(map[string]any); {
	case !ok:
		s.refuse(at, "is no filing", "write a filing as one JSON object, { … }")
		return true
	case o[sheetJoin] == sheetSample:
		return true
	}
	o := origin{place: at, wrong: map[string]bool{}}
	s.shape(&o, "", v, reflect.TypeFor[policy.Filing]())
	f, err := settled(v)
	s.Filings, s.from = append(s.Filings, f), append(s.from, o)
	if err != nil {
		s.refuse(at, "is no filing", "write a filing as one JSON object, { … }")
	}
	return true
}

// settled makes a filing of what shape left, as the register would give it
// back: lists that were written empty are absent.
func settled(v any) (out policy.Filing, err error) {
	var f policy.Filing
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err == nil {
		b, err = json.Marshal(f)
	}
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

// shape notes every field that a filing does not have, or of another type, and
// takes it out, so that the rest can be judged. It reports whether v may stay.
func (s *Sheets) shape(o *origin, field string, v any, t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		if t.Kind() == reflect.Struct {
			s.object(o, field, v, t)
			return true
		}
	case []any:
		if t.Kind() == reflect.Slice {
			for i := range v {
				if !s.shape(o, fmt.Sprintf("%s[%d]", field, i), v[i], t.Elem()) {
					v[i] = nil
				}
			}
			return true
		}
	case string:
		if isLevel := t == reflect.TypeFor[inspect.Level](); isLevel && new(inspect.Level).UnmarshalText([]byte(v)) == nil || t.Kind() == reflect.String {
			return true
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return true
		}
	case json.Number:
		if fits(v, t) {
			return true
		}
	}
	o.wrong[field] = true
	s.fault(o.place, field, "has the wrong type or a value outside its set", "give "+article(t.String()))
	return false
}

// fits reports whether a number is one of the type.
func fits(n json.Number, t reflect.Type) bool {
	i, err := n.Int64()
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return err == nil
	case reflect.Uint16:
		return err == nil && i >= 0 && i <= math.MaxUint16
	}
	return false
}

func (s *Sheets) object(o *origin, field string, v map[string]any, t reflect.Type) {
	fields := fieldsOf(t)
	for _, name := range slices.Sorted(maps.Keys(v)) {
		path := strings.TrimPrefix(field+"."+name, ".")
		if of, ok := fields[name]; ok {
			if !s.shape(o, path, v[name], of) {
				delete(v, name)
			}
			continue
		}
		delete(v, name)
		mend := "check its spelling and place"
		if near := nearName(name, slices.Sorted(maps.Keys(fields))); near != "" {
			mend = "did you mean " + near + "?"
		}
		if !fieldForm.MatchString(name) || longNumber(name) || len(path) > 120 {
			s.fault(o.place, field, "has a field that is none of a filing", mend)
			continue
		}
		s.fault(o.place, path, "is no field of a filing", mend)
	}
}

// nearName is closest for a name of any length.
func nearName(name string, known []string) string {
	if len(name) > 100 {
		return ""
	}
	return closest(name, known)
}
