package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// ProofSchema is the schema of a record with its proofs.
const ProofSchema = "dc.proof/1"

// ProofHead is the first line of a proof, after C2SP tlog-proof.
const ProofHead = "c2sp.org/tlog-proof@v1"

// Document is a record with the proof of each of its entries. It needs nothing
// but the log's public key to be checked.
type Document struct {
	Schema  string         `json:"schema"`
	Record  *policy.Record `json:"record,omitempty"` // the fold of the entries, for people
	Entries []Proven       `json:"entries"`
}

// Proven is one entry with its proof.
type Proven struct {
	Seq   uint64 `json:"seq"`
	Entry string `json:"entry"` // the exact bytes
	Proof string `json:"proof"` // C2SP tlog-proof
}

// ErrNotCovered means that no checkpoint covers an entry yet.
var ErrNotCovered = errors.New("no checkpoint covers the entry yet: ask again in a few seconds")

// Prove returns the proof of each entry, under the newest checkpoint. What the
// tiles say is verified against it; whether its signature is to be trusted is
// for the reader to say.
func Prove(ctx context.Context, s Source, seqs ...uint64) ([]Proven, error) {
	dir, err := s.locate()
	if err != nil {
		return nil, err
	}
	signed, c, err := newestCheckpoint(s.Files, dir)
	if err != nil {
		return nil, err
	}
	hashes := tree.Tiles{Files: s.Files, Dir: dir}.Hashes(c)
	found := map[uint64]Proven{}
	for _, seq := range seqs {
		switch {
		case seq == 0 || seq > 1<<62:
			return nil, fmt.Errorf("entry %d: %w", seq, ErrNoRecord)
		case int64(seq) > c.Size:
			return nil, fmt.Errorf("entry %d: %w", seq, ErrNotCovered)
		}
		p, err := tlog.ProveRecord(c.Size, int64(seq)-1, hashes)
		if err != nil {
			return nil, fmt.Errorf("prove entry %d: the tiles do not fit the checkpoint: %w", seq, err)
		}
		found[seq] = Proven{Seq: seq, Proof: string(formatProof(int64(seq)-1, p, signed))}
	}
	err = entriesAt(ctx, s, seqs, func(seq uint64, entry []byte) error {
		p := found[seq]
		p.Entry = string(entry)
		found[seq] = p
		if err := checkProof(p, c); err != nil {
			return fmt.Errorf("entry %d is not the one that was signed: %w", seq, err)
		}
		return nil
	})
	out := make([]Proven, 0, len(seqs))
	for _, seq := range seqs {
		out = append(out, found[seq])
	}
	return out, err
}

// entriesAt hands out the exact bytes of entries, in the order of the log.
func entriesAt(ctx context.Context, s Source, seqs []uint64, fn func(uint64, []byte) error) error {
	left := slices.Clone(seqs)
	slices.Sort(left)
	left = slices.Compact(left)
	for len(left) > 0 {
		want, took := left[0], false
		_, err := ReadFrom(ctx, s, want, func(i Item) error {
			if len(left) == 0 || i.Seq > left[0] || i.Seq > want+256 {
				return errStop
			}
			if i.Seq < left[0] {
				return nil
			}
			left, took = left[1:], true
			return fn(i.Seq, i.Bytes)
		})
		if err != nil && !errors.Is(err, errStop) {
			return err
		}
		if !took {
			return fmt.Errorf("entry %d: %w", want, ErrNoRecord)
		}
	}
	return nil
}

func formatProof(index int64, p tlog.RecordProof, signed []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nindex %d\n", ProofHead, index)
	for _, h := range p {
		fmt.Fprintln(&b, h)
	}
	b.WriteByte('\n')
	b.Write(signed)
	return b.Bytes()
}

// parseProof takes a proof apart; the checkpoint in it is not verified.
func parseProof(text string) (index int64, p tlog.RecordProof, signed []byte, err error) {
	bad := errors.New("not a proof of C2SP tlog-proof")
	lines := bytes.SplitN([]byte(text), []byte("\n"), 80)
	if len(text) > 2*tree.MaxCheckpoint || len(lines) < 4 || string(lines[0]) != ProofHead {
		return 0, nil, nil, bad
	}
	number, ok := bytes.CutPrefix(lines[1], []byte("index "))
	index, err = strconv.ParseInt(string(number), 10, 64)
	if !ok || err != nil || index < 0 || strconv.FormatInt(index, 10) != string(number) {
		return 0, nil, nil, bad
	}
	at := len(lines[0]) + len(lines[1]) + 2
	for _, line := range lines[2:] {
		if at += len(line) + 1; len(line) == 0 {
			return index, p, []byte(text[min(at, len(text)):]), nil
		}
		h, err := base64.StdEncoding.Strict().DecodeString(string(line))
		if err != nil || len(h) != tlog.HashSize {
			return 0, nil, nil, bad
		}
		p = append(p, tlog.Hash(h))
	}
	return 0, nil, nil, bad
}

