// Package witness cosigns the checkpoints of logs, and gets the checkpoints of
// our own log cosigned, after C2SP tlog-witness and tlog-cosignature.
//
// A witness remembers of each log the newest checkpoint that it cosigned. It
// cosigns another one only when a consistency proof shows that the log grew
// from there, so that a log which was rolled back, or shows two histories,
// finds no witness for them. The promise: no cosignature leaves before the
// checkpoint it covers is durable.
package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/tree"
)

// maxLogs bounds the logs of one witness.
const maxLogs = 1000

// Options says what a witness is made of.
type Options struct {
	Dir   string // holds its memory
	Files policy.Files
	// Signer makes the cosignatures, Key verifies them: tree.NewCosigner and
	// tree.ParseCosigner.
	Signer note.Signer
	Key    note.Verifier
	// Logs are the keys of the logs. The name of a key is the log's origin; a
	// log may have several keys.
	Logs []note.Verifier
}

// Witness cosigns checkpoints. It is safe for concurrent use.
type Witness struct {
	o    Options
	lock io.Closer
	logs map[string]*known // by origin; the map never changes
}

// known is what the witness remembers of one log.
type known struct {
	keys []note.Verifier
	mu   sync.Mutex // one writer a log
	at   tree.Checkpoint
	text []byte // as cosigned; nil before the first
}

// Open reads the witness's memory and locks it against a second program.
func Open(o Options) (*Witness, error) {
	if o.Signer == nil || o.Key == nil || o.Files == nil || len(o.Logs) > maxLogs {
		return nil, fmt.Errorf("witness: options need Files, Signer and Key, and at most %d logs", maxLogs)
	}
	w := &Witness{o: o, logs: map[string]*known{}}
	for _, k := range o.Logs {
		if w.logs[k.Name()] == nil {
			w.logs[k.Name()] = &known{}
		}
		l := w.logs[k.Name()]
		if !slices.ContainsFunc(l.keys, func(o note.Verifier) bool { return o.KeyHash() == k.KeyHash() }) {
			l.keys = append(l.keys, k)
		}
	}
	if err := o.Files.MakeDir(o.Dir); err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	lock, err := o.Files.Lock(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("witness: another witness may be using %s: %w", o.Dir, err)
	}
	w.lock = lock
	for origin, k := range w.logs {
		if k.text, k.at, err = load(o.Files, o.Dir, origin, o.Key); err != nil {
			lock.Close()
			return nil, err
		}
	}
	return w, nil
}

// Close gives the memory free.
func (w *Witness) Close() error { return w.lock.Close() }

// fileOf is where a log's newest checkpoint stands: an origin can hold what a
// file name cannot.
func fileOf(dir, origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(dir, "log-"+hex.EncodeToString(sum[:16]))
}

// load reads the newest checkpoint of a log. One without the witness's own
// cosignature was written by nobody it knows.
func load(files policy.Files, dir, origin string, key note.Verifier) ([]byte, tree.Checkpoint, error) {
	name := fileOf(dir, origin)
	text, err := readBounded(files, name, tree.MaxCheckpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, tree.Checkpoint{}, nil
	}
	if err != nil {
		return nil, tree.Checkpoint{}, fmt.Errorf("witness: %w", err)
	}
	at, _, err := openHead(text, key)
	if err != nil || at.Origin != origin {
		return nil, tree.Checkpoint{}, fmt.Errorf("witness: %s is not what this witness wrote for %q: put it back from a backup; without it a rollback of that log would not be seen", name, origin)
	}
	return text, at, nil
}

func readBounded(files policy.Files, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", name, limit)
	}
	return b, err
}

