package evidence

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Schema is that of files of evidence.
const Schema = "dc.evidence/1"

const samplesKind = "dc.evidence.samples/1"

// File is one file of evidence. Everything in it but Shares and Payload may be
// seen by whoever may see records.
type File struct {
	Schema   string    `json:"schema"`
	Record   string    `json:"record"`
	Time     time.Time `json:"time"`
	Action   string    `json:"action"`
	Auditors []Auditor `json:"auditors"`
	Masked   []Masked  `json:"masked"`
	Omitted  int       `json:"omitted,omitempty"` // findings of the record that are not here
	// Shares has for each auditor, in their order, the halves of the key,
	// encrypted to that auditor.
	Shares [][]byte `json:"shares"`
	// Payload is the samples in clear, encrypted under the key, with the
	// record, the auditors and the digest of the file without it.
	Payload []byte `json:"payload"`
}

// Masked is a finding without a character that could be of a value or a name:
// letters are a, digits #, Han characters 汉, and everything but the
// punctuation of JSON and CSV is a dot.
type Masked struct {
	Class      inspect.Class `json:"class"`
	Rule       string        `json:"rule"`
	Confidence string        `json:"confidence"`
	Where      string        `json:"where"` // head or body
	Path       []string      `json:"path,omitempty"`
	Offset     int64         `json:"offset"`
	Length     int           `json:"length"`
	Before     string        `json:"before"`
	Match      string        `json:"match"`
	After      string        `json:"after"`
}

func (s *snip) masked() Masked {
	m := Masked{Class: s.found.Class, Rule: s.found.Rule, Confidence: s.found.Confidence.String(), Where: s.where,
		Offset: s.found.Offset, Length: s.found.Length,
		Before: mask(s.text[:s.from]), Match: mask(s.text[s.from:s.to]), After: mask(s.text[s.to:])}
	if s.where == inBody {
		m.Path = slices.Clone(s.found.Path)
	}
	return m
}

// seal fills in what is masked and what is encrypted, and returns the file.
func (f *File) seal(to []recipient, found []snip) ([]byte, error) {
	var key [keyLen]byte
	rand.Read(key[:])
	defer clear(key[:])
	shares := split(&key, to)
	defer func() {
		for _, list := range shares {
			clear(list)
		}
	}()
	for i := range to {
		sealed, err := sealShares(f.Record, to[i], shares[i])
		if err != nil {
			return nil, err
		}
		f.Shares = append(f.Shares, sealed)
	}
	for i := range found {
		f.Masked = append(f.Masked, found[i].masked())
	}
	rest, err := f.rest()
	if err != nil {
		return nil, err
	}
	fields := [][]byte{[]byte(samplesKind), []byte(f.Record), f.names(), rest[:]}
	for i := range found {
		s := &found[i]
		fields = append(fields, s.text[:s.from], s.text[s.from:s.to], s.text[s.to:])
	}
	if f.Payload, err = encrypt(pack(fields...), pairKey{&key}); err != nil {
		return nil, err
	}
	return f.encode()
}

// names are the auditors' names, as they stand in the payload.
func (f *File) names() []byte {
	var out []byte
	for _, a := range f.Auditors {
		out = append(append(out, a.Name...), '\n')
	}
	return out
}

// rest is the digest of the file without its payload.
func (f *File) rest() ([sha256.Size]byte, error) {
	g := *f
	g.Payload = nil
	b, err := g.encode()
	return sha256.Sum256(b), err
}

func (f *File) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return b.Bytes(), nil
}

// Parse reads a file. A byte that is not as it is written here is a fault, so
// there is one text for one file.
func Parse(b []byte) (*File, error) {
	if len(b) > MaxRecord {
		return nil, fmt.Errorf("evidence: the file has %d bytes, more than %d", len(b), MaxRecord)
	}
	var f File
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil || f.Schema != Schema {
		return nil, errors.New("evidence: the file is not of schema " + Schema + ": it was damaged or changed, or is of another version")
	}
	if err := f.sound(); err != nil {
		return nil, err
	}
	if same, err := f.encode(); err != nil || !bytes.Equal(same, b) {
		return nil, errors.New("evidence: the file is not as it was written: it was damaged or changed")
	}
	return &f, nil
}

// sound checks what everything else here relies on.
func (f *File) sound() error {
	if !idForm.MatchString(f.Record) {
		return errors.New("evidence: the file names no record")
	}
	if _, err := recipients(f.Auditors); err != nil {
		return err
	}
	if len(f.Shares) != len(f.Auditors) || len(f.Masked) == 0 || len(f.Masked) > maxSamples {
		return errors.New("evidence: the file has not a share for each auditor, or no findings or too many")
	}
	if f.Action != policy.Block.String() && f.Action != policy.Hold.String() {
		return errors.New("evidence: the file is of no verdict of which evidence is kept")
	}
	for _, m := range f.Masked {
		if strings.ContainsFunc(string(m.Class)+m.Rule+m.Confidence+m.Where+strings.Join(m.Path, ""), unicode.IsControl) {
			return errors.New("evidence: a name in the file holds control characters: it was changed")
		}
		if !isMasked(m.Before) || !isMasked(m.Match) || !isMasked(m.After) {
			return errors.New("evidence: what should be masked is not: the file was changed")
		}
	}
	return nil
}
