package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// DropAct is the act that authorises the deletion of a segment.
const DropAct = "retention.delete"

// ErrNotDroppable means that a segment cannot be deleted, or not yet.
var ErrNotDroppable = errors.New("segment cannot be deleted")

// Drop deletes an archived segment all of whose flows are complete. What stays
// is a .gone file and the leaf hashes.
//
//	.gone durable → act durable → act signed → .gone names it → archive removed
//
// Until the last step the archive counts. A crash before the act leaves the
// deletion undone, and one after it is finished by Open, or by the next Drop. act makes the entry
// that authorises the deletion; its Act, Object and Digest are filled in where
// they are empty, and may not be others.
func (l *Log) Drop(ctx context.Context, ordinal int, act func(gone SegmentInfo, digest string) policy.Admin) error {
	l.shelves.Lock()
	defer l.shelves.Unlock()
	if done, err := l.resumeDrop(ctx, ordinal); done || err != nil {
		return err
	}
	g, info, err := l.remains(ctx, ordinal)
	if err != nil {
		return fmt.Errorf("audit: segment %d: %w", ordinal, err)
	}
	if err := l.putGone(g); err != nil {
		return fmt.Errorf("audit: delete segment %d: %w", ordinal, err)
	}
	digest, err := g.digest()
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	admin := act(info, digest)
	fill(&admin.Act, DropAct)
	fill(&admin.Object, dropObject(g))
	fill(&admin.Digest, digest)
	if admin.Act != DropAct || admin.Object != dropObject(g) || admin.Digest != digest {
		_ = l.opts.Files.Remove(goneName(l.dir, ordinal))
		return fmt.Errorf("audit: the act for segment %d is of something else", ordinal)
	}
	receipt, err := l.Append(ctx, policy.Entry{Kind: policy.KindAdmin, Admin: &admin})
	if err != nil {
		return err // the act may be in the log: Open looks for it
	}
	g.Act = receipt.Seq
	return l.finishDrop(ctx, g)
}

func fill(s *string, v string) {
	if *s == "" {
		*s = v
	}
}

// dropObject is what the act names.
func dropObject(g *gone) string {
	return fmt.Sprintf("segment-%08d entries %d-%d", g.Ordinal, g.First, g.Last)
}

// remains says what will be left of a segment, if it may be deleted.
func (l *Log) remains(ctx context.Context, ordinal int) (*gone, SegmentInfo, error) {
	files, name := l.opts.Files, archiveName(l.dir, ordinal)
	info, err := describe(files, l.dir, ordinal, nil)
	switch {
	case err != nil:
		return nil, info, err
	case info.State != Archived:
		return nil, info, fmt.Errorf("%w: it is not compressed, or gone already", ErrNotDroppable)
	case l.tree == nil || l.covered.Load() < info.Last:
		return nil, info, fmt.Errorf("%w: no checkpoint covers its entries", ErrNotDroppable)
	}
	if err := l.complete(ctx, ordinal, info.Last); err != nil {
		return nil, info, err
	}
	a, err := loadArchive(files, name)
	if err != nil {
		return nil, info, err
	}
	sum, err := fileSum(files, name)
	if err != nil {
		return nil, info, err
	}
	acts, err := l.lasting(ctx, ordinal)
	if err != nil {
		return nil, info, err
	}
	return &gone{Schema: goneSchema, Ordinal: ordinal, Segment: a.Segment, Acts: acts, First: a.First, Last: a.Last, Before: a.Before,
		After: a.After, Raw: a.Raw, From: a.From, To: a.To, Archive: sum, Reason: "retention", Since: l.Last()}, info, nil
}

// lasting returns the acts that stay when a segment is deleted.
func (l *Log) lasting(ctx context.Context, ordinal int) (acts []string, err error) {
	bytes := 0
	_, err = reading{ordinal: ordinal, until: ordinal + 1}.run(ctx, l.opts.Files, l.dir, func(i item) error {
		if !kindIs(i.entry, policy.KindAdmin) {
			return nil
		}
		e, err := Item{Bytes: i.entry}.Entry()
		if err != nil || e.Admin == nil || e.Admin.Act != DropAct && e.Admin.Act != rotateAct {
			return err
		}
		if bytes += len(i.entry); bytes > maxGone/3 {
			return fmt.Errorf("%w: it holds more acts than can be kept", ErrNotDroppable)
		}
		acts = append(acts, string(i.entry))
		return nil
	})
	return acts, err
}

