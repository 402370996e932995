package registry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// MaxFiling is the largest document that is read.
const MaxFiling = 4 << 20

// Fault is one thing that is wrong with a document.
type Fault struct {
	Field string `json:"field"`
	What  string `json:"what"`
	Mend  string `json:"mend"`
}

// FaultError lists all faults of a document. Nothing was stored.
type FaultError struct {
	Filing string // the id, of whatever kind it is
	Kind   Kind   // empty means a filing
	Faults []Fault
}

func (e *FaultError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %s", NamedKind(e.Kind, e.Filing), faultCount(len(e.Faults)))
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\n  %s: %s; %s", f.Field, f.What, f.Mend)
	}
	return b.String()
}

func faultCount(n int) string {
	if n == 1 {
		return "1 fault"
	}
	return fmt.Sprintf("%d faults", n)
}

// Named calls a filing by its id where that is a proper one, which cannot be
// the number of a person.
func Named(id string) string { return NamedKind(KindFiling, id) }

// NamedKind is Named for any kind.
func NamedKind(k Kind, id string) string {
	k = cmp.Or(k, KindFiling)
	if !idForm.MatchString(id) || longNumber(id) && !ticketForm.MatchString(id) {
		return "the " + string(k)
	}
	return string(k) + " " + id
}

// Parse reads one filing document. Unknown fields are faults: a misspelt
// restriction must not be silently dropped. It does not validate.
func Parse(in io.Reader) (policy.Filing, error) {
	b, err := readDocument(in)
	if err != nil {
		return policy.Filing{}, err
	}
	return strict[policy.Filing](b, KindFiling, func(f policy.Filing) string { return f.ID })
}

// ParseDocument reads a document of any kind, told by its schema: a
// policy.Filing, ExporterDoc, RecipientDoc or ExceptionDoc. It does not
// validate.
func ParseDocument(in io.Reader) (any, error) {
	b, err := readDocument(in)
	if err != nil {
		return nil, err
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&head); err != nil {
		// Parse says where and how, unless it is only the schema that is odd.
		if _, err := strict[policy.Filing](b, KindFiling, func(f policy.Filing) string { return f.ID }); err != nil {
			return nil, err
		}
	}
	switch schemas[head.Schema] {
	case KindFiling:
		return strict[policy.Filing](b, KindFiling, func(f policy.Filing) string { return f.ID })
	case KindExporter:
		return strict[ExporterDoc](b, KindExporter, func(d ExporterDoc) string { return d.USCC })
	case KindRecipient:
		return strict[RecipientDoc](b, KindRecipient, func(d RecipientDoc) string { return d.ID })
	case KindException:
		return strict[ExceptionDoc](b, KindException, func(d ExceptionDoc) string { return d.ID })
	}
	mend := "write dc.filing/1, dc.exporter/1, dc.recipient/1 or dc.exception/1"
	if near := closest(head.Schema, slices.Sorted(maps.Keys(schemas))); near != "" {
		mend = "did you mean " + near + "?"
	}
	return nil, &FaultError{Kind: "document", Faults: []Fault{{"schema", "is missing or none that is known", mend}}}
}

func readDocument(in io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, MaxFiling+1))
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	if len(b) > MaxFiling {
		return nil, fmt.Errorf("read document: larger than %d bytes", MaxFiling)
	}
	return b, nil
}

// strict decodes one document and nothing else.
func strict[T any](b []byte, k Kind, id func(T) string) (T, error) {
	var d T
	fail := func(f Fault) error { return &FaultError{Filing: id(d), Kind: k, Faults: []Fault{f}} }
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, fail(syntaxFault[T](b, k, dec.InputOffset(), err))
	}
	end := dec.InputOffset()
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return d, fail(Fault{where(b, dec.InputOffset()), "something follows the " + string(k), "give one " + string(k) + " a file"})
	}
	if s, ok := findStray[T](b[:end]); ok && s.twice {
		return d, fail(Fault{where(b, s.at), "has a field that stands twice in one object", "keep one of them; only the last would count"})
	}
	return d, nil
}

var fieldForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// syntaxFault words a decoding error without quoting the document.
func syntaxFault[T any](b []byte, k Kind, at int64, err error) Fault {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	noun := string(k)
	switch {
	case errors.As(err, &syntax):
		return Fault{where(b, syntax.Offset), "is not JSON", "check quotes, commas and braces before this place"}
	case errors.As(err, &wrong) && wrong.Field == "":
		return Fault{where(b, wrong.Offset), "is no " + noun, "write " + one(k) + " as one JSON object, { … }, one a file"}
	case errors.As(err, &wrong):
		return Fault{wrong.Field, "has the wrong type, " + where(b, wrong.Offset), "give " + article(wrong.Type.String())}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Fault{where(b, int64(len(b))), "the document ends too early", "give one complete " + noun}
	}
	if strings.HasPrefix(err.Error(), "json: unknown field ") {
		return strayFault[T](b, k)
	}
	return Fault{where(b, at), "has a value outside its set", "use general, important or core for a level"}
}

func one(k Kind) string {
	if k == KindExporter || k == KindException {
		return "an " + string(k)
	}
	return "a " + string(k)
}

// strayFault names the first unknown field, where its name can be nothing but
// a misspelt one, and its line.
func strayFault[T any](b []byte, k Kind) Fault {
	s, ok := findStray[T](b)
	none := "has a field that is none of " + one(k)
	if !ok {
		return Fault{"the " + string(k), none, "check the spelling and place of its fields"}
	}
	line, mend := where(b, s.at), "check its spelling and place"
	if near := closest(s.name, s.known); near != "" {
		mend = "did you mean " + near + "?"
	}
	if len(s.path) > 120 || !fieldForm.MatchString(s.name) || longNumber(s.name) {
		return Fault{line, none, mend}
	}
	return Fault{s.path, "is no field of " + one(k) + ", on " + line, mend}
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
