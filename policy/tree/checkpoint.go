package tree

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxCheckpoint bounds the bytes of a checkpoint with its signatures.
const MaxCheckpoint = 64 << 10

// Checkpoint is the state of a log that its key vouches for.
type Checkpoint struct {
	Origin string // the log's identity
	Size   int64  // entries
	Root   Hash
}

// Text returns what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Tree returns the size and root in the words of tlog.
func (c Checkpoint) Tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: c.Root} }

// Sign returns the checkpoint as a note with a signature of each signer.
func (c Checkpoint) Sign(signers ...note.Signer) ([]byte, error) {
	if len(signers) == 0 {
		return nil, errors.New("checkpoint: no key to sign with")
	}
	return note.Sign(&note.Note{Text: c.Text()}, signers...)
}

// ErrUnsigned means that none of the keys signed a checkpoint.
var ErrUnsigned = errors.New("checkpoint is not signed by a key that is trusted")

// OpenCheckpoint reads a signed checkpoint. At least one of the keys must have
// signed it; the signatures that were verified are in the note.
func OpenCheckpoint(text []byte, keys ...note.Verifier) (Checkpoint, *note.Note, error) {
	if len(text) > MaxCheckpoint {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint is longer than %d bytes", MaxCheckpoint)
	}
	n, err := note.Open(text, note.VerifierList(keys...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return Checkpoint{}, nil, ErrUnsigned
	case err != nil:
		return Checkpoint{}, nil, errors.New("checkpoint is no signed note")
	}
	c, err := ParseCheckpoint(n.Text)
	return c, n, err
}

// ParseCheckpoint reads the text of a checkpoint, which no signature covers
// here. It takes exactly what Text writes.
func ParseCheckpoint(text string) (Checkpoint, error) {
	bad := errors.New("checkpoint is not an origin, a size and a root")
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, bad
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, rerr := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || rerr != nil || size < 0 || size > maxSize || len(root) != tlog.HashSize {
		return Checkpoint{}, bad
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: Hash(root)}
	if c.Text() != text {
		return Checkpoint{}, bad
	}
	return c, nil
}
