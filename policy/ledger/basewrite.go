package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
)

// syncEvery is how much of a base is written between two syncs: a single one
// at the end would hold up the journal's own for seconds.
const syncEvery = 8 << 20

// writeBase writes the base of a span: the rows of an older base, or of none,
// joined with the books of the segments after it. The persons of the scopes in
// sealing are counted for the last time and left out. A crash leaves the older
// base in force, or the new one.
func writeBase(ctx context.Context, files policy.Files, dir, key string, at span, old *baseFile, b *books,
	sealing map[scopeID]bool) (size int64, err error) {
	name := filepath.Join(dir, baseName(at.segment))
	tmp := name + ".tmp"
	if err := files.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	f, err := files.Append(tmp)
	if err != nil {
		return 0, err
	}
	w := &baseWriter{ctx: ctx, f: f, sum: sha256.New(), block: make([]byte, 0, blockSize+4)}
	err = w.whole(key, at, old, b, sealing)
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	if err := files.Rename(tmp, name); err != nil {
		return 0, err
	}
	return w.off, files.SyncDir(dir)
}

type baseWriter struct {
	ctx   context.Context
	f     policy.AppendFile
	off   int64
	loose int64 // written and not synced
	block []byte
	lines int
	sum   hash.Hash
}

func (w *baseWriter) whole(key string, at span, old *baseFile, b *books, sealing map[scopeID]bool) error {
	if err := w.write([]byte(baseMagic)); err != nil {
		return err
	}
	had := map[scopeID]*keptScope{}
	if old != nil {
		for _, r := range old.scopes {
			had[*r.Scope] = r.Kept
		}
	}
	lines := []record{{Op: opHead, Schema: baseSchema, Key: key, Segment: at.segment, PrevEnd: at.end, PrevSum: at.sum}}
	for _, s := range b.sorted() {
		m := merge2{w: w, s: s, drop: sealing[s.id]}
		if k := had[s.id]; k != nil && !k.Sealed {
			m.old = old.rows(w.ctx, k)
		}
		k, err := m.run()
		if err != nil {
			return err
		}
		lines = append(lines, record{Op: opScope, Scope: &s.id, Kept: k})
	}
	for _, o := range b.presets() {
		lines = append(lines, record{Op: opOpening, Opening: &o})
	}
	begin := w.off
	for _, r := range lines {
		if err := w.line(r); err != nil {
			return err
		}
	}
	for _, r := range b.inOrder() {
		if err := w.line(r.record()); err != nil {
			return err
		}
	}
	sum := hex.EncodeToString(w.sum.Sum(nil))
	if err := w.line(record{Op: opReady, Ready: &readyLine{w.lines, begin, sum}}); err != nil {
		return err
	}
	return w.f.Sync()
}

func (w *baseWriter) write(p []byte) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if _, err := w.f.Write(p); err != nil {
		return err
	}
	w.off += int64(len(p))
	if w.loose += int64(len(p)); w.loose >= syncEvery {
		w.loose = 0
		return w.f.Sync()
	}
	return nil
}

func (w *baseWriter) line(r record) error {
	line, err := r.line()
	if err != nil {
		return err
	}
	w.lines++
	w.sum.Write(line)
	return w.write(line)
}

func (w *baseWriter) row(p *person, state uint32) error {
	w.block = append(append(w.block, p[:]...), byte(state>>16), byte(state>>8), byte(state))
	if len(w.block) == blockSize {
		return w.flush()
	}
	return nil
}

func (w *baseWriter) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	w.block = binary.LittleEndian.AppendUint32(w.block, crc32.Checksum(w.block, castagnoli))
	err := w.write(w.block)
	w.block = w.block[:0]
	return err
}

// merge2 joins the rows of an older base with those of a scope.
type merge2 struct {
	w      *baseWriter
	s      *scope
	old    *rowReader
	drop   bool
	counts []int64
	rows   int64
	offset int64
}

func (m *merge2) run() (*keptScope, error) {
	m.offset = m.w.off
	if m.s.sealed {
		return m.kept(m.s.states.firm[1:]), nil
	}
	more := m.old != nil && m.old.next()
	for who, state := range m.s.rows.rows() {
		for more && bytes.Compare(m.old.who[:], who[:]) < 0 {
			if err := m.put(&m.old.who, m.old.state); err != nil {
				return nil, err
			}
			more = m.old.next()
		}
		if more && m.old.who == who {
			var err error
			if state, err = m.s.states.union(m.old.state, state); err != nil {
				return nil, err
			}
			more = m.old.next()
		}
		if err := m.put(&who, state); err != nil {
			return nil, err
		}
	}
	for ; more; more = m.old.next() {
		if err := m.put(&m.old.who, m.old.state); err != nil {
			return nil, err
		}
	}
	if m.old != nil && m.old.err != nil {
		return nil, m.old.err
	}
	if err := m.w.flush(); err != nil {
		return nil, err
	}
	return m.kept(m.counts), nil
}

func (m *merge2) put(p *person, state uint32) error {
	if int(state) > m.s.states.len() || state == 0 {
		return errors.New("a person has a state that does not exist; " + remade)
	}
	for int(state) > len(m.counts) {
		m.counts = append(m.counts, 0)
	}
	m.counts[state-1]++
	if m.drop {
		return nil
	}
	m.rows++
	return m.w.row(p, state)
}

func (m *merge2) kept(counts []int64) *keptScope {
	out := make([]int64, m.s.states.len())
	copy(out, counts)
	k := keep(m.s, out)
	k.Rows, k.Offset, k.Sealed = m.rows, m.offset, k.Sealed || m.drop
	return k
}

// union returns the state of a person who has two.
func (st *states) union(a, b uint32) (uint32, error) {
	for _, s := range st.list[b] {
		var err error
		if a, err = st.add(a, s); err != nil {
			return 0, err
		}
	}
	return a, nil
}
