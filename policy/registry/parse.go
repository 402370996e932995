package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	fmt.Fprintf(&b, "filing has %d fault(s)", len(e.Faults))
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\n  %s: %s; %s", f.Field, f.What, f.Mend)
	}
	return b.String()
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
		return f, &FaultError{Faults: []Fault{syntaxFault(b, dec.InputOffset(), err)}}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return f, &FaultError{Faults: []Fault{{where(b, dec.InputOffset()), "something follows the filing", "give one filing a file"}}}
	}
	return f, nil
}

// syntaxFault words a decoding error without quoting the document.
func syntaxFault(b []byte, at int64, err error) Fault {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return Fault{where(b, syntax.Offset), "is not JSON", "check quotes, commas and braces before this place"}
	case errors.As(err, &wrong):
		return Fault{wrong.Field, "has the wrong type, " + where(b, wrong.Offset), "give " + article(wrong.Type.String())}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Fault{where(b, int64(len(b))), "the document ends too early", "give one complete filing"}
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok && len(name) < 80 {
		return Fault{strings.Trim(name, `"`), "is no field of a filing, before " + where(b, at), "check its spelling and place"}
	}
	return Fault{where(b, at), "has a value outside its set", "use general, important or core for a level"}
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
