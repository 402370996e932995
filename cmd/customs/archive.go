package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/datacustoms/customs/policy/law"
)

// archiveDir holds, below the data directory, a copy of every rule pack and
// every policy that was in force, named by the SHA-256 of its content: what
// explain and replay derive decisions from again.
const archiveDir = "archive"

// The kinds of copy in the archive.
const (
	archivedPack   = "pack"
	archivedPolicy = "policy"
)

// maxArchived bounds a copy that is read back.
const maxArchived = 128 << 20

// errNotArchived means that the archive has no copy of that digest.
var errNotArchived = errors.New("no copy in the archive")

// archive is the archive of one data directory.
type archive struct{ dir string }

func archiveOf(data string) archive { return archive{filepath.Join(data, archiveDir)} }

// keep stores copies of what is about to come into force. Nothing may come
// into force without: its decisions could not be derived again. What is there
// already is left alone.
func (h *house) keep(book *law.Book, d interface{ Snapshot() []byte }) error {
	return archiveOf(h.cfg.Data).keep(book, d)
}

func (a archive) keep(book *law.Book, d interface{ Snapshot() []byte }) error {
	for _, b := range book.Snapshots() {
		if err := a.put(archivedPack, b); err != nil {
			return err
		}
	}
	return a.put(archivedPolicy, d.Snapshot())
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (a archive) path(kind, digest string) string {
	return filepath.Join(a.dir, kind+"-"+digest+".json")
}

// put writes a copy durably, in one step. A copy that is there and sound stays;
// a damaged one is replaced.
func (a archive) put(kind string, content []byte) error {
	digest := digestOf(content)
	if len(content) > maxArchived { // get would not read it back
		return fmt.Errorf("archive of packs and policies: %s %s is larger than %d bytes", kind, short(digest), maxArchived)
	}
	if _, err := a.get(kind, digest); err == nil {
		return nil
	}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return fmt.Errorf("archive of packs and policies: %w", err)
	}
	if err := replaceFile(a.path(kind, digest), string(content)); err != nil {
		return fmt.Errorf("archive of packs and policies: keep %s %s: %w", kind, short(digest), err)
	}
	return syncDir(filepath.Dir(a.dir)) // the archive's own name
}

// get reads a copy back. One that is not what its name says is an error.
func (a archive) get(kind, digest string) ([]byte, error) {
	if !isDigest(digest) {
		return nil, fmt.Errorf("%s: the record's digest is no SHA-256: %w", kind, errNotArchived)
	}
	path := a.path(kind, digest)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s %s: %w", kind, short(digest), errNotArchived)
	}
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxArchived+1))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if len(b) > maxArchived || digestOf(b) != digest {
		return nil, fmt.Errorf("archive: %s is damaged: its content does not have the digest of its name; restore it from a backup", path)
	}
	return b, nil
}

// policies lists the digests of the policies that are kept.
func (a archive) policies() []string {
	names, err := filepath.Glob(filepath.Join(a.dir, archivedPolicy+"-*.json"))
	if err != nil {
		return nil
	}
	var out []string
	for _, n := range names {
		d := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(n), archivedPolicy+"-"), ".json")
		if isDigest(d) {
			out = append(out, d)
		}
	}
	return out
}

func isDigest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && s == strings.ToLower(s)
}

// short is the beginning of a digest, for people.
func short(digest string) string { return digest[:min(12, len(digest))] }
