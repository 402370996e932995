package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// MaxFiling is the largest filing document that is read.
const MaxFiling = 4 << 20

// Fault is one thing that is wrong with a filing.
type Fault struct {
	Field string `json:"field"`
	What  string `json:"what"`
	Mend  string `json:"mend"`
}

// FaultError lists all faults of a filing. Nothing was stored.
type FaultError struct {
	Filing string
	Faults []Fault
}

func (e *FaultError) Error() string {
	var b strings.Builder
	noun := "faults"
	if len(e.Faults) == 1 {
		noun = "fault"
	}
	fmt.Fprintf(&b, "%s has %d %s", Named(e.Filing), len(e.Faults), noun)
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\n  %s: %s; %s", f.Field, f.What, f.Mend)
	}
	return b.String()
}

// Named calls a filing by its id where that is a proper one, which cannot be
// the number of a person.
func Named(id string) string {
	if !idForm.MatchString(id) || longNumber(id) {
		return "the filing"
	}
	return "filing " + id
}

// Parse reads one filing document. Unknown fields are faults: a misspelt
// restriction must not be silently dropped. It does not validate.
func Parse(in io.Reader) (policy.Filing, error) {
	var f policy.Filing
	b, err := io.ReadAll(io.LimitReader(in, MaxFiling+1))
	if err != nil {
		return f, fmt.Errorf("read filing: %w", err)
	}
	if len(b) > MaxFiling {
		return f, fmt.Errorf("read filing: larger than %d bytes", MaxFiling)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, &FaultError{Filing: f.ID, Faults: []Fault{syntaxFault(b, dec.InputOffset(), err)}}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return f, &FaultError{Filing: f.ID, Faults: []Fault{{where(b, dec.InputOffset()), "something follows the filing", "give one filing a file"}}}
	}
	return f, nil
}

var fieldForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// syntaxFault words a decoding error without quoting the document.
func syntaxFault(b []byte, at int64, err error) Fault {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return Fault{where(b, syntax.Offset), "is not JSON", "check quotes, commas and braces before this place"}
	case errors.As(err, &wrong) && wrong.Field == "":
		return Fault{where(b, wrong.Offset), "is no filing", "write a filing as one JSON object, { … }, one a file"}
	case errors.As(err, &wrong):
		return Fault{wrong.Field, "has the wrong type, " + where(b, wrong.Offset), "give " + article(wrong.Type.String())}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Fault{where(b, int64(len(b))), "the document ends too early", "give one complete filing"}
	}
	if strings.HasPrefix(err.Error(), "json: unknown field ") {
		return strayFault(b)
	}
	return Fault{where(b, at), "has a value outside its set", "use general, important or core for a level"}
}

// strayFault names the first unknown field, where its name can be nothing but
// a misspelt one, and its line.
func strayFault(b []byte) Fault {
	s, ok := findStray(b)
	if !ok {
		return Fault{"the filing", "has a field that is none of a filing", "check the spelling and place of its fields"}
	}
	line, mend := where(b, s.at), "check its spelling and place"
	if near := closest(s.name, s.known); near != "" {
		mend = "did you mean " + near + "?"
	}
	if len(s.path) > 120 || !fieldForm.MatchString(s.name) || longNumber(s.name) {
		return Fault{line, "has a field that is none of a filing", mend}
	}
	return Fault{s.path, "is no field of a filing, on " + line, mend}
}

func article(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "*int"), strings.HasPrefix(kind, "uint"):
		return "a whole number"
	case kind == "bool":
		return "true or false"
	case strings.HasPrefix(kind, "[]"):
		return "a list"
	case strings.Contains(kind, "policy."):
		return "the value or object that the form asks for"
	}
	return "a " + kind
}

// where tells the line of an offset.
func where(b []byte, at int64) string {
	at = max(0, min(at, int64(len(b))))
	return fmt.Sprintf("line %d", 1+bytes.Count(b[:at], []byte{'\n'}))
}
