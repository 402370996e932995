package audit

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// rotateAct is the act that introduces a key; its object is the public key.
const rotateAct = "key.rotate"

// keyNamed returns the key that an act introduces for the log of that name.
// Other keys are rotated too, and an object is a log's key only under the log's
// own name.
func keyNamed(a *policy.Admin, origin string) (note.Verifier, bool) {
	if a == nil || a.Act != rotateAct {
		return nil, false
	}
	k, err := note.NewVerifier(a.Object)
	return k, err == nil && k.Name() == origin
}

// rotation returns the new key of this log that an entry names, or nothing.
func (l *Log) rotation(kind policy.EntryKind, a *policy.Admin) string {
	if k, ok := keyNamed(a, l.opts.Origin); ok && kind == policy.KindAdmin {
		return keyID(k)
	}
	return ""
}

// introduces notes that the entry of that number names a key.
func (l *Log) introduces(key string, size int64) {
	l.owe(size)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.named == nil {
		l.named = map[string]int64{}
	}
	if _, before := l.named[key]; !before {
		l.named[key] = size
	}
}

// since leaves out those who were named only after a size: under a checkpoint
// of that size nobody could trust them.
func (l *Log) since(signers []note.Signer, size int64) []note.Signer {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(signers), func(s note.Signer) bool { return l.named[keyID(s)] > size })
}

// owe notes that the checkpoint of that size is to be kept.
func (l *Log) owe(size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if size > 0 && !slices.Contains(l.owed, size) {
		l.owed = append(l.owed, size)
	}
}

// owes returns which of them a tree of that size has.
func (l *Log) owes(size int64) (out []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.owed {
		if n <= size {
			out = append(out, n)
		}
	}
	return out
}

// keepAt keeps the checkpoint of a size. c is of the tree whose tiles are
// durable, and what is read of them is held against its root.
func (l *Log) keepAt(c tree.Checkpoint, size int64, signers []note.Signer) error {
	files, dir := l.opts.Files, filepath.Join(l.dir, keptName)
	if signers = l.since(signers, size); len(signers) == 0 {
		return errors.New("the keys of that time are destroyed")
	}
	root, err := tlog.TreeHash(size, tree.Tiles{Files: files, Dir: l.dir}.Hashes(c))
	if err != nil {
		return err
	}
	signed, err := tree.Checkpoint{Origin: c.Origin, Size: size, Root: root}.Sign(signers...)
	if err != nil {
		return err
	}
	if err = files.MakeDir(dir); err == nil {
		err = files.SyncDir(l.dir)
	}
	name := keptAt(dir, size)
	if err == nil {
		err = journal.Replace(files, name, name+aside, signed)
	}
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owed = slices.DeleteFunc(l.owed, func(n int64) bool { return n == size })
	return nil
}

func keptAt(dir string, size int64) string { return filepath.Join(dir, fmt.Sprintf("%020d", size)) }

// oweBorders notes the checkpoints at the ends of closed segments that are not
// there: a crash came before them, or the log is of a time before they were
// kept.
func (l *Log) oweBorders() error {
	names, _ := l.opts.Files.List(filepath.Join(l.dir, keptName))
	have := map[int64]bool{}
	for _, n := range names {
		if k, err := strconv.ParseInt(n, 10, 64); err == nil {
			have[k] = true
		}
	}
	shelf, err := openShelf(l.opts.Files, l.dir)
	if err != nil {
		return err
	}
	for _, n := range shelf.all[min(1, len(shelf.all)):] {
		p, err := shelf.part(n)
		if err != nil {
			return err
		}
		if size := int64(p.header.First) - 1; !have[size] {
			l.owe(size)
		}
	}
	return nil
}
