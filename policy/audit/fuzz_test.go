package audit_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// FuzzArchive feeds a file to the reader of archives: it may refuse it, it may
// not read other entries than those that were compressed.
func FuzzArchive(f *testing.F) {
	packed, _ := archived(f, 6, 4000)
	name := firstSegment + ".zst"
	good, want := packed.Bytes(name), entries(f, packed)
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Add(good[:40])
	f.Add([]byte("P*M\x18\x02\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := packed.Crash(faultfs.Kill)
		c.Put(name, b)
		var got []policy.Entry
		err := audit.Read(bg, source(c), func(e policy.Entry) error { got = append(got, e); return nil })
		var fault *audit.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("Read = %v, which names no place", err)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("a changed archive with %d entries was read", len(got))
		}
		_, _ = audit.Segments(bg, source(c))
		_, _ = audit.At(bg, source(c), 1, 7)
	})
}

func FuzzGone(f *testing.F) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(f, d, s)
	o.SegmentBytes = 2000
	l := openWith(f, o)
	for i := range 4 {
		if _, err := flow(l, string(rune('a'+i))); err != nil {
			f.Fatal(err)
		}
	}
	waitFor(f, s, 8)
	if err := errors.Join(l.Archive(bg), drop(l), l.Close()); err != nil {
		f.Fatal(err)
	}
	f.Add(d.Bytes("data/audit/segment-00000001.gone"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) { reforms(t, audit.ReformGone, b) })
}

func FuzzCarry(f *testing.F) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(f, d, s)
	o.SegmentBytes = 2000
	l := openWith(f, o)
	for i := range 4 {
		if _, err := flow(l, string(rune('a'+i))); err != nil {
			f.Fatal(err)
		}
	}
	if err := errors.Join(l.Archive(bg), l.Close()); err != nil {
		f.Fatal(err)
	}
	for _, name := range d.Files() {
		if strings.Contains(name, "/open-") {
			f.Add(d.Bytes(name))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = audit.ReformCarry(b) })
}

func FuzzLine(f *testing.F) {
	_, plain := archived(f, 2, 1<<20)
	for line := range bytes.Lines(plain.Bytes(firstSegment)) {
		f.Add(bytes.TrimSpace(line))
	}
	f.Fuzz(func(t *testing.T, b []byte) { reforms(t, audit.ReformLine, b) })
}

// reforms wants a parser to accept only what is written in one form.
func reforms(t *testing.T, reform func([]byte) ([]byte, error), b []byte) {
	if again, err := reform(b); err == nil && !bytes.Equal(again, b) {
		t.Errorf("%q was read as %q", b, again)
	}
}
