package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// baseFile is an open base whose lines were read and agree with each other.
type baseFile struct {
	f            policy.ReadFile
	name         string
	size         int64
	head         record
	scopes       []record
	openings     []record
	reservations []record
}

// openBase opens a base and reads its lines; its rows are not looked at yet.
func openBase(files policy.Files, dir string, n int) (*baseFile, error) {
	b := &baseFile{name: baseName(n)}
	f, err := files.Open(filepath.Join(dir, b.name))
	if err != nil {
		return nil, err
	}
	b.f = f
	if err := b.readLines(n); err != nil {
		f.Close()
		return nil, err
	}
	return b, nil
}

func (b *baseFile) Close() error { return b.f.Close() }

// covers is how far the last segment counts that the base covers.
func (b *baseFile) covers() span { return span{b.head.Segment, b.head.PrevEnd, b.head.PrevSum} }

func (b *baseFile) fault(at int64, err error) error {
	return fmt.Errorf("%s, byte %d: %w; %s", b.name, at, err, remade)
}

func (b *baseFile) readLines(n int) (err error) {
	if b.size, err = b.f.Size(); err != nil {
		return err
	}
	magic := make([]byte, len(baseMagic))
	if _, err := b.f.ReadAt(magic, 0); err != nil || string(magic) != baseMagic {
		return b.fault(0, errors.New("it does not begin like a base"))
	}
	ready, at, err := b.ready()
	if err != nil {
		return err
	}
	sum, count := sha256.New(), 0
	end, torn, err := journal.Lines(io.NewSectionReader(b.f, ready.At, at-ready.At), maxLine, func(off int64, line []byte) error {
		count++
		sum.Write(line)
		sum.Write([]byte{'\n'})
		r, err := parseRecord(line)
		if err == nil {
			err = b.take(r, count, n)
		}
		if err != nil {
			err = b.fault(ready.At+off, fmt.Errorf("line %d: %w", count, err))
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case torn > 0 || end != at-ready.At || count != ready.Lines || hex.EncodeToString(sum.Sum(nil)) != ready.Sum:
		return b.fault(ready.At, errors.New("its lines do not match their check sum"))
	}
	return b.tile(ready.At)
}

// ready finds the last line.
func (b *baseFile) ready() (*readyLine, int64, error) {
	from := max(b.size-maxReady, 0)
	tail := make([]byte, b.size-from)
	if _, err := b.f.ReadAt(tail, from); err != nil && err != io.EOF {
		return nil, 0, err
	}
	cut := errors.New("it is not complete")
	if len(tail) == 0 || tail[len(tail)-1] != '\n' {
		return nil, 0, b.fault(b.size, cut)
	}
	begin := bytes.LastIndexByte(tail[:len(tail)-1], '\n') + 1
	r, err := parseRecord(tail[begin : len(tail)-1])
	at := from + int64(begin)
	if err != nil || r.Op != opReady || r.Ready.At < int64(len(baseMagic)) || r.Ready.At > at {
		return nil, 0, b.fault(at, cut)
	}
	return r.Ready, at, nil
}

func (b *baseFile) take(r record, line, n int) error {
	switch {
	case line == 1 && (r.Op != opHead || r.Schema != baseSchema):
		return errors.New("the lines do not begin with a head")
	case line == 1 && r.Segment != n:
		return fmt.Errorf("it is base %d under another's name", r.Segment)
	case line == 1:
		b.head = r
	case r.Op == opScope:
		b.scopes = append(b.scopes, r)
	case r.Op == opOpening:
		b.openings = append(b.openings, r)
	case r.Op == opReserve:
		b.reservations = append(b.reservations, r)
	default:
		return fmt.Errorf("%q does not belong into a base", r.Op)
	}
	return nil
}

// tile checks that the scopes' rows fill the file up to its lines.
func (b *baseFile) tile(end int64) error {
	at := int64(len(baseMagic))
	for _, r := range b.scopes {
		k := r.Kept
		if k.Offset != at || k.Rows < 0 || k.Rows > b.size/int64(rowBytes) || len(k.Counts) != len(k.States) {
			return b.fault(at, errors.New("a scope does not say rightly where its rows are"))
		}
		at += rowsSize(k.Rows)
	}
	if at != end {
		return b.fault(at, errors.New("the rows do not reach up to the lines"))
	}
	return nil
}

// fill puts a base into empty books: everything, or all but the rows.
func (b *baseFile) fill(ctx context.Context, to *replayer, rows bool) error {
	for _, r := range b.scopes {
		if err := b.fillScope(ctx, to.b, r, rows); err != nil {
			return err
		}
	}
	for _, r := range slices.Concat(b.openings, b.reservations) {
		if err := to.take(r); err != nil {
			return fmt.Errorf("%s: %w; %s", b.name, err, remade)
		}
	}
	return nil
}

func (b *baseFile) fillScope(ctx context.Context, to *books, r record, rows bool) error {
	k, s := r.Kept, to.scope(*r.Scope)
	if err := s.restore(k.Bases, k.stamps()); err != nil {
		return b.fault(k.Offset, err)
	}
	to.group(s.id, k.Members)
	s.joined = k.Joined
	for _, n := range k.Counts {
		if n < 0 {
			return b.fault(k.Offset, errors.New("a count is below zero"))
		}
	}
	switch {
	case k.Sealed && k.Rows > 0:
		return b.fault(k.Offset, errors.New("a sealed scope has persons"))
	case k.Sealed:
		s.seal(k.Counts)
		return nil
	case !rows:
		return nil
	}
	s.rows.reserve(int(k.Rows))
	in := b.rows(ctx, k)
	for in.next() {
		if err := s.load(in.who, in.state); err != nil {
			return b.fault(in.at, err)
		}
	}
	if in.err != nil {
		return in.err
	}
	if !slices.Equal(s.states.firm[1:], k.Counts) {
		return b.fault(k.Offset, errors.New("its counts are not those of its persons"))
	}
	return nil
}
