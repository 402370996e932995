package audit

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/datacustoms/customs/policy"
)

// complete judges an end that is not complete. A batch that is being written, or
// that the death of a gateway cut short, is no fault: its entries were not
// acknowledged, and no checkpoint covers them.
func (v *verifier) complete(ctx context.Context, e end) error {
	ordinal, at, size := e.ordinal, e.size, e.size+e.torn
	if e.blank > 0 {
		ordinal, at, size = e.blankAt, 0, e.blank
	}
	if e.torn == 0 && e.blank == 0 {
		return nil
	}
	name := segmentName(v.dir, ordinal)
	var err error
	if v.sum.Writing, err = grows(ctx, v.files, name, size); err != nil || v.sum.Writing {
		return err
	}
	switch {
	case v.o.Live:
		v.warn(fmt.Sprintf("%s ends with %d bytes of a batch that was being written", filepath.Base(name), size-at))
	case v.head >= 0 && e.seq >= uint64(v.newest) && begun(v.files, name, at, e):
		v.warn(fmt.Sprintf("%s ends with %d bytes of a batch that was cut short, as by a crash: they are no entry", filepath.Base(name), size-at))
	default:
		return seqFault(Truncated, e.seq+1, place{filepath.Base(name), at},
			"last line is incomplete: a batch cut short by a crash, or an entry that was shortened")
	}
	return nil
}

// begun reports whether what stands from there on is the beginning of what the
// recorder writes next.
func begun(files policy.Files, name string, at int64, e end) bool {
	f, err := files.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, 256)
	n, _ := f.ReadAt(b, at)
	b = b[:n]
	if e.blank > 0 {
		return starts(b, `{"segment":{"schema":"`+segmentSchema+`","ordinal":`+strconv.Itoa(e.blankAt)+`,`)
	}
	chain := b[min(len(b), len(lineHead)):min(len(b), len(lineHead)+2*len(Hash{}))]
	for _, c := range chain {
		if !bytes.ContainsRune([]byte("0123456789abcdef"), rune(c)) {
			return false
		}
	}
	return starts(b, lineHead+string(chain)+lineMid+entryHead+strconv.FormatUint(e.seq+1, 10)+",")
}

// starts reports whether b begins with text, or text with b.
func starts(b []byte, text string) bool {
	n := min(len(b), len(text))
	return string(b[:n]) == text[:n]
}

// grows waits a moment to tell a batch that is being written from a torn one.
func grows(ctx context.Context, files policy.Files, name string, size int64) (bool, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 10 {
		f, err := files.Open(name)
		if err != nil {
			return false, err
		}
		n, err := f.Size()
		f.Close()
		if err != nil || n != size {
			return n > size, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, nil
}
