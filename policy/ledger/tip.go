package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// writeTip notes the newest segment and, when the ledger is closed, how far it
// goes: nothing after the newest segment would otherwise say that it is there.
func writeTip(files policy.Files, dir, key string, at span) error {
	line, err := record{Op: opTip, Schema: journalSchema, Key: key, Segment: at.segment, PrevEnd: at.end, PrevSum: at.sum}.line()
	if err != nil {
		return err
	}
	name := filepath.Join(dir, tipName)
	return journal.Replace(files, name, name+".tmp", line)
}

// readTip returns the note of the newest segment, or nothing when there is
// none: a crash may come before the first one.
func readTip(files policy.Files, dir string) (at span, err error) {
	f, err := files.Open(filepath.Join(dir, tipName))
	if errors.Is(err, fs.ErrNotExist) {
		return at, nil
	}
	if err != nil {
		return at, err
	}
	defer f.Close()
	r, err := firstLine(f)
	if err == nil && (r.Op != opTip || r.Segment < 1) {
		err = errors.New("it is not a note of the newest segment")
	}
	if err != nil {
		return at, fmt.Errorf("%s: %w; %s, or remove it if the newest journal file is surely the last one written",
			tipName, err, restore)
	}
	at = span{r.Segment, r.PrevEnd, r.PrevSum}
	return at, nil
}

// missed reports what the note knows of and the directory does not hold.
func (at span) missed(last int, newest span) error {
	switch {
	case at.segment > last:
		return fmt.Errorf("%s is missing; %s", segmentName(at.segment), restore)
	case at.segment != newest.segment || at.end == 0 || at == newest:
		return nil
	case newest.end < at.end:
		return fmt.Errorf("%s holds %d bytes of %d; %s", segmentName(at.segment), newest.end, at.end, restore)
	}
	return fmt.Errorf("%s is not as it was when the ledger was closed; %s", segmentName(at.segment), restore)
}

func removeOld(files policy.Files, name string) error {
	if err := files.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
