package audit

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// Forge rewrites what a log holds of its entries as somebody can who has no
// key: numbers, chain, headers and tiles are made to fit. change is given all
// entries that are there, in order.
func Forge(files policy.Files, dir string, put func(name string, b []byte), change func(entries [][]byte) [][]byte) error {
	var segments []part
	var bodies [][][]byte
	all, err := ordinals(files, dir)
	if err != nil {
		return err
	}
	for _, n := range all {
		p, err := readPart(files, dir, n)
		if err != nil {
			return err
		}
		segments, bodies = append(segments, p), append(bodies, nil)
	}
	i := func(seq uint64) (at int) {
		for k, p := range segments {
			if p.header.First <= seq {
				at = k
			}
		}
		return at
	}
	var entries [][]byte
	var home []int
	first := uint64(0)
	if _, err := scan(context.Background(), files, dir, func(it item) error {
		if first == 0 {
			first = it.seq
		}
		entries, home = append(entries, bytes.Clone(it.entry)), append(home, i(it.seq))
		return nil
	}); err != nil {
		return err
	}
	for k, e := range change(entries) {
		at := home[min(k, len(home)-1)]
		bodies[at] = append(bodies[at], e)
	}
	leaves, err := goneLeaves(files, dir, first-1)
	if err != nil {
		return err
	}
	var w writer
	for k, p := range segments {
		if p.gone != nil {
			w.seq, w.size = p.gone.Last, p.gone.Raw
			w.chain, _ = parseHash(p.gone.After)
			continue
		}
		var buf bytes.Buffer
		h := p.header
		h.First, h.Prev, h.PrevBytes = w.seq+1, w.chain.String(), w.size
		line, err := h.bytes()
		if err != nil {
			return err
		}
		buf.Write(append(line, '\n'))
		w.chain = seal(line)
		for _, e := range bodies[k] {
			_, rest, _ := bytes.Cut(e, []byte(","))
			_, rest, _ = bytes.Cut(rest, []byte(","))
			var leaf Hash
			w.seq++
			w.chain, leaf = appendLine(&buf, w.chain, w.seq, append([]byte(","), rest...))
			leaves = append(leaves, tree.Hash(leaf))
		}
		_ = files.Remove(archiveName(dir, h.Ordinal))
		put(segmentName(dir, h.Ordinal), buf.Bytes())
		w.size = int64(buf.Len())
	}
	return forgeTiles(files, dir, leaves)
}

// Roots returns the root of the tiles at each size.
func Roots(files policy.Files, dir string, size int64) (map[int64]tree.Hash, error) {
	leaves, err := goneLeaves(files, dir, uint64(size))
	if err != nil {
		return nil, err
	}
	var e tree.Edge
	out := map[int64]tree.Hash{}
	for i, l := range leaves {
		e.Add(l, func(int, int64, []tree.Hash) {})
		if out[int64(i)+1], err = e.Root(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// goneLeaves returns the first hashes of the tiles.
func goneLeaves(files policy.Files, dir string, n uint64) (out []tree.Hash, err error) {
	t := tree.Tiles{Files: files, Dir: dir}
	for uint64(len(out)) < n {
		b, err := t.Read(0, int64(len(out)/256), int(min(256, n-uint64(len(out)))))
		if err != nil {
			return nil, err
		}
		out = append(out, tree.Decode(b)...)
	}
	return out, nil
}

// forgeTiles makes the tiles that fit the leaves.
func forgeTiles(files policy.Files, dir string, leaves []tree.Hash) error {
	w := tree.NewWriter()
	for _, l := range leaves {
		w.Add(l)
	}
	s, err := w.Snapshot()
	if err != nil {
		return err
	}
	return s.Write(files, dir)
}

// Reframe rewrites an archive with other entries, so that it is sound by
// itself.
func Reframe(files policy.Files, name string, put func(name string, b []byte), change func(lines [][]byte) [][]byte) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := readArchive(f)
	if err != nil {
		return err
	}
	dec, err := newDecoder()
	if err != nil {
		return err
	}
	defer dec.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		return err
	}
	defer enc.Close()
	p := &packer{enc: enc, pause: func() error { return nil }, archive: *a}
	p.Raw, p.Blocks = int64(len(a.Segment))+1, []block{}
	var lines [][]byte
	for i := range a.Blocks {
		raw, err := a.block(f, dec, i)
		if err != nil {
			return err
		}
		lines = append(lines, bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))...)
	}
	chain := seal([]byte(a.Segment))
	seq := a.First - 1
	for _, l := range change(lines) {
		link, _ := hashes(l)
		chain, seq = chain.next(link), seq+1
		if err := p.add(item{seq: seq, entry: l}); err != nil {
			return err
		}
	}
	if err := p.last(); err != nil {
		return err
	}
	p.After, p.Last = chain.String(), seq
	b, err := p.frame()
	put(filepath.ToSlash(name), append(b, p.body.Bytes()...))
	return err
}

// IsArchive reports whether a file is a compressed segment.
func IsArchive(name string) bool { return strings.HasSuffix(name, ".jsonl.zst") }

// CheckEntry tells whether bytes are an entry in its canonical form.
func CheckEntry(b []byte) error {
	_, err := newLooker().read(b)
	return err
}
