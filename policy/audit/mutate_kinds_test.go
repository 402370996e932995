package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

// mutant is one changed copy of a log.
type mutant struct {
	d     *faultfs.Disk
	rng   *rand.Rand
	what  string
	file  string // that was changed; empty when there are many
	first uint64 // entry before which nothing was changed
	kinds []audit.Kind
}

func logFiles(d *faultfs.Disk) (out []string) {
	for _, n := range d.Files() {
		if strings.HasPrefix(n, "data/audit/") && len(d.Bytes(n)) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// pick chooses a file.
func (m *mutant) pick(ok func(name string) bool) bool {
	files := slices.DeleteFunc(logFiles(m.d), func(n string) bool { return !ok(n) })
	if len(files) == 0 {
		return false
	}
	m.file = files[m.rng.IntN(len(files))]
	return true
}

func plain(name string) bool   { return strings.HasSuffix(name, ".jsonl") }
func any_(string) bool         { return true }
func segment(name string) bool { return strings.Contains(name, "/segment-") }

// needless tells files whose loss takes nothing from the log: an archive beside
// its segment.
func (m *mutant) needless(name string) bool {
	return audit.IsArchive(name) && len(m.d.Bytes(strings.TrimSuffix(name, ".zst"))) > 0
}

func (m *mutant) bit() bool {
	m.pick(any_)
	b := bytes.Clone(m.d.Bytes(m.file))
	b[m.rng.IntN(len(b))] ^= 1 << m.rng.IntN(8)
	m.d.Put(m.file, b)
	return true
}

// lines changes the lines of a segment that is not compressed.
func (m *mutant) lines(change func(lines [][]byte, n int) [][]byte) bool {
	m.pick(plain)
	lines := bytes.SplitAfter(m.d.Bytes(m.file), []byte("\n"))
	lines = lines[:len(lines)-1]
	n := 1 + m.rng.IntN(len(lines)-1)
	if i := bytes.Index(lines[n], []byte(`"seq":`)); i > 0 {
		fmt.Sscanf(string(lines[n][i:]), `"seq":%d`, &m.first)
	}
	was := m.d.Bytes(m.file)
	m.d.Put(m.file, bytes.Join(change(slices.Clone(lines), n), nil))
	return !bytes.Equal(was, m.d.Bytes(m.file))
}

func (m *mutant) drop() bool {
	m.kinds = []audit.Kind{audit.Deleted, audit.Truncated}
	return m.lines(func(l [][]byte, n int) [][]byte { return slices.Delete(l, n, n+1) })
}

func (m *mutant) swap() bool {
	m.kinds = []audit.Kind{audit.Reordered}
	return m.lines(func(l [][]byte, n int) [][]byte {
		if n == len(l)-1 {
			n--
		}
		if n == 0 {
			return l
		}
		l[n], l[n+1] = l[n+1], l[n]
		return l
	})
}

func (m *mutant) double() bool {
	m.kinds = []audit.Kind{audit.Inserted, audit.Reordered, audit.Edited}
	return m.lines(func(l [][]byte, n int) [][]byte { return slices.Insert(l, n, l[n]) })
}

func (m *mutant) insert() bool {
	m.kinds = []audit.Kind{audit.Inserted, audit.Reordered, audit.Edited}
	return m.lines(func(l [][]byte, n int) [][]byte {
		return slices.Insert(l, n, bytes.Replace(l[n], []byte(`"kind"`), []byte(`"kinb"`), 1))
	})
}

func (m *mutant) cutLine() bool {
	return m.lines(func(l [][]byte, n int) [][]byte {
		l[n] = l[n][:m.rng.IntN(len(l[n])-1)]
		return l
	})
}

func (m *mutant) cutFile() bool {
	m.pick(any_)
	b := m.d.Bytes(m.file)
	m.d.Put(m.file, bytes.Clone(b[:m.rng.IntN(len(b))]))
	return true
}

func (m *mutant) grow() bool {
	m.pick(any_)
	m.d.Put(m.file, append(bytes.Clone(m.d.Bytes(m.file)), byte(m.rng.IntN('{'))))
	return true
}

func (m *mutant) remove() bool {
	return m.pick(func(n string) bool { return !m.needless(n) }) && m.d.Remove(m.file) == nil
}

func (m *mutant) empty() bool {
	m.pick(any_)
	m.d.Put(m.file, nil)
	return true
}

func (m *mutant) rename() bool {
	m.pick(any_)
	return m.d.Rename(m.file, path.Dir(m.file)+"/"+[]string{"x", "00000000000000000007", "007", "segment-00000999.jsonl"}[m.rng.IntN(4)]) == nil
}

func (m *mutant) foreign() bool {
	m.pick(any_)
	m.file = path.Dir(m.file) + "/" + []string{"notes.txt", "007x", "segment-1.jsonl", "0"}[m.rng.IntN(4)]
	m.d.Put(m.file, []byte("hello"))
	return true
}

// exchange puts the bytes of one file into another of its sort.
func (m *mutant) exchange() bool {
	m.pick(any_)
	a := m.file
	m.pick(func(n string) bool { return n != a && path.Ext(n) == path.Ext(a) && segment(n) == segment(a) })
	b := m.file
	if bytes.Equal(m.d.Bytes(a), m.d.Bytes(b)) || a == b {
		return false
	}
	m.file = a
	x, y := bytes.Clone(m.d.Bytes(a)), bytes.Clone(m.d.Bytes(b))
	m.d.Put(a, y)
	m.d.Put(b, x)
	m.file = ""
	return true
}

// change is what an attacker does to a list of entries.
func (m *mutant) change(l [][]byte) [][]byte {
	n := m.rng.IntN(len(l))
	m.first = 0
	switch m.rng.IntN(4) {
	case 0:
		l[n] = bytes.Replace(l[n], []byte(`"time":"2026`), []byte(`"time":"2025`), 1)
	case 1:
		l = slices.Delete(l, n, n+1)
	case 2:
		l = slices.Insert(l, n, bytes.Clone(l[m.rng.IntN(len(l))]))
	default:
		k := (n + 1) % len(l)
		l[n], l[k] = l[k], l[n]
	}
	return l
}

func (m *mutant) forge() bool {
	m.file = ""
	return audit.Forge(m.d, "data/audit", m.d.Put, m.change) == nil
}

func (m *mutant) reframe() bool {
	m.pick(audit.IsArchive)
	return audit.Reframe(m.d, m.file, m.d.Put, m.change) == nil
}

// resign signs every checkpoint with another key of the same name, with the
// roots that the tiles have.
func (m *mutant) resign(key note.Signer, forge bool) bool {
	m.kinds = []audit.Kind{audit.WrongKey}
	if forge && !m.forge() {
		return false
	}
	entries := uint64(0)
	if err := audit.Read(context.Background(), source(m.d), func(e policy.Entry) error { entries = e.Seq; return nil }); err != nil {
		return false
	}
	roots, err := audit.Roots(m.d, "data/audit", int64(entries))
	if err != nil {
		return false
	}
	for _, n := range logFiles(m.d) {
		if strings.Contains(n, "/checkpoints/") && m.d.Remove(n) != nil {
			return false
		}
	}
	sizes, err := audit.KeptSizes(source(m.d), origin)
	if err != nil {
		return false
	}
	put := func(name string, size int64) bool {
		signed, err := tree.Checkpoint{Origin: origin, Size: size, Root: roots[size]}.Sign(key)
		m.d.Put(name, signed)
		return err == nil
	}
	for _, size := range sizes {
		if !put(fmt.Sprintf("data/audit/checkpoints/%020d", size), size) {
			return false
		}
	}
	m.file = ""
	return put("data/audit/checkpoint", int64(entries))
}

// addLine gives the newest checkpoint another signature line.
func (m *mutant) addLine() bool {
	m.pick(func(n string) bool { return strings.Contains(n, "/checkpoint") })
	m.d.Put(m.file, tree.AddSignature(m.d.Bytes(m.file), "stranger", 7, make([]byte, 64)))
	return true
}
