package audit

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/tree"
)

// anchor is a checkpoint that the entries are compared with.
type anchor struct {
	name  string // of its file, or of the known checkpoint
	text  []byte
	c     tree.Checkpoint
	known bool // kept by the verifier, outside of the log
	ours  bool // a signature line carries the log's name
}

// readSmall reads a file that is a checkpoint.
func (v *verifier) readSmall(name string) ([]byte, error) {
	f, err := v.files.Open(filepath.Join(v.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, tree.MaxCheckpoint+1))
}

// readAnchors reads the checkpoints of the log and those that are known: the
// newest before those that are kept, of which one that it calls for is there
// before it.
func (v *verifier) readAnchors() error {
	var names []string
	if v.inv.head {
		names = append(names, checkpointName)
	}
	if v.inv.witnessed {
		names = append(names, witnessedName)
	}
	if err := v.readEach(names); err != nil {
		return err
	}
	if v.inv.head {
		v.head = v.anchors[0].c.Size
	}
	if err := v.listKept(); err != nil {
		return err
	}
	names = names[:0]
	for _, n := range slices.Sorted(maps.Keys(v.inv.kept)) {
		names = append(names, fmt.Sprintf("%s/%020d", keptName, n))
	}
	if err := v.readEach(names); err != nil {
		return err
	}
	if len(v.anchors) > 0 && !v.inv.head && !v.stands(checkpointName) {
		return fileFault(Damaged, checkpointName, "the newest checkpoint is missing; older ones are there")
	}
	for i, text := range v.o.Known {
		if err := v.anchor(fmt.Sprintf("known checkpoint %d", i+1), text, true); err != nil {
			return err
		}
	}
	// At one size a kept one comes first: it has the signatures of replaced keys,
	// which introduce those of the newest.
	kept := func(a anchor) int {
		if strings.HasPrefix(a.name, keptName+"/") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(v.anchors, func(a, b anchor) int {
		return cmp.Or(cmp.Compare(a.c.Size, b.c.Size), cmp.Compare(kept(a), kept(b)))
	})
	return v.firstLook()
}

func (v *verifier) readEach(names []string) error {
	for _, name := range names {
		text, err := v.readSmall(name)
		if errors.Is(err, fs.ErrNotExist) {
			return fileFault(Damaged, name, "checkpoint went away while the log was read")
		}
		if err != nil {
			return err
		}
		if err := v.anchor(name, text, false); err != nil {
			return err
		}
	}
	return nil
}

// anchor takes a checkpoint apart. Whether it is signed is seen when the
// entries before it have told of every key.
func (v *verifier) anchor(name string, text []byte, known bool) error {
	body, sigs, ok := strings.Cut(string(text), "\n\n")
	c, err := tree.ParseCheckpoint(body + "\n")
	_, nerr := note.Open(text, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !ok || err != nil || len(text) > tree.MaxCheckpoint || !errors.As(nerr, &unverified) {
		return fileFault(Damaged, name, "not a signed checkpoint")
	}
	if kept, ok := strings.CutPrefix(name, keptName+"/"); ok && fmt.Sprintf("%020d", c.Size) != kept {
		return fileFault(Damaged, name, "holds the checkpoint at %d entries", c.Size)
	}
	if len(v.anchors) > 0 && v.anchors[0].c.Origin != c.Origin {
		return fileFault(Forked, name, "is of another log: its origin is %q, that of %s is %q", c.Origin, v.anchors[0].name, v.anchors[0].c.Origin)
	}
	ours := strings.Contains(sigs, "\u2014 "+c.Origin+" ")
	v.anchors = append(v.anchors, anchor{name, text, c, known, ours})
	if !known {
		v.newest = max(v.newest, c.Size)
	}
	return nil
}

// firstLook refuses at once what no key of the verifier's vouches for: a key
// that the log names itself counts only under one that is trusted.
func (v *verifier) firstLook() error {
	if len(v.o.Keys) == 0 && !v.o.ChainOnly {
		return ErrNoKey
	}
	trusted := len(v.anchors) == 0
	for _, a := range v.anchors {
		_, err := v.open(a, v.o.Keys)
		if err != nil && !errors.Is(err, tree.ErrUnsigned) {
			return v.unsignedFault(a, err)
		}
		trusted = trusted || err == nil
	}
	if !trusted && !v.o.ChainOnly {
		return v.unsignedFault(v.anchors[len(v.anchors)-1], tree.ErrUnsigned)
	}
	return nil
}

// open returns the note of an anchor that one of the keys signed.
func (v *verifier) open(a anchor, keys []note.Verifier) (*note.Note, error) {
	_, n, err := tree.OpenCheckpoint(a.text, keys...)
	return n, err
}

func (v *verifier) unsignedFault(a anchor, err error) error {
	switch {
	case !errors.Is(err, tree.ErrUnsigned):
		return fileFault(Damaged, a.name, "its signature does not verify: the checkpoint was changed")
	case a.ours:
		return fileFault(WrongKey, a.name, "signed by a key that is not trusted, and that no entry under a trusted one introduces")
	}
	return fileFault(Unsigned, a.name, "not signed by the log")
}

// trust is a key of the log and the entry that introduced it; zero for keys
// that the verifier brought.
type trust struct {
	key note.Verifier
	seq uint64
	gen int // of how many-th rotation; zero for the first key
}

// vouch checks the signatures of an anchor whose entries were all seen, and
// takes up the keys that those entries introduce.
func (v *verifier) vouch(a anchor) error {
	_, err := v.open(a, v.trusted())
	if errors.Is(err, tree.ErrUnsigned) && strings.HasPrefix(a.name, keptName+"/") {
		v.late = append(v.late, a) // it may have been made up for a lost one
		return nil
	}
	if err != nil {
		return v.unsignedFault(a, err)
	}
	v.promote(uint64(a.c.Size))
	keys := v.trusted()
	if a.name == witnessedName {
		keys = append(keys, v.o.Witnesses...)
	}
	n, err := v.open(a, keys)
	if err != nil {
		return v.unsignedFault(a, err)
	}
	gen := -1
	for _, t := range v.keys {
		if tree.Signed(n, t.key) {
			gen = max(gen, t.gen)
		}
	}
	if a.c.Size > v.at {
		v.floor, v.at = v.gen, a.c.Size
	}
	if gen < v.floor {
		return fileFault(WrongKey, a.name, "signed only by a key that was replaced before")
	}
	v.gen = max(v.gen, gen)
	if a.known || a.name == witnessedName {
		return nil
	}
	return plainNote(a, n)
}

// plainNote refuses what the log does not write under its checkpoints: lines
// of others, lines twice, a second spelling of a signature. No signature
// covers the signatures.
func plainNote(a anchor, n *note.Note) error {
	text := n.Text + "\n"
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return fileFault(Damaged, a.name, "its signature is not readable")
		}
		text += "\u2014 " + s.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
	}
	if slices.ContainsFunc(n.UnverifiedSigs, func(s note.Signature) bool { return s.Name == a.c.Origin }) {
		return fileFault(WrongKey, a.name, "carries a signature of a key that is not trusted beside one of a key that is")
	}
	if text != string(a.text) {
		return fileFault(Damaged, a.name, "carries lines that are no signatures of the log")
	}
	return nil
}

