package audit

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// maxRotations bounds the keys that a log can introduce.
const maxRotations = 1000

// drops are the segments that were deleted, and the acts that say so.
type drops struct {
	gone []*gone
	acts map[string]uint64 // of object and digest, the entry's number

	digests map[int]string // of what is left, as the acts name it
}

func newDrops() drops { return drops{acts: map[string]uint64{}, digests: map[int]string{}} }

// act takes up an act that changes what the verifier expects.
func (v *verifier) act(seq uint64, raw []byte) {
	var a policy.Admin
	if json.Unmarshal(raw, &a) != nil {
		return
	}
	switch a.Act {
	case DropAct:
		v.drops.acts[a.Object+" "+a.Digest] = seq
	case rotateAct:
		if len(v.anchors) == 0 {
			return
		}
		k, ok := keyNamed(&a, v.anchors[0].c.Origin)
		if !ok {
			return
		}
		if v.keeps(int64(seq), v.head); v.rotations < maxRotations {
			v.rotations++
			v.candidates = append(v.candidates, trust{k, seq, v.rotations})
		}
	}
}

// begin is called before each segment.
func (v *verifier) begin(ctx context.Context, b border) error {
	if err := v.fill(b.seq, b.ordinal-1); err != nil {
		return err
	}
	if b.ordinal > 1 && b.seq > 0 {
		v.keeps(int64(b.seq), v.head-1)
	}
	return v.beside(ctx, b)
}

// beside checks what stands beside a segment in another form, as a crash
// leaves it: nobody reads it now, but it must not be something else.
func (v *verifier) beside(ctx context.Context, b border) error {
	p, err := readPart(v.files, v.dir, b.ordinal)
	if err != nil {
		return nil // the scan names it
	}
	if p.state == Archived {
		v.sum.Archived++
	}
	others := map[string][]string{Opened: {archiveName(v.dir, b.ordinal), goneName(v.dir, b.ordinal)}, Archived: {goneName(v.dir, b.ordinal)}}[p.state]
	for _, name := range others {
		f, err := v.files.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		if strings.HasSuffix(base, ".gone") {
			var other part
			err = readGone(f, &other)
			if err == nil && string(other.line) != string(p.line) {
				err = errors.New("is not of the segment beside it")
			}
		} else {
			s := &scanner{files: v.files, dir: v.dir, fn: func(item) error { return nil }}
			s.seq, s.chain = b.seq, seal(p.line)
			err = s.packed(ctx, name, -1)
		}
		f.Close()
		var fault *Fault
		if errors.As(err, &fault) {
			fault.Kind = Damaged
			return fault
		}
		if err != nil {
			return fileFault(Damaged, base, "%s", err)
		}
	}
	return nil
}

// fill takes the hashes of a deleted segment's entries from the tiles.
func (v *verifier) fill(last uint64, ordinal int) error {
	if uint64(v.edge.Size()) >= last {
		return nil
	}
	p, err := readPart(v.files, v.dir, ordinal)
	if err != nil {
		return err
	}
	if p.gone == nil {
		return fileFault(Damaged, filepath.Base(p.name), "was exchanged while the log was read")
	}
	v.sum.Gone++
	v.drops.gone = append(v.drops.gone, p.gone)
	if v.drops.digests[ordinal], err = p.gone.digest(); err != nil {
		return err
	}
	at := place{filepath.Base(p.name), 0}
	tiles := tree.Tiles{Files: v.files, Dir: v.dir}
	for n := v.edge.Size(); n < int64(last); n = v.edge.Size() {
		index, from := n/tileWidth, int(n%tileWidth)
		width := int(min(tileWidth, int64(last)-index*tileWidth))
		b, err := tiles.Read(0, index, width)
		if errors.Is(err, fs.ErrNotExist) {
			return fileFault(Damaged, tree.Name(0, index, width), "tile with the hashes of deleted entries is missing")
		}
		if err != nil {
			return fileFault(Damaged, tree.Name(0, index, width), "tile with the hashes of deleted entries is not readable")
		}
		for i, h := range tree.Decode(b)[from:] {
			seq := uint64(n) + uint64(i) + 1
			if err := v.lasting(p.gone, seq, h, at); err != nil {
				return err
			}
			if err := v.leaf(item{seq: seq, leaf: Hash(h)}, at); err != nil {
				return err
			}
		}
	}
	if len(p.gone.Acts) > 0 {
		return seqFault(Damaged, last, at, "it keeps an act that is no entry of the segment, or not in order")
	}
	return nil
}

// lasting takes up an act that was kept of a deleted segment, at its number.
func (v *verifier) lasting(g *gone, seq uint64, leaf tree.Hash, at place) error {
	if len(g.Acts) == 0 {
		return nil
	}
	entry := []byte(g.Acts[0])
	n, err := entryNumber(entry)
	if err != nil || n > seq {
		return nil // seen to when all were
	}
	k, lerr := v.looker.read(entry)
	if n != seq || tree.LeafHash(entry) != leaf || lerr != nil {
		return seqFault(Edited, seq, at, "the act that was kept is not the entry that was signed")
	}
	g.Acts = g.Acts[1:]
	v.act(seq, k.admin)
	return nil
}

// authorised wants an act for each deleted segment.
func (v *verifier) authorised(context.Context) error {
	for _, g := range v.drops.gone {
		digest := v.drops.digests[g.Ordinal]
		name := filepath.Base(goneName(v.dir, g.Ordinal))
		seq, ok := v.drops.acts[dropObject(g)+" "+digest]
		switch {
		case !ok:
			return fileFault(WrongDrop, name, "no entry of the log authorises that the segment was deleted")
		case g.Act > 0 && g.Act != seq || seq <= g.Since:
			return fileFault(WrongDrop, name, "names entry %d as its act; the act is entry %d", g.Act, seq)
		case seq > uint64(v.newest) && !v.o.ChainOnly:
			return fileFault(WrongDrop, name, "is authorised by entry %d, which no checkpoint covers", seq)
		}
	}
	return nil
}

// inGap reports whether an entry was deleted with its segment.
func (v *verifier) inGap(seq uint64) bool {
	return slices.ContainsFunc(v.drops.gone, func(g *gone) bool { return g.First <= seq && seq <= g.Last })
}

// lostLeaf names the tile of deleted entries that no checkpoint vouches for.
func (v *verifier) lostLeaf(from, to int64) *Fault {
	for n := from / tileWidth; n*tileWidth < to; n++ {
		seq := max(n*tileWidth, from) + 1
		if v.inGap(uint64(seq)) && !v.attested(seq) {
			return fileFault(Damaged, tree.Name(0, n, tileWidth), "tile does not hold the hashes of the deleted entries")
		}
	}
	return nil
}
