package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"
)

const journalSchema = "dc.ledger/1"

// The operations of the journal. A journal is a head, scopes, openings and
// reservations of the snapshot it begins with, a ready line, and then changes.
const (
	opHead    = "head"
	opScope   = "scope"
	opOpening = "opening"
	opReserve = "reserve"
	opCommit  = "commit"
	opRelease = "release"
	opReady   = "ready"
)

// record is one line of the journal.
type record struct {
	Op      string    `json:"op"`
	Schema  string    `json:"schema,omitempty"`
	Key     string    `json:"key,omitempty"` // check value of the root key
	ID      string    `json:"id,omitempty"`
	Flow    string    `json:"flow,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Basis   string    `json:"basis,omitempty"`
	Doubt   bool      `json:"in_doubt,omitempty"`
	Parts   []part    `json:"parts,omitempty"`
	Opening *Opening  `json:"opening,omitempty"`
	Scope   *scopeID  `json:"scope,omitempty"`
	Bases   []string  `json:"bases,omitempty"`
	People  []byte    `json:"people,omitempty"` // 24 bytes each: person and marks
}

// maxLine bounds a line: a flow of two million persons.
const maxLine = 128 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line returns "<crc32c in hex> <json>\n".
func (r record) line() ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if len(body) > maxLine-16 {
		return nil, errors.New("more persons in one flow than the journal takes")
	}
	out := make([]byte, 0, len(body)+10)
	out = fmt.Appendf(out, "%08x ", crc32.Checksum(body, castagnoli))
	out = append(out, body...)
	return append(out, '\n'), nil
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
		return r, fmt.Errorf("line is not readable: %w", err)
	}
	if err := r.check(); err != nil {
		return r, err
	}
	return r, nil
}

func (r *record) check() error {
	switch {
	case r.Op == opReserve && (r.ID == "" || len(r.Parts) == 0),
		(r.Op == opCommit || r.Op == opRelease) && r.ID == "",
		r.Op == opOpening && r.Opening == nil,
		r.Op == opScope && (r.Scope == nil || len(r.People)%24 != 0 || len(r.Bases) > maxBases):
		return fmt.Errorf("%s is incomplete", r.Op)
	}
	for _, p := range r.Parts {
		if len(p.Persons)%personBytes != 0 {
			return fmt.Errorf("%s is incomplete", r.Op)
		}
	}
	return nil
}

func (r *reservation) record() record {
	return record{Op: opReserve, ID: r.id, Flow: r.flow, At: r.at, Basis: r.basis, Doubt: r.doubt, Parts: r.parts}
}

func (r *record) reservation() *reservation {
	return &reservation{id: r.ID, flow: r.Flow, at: r.At, basis: r.Basis, parts: r.Parts, commitment: commitment(r.Parts)}
}
