package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"

	"github.com/datacustoms/customs/policy"
)

// FoldNow seals what may be sealed and folds all closed segments.
func (l *Ledger) FoldNow(ctx context.Context) error {
	l.mu.Lock()
	l.past = past{open: openFrom(l.opts.Now())} // said so for long
	l.mu.Unlock()
	return l.FoldSoon(ctx)
}

// FoldSoon is FoldNow for a clock that nobody trusts yet.
func (l *Ledger) FoldSoon(ctx context.Context) error {
	f := l.store.folder
	f.mu.Lock()
	till := f.till
	f.mu.Unlock()
	f.soon(till)
	return f.step(ctx)
}

// Stopping is closed when Close has told the folding to give up.
func (l *Ledger) Stopping() <-chan struct{} { return l.store.folder.ctx.Done() }

// EndSegment ends the newest segment, which is then folded soon.
func (l *Ledger) EndSegment(ctx context.Context) error {
	return l.group.Do(ctx, change{fold: true})
}

// TableBytes is what the tables of all scopes take in memory, and how many
// persons they hold.
func (l *Ledger) TableBytes() (size int64, persons int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.books.scopes {
		size += s.rows.size()
		persons += s.rows.len()
	}
	return size, persons
}

// Sign gives every line its right check sum.
func Sign(b []byte) []byte {
	lines := bytes.SplitAfter(b, []byte{'\n'})
	for i, line := range lines {
		if len(line) > 10 {
			body := line[9:]
			lines[i] = fmt.Appendf(nil, "%08x %s", crc32.Checksum(bytes.TrimSuffix(body, []byte{'\n'}), castagnoli), body)
		}
	}
	return bytes.Join(lines, nil)
}

// SignBase gives the lines of a base and its blocks of rows, each of which is
// thought to be the only one of its scope, their right check sums.
func SignBase(b []byte, scopes ...int) []byte {
	at := len(baseMagic)
	for _, rows := range scopes {
		end := at + rows*rowBytes
		if end+4 > len(b) {
			return b
		}
		binary.LittleEndian.PutUint32(b[end:], crc32.Checksum(b[at:end], castagnoli))
		at = end + 4
	}
	lines := bytes.SplitAfter(Sign(b[at:]), []byte{'\n'})
	n := len(lines) - 2 // of the ready line
	if n < 0 {
		return b
	}
	body := bytes.Join(lines[:n], nil)
	sum := sha256.Sum256(body)
	ready, _ := record{Op: opReady, Ready: &readyLine{n, int64(at), hex.EncodeToString(sum[:])}}.line()
	return append(append(append([]byte{}, b[:at]...), body...), ready...)
}

// Owed is how many bytes of lines wait for a disk that takes them.
func (l *Ledger) Owed() int { return len(l.store.owed) }

// WriteAlike writes a base whose persons are all alike in their first 64 bits.
func WriteAlike(files policy.Files, dir string, rows int) error {
	b := newBooks()
	s := b.scope(scopeID{Entity: "a", Year: 2026})
	s.basis("SC")
	state, err := s.states.number([]stamp{{2026, 1}})
	if err != nil {
		return err
	}
	for i := range rows {
		p := person{255, 255, 255, 255, 255, 255, 255, 255, byte(i >> 16), byte(i >> 8), byte(i)}
		s.rows.put(p, state)
	}
	_, err = writeBase(context.Background(), files, dir, "00", span{1, 1, "00"}, nil, b, nil)
	return err
}