// openHead verifies a checkpoint that may have extension lines.
func openHead(text []byte, keys ...note.Verifier) (tree.Checkpoint, *note.Note, error) {
	n, err := note.Open(text, note.VerifierList(keys...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return tree.Checkpoint{}, nil, tree.ErrUnsigned
	case err != nil:
		return tree.Checkpoint{}, nil, errors.New("checkpoint is no signed note")
	}
	c, err := tree.CheckpointHead(n.Text)
	return c, n, err
}

// openAny is openHead for what others send: one key that signed is enough,
// whatever stands there in the name of another. The note has the signatures
// that were verified.
func openAny(text []byte, keys []note.Verifier) (tree.Checkpoint, *note.Note, error) {
	var found *note.Note
	for _, k := range keys {
		n, err := note.Open(text, note.VerifierList(k))
		switch {
		case errors.As(err, new(*note.UnverifiedNoteError)), errors.As(err, new(*note.InvalidSignatureError)):
		case err != nil:
			return tree.Checkpoint{}, nil, errForm
		case found == nil:
			found = n
		default:
			found.Sigs = append(found.Sigs, n.Sigs...)
		}
	}
	if found == nil {
		return tree.Checkpoint{}, nil, tree.ErrUnsigned
	}
	c, err := tree.CheckpointHead(found.Text)
	return c, found, err
}

// The refusals, as tlog-witness has them.
var (
	errForm     = errors.New("the request is not an old size, a proof and a checkpoint")        // 400
	errSize     = errors.New("the old size is larger than that of the checkpoint")              // 400
	errUnknown  = errors.New("the log's origin is not known here")                              // 404
	errUnsigned = errors.New("no key that is trusted for this log signed the checkpoint")       // 403
	errProof    = errors.New("the proof does not join the checkpoint to the one cosigned here") // 422
	errFork     = errors.New("another root was cosigned here for the same size")                // 409
)

// staleError is the answer to an old size that is not the witness's.
type staleError struct{ size int64 }

func (e staleError) Error() string {
	return fmt.Sprintf("the checkpoint cosigned here has size %d", e.size)
}

// add cosigns the checkpoint of a request and returns the cosignature line.
func (w *Witness) add(r request) ([]byte, error) {
	head, err := claimed(r.signed)
	if err != nil {
		return nil, err
	}
	k := w.logs[head.Origin]
	if k == nil {
		return nil, errUnknown
	}
	c, n, err := openAny(r.signed, k.keys)
	switch {
	case errors.Is(err, tree.ErrUnsigned):
		return nil, errUnsigned
	case err != nil || c.Origin != head.Origin:
		return nil, errForm
	case r.old > c.Size:
		return nil, errSize
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at.Size != r.old {
		return nil, staleError{k.at.Size}
	}
	if err := grown(k.at, c, r.proof, k.text != nil); err != nil {
		return nil, err
	}
	return w.keep(k, c, n)
}

// claimed reads the origin before any key is chosen.
func claimed(signed []byte) (tree.Checkpoint, error) {
	text, _, ok := strings.Cut(string(signed), "\n\n")
	if !ok {
		return tree.Checkpoint{}, errForm
	}
	c, err := tree.CheckpointHead(text + "\n")
	if err != nil {
		return c, errForm
	}
	return c, nil
}

// grown checks that a log grew from one checkpoint to another.
func grown(from, to tree.Checkpoint, proof tlog.TreeProof, seen bool) error {
	switch {
	case seen && from.Size == to.Size && from.Root != to.Root:
		return errFork
	case from.Size == 0 && len(proof) > 0:
		return errProof
	case from.Size == 0 && to.Size == 0 && to.Root != tree.Hash(sha256.Sum256(nil)):
		return errProof
	case from.Size == 0:
		return nil
	case tlog.CheckTree(proof, to.Size, to.Root, from.Size, from.Root) != nil:
		return errProof
	}
	return nil
}

// keep cosigns and makes the checkpoint durable, in this order: what is not
// durable is not given out. It is called with the log's lock held.
func (w *Witness) keep(k *known, c tree.Checkpoint, n *note.Note) ([]byte, error) {
	own := &note.Note{Text: n.Text, Sigs: n.Sigs} // no signature that nobody verified
	text, err := note.Sign(own, w.o.Signer)
	if err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	if len(text) > tree.MaxCheckpoint {
		return nil, errForm // it could not be read again
	}
	name := fileOf(w.o.Dir, c.Origin)
	if err := journal.Replace(w.o.Files, name, name+".new", text); err != nil {
		return nil, fmt.Errorf("keep the checkpoint: %w", err)
	}
	k.at, k.text = c, text
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	return []byte(lines[len(lines)-1] + "\n"), nil
}

// Latest returns the newest cosigned checkpoint of a log, or nil.
func (w *Witness) Latest(origin string) []byte {
	k := w.logs[origin]
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.text)
}

// Seen is what a witness remembers of a log.
type Seen struct {
	Origin string    `json:"origin"`
	Size   int64     `json:"size"`
	Root   string    `json:"root"`
	At     time.Time `json:"cosigned_at"`
	Text   string    `json:"-"`
}

// Show reads the memory of a witness, also of one that runs, sorted by origin.
func Show(files policy.Files, dir string, key note.Verifier) ([]Seen, error) {
	names, err := files.List(dir)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	out := []Seen{}
	var faults []error
	for _, name := range names {
		if !strings.HasPrefix(name, "log-") || strings.HasSuffix(name, ".new") {
			continue
		}
		s, err := show(files, filepath.Join(dir, name), key)
		if err != nil {
			faults = append(faults, fmt.Errorf("witness: %s: %w", name, err))
			continue
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Seen) int { return strings.Compare(a.Origin, b.Origin) })
	return out, errors.Join(faults...)
}

func show(files policy.Files, name string, key note.Verifier) (Seen, error) {
	text, err := readBounded(files, name, tree.MaxCheckpoint)
	if err != nil {
		return Seen{}, err
	}
	c, n, err := openHead(text, key)
	if err != nil {
		return Seen{}, errors.New("it is not what this witness wrote")
	}
	s := Seen{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Text: string(text)}
	s.At, err = tree.CosignedAt(n.Sigs[0])
	return s, err
}
