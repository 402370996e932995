package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// Checkpoint returns the newest signed checkpoint, to be kept elsewhere.
func Checkpoint(s Source) ([]byte, tree.Checkpoint, error) {
	dir, err := s.locate()
	if err != nil {
		return nil, tree.Checkpoint{}, err
	}
	return newestCheckpoint(s.Files, dir)
}

// Kept is a checkpoint that the log keeps for good.
type Kept struct {
	Size uint64 `json:"size"`
	Root string `json:"root"`
	Text string `json:"checkpoint"`
}

// KeptCheckpoints returns the checkpoints that the log keeps, oldest first.
func KeptCheckpoints(s Source) ([]Kept, error) {
	dir, err := s.locate()
	if err != nil {
		return nil, err
	}
	names, err := s.Files.List(filepath.Join(dir, keptName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Kept
	for _, name := range names {
		if strings.HasSuffix(name, tree.Aside) {
			continue
		}
		text, err := readCheckpoint(s.Files, filepath.Join(dir, keptName, name))
		if err != nil {
			return nil, err
		}
		c, err := unverified(text)
		if err != nil {
			return nil, fmt.Errorf("%s/%s: %w", keptName, name, err)
		}
		out = append(out, Kept{uint64(c.Size), c.Root.String(), string(text)})
	}
	return out, nil
}

// ConsistencySchema is the schema of a Consistency.
const ConsistencySchema = "dc.consistency/1"

// Consistency shows that a log only grew between two checkpoints.
type Consistency struct {
	Schema string   `json:"schema"`
	Old    string   `json:"old"` // signed checkpoints
	New    string   `json:"new"`
	Proof  []string `json:"proof"` // after RFC 6962, 2.1.2; base64
}

// ErrInconsistent means that no log can have both checkpoints.
var ErrInconsistent = errors.New("the log did not grow from the one checkpoint to the other: it was forked or rolled back")

// ProveConsistency compares two checkpoints by the tiles of the log. The keys
// must have signed both; an empty new one is the log's newest.
func ProveConsistency(s Source, older, newer []byte, keys ...note.Verifier) (Consistency, error) {
	out := Consistency{Schema: ConsistencySchema, Proof: []string{}}
	dir, err := s.locate()
	if err != nil {
		return out, err
	}
	if len(newer) == 0 {
		if newer, _, err = newestCheckpoint(s.Files, dir); err != nil {
			return out, err
		}
	}
	a, _, err := tree.OpenCheckpoint(older, keys...)
	if err != nil {
		return out, fmt.Errorf("the old one: %w", err)
	}
	b, _, err := tree.OpenCheckpoint(newer, keys...)
	if err != nil {
		return out, fmt.Errorf("the new one: %w", err)
	}
	if a.Origin != b.Origin {
		return out, fmt.Errorf("checkpoints of two logs, %q and %q", a.Origin, b.Origin)
	}
	if a.Size > b.Size {
		return out, fmt.Errorf("%w: the old one covers %d entries, the new one %d", ErrInconsistent, a.Size, b.Size)
	}
	out.Old, out.New = string(older), string(newer)
	if a.Size == 0 || a.Size == b.Size {
		empty, err := tlog.TreeHash(0, nil)
		if err == nil && (a.Size == b.Size && a.Root != b.Root || a.Size == 0 && a.Root != empty) {
			err = ErrInconsistent
		}
		return out, err
	}
	p, err := tlog.ProveTree(b.Size, a.Size, tree.Tiles{Files: s.Files, Dir: dir}.Hashes(b))
	if err != nil {
		return out, fmt.Errorf("the tiles do not fit the new checkpoint: %w", err)
	}
	if tlog.CheckTree(p, b.Size, b.Root, a.Size, a.Root) != nil {
		return out, ErrInconsistent
	}
	for _, h := range p {
		out.Proof = append(out.Proof, h.String())
	}
	return out, nil
}

// CheckReceipt tells whether the log holds the entry that a receipt names,
// under a checkpoint that one of the keys signed.
func CheckReceipt(ctx context.Context, s Source, r policy.Receipt, keys ...note.Verifier) (tree.Checkpoint, error) {
	proven, err := Prove(ctx, s, r.Seq)
	if err != nil {
		return tree.Checkpoint{}, err
	}
	if LeafHash([]byte(proven[0].Entry)).String() != r.Hash {
		return tree.Checkpoint{}, fmt.Errorf("entry %d is not the one that the receipt names", r.Seq)
	}
	return CheckProof(proven[0], keys...)
}

// JSON returns the document as it is handed to others.
func (d Document) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(d)
	return b.Bytes(), err
}
