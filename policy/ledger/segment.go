package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// span says how far a segment counts.
type span struct {
	segment int
	end     int64
	sum     string // SHA-256 of what counts
}

const restore = "restore it from a backup"

func segmentName(n int) string { return fmt.Sprintf("journal-%08d", n) }
func baseName(n int) string    { return fmt.Sprintf("base-%08d", n) }

// tipName is the file that names the newest segment: without it nobody would
// miss a segment that is gone from the end.
const tipName = "newest"

// listing is what a ledger's directory holds.
type listing struct {
	segments []int
	bases    []int
	stale    []string // of writes that a crash cut off
}

func list(files policy.Files, dir string) (l listing, err error) {
	names, err := files.List(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	for _, name := range names {
		kind, digits, _ := strings.Cut(name, "-")
		n, bad := strconv.Atoi(digits)
		switch {
		case strings.HasSuffix(name, ".tmp"):
			l.stale = append(l.stale, name)
		case bad != nil || n < 0:
		case kind == "journal" && name == segmentName(n):
			l.segments = append(l.segments, n)
		case kind == "base" && name == baseName(n):
			l.bases = append(l.bases, n)
		}
	}
	slices.Sort(l.segments)
	slices.Sort(l.bases)
	return l, err
}

// chain is the segments after a base, in order and without a gap. Each one's
// head vouches for the one before it.
type chain struct {
	files policy.Files
	dir   string
	after span // of the base, or of nothing
	heads []record
	key   string // check value of the root key
	until span   // how far the newest counts, when that is known
}

// readChain reads the heads of all segments after a span, which the first of
// them must repeat.
func readChain(files policy.Files, dir string, segments []int, after span) (*chain, error) {
	c := &chain{files: files, dir: dir, after: after}
	want := after.segment + 1
	for _, n := range segments {
		if n < want {
			continue
		}
		if n != want {
			return nil, fmt.Errorf("%s is missing; %s", segmentName(want), restore)
		}
		h, err := readHead(files, dir, n)
		if err != nil {
			return nil, err
		}
		if len(c.heads) > 0 && h.Key != c.key {
			return nil, fmt.Errorf("%s was written under another root key than %s; %s", segmentName(n), segmentName(n-1), restore)
		}
		if len(c.heads) == 0 && (h.PrevEnd != after.end || h.PrevSum != after.sum) {
			if after.segment == 0 {
				return nil, fmt.Errorf("%s does not begin a journal; %s", segmentName(n), restore)
			}
			return nil, fmt.Errorf("%s does not continue %s; restore both from one backup, or run: customs ledger rebuild",
				segmentName(n), baseName(after.segment))
		}
		c.key = h.Key
		c.heads = append(c.heads, h)
		want++
	}
	return c, nil
}

func readHead(files policy.Files, dir string, n int) (h record, err error) {
	f, err := files.Open(filepath.Join(dir, segmentName(n)))
	if err != nil {
		return h, err
	}
	defer f.Close()
	if h, err = firstLine(f); err == nil {
		switch {
		case h.Op == opHead && h.Schema == "dc.ledger/1":
			err = errors.New("it is of the first format (dc.ledger/1), which is not read any more: move the ledger's " +
				"directory away and enter its totals with: customs ledger preset")
		case h.Op != opHead || h.Schema != journalSchema:
			err = errors.New("it does not begin with a head")
		case h.Segment != n:
			err = fmt.Errorf("it is segment %d under another's name", h.Segment)
		default:
			return h, nil
		}
	}
	return h, fmt.Errorf("%s, record 1 at byte 0: %w; %s", segmentName(n), err, restore)
}

// firstLine reads a file's first line, which is a short one.
func firstLine(f io.Reader) (r record, err error) {
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return r, err
	}
	line, _, whole := bytes.Cut(b, []byte{'\n'})
	if !whole {
		return r, errors.New("it does not begin with a complete head")
	}
	return parseRecord(line)
}

func (c *chain) first() int { return c.after.segment + 1 }
func (c *chain) last() int  { return c.after.segment + len(c.heads) }

// span returns how far a segment counts, as the head after it says; the newest
// counts to its last complete line.
func (c *chain) span(n int) (span, bool) {
	if n == c.after.segment {
		return c.after, true
	}
	if n == c.until.segment {
		return c.until, true
	}
	i := n - c.after.segment // of the head after it
	if i >= len(c.heads) {
		return span{}, false
	}
	return span{n, c.heads[i].PrevEnd, c.heads[i].PrevSum}, true
}

// replay calls fn for every change in the segments up to last and returns how
// far that one counts, and how many bytes of an incomplete line follow. Any
// fault but that line is an error that names the record.
func (c *chain) replay(ctx context.Context, last int, fn func(record) error) (at span, torn int64, err error) {
	at = c.after
	for n := c.first(); n <= last; n++ {
		if at, torn, err = c.segment(ctx, n, fn); err != nil {
			return at, 0, err
		}
	}
	return at, torn, nil
}

func (c *chain) segment(ctx context.Context, n int, fn func(record) error) (span, int64, error) {
	name := segmentName(n)
	f, err := c.files.Open(filepath.Join(c.dir, name))
	if err != nil {
		return span{}, 0, err
	}
	defer f.Close()
	var in io.Reader = f
	want, closed := c.span(n)
	if closed {
		size, err := f.Size()
		if err != nil {
			return span{}, 0, err
		}
		if size < want.end {
			return span{}, 0, fmt.Errorf("%s holds %d bytes of %d; %s", name, size, want.end, restore)
		}
		in = io.LimitReader(f, want.end)
	}
	sum := sha256.New()
	record := 0
	var fault error
	end, torn, err := journal.Lines(in, maxLine, func(at int64, line []byte) error {
		record++
		if fault = ctx.Err(); fault != nil {
			return fault
		}
		sum.Write(line)
		sum.Write([]byte{'\n'})
		r, err := parseRecord(line)
		if err == nil && record > 1 {
			if err = fn(r); err == nil {
				return nil
			}
		}
		if err != nil {
			fault = fmt.Errorf("%s, record %d at byte %d: %w; %s", name, record, at, err, restore)
		}
		return fault
	})
	got := span{n, end, hex.EncodeToString(sum.Sum(nil))}
	switch {
	case err != nil && fault == nil:
		return got, 0, fmt.Errorf("%s: %w; %s", name, err, restore)
	case err != nil:
		return got, 0, err
	case closed && torn > 0:
		return got, 0, fmt.Errorf("%s, record %d at byte %d: line is cut; %s", name, record+1, end, restore)
	case closed && got.sum != want.sum:
		return got, 0, fmt.Errorf("%s does not match the check sum that %s has of it: one of them is damaged or of another ledger; %s",
			name, segmentName(n+1), restore)
	}
	return got, torn, nil
}