// complete wants an end of every flow that has an entry in the segment.
func (l *Log) complete(ctx context.Context, ordinal int, last uint64) error {
	open := map[string]bool{}
	note := func(i item) error {
		if kindIs(i.entry, policy.KindAdmin) {
			return nil
		}
		var g glance
		if err := json.Unmarshal(i.entry, &g); err != nil {
			return err
		}
		switch {
		case g.Kind == policy.KindOutcome, g.Intent != nil && !g.Intent.Enforced.Releases():
			delete(open, g.Flow)
		case i.seq <= last:
			open[g.Flow] = true
		}
		if i.seq >= last && len(open) == 0 {
			return errStop
		}
		return nil
	}
	_, err := reading{ordinal: ordinal}.run(ctx, l.opts.Files, l.dir, note)
	if err != nil && !errors.Is(err, errStop) {
		return err
	}
	if len(open) > 0 {
		return fmt.Errorf("%w: %d of its flows are not complete", ErrNotDroppable, len(open))
	}
	return nil
}

func fileSum(files policy.Files, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (l *Log) putGone(g *gone) error {
	b, err := g.bytes()
	if err != nil {
		return err
	}
	name := goneName(l.dir, g.Ordinal)
	return journal.Replace(l.opts.Files, name, name+aside, b)
}

// finishDrop removes the archive of a deletion whose act is durable, once a
// checkpoint covers the act.
func (l *Log) finishDrop(ctx context.Context, g *gone) error {
	err := l.sign(ctx, g.Act)
	if err == nil {
		err = l.putGone(g)
	}
	if err == nil {
		if err = l.opts.Files.Remove(archiveName(l.dir, g.Ordinal)); missing(err) {
			err = nil
		}
	}
	if err == nil {
		err = l.opts.Files.SyncDir(filepath.Clean(l.dir))
	}
	if err != nil {
		return fmt.Errorf("audit: delete segment %d: %w", g.Ordinal, err)
	}
	return nil
}

// finishDrops finishes deletions that a crash cut short after their act, and
// undoes those that have none. What fails is tried again by the next Open.
func (l *Log) finishDrops(ctx context.Context) {
	names, _ := l.opts.Files.List(l.dir)
	for _, name := range names {
		digits, ok := strings.CutSuffix(name, ".gone")
		n, err := strconv.Atoi(strings.TrimPrefix(digits, "segment-"))
		if !ok || err != nil {
			continue
		}
		if _, err := l.resumeDrop(ctx, n); err != nil {
			l.fail("archive", err)
		}
	}
}

// resumeDrop finishes or undoes a deletion that was begun. Done says that the
// segment is deleted by now.
func (l *Log) resumeDrop(ctx context.Context, ordinal int) (done bool, err error) {
	f, err := l.opts.Files.Open(goneName(l.dir, ordinal))
	if err != nil {
		return false, nil // none was
	}
	var p part
	err = readGone(f, &p)
	f.Close()
	if err != nil {
		return false, fmt.Errorf("audit: segment %d: %w", ordinal, err)
	}
	if f, err = l.opts.Files.Open(archiveName(l.dir, ordinal)); err != nil {
		return false, nil // it is done
	}
	f.Close()
	g := p.gone
	if g.Act == 0 {
		if g.Act, err = l.findAct(ctx, g); err != nil {
			return false, fmt.Errorf("audit: look for the act that deletes segment %d: %w", ordinal, err)
		}
	}
	if g.Act > 0 {
		return true, l.finishDrop(ctx, g)
	}
	err = l.opts.Files.Remove(goneName(l.dir, ordinal))
	if err == nil {
		err = l.opts.Files.SyncDir(filepath.Clean(l.dir))
	}
	if err != nil {
		return false, fmt.Errorf("audit: undo the deletion of segment %d: %w", ordinal, err)
	}
	return false, nil
}

// findAct looks for the entry that authorises a deletion; zero is none.
func (l *Log) findAct(ctx context.Context, g *gone) (seq uint64, err error) {
	digest, err := g.digest()
	if err != nil {
		return 0, err
	}
	shelf, err := openShelf(l.opts.Files, l.dir)
	if err != nil {
		return 0, err
	}
	_, err = shelf.readFrom(ctx, g.Since+1, func(i Item) error {
		if !kindIs(i.Bytes, policy.KindAdmin) {
			return nil
		}
		e, err := i.Entry()
		if err != nil || e.Admin == nil || e.Admin.Act != DropAct || e.Admin.Digest != digest || e.Admin.Object != dropObject(g) {
			return err
		}
		seq = e.Seq
		return errStop
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return seq, err
}
