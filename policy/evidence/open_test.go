package evidence_test

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/datacustoms/customs/policy/evidence"
)

// Any two auditors open a record, in either order.
func TestAnyTwoOpen(t *testing.T) {
	w := newWorld(t, 4)
	_, f, _, digest := w.kept()
	for by := range w.ids {
		for with := range w.ids {
			if by == with {
				continue
			}
			samples, err := w.openedBy(f, digest, by, with)
			if err != nil || len(samples) != 1 {
				t.Fatalf("a%d with a%d: %v, %d samples", by+1, with+1, err, len(samples))
			}
			s := samples[0]
			if string(s.Match) != secret || string(s.Before)+string(s.Match)+string(s.After) != plainBody {
				t.Errorf("a%d with a%d: opened %q %q %q", by+1, with+1, s.Before, s.Match, s.After)
			}
			evidence.Wipe(samples)
			if bytes.Contains(s.Match, []byte("1")) {
				t.Error("a wiped sample still stands there")
			}
		}
	}
}

// One alone, the same one twice, a stranger, or nobody does not.
func TestOneAloneDoesNotOpen(t *testing.T) {
	w := newWorld(t, 3)
	_, f, _, digest := w.kept()
	if _, err := w.openedBy(f, digest, 0, 0); err == nil || !strings.Contains(err.Error(), "nobody approves for themselves") {
		t.Errorf("own approval: %v", err)
	}
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Approve(stranger, "a2", digest, w.now, w.now.Add(time.Hour)); err == nil {
		t.Error("a stranger approved")
	}
	// What a3 was given for its pair with a1 does not help a2.
	a, err := f.Approve(w.ids[0], "a3", digest, w.now, w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Join(w.ids[1], a, digest, w.now); err == nil {
		t.Error("an approval for another was taken")
	}
	a.For = "a2"
	if _, err := f.Join(w.ids[1], a, digest, w.now); err == nil {
		t.Error("an approval for another was taken under a changed name")
	}
	// None of the keys decrypts the payload or another's shares by itself.
	for i, id := range w.ids {
		for j, sealed := range append(append([][]byte(nil), f.Shares...), f.Payload) {
			if _, err := age.Decrypt(bytes.NewReader(sealed), id); (err == nil) != (i == j) {
				t.Errorf("key %d on part %d: %v", i, j, err)
			}
		}
	}
}

func TestAnApprovalIsBound(t *testing.T) {
	w := newWorld(t, 2)
	_, f, _, digest := w.kept()
	_, other, _, otherDigest := w.kept()
	a, err := f.Approve(w.ids[0], "a2", digest, w.now, w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*evidence.Approval){
		"later":          func(a *evidence.Approval) { a.Until = a.Until.Add(time.Hour) },
		"another record": func(a *evidence.Approval) { a.Record = other.Record },
		"another file":   func(a *evidence.Approval) { a.Digest = otherDigest },
		"by oneself":     func(a *evidence.Approval) { a.By = "a2" },
		"cut":            func(a *evidence.Approval) { a.Sealed = a.Sealed[:len(a.Sealed)-1] },
	} {
		b := *a
		change(&b)
		if _, err := f.Join(w.ids[1], &b, digest, w.now); err == nil {
			t.Errorf("%s: taken", name)
		}
		if _, err := other.Join(w.ids[1], &b, otherDigest, w.now); err == nil {
			t.Errorf("%s: taken for another record", name)
		}
	}
	if _, err := f.Join(w.ids[1], a, digest, w.now.Add(time.Hour)); !errors.Is(err, evidence.ErrExpired) {
		t.Errorf("after its time: %v", err)
	}
}

var every = flag.Bool("every", false, "change every byte of a file in turn, not one in five")

// A changed byte anywhere in a file is refused when it is read, or when it is
// opened by whichever two.
func TestAChangedByteIsRefused(t *testing.T) {
	w := newWorld(t, 2)
	flow, f, _, digest := w.kept()
	_, blob := w.file(flow)
	if digestOf(blob) != digest {
		t.Fatal("the digest is of something else")
	}
	var approvals [2]*evidence.Approval // for the first, for the second
	for i := range approvals {
		var err error
		if approvals[i], err = f.Approve(w.ids[1-i], w.o.Auditors[i].Name, digest, w.now, w.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	flips := []byte{1, 0x20, 0x80}
	step := 1
	if !*every {
		step = 5
	}
	for i := 0; i < len(blob); i += step {
		b := bytes.Clone(blob)
		b[i] ^= flips[i%3]
		g, err := evidence.Parse(b)
		if err != nil {
			continue
		}
		p, err := g.Join(w.ids[i%2], approvals[i%2], digest, w.now)
		if err == nil {
			_, err = p.Open()
		}
		if err == nil {
			t.Fatalf("byte %d of %d changed by %x: opened", i, len(blob), flips[i%3])
		}
	}
	if _, err := w.openedBy(f, digest, 0, 1); err != nil {
		t.Fatal(err)
	}
}

// Parts exchanged between two records of the same auditors open nothing.
func TestExchangedPartsAreRefused(t *testing.T) {
	w := newWorld(t, 2)
	_, f, _, digest := w.kept()
	_, g, _, _ := w.kept()
	for name, change := range map[string]func(*evidence.File){
		"payload":        func(f *evidence.File) { f.Payload = g.Payload },
		"one share":      func(f *evidence.File) { f.Shares = [][]byte{g.Shares[0], f.Shares[1]} },
		"shares":         func(f *evidence.File) { f.Shares = g.Shares },
		"all but the id": func(f *evidence.File) { f.Shares, f.Payload, f.Masked, f.Time = g.Shares, g.Payload, g.Masked, g.Time },
		"the id":         func(f *evidence.File) { f.Record = g.Record },
		"masked": func(f *evidence.File) {
			f.Masked = append([]evidence.Masked(nil), f.Masked...)
			f.Masked[0].Before = ""
		},
		"omitted":         func(f *evidence.File) { f.Omitted++ },
		"auditors turned": func(f *evidence.File) { f.Auditors = []evidence.Auditor{f.Auditors[1], f.Auditors[0]} },
		"shares turned":   func(f *evidence.File) { f.Shares = [][]byte{f.Shares[1], f.Shares[0]} },
		"a name": func(f *evidence.File) {
			f.Auditors = []evidence.Auditor{{Name: "eve", Key: f.Auditors[0].Key}, f.Auditors[1]}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := *f
			change(&c)
			by, with := 0, 1
			if name == "auditors turned" || name == "a name" {
				w := *w
				w.o.Auditors = c.Auditors
				if name == "auditors turned" {
					by, with = 1, 0
				}
			}
			if _, err := w.openedBy(&c, digest, by, with); err == nil {
				t.Error("opened")
			}
			if _, err := w.openedBy(&c, digest, with, by); err == nil {
				t.Error("opened the other way")
			}
		})
	}
}
