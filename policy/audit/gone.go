package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/datacustoms/customs/policy"
)

const (
	goneSchema = "dc.gone/1"
	maxGone    = 2 << 20
)

// gone is what retention leaves of a segment.
type gone struct {
	Schema  string    `json:"schema"`
	Ordinal int       `json:"ordinal"`
	Segment string    `json:"segment"` // its header line
	First   uint64    `json:"first_seq"`
	Last    uint64    `json:"last_seq"`
	Before  string    `json:"chain_before"`
	After   string    `json:"chain_after"`
	Raw     int64     `json:"raw_bytes"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Archive string    `json:"archive"` // SHA-256 of the file that was removed, hex
	Reason  string    `json:"reason"`
	// Acts are the exact bytes of those of the segment's entries by which other
	// files are verified: rotations of the log's key and deletions.
	Acts []string `json:"acts,omitempty"`
	// Since is the newest entry when the deletion was begun: the act that
	// authorises it stands after it.
	Since uint64 `json:"since_seq"`
	// Act is the number of that entry; zero while it is not durable.
	Act uint64 `json:"act,omitempty"`
}

func (g gone) bytes() ([]byte, error) { return json.Marshal(g) }

// digest is what the act names: of the file before the act was put in.
func (g gone) digest() (string, error) {
	g.Act = 0
	b, err := g.bytes()
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// parseGone accepts exactly what bytes writes.
func parseGone(b []byte) (*gone, error) {
	var g gone
	if err := json.Unmarshal(b, &g); err != nil {
		return nil, errors.New("file of a deleted segment is not readable")
	}
	again, err := g.bytes()
	if err != nil || !bytes.Equal(again, b) || g.Schema != goneSchema {
		return nil, errors.New("file of a deleted segment is not in its canonical form")
	}
	h, err := parseHeader([]byte(g.Segment))
	_, after := parseHash(g.After)
	if err != nil || !after || h.Ordinal != g.Ordinal || h.First != g.First || h.Prev != g.Before || g.First == 0 || g.Last < g.First-1 {
		return nil, errors.New("file of a deleted segment contradicts itself")
	}
	return &g, nil
}

func readGone(f policy.ReadFile, p *part) (err error) {
	b, err := io.ReadAll(io.LimitReader(f, maxGone+1))
	if err != nil {
		return err
	}
	if len(b) > maxGone {
		return errors.New("file of a deleted segment is too long")
	}
	p.state = Gone
	if p.gone, err = parseGone(b); err != nil {
		return err
	}
	p.line = []byte(p.gone.Segment)
	p.header, err = parseHeader(p.line)
	return err
}