func (v *verifier) trusted() []note.Verifier {
	out := make([]note.Verifier, len(v.keys))
	for i, t := range v.keys {
		out[i] = t.key
	}
	return out
}

// promote trusts the keys that entries up to an anchor introduce.
func (v *verifier) promote(size uint64) {
	for _, t := range v.candidates {
		if t.seq > size {
			continue
		}
		at := slices.IndexFunc(v.keys, func(k trust) bool { return k.key.Name() == t.key.Name() && k.key.KeyHash() == t.key.KeyHash() })
		if at < 0 {
			v.keys = append(v.keys, t)
		} else {
			v.keys[at].gen = max(v.keys[at].gen, t.gen)
		}
	}
	v.candidates = slices.DeleteFunc(v.candidates, func(t trust) bool { return t.seq <= size })
}

// Cosigned says up to where, and when, a witness saw the log.
type Cosigned struct {
	Witness string    `json:"witness"`
	Size    uint64    `json:"size"`
	Time    time.Time `json:"time"`
}

// witnesses looks for the newest cosignature of each witness that was named.
func (v *verifier) witnesses() error {
	for _, w := range v.o.Witnesses {
		found := Cosigned{Witness: w.Name()}
		for _, a := range v.anchors {
			n, err := v.open(a, []note.Verifier{w})
			if err != nil {
				continue
			}
			at, err := tree.CosignedAt(n.Sigs[0])
			if err == nil && (found.Time.IsZero() || uint64(a.c.Size) >= found.Size) {
				found.Size, found.Time = uint64(a.c.Size), at
			}
		}
		if found.Time.IsZero() {
			return fileFault(Unsigned, witnessedName, "no checkpoint carries a cosignature of %s", w.Name())
		}
		v.sum.Cosigned = append(v.sum.Cosigned, found)
		v.sum.Anchored = max(v.sum.Anchored, found.Size)
	}
	return nil
}
