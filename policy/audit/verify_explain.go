package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// window is how many lines after a fault are looked at to tell what was done.
const window = 64

// explain tells apart what was done to the entries where the chain broke, by
// the hashes that a checkpoint vouches for.
func (v *verifier) explain(f *Fault) error {
	var exact *Fault
	if errors.As(v.edgeRows(), &exact) && exact.Seq > 0 && (f.Seq == 0 || exact.Seq < f.Seq) {
		return exact
	}
	switch {
	case f.Kind != "":
		return f
	case f.Seq == 0, !strings.HasSuffix(f.Segment, ".jsonl"):
		f.Kind = Damaged
		return f
	}
	return v.done(f.Seq, place{f.Segment, f.Offset}, f.Problem)
}

// otherwise names the fault where the chain holds and the entry is not the one
// that a checkpoint vouches for.
func (v *verifier) otherwise(seq uint64) error {
	return v.done(seq, v.places[(seq-1)%tileWidth], "entry is not the one that was signed, and the chain was made to fit")
}

// done compares the entries that stand from a place on with those that were
// signed.
func (v *verifier) done(seq uint64, at place, problem string) error {
	f := seqFault(Edited, seq, at, "%s", problem)
	want, ok := v.hashes(int64(seq))
	here := v.standing(at, seq)
	if len(here) == 0 {
		f.Kind = Truncated
		return f
	}
	if !ok {
		return f
	}
	follows := len(here) > 1 && hashIs(here[1], seq, want)
	switch is := v.which(here[0], seq); {
	case is == seq:
		f.Problem = "the entry is the one that was signed; the chain value beside it, or the segment's header, was changed"
	case is > seq:
		f.Kind, f.To, f.Problem = Deleted, is-1, fmt.Sprintf("entry %d stands in its place", is)
		for _, later := range here[1:] {
			if hashIs(later, seq, want) {
				f.Kind, f.To = Reordered, 0
			}
		}
	case is > 0 && follows:
		f.Kind, f.Problem = Inserted, fmt.Sprintf("entry %d stands here once more", is)
	case is > 0:
		f.Kind, f.Problem = Reordered, fmt.Sprintf("entry %d stands in its place", is)
	case follows:
		f.Kind, f.Problem = Inserted, "something stands before it that was not written"
	}
	return f
}

// which tells the number of a signed entry that stands at another's place, also
// when it was given another number.
func (v *verifier) which(entry []byte, seq uint64) uint64 {
	if n, err := entryNumber(entry); err == nil {
		if h, ok := v.hashes(int64(n)); ok && hashIs(entry, n, h) {
			return n
		}
	}
	for n := max(seq, window) - window + 1; n <= seq+window; n++ {
		if h, ok := v.hashes(int64(n)); ok && hashIs(entry, n, h) {
			return n
		}
	}
	return 0
}

// hashIs reports whether the entry, were it numbered so, has that hash.
func hashIs(entry []byte, seq uint64, want tree.Hash) bool {
	rest, ok := bytes.CutPrefix(entry, []byte(entryHead))
	if !ok {
		return false
	}
	comma := max(bytes.IndexByte(rest, ','), 0)
	again := strconv.AppendUint([]byte(entryHead), seq, 10)
	return tlog.Hash(LeafHash(append(again, rest[comma:]...))) == want
}

// standing returns the entries that stand from a place on. Of a line that is
// none it returns nothing in its place.
func (v *verifier) standing(at place, seq uint64) (out [][]byte) {
	f, err := v.files.Open(filepath.Join(v.dir, at.segment))
	if err != nil {
		return nil
	}
	defer f.Close()
	if strings.HasSuffix(at.segment, ".zst") {
		return packedFrom(f, at.offset, seq)
	}
	b := make([]byte, 1<<20)
	n, err := f.ReadAt(b, at.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	for _, line := range bytes.SplitN(b[:n], []byte("\n"), window+1) {
		_, _, entry, err := parseLine(line)
		if err != nil {
			entry = nil
		}
		out = append(out, entry)
	}
	return out[:max(len(out)-1, 0)]
}

// packedFrom returns entries of one block of an archive.
func packedFrom(f policy.ReadFile, offset int64, seq uint64) [][]byte {
	a, err := readArchive(f)
	if err != nil {
		return nil
	}
	dec, err := newDecoder()
	if err != nil {
		return nil
	}
	defer dec.Close()
	for i, b := range a.Blocks {
		if a.base+b.Offset != offset || b.First > seq {
			continue
		}
		raw, err := a.block(f, dec, i)
		if err != nil {
			return nil
		}
		lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
		from := min(seq-b.First, uint64(len(lines)))
		return lines[from:min(from+window, uint64(len(lines)))]
	}
	return nil
}

// nameOf is the file of a segment.
func (v *verifier) nameOf(ordinal int) string {
	p, err := readPart(v.files, v.dir, ordinal)
	if err != nil || p.name == "" {
		return filepath.Base(segmentName(v.dir, max(ordinal, 1)))
	}
	return filepath.Base(p.name)
}

// leftovers looks at files that hold nothing of the log.
func (v *verifier) leftovers() error {
	if f, err := v.files.Open(filepath.Join(v.dir, lockName)); err == nil {
		n, err := f.Size()
		f.Close()
		if err == nil && n > 0 {
			return fileFault(ForeignFile, lockName, "holds %d bytes; nothing should be in it", n)
		}
	}
	for _, name := range v.inv.asides {
		if f, err := v.files.Open(filepath.Join(v.dir, filepath.FromSlash(name))); err == nil {
			f.Close()
			v.warn(name + " was not finished; it is no part of the log")
		}
	}
	return nil
}
