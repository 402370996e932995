package main

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

const sampleDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func actSample(act string) order {
	return order{Schema: orderSchema, ID: newID(), At: time.Now().UTC(), Act: act, By: "anna", Reason: "case 17",
		Subject: &orderSubject{Object: "evidence 01k9x2m4n6p8q0r2s4t6v8w0y2", Digest: sampleDigest}}
}

func TestActOrderFaults(t *testing.T) {
	mobile := synth.New(5, time.Now()).Adult().Mobile
	tests := []struct {
		name   string
		change func(*order)
		want   string
	}{
		{"whole", func(*order) {}, ""},
		{"without a note", func(o *order) { o.Reason = "" }, ""},
		{"an act that is not on the list", func(o *order) { o.Act = "filing.add" }, "act is none"},
		{"nobody", func(o *order) { o.By = "" }, "--by is needed"},
		{"about nothing", func(o *order) { o.Subject.Object = " " }, "is missing"},
		{"no subject", func(o *order) { o.Subject = nil }, "must name"},
		{"two lines", func(o *order) { o.Subject.Object = "a\nb" }, "one line"},
		{"a long object", func(o *order) { o.Subject.Object = strings.Repeat("a", maxReason+1) }, "at most 500 bytes"},
		{"a number as the object", func(o *order) { o.Subject.Object = "evidence of " + mobile }, "more than 10 digits"},
		{"a number as the name", func(o *order) { o.By = mobile }, "--by must be"},
		{"a key", func(o *order) { o.Subject.Object = "log.key " + sampleDigest }, ""},
		{"a verifier line", func(o *order) {
			o.Subject.Object = "customs.example/log+4a6b1e3f+AbG3M0vQnpXh4F2yT8sLw1cR7dEkZ5uOa9iJ6mBxN0qV"
		}, ""},
		{"a digest that is none", func(o *order) { o.Subject.Digest = mobile }, "no SHA-256"},
		{"a reservation beside it", func(o *order) { o.Settle = []string{"a"} }, "only one of them"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := actSample(actEvidenceOpen)
			tt.change(&o)
			b, err := o.encode(testOrderKey)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parseOrder(b, testOrderKey)
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			case err != nil && strings.Contains(err.Error(), mobile):
				t.Error("the error quotes the number")
			}
		})
	}
}

// withActs gives a desk what it needs for acts.
func (w *deskWorld) withActs(deeds map[string]deed) {
	w.desk.deeds = deeds
	w.desk.entered = func(ctx context.Context, since time.Time, act policy.Admin) (map[string]uint64, error) {
		return logActs(ctx, audit.Source{Files: w.disk, Dir: "data"}, since, act)
	}
}

func TestDeskRecordsEveryActOfTheList(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	w.withActs(nil)
	for i, act := range recordedActs() {
		o := actSample(act)
		w.give(o)
		if err := w.desk.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		a := w.answerOf(o.ID)
		got := w.acts()[i]
		want := policy.Admin{Act: act, Actor: "anna", Object: o.Subject.Object, Digest: sampleDigest, Note: "case 17"}
		if a.Code != saidDone || len(a.Entries) != 1 || a.Entries[0] != uint64(i+1) || got != want {
			t.Errorf("%s: %+v, %+v", act, a, got)
		}
	}
}

// TestActIsRecordedOnce stops the desk between the entry and what follows it.
func TestActIsRecordedOnce(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	fails, ran := true, 0
	w.withActs(map[string]deed{actKeyRotate: {after: func(context.Context, policy.Admin) error {
		if ran++; fails {
			return errors.New("the key's file cannot be written")
		}
		return nil
	}}})
	o := actSample(actKeyRotate)
	w.give(o)
	for range 3 {
		if err := w.desk.look(t.Context()); err == nil {
			t.Fatal("the desk is content")
		}
	}
	fails = false
	if err := w.desk.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := w.answerOf(o.ID); a.Code != saidDone || len(w.acts()) != 1 || ran != 4 {
		t.Errorf("%+v, %d acts, after ran %d times", a, len(w.acts()), ran)
	}
	if left := w.disk.Bytes(path.Join(w.desk.dir, o.ID+endTaken)); len(left) > 0 {
		t.Error("the order is still there")
	}
	// The same said again is another act.
	w.give(actSample(actKeyRotate))
	if err := w.desk.look(t.Context()); err != nil || len(w.acts()) != 2 {
		t.Errorf("%v, %d acts", err, len(w.acts()))
	}
}

func TestDeedMayRefuse(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	w.withActs(map[string]deed{actHoldRelease: {do: func(_ context.Context, o order, _ bool) (orderAnswer, []policy.Admin, error) {
		return orderAnswer{Order: o.ID, Code: saidRefused, Text: "no such hold"}, nil, nil
	}}})
	o := actSample(actHoldRelease)
	w.give(o)
	if err := w.desk.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := w.answerOf(o.ID); a.Code != saidRefused || len(w.acts()) != 0 {
		t.Errorf("%+v, %d acts", a, len(w.acts()))
	}
}

// TestACopiedOrderDoesNothing gives the file of an order that was done again, as
// it was given and as it was taken up.
func TestACopiedOrderDoesNothing(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	w.withActs(nil)
	o := actSample(actIncidentOpen)
	w.give(o)
	if err := w.desk.look(t.Context()); err != nil || w.answerOf(o.ID).Code != saidDone {
		t.Fatal(err)
	}
	w.give(o)
	if err := w.desk.look(t.Context()); err != nil || w.answerOf(o.ID).Code != saidTwice || len(w.acts()) != 1 {
		t.Errorf("given again: %v, %+v, %d acts", err, w.answerOf(o.ID), len(w.acts()))
	}
	b, err := o.encode(testOrderKey)
	if err == nil {
		err = writeAside(w.disk, path.Join(w.desk.dir, o.ID+endTaken), b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.look(t.Context()); err != nil || len(w.acts()) != 1 {
		t.Errorf("taken up again: %v, %d acts", err, len(w.acts()))
	}
	changed := o
	changed.By = "mallory"
	if b, err = changed.encode(make([]byte, 32)); err == nil {
		err = writeAside(w.disk, path.Join(w.desk.dir, o.ID+endTaken), b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.look(t.Context()); err != nil || len(w.acts()) != 1 {
		t.Errorf("forged: %v, %d acts", err, len(w.acts()))
	}
}
