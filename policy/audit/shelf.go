package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

func segmentName(dir string, ordinal int) string {
	return filepath.Join(dir, fmt.Sprintf("segment-%08d.jsonl", ordinal))
}

func archiveName(dir string, ordinal int) string { return segmentName(dir, ordinal) + ".zst" }

func goneName(dir string, ordinal int) string {
	return filepath.Join(dir, fmt.Sprintf("segment-%08d.gone", ordinal))
}

// ordinals returns the numbers of the segments in dir, in whatever state they
// are, sorted.
func ordinals(files policy.Files, dir string) ([]int, error) {
	names, err := files.List(dir)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, "segment-")
		digits, suffix, _ := strings.Cut(digits, ".")
		n, err := strconv.Atoi(digits)
		if ok && err == nil && n > 0 && (suffix == "jsonl" || suffix == "jsonl.zst" || suffix == "gone") {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// part is the beginning of one segment as it stands on the disk.
type part struct {
	state  string // Opened for any that is not compressed
	name   string
	header header
	line   []byte // the header's own
	gone   *gone
	blank  bool // its first line is not complete
	size   int64
}

// shelf is a log's directory at one time. It is for one goroutine.
type shelf struct {
	files policy.Files
	dir   string
	all   []int // ordinals
	known map[int]part
}

// openShelf leaves out a last segment whose first batch is being written, or
// never was finished.
func openShelf(files policy.Files, dir string) (*shelf, error) {
	all, err := ordinals(files, dir)
	if err != nil {
		return nil, err
	}
	s := &shelf{files, dir, all, map[int]part{}}
	if n := len(all); n > 0 {
		if p, err := s.part(all[n-1]); err == nil && p.blank {
			s.all = all[:n-1]
		}
	}
	return s, nil
}

// part reads a segment's beginning. A plain segment counts before its archive,
// and an archive before what is left of it: what comes next is always there
// before the other is removed.
func (s *shelf) part(ordinal int) (part, error) {
	if p, ok := s.known[ordinal]; ok {
		return p, nil
	}
	p, err := readPart(s.files, s.dir, ordinal)
	if err == nil {
		s.known[ordinal] = p
	}
	return p, err
}

func readPart(files policy.Files, dir string, ordinal int) (part, error) {
	steps := []struct {
		name string
		read func(policy.ReadFile, *part) error
	}{{segmentName(dir, ordinal), readPlain}, {archiveName(dir, ordinal), readPacked}, {goneName(dir, ordinal), readGone}}
	for _, step := range steps {
		f, err := files.Open(step.name)
		if missing(err) {
			continue
		}
		if err != nil {
			return part{}, err
		}
		p := part{name: step.name}
		if p.size, err = f.Size(); err == nil {
			err = step.read(f, &p)
		}
		f.Close()
		if err != nil {
			return p, &Fault{Segment: filepath.Base(step.name), Problem: err.Error()}
		}
		if !p.blank && p.header.Ordinal != ordinal {
			return p, &Fault{Segment: filepath.Base(step.name), Kind: Reordered,
				Problem: fmt.Sprintf("segment %d stands under this name", p.header.Ordinal)}
		}
		return p, nil
	}
	return part{}, &Fault{Segment: filepath.Base(segmentName(dir, ordinal)), Kind: Deleted, Problem: "segment is missing"}
}

// readPlain reads the first line of a segment. A segment without a complete
// first line is blank: its first batch was never acknowledged.
func readPlain(f policy.ReadFile, p *part) (err error) {
	p.state = Opened
	buf := make([]byte, 64<<10)
	n, _ := f.ReadAt(buf, 0)
	i := bytes.IndexByte(buf[:n], '\n')
	if i < 0 {
		if n == len(buf) {
			return errors.New("segment header is too long")
		}
		p.blank = true
		return nil
	}
	p.line = buf[:i:i]
	p.header, err = parseHeader(p.line)
	return err
}

// readPacked reads no more of an archive than its segment's header line, which
// stands at the beginning of its own.
func readPacked(f policy.ReadFile, p *part) error {
	p.state = Archived
	buf := make([]byte, 8<<10)
	n, _ := f.ReadAt(buf, 0)
	rest, ok := bytes.CutPrefix(buf[min(n, frameHead):n], fmt.Appendf(nil, `{"schema":"%s","ordinal":`, archiveSchema))
	_, rest, found := bytes.Cut(rest, []byte(`,"segment":`))
	var line string
	if !ok || !found || json.NewDecoder(bytes.NewReader(rest)).Decode(&line) != nil {
		return errors.New("archive has no readable header")
	}
	p.line = []byte(line)
	h, err := parseHeader(p.line)
	p.header = h
	return err
}

// find returns the index of the last segment for which before says no, given
// that it says no for the first ones and yes for all that follow.
func (s *shelf) find(before func(part) bool) (int, error) {
	var first error
	i := sort.Search(len(s.all), func(i int) bool {
		p, err := s.part(s.all[i])
		if err != nil && first == nil {
			first = err
		}
		return err == nil && before(p)
	})
	return max(i-1, 0), first
}

// holding returns the index of the segment that has the entry, if any has.
func (s *shelf) holding(seq uint64) (int, error) {
	return s.find(func(p part) bool { return p.header.First > seq })
}

// clockSlack is how much a clock may have been set back between the naming of
// a flow and its entries.
const clockSlack = time.Hour

// since returns the index of the segment from which on entries of that time
// may stand: all before it ended earlier, and none that follows is judged by
// its time, which a clock that was set back may have made too early.
func (s *shelf) since(t time.Time) (int, error) {
	t = t.Add(-clockSlack)
	for i := range len(s.all) - 1 {
		p, err := s.part(s.all[i+1])
		if err != nil {
			return 0, err
		}
		if !p.header.Time.Before(t) {
			return i, nil
		}
	}
	return max(len(s.all)-1, 0), nil
}
