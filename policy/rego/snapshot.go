package rego

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/datacustoms/customs/policy"
)

const snapshotSchema = "dc.policy/1"

// maxSnapshot bounds what FromSnapshot reads: all modules and data, escaped.
const maxSnapshot = 128 << 20

// snapshot is the form in which a policy is kept beside the records that it
// answered. Its SHA-256 is the digest of the policy.
type snapshot struct {
	Schema  string           `json:"schema"`
	Modules []snapshotModule `json:"modules"`
	Data    map[string]any   `json:"data,omitempty"` // below data.customs.operator
}

type snapshotModule struct {
	Name     string `json:"name"`
	Operator bool   `json:"operator,omitempty"`
	Text     string `json:"text"`
}

// snapshot writes a source; equal sources have equal bytes.
func (s source) snapshot() ([]byte, error) {
	out := snapshot{Schema: snapshotSchema, Data: s.data}
	for _, m := range s.modules {
		out.Modules = append(out.Modules, snapshotModule{m.name, m.operator, m.text})
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write policy snapshot: %w", err)
	}
	return b, nil
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// readSnapshot is the other direction. It takes only bytes that snapshot
// would write, so that a digest stands for one policy.
func readSnapshot(b []byte) (source, error) {
	if len(b) > maxSnapshot {
		return source{}, fmt.Errorf("policy snapshot: larger than %d bytes", maxSnapshot)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var in snapshot
	if err := dec.Decode(&in); err != nil {
		return source{}, errors.New("policy snapshot: is no JSON of its schema")
	}
	if _, err := dec.Token(); err != io.EOF {
		return source{}, errors.New("policy snapshot: something follows the document")
	}
	if in.Schema != snapshotSchema {
		return source{}, fmt.Errorf("policy snapshot: schema must be %s", snapshotSchema)
	}
	src := source{data: in.Data}
	seen := map[string]bool{}
	for i, m := range in.Modules {
		if m.Name == "" || seen[m.Name] {
			return source{}, fmt.Errorf("policy snapshot: modules[%d]: each needs a name of its own", i)
		}
		seen[m.Name] = true
		src.modules = append(src.modules, module{m.Name, m.Text, m.Operator})
	}
	again, err := src.snapshot()
	if err != nil || !bytes.Equal(again, b) {
		return source{}, errors.New("policy snapshot: is not in the form that its digest is made of; take the bytes as they were kept")
	}
	return src, nil
}

// Snapshot returns the policy in force as bytes whose SHA-256 is Digest. They
// hold everything that its answers depend on besides question and rule pack.
func (d *Decider) Snapshot() []byte { return bytes.Clone(d.cur.Load().snapshot) }

// FromSnapshot makes a Decider of a policy that was kept, also if the modules
// of this program are others by now. Of the options it reads no directory and
// no bundle, and Reload keeps it as it is.
func FromSnapshot(b []byte, o Options) (*Decider, error) {
	src, err := readSnapshot(b)
	if err != nil {
		return nil, err
	}
	d, err := prepared(o)
	if err != nil {
		return nil, err
	}
	d.kept = true
	p, err := compile(src)
	if err != nil {
		return nil, err
	}
	d.cur.Store(p)
	return d, nil
}

// ParseQuestion reads the canonical JSON of a question, strictly: unknown
// fields and anything after the document are faults. An error quotes nothing.
func ParseQuestion(b []byte) (*policy.Question, error) {
	const most = 4 << 20
	if len(b) > most {
		return nil, fmt.Errorf("question: larger than %d bytes", most)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	q := new(policy.Question)
	if err := dec.Decode(q); err != nil {
		return nil, fmt.Errorf("question: before byte %d: %s", dec.InputOffset()+1, why(err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("question: something follows the document")
	}
	if _, _, err := validity(q); err != nil {
		return nil, err
	}
	return q, nil
}

// why tells the kind of a fault, without the text that it was found in.
func why(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "is no JSON"
	case errors.As(err, &kind):
		return "field " + kind.Field + " must be of type " + kind.Type.String()
	}
	return "unknown field, or a value outside its set; see the questions in records"
}
