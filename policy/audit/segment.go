package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
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

func segmentName(dir string, ordinal int) string {
	return filepath.Join(dir, fmt.Sprintf("segment-%08d.jsonl", ordinal))
}

// ordinals returns the numbers of the segments in dir, sorted.
func ordinals(files policy.Files, dir string) ([]int, error) {
	names, err := files.List(dir)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, "segment-")
		digits, suffix := strings.CutSuffix(digits, ".jsonl")
		if n, err := strconv.Atoi(digits); ok && suffix && err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

// headerBytes returns the header's line without newline.
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

// readHeader reads the first line of a segment. A segment without a complete
// first line is blank: its first batch was never acknowledged.
func readHeader(files policy.Files, dir string, ordinal int) (h header, blank bool, err error) {
	f, err := files.Open(segmentName(dir, ordinal))
	if err != nil {
		return h, false, err
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	n, _ := f.ReadAt(buf, 0)
	i := bytes.IndexByte(buf[:n], '\n')
	if i < 0 {
		if n == len(buf) {
			return h, false, errors.New("segment header is too long")
		}
		return h, true, nil
	}
	h, err = parseHeader(buf[:i])
	return h, false, err
}

// dropBlank removes a last segment that a crash left without its header, and
// returns how many bytes it held. Two of them cannot come from a crash.
func dropBlank(files policy.Files, dir string) (int64, error) {
	all, err := ordinals(files, dir)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	name := segmentName(dir, all[len(all)-1])
	size, blank, err := blankSize(files, dir, all[len(all)-1])
	if err != nil || !blank {
		return 0, nil // scan names the fault
	}
	if err := files.Remove(name); err != nil {
		return 0, err
	}
	return size, files.SyncDir(dir)
}

func blankSize(files policy.Files, dir string, ordinal int) (int64, bool, error) {
	_, blank, err := readHeader(files, dir, ordinal)
	if err != nil || !blank {
		return 0, false, err
	}
	f, err := files.Open(segmentName(dir, ordinal))
	if err != nil {
		return 0, false, err
	}
	defer f.Close()
	n, err := f.Size()
	return n, true, err
}
