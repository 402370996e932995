package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"github.com/datacustoms/customs/policy"
)

const segmentSchema = "dc.segment/1"

// header is the first line of a segment.
type header struct {
	Schema  string    `json:"schema"`
	Ordinal int       `json:"ordinal"` // 1 is the first segment
	Node    string    `json:"node"`
	Time    time.Time `json:"time"`
	First   uint64    `json:"first_seq"`
	Prev    string    `json:"prev"` // chain value before this segment, hex
	// PrevBytes is how long the segment before is. With Cut it may be longer:
	// what follows was never acknowledged and is no part of the log.
	PrevBytes int64 `json:"prev_bytes"`
	Cut       bool  `json:"cut,omitempty"`
}

type headerLine struct {
	Segment header `json:"segment"`
}

// bytes returns the header's line without newline.
func (h header) bytes() ([]byte, error) { return json.Marshal(headerLine{h}) }

// seal is the chain value after a header line.
func seal(line []byte) Hash {
	return sha256.Sum256(append([]byte(segmentSchema+"\x00"), line...))
}

// parseHeader accepts exactly what bytes writes.
func parseHeader(line []byte) (header, error) {
	var h headerLine
	if err := json.Unmarshal(line, &h); err != nil {
		return h.Segment, errors.New("segment header is not readable")
	}
	again, err := h.Segment.bytes()
	if err != nil || !bytes.Equal(again, line) || h.Segment.Schema != segmentSchema {
		return h.Segment, errors.New("segment header is not in its canonical form")
	}
	return h.Segment, nil
}

// dropBlank removes a last segment that a crash left without its header, and
// returns how many bytes it held. Two of them cannot come from a crash.
func dropBlank(files policy.Files, dir string) (int64, error) {
	all, err := ordinals(files, dir)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	p, err := readPart(files, dir, all[len(all)-1])
	if err != nil || !p.blank {
		return 0, nil // scan names the fault
	}
	if err := files.Remove(p.name); err != nil {
		return 0, err
	}
	return p.size, files.SyncDir(dir)
}
