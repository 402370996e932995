package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"github.com/datacustoms/customs/policy"
)

const (
	journalSchema = "dc.ledger/2"
	baseSchema    = "dc.ledger.base/2"
)

// The operations. A segment of the journal is a head and then changes; the
// lines of a base are a head, scopes, openings, reservations and a ready line.
const (
	opHead    = "head"
	opOpening = "opening"
	opReserve = "reserve"
	opCommit  = "commit"
	opRelease = "release"
	opSeal    = "seal"
	opScope   = "scope"
	opReady   = "ready"
	opTip     = "tip"
)

// record is one line of a segment, or one of a base.
//
// A segment's head says how far the segment before it counts: what a failed
// write left behind that does not. A base's head says how far the last segment
// counts that it covers.
type record struct {
	Op string `json:"op"`

	Schema  string `json:"schema,omitempty"`
	Key     string `json:"key,omitempty"` // check value of the root key
	Segment int    `json:"segment,omitempty"`
	PrevEnd int64  `json:"prev_end,omitempty"`
	PrevSum string `json:"prev_sum,omitempty"` // SHA-256 of that part

	ID       string     `json:"id,omitempty"`
	Flow     string     `json:"flow,omitempty"`
	At       time.Time  `json:"at,omitzero"`
	Entity   string     `json:"entity,omitempty"`
	Filing   string     `json:"filing,omitempty"`
	Basis    string     `json:"basis,omitempty"`
	Observed bool       `json:"observed,omitempty"`
	Doubt    bool       `json:"in_doubt,omitempty"`
	Parts    []part     `json:"parts,omitempty"`
	Openings []Opening  `json:"openings,omitempty"`
	Opening  *Opening   `json:"opening,omitempty"`
	Scope    *scopeID   `json:"scope,omitempty"`
	Kept     *keptScope `json:"kept,omitempty"`
	Ready    *readyLine `json:"ready,omitempty"`
}

// maxLine bounds a line: a flow of two million persons in three scopes.
const maxLine = 128 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line returns "<crc32c in hex> <json>\n".
func (r record) line() ([]byte, error) {
	var buf bytes.Buffer
	persons := 0
	for _, p := range r.Parts {
		persons += len(p.Persons)
	}
	buf.Grow(512 + persons*4/3 + 128*len(r.Parts))
	buf.WriteString("00000000 ")
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	out := buf.Bytes() // Encode ended it with a newline
	if len(out) > maxLine {
		return nil, errors.New("more persons in one flow than the journal takes")
	}
	copy(out, fmt.Sprintf("%08x", crc32.Checksum(out[9:len(out)-1], castagnoli)))
	return out, nil
}

func parseRecord(line []byte) (record, error) {
	var r record
	if len(line) < 10 || line[8] != ' ' {
		return r, errors.New("line has no check sum")
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(line[9:], castagnoli) {
		return r, errors.New("line does not match its check sum")
	}
	if err := json.Unmarshal(line[9:], &r); err != nil {
		return r, errors.New("line is not readable")
	}
	return r, r.check()
}

func (r *record) check() error {
	whole := true
	switch r.Op {
	case opHead, opTip:
		whole = r.Schema != "" && r.Segment >= 0 && r.PrevEnd >= 0
	case opReserve:
		whole = r.ID != "" && r.Entity != "" && len(r.Parts) > 0 && !r.At.IsZero()
	case opCommit, opRelease:
		whole = r.ID != ""
	case opOpening:
		whole = r.Opening != nil && r.Opening.whole()
	case opSeal:
		whole = r.Scope != nil
	case opScope:
		whole = r.Scope != nil && r.Kept != nil
	case opReady:
		whole = r.Ready != nil
	}
	if !whole {
		return fmt.Errorf("%s is incomplete", r.Op)
	}
	for _, o := range r.Openings {
		if !o.whole() {
			return fmt.Errorf("%s has an incomplete opening", r.Op)
		}
	}
	for _, p := range r.Parts {
		if err := p.check(); err != nil {
			return fmt.Errorf("%s: %w", r.Op, err)
		}
	}
	return nil
}

// whole bounds the persons so that no sum of openings overflows.
func (o *Opening) whole() bool {
	return o.ID != "" && o.Entity != "" && o.Persons > 0 && o.Persons <= 1<<48
}

// check refuses what Reserve never writes: its persons are sorted, once each.
func (p part) check() error {
	if len(p.Persons) == 0 || len(p.Persons)%personBytes != 0 || p.Scope == (scopeID{}) {
		return errors.New("a part is incomplete")
	}
	var last []byte
	for b := p.Persons; len(b) > 0; b = b[personBytes:] {
		who, kind := b[:personBytes-1], b[personBytes-1]
		if kind == 0 || kind > kindNS|kindSP || last != nil && bytes.Compare(last, who) >= 0 {
			return errors.New("the persons of a part are not in order")
		}
		last = who
	}
	return nil
}

func (r *reservation) record() record {
	return record{Op: opReserve, ID: r.id, Flow: r.flow, At: r.at, Entity: r.entity, Filing: r.filing, Basis: r.basis,
		Observed: r.observed, Doubt: r.doubt, Parts: r.parts, Openings: r.openings}
}

func (r *record) reservation() *reservation {
	return &reservation{id: r.ID, flow: r.Flow, at: r.At, year: r.At.In(policy.Shanghai).Year(), entity: r.Entity,
		filing: r.Filing, basis: r.Basis, observed: r.Observed, parts: r.Parts, commitment: commitment(r.Parts), openings: r.Openings}
}