func checkProof(p Proven, c tree.Checkpoint) error {
	index, path, _, err := parseProof(p.Proof)
	if err != nil {
		return err
	}
	if uint64(index)+1 != p.Seq || index >= c.Size {
		return errors.New("proof is of another entry")
	}
	if err := tlog.CheckRecord(path, c.Size, c.Root, index, tree.LeafHash([]byte(p.Entry))); err != nil {
		return errors.New("proof does not lead to the checkpoint's root")
	}
	return nil
}

// CheckProof checks one proven entry against the log's keys and returns the
// checkpoint that covers it.
func CheckProof(p Proven, keys ...note.Verifier) (tree.Checkpoint, error) {
	_, _, signed, err := parseProof(p.Proof)
	if err != nil {
		return tree.Checkpoint{}, err
	}
	c, _, err := tree.OpenCheckpoint(signed, keys...)
	if err != nil {
		return c, err
	}
	if n, err := entryNumber([]byte(p.Entry)); err != nil || n != p.Seq {
		return c, errors.New("entry does not carry its number")
	}
	return c, checkProof(p, c)
}

// ProveRecord returns the document of one flow, of the last one, or of the
// entry of that number.
func ProveRecord(ctx context.Context, s Source, id string) (Document, error) {
	r, entries, err := Find(ctx, s, id)
	if err != nil {
		return Document{}, err
	}
	return ProveEntries(ctx, s, r, entries)
}

// ProveEntries returns the document of entries that were found, and of the
// record that they fold to, if they do.
func ProveEntries(ctx context.Context, s Source, r policy.Record, entries []policy.Entry) (d Document, err error) {
	d.Schema = ProofSchema
	if r.ID != "" {
		d.Record = &r
	}
	var seqs []uint64
	for _, e := range entries {
		seqs = append(seqs, e.Seq)
	}
	d.Entries, err = Prove(ctx, s, seqs...)
	return d, err
}

// CheckDocument checks every entry of a document and that its record is their
// fold. All must be under checkpoints that the keys signed.
func CheckDocument(text []byte, keys ...note.Verifier) (Document, tree.Checkpoint, error) {
	var d Document
	var c tree.Checkpoint
	if err := json.Unmarshal(text, &d); err != nil || d.Schema != ProofSchema || len(d.Entries) == 0 {
		return d, c, errors.New("not a proof: a document " + ProofSchema + " is expected")
	}
	var entries []policy.Entry
	for _, p := range d.Entries {
		var err error
		if c, err = CheckProof(p, keys...); err != nil {
			return d, c, fmt.Errorf("entry %d: %w", p.Seq, err)
		}
		e, err := Item{Seq: p.Seq, Bytes: []byte(p.Entry)}.Entry()
		if err != nil {
			return d, c, err
		}
		entries = append(entries, e)
	}
	if d.Record == nil {
		return d, c, nil
	}
	r, err := policy.Fold(entries)
	if err != nil {
		return d, c, err
	}
	want, err := json.Marshal(r)
	got, err2 := json.Marshal(d.Record)
	if err = errors.Join(err, err2); err == nil && !bytes.Equal(want, got) {
		err = errors.New("the record is not what its entries say")
	}
	return d, c, err
}

// newestCheckpoint reads the newest checkpoint, whose signature is not checked
// here.
func newestCheckpoint(files policy.Files, dir string) ([]byte, tree.Checkpoint, error) {
	text, err := readCheckpoint(files, filepath.Join(dir, checkpointName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, tree.Checkpoint{}, errors.New("the log has no checkpoint: nothing was signed yet")
	}
	if err != nil {
		return nil, tree.Checkpoint{}, err
	}
	c, err := unverified(text)
	if err != nil {
		return nil, c, fmt.Errorf("%s: %w", filepath.Join(dir, checkpointName), err)
	}
	return text, c, nil
}

func readCheckpoint(files policy.Files, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, tree.MaxCheckpoint+1))
}

// unverified reads a signed checkpoint without asking who signed it.
func unverified(text []byte) (tree.Checkpoint, error) {
	_, err := note.Open(text, note.VerifierList())
	var n *note.UnverifiedNoteError
	if len(text) > tree.MaxCheckpoint || !errors.As(err, &n) {
		return tree.Checkpoint{}, errors.New("not a signed checkpoint")
	}
	return tree.ParseCheckpoint(n.Note.Text)
}
