package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// deskWorld is ledger, log and desk on a disk that can be crashed.
type deskWorld struct {
	t      *testing.T
	disk   *faultfs.Disk
	ledger *ledger.Ledger
	log    *audit.Log
	desk   *orderDesk
	said   []orderAnswer
}

func openDesk(t *testing.T, disk *faultfs.Disk) *deskWorld {
	t.Helper()
	w := &deskWorld{t: t, disk: disk}
	var err error
	if w.log, err = audit.Open(audit.Options{Dir: "data", Node: "n", Files: disk, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if w.ledger, err = ledger.Open(ledger.Options{Dir: "data", Key: make([]byte, 32), Files: disk, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if err := disk.MakeDir("data/ledger/orders"); err != nil {
		t.Fatal(err)
	}
	w.desk = &orderDesk{files: disk, dir: "data/ledger/orders", key: testOrderKey, ledger: w.ledger, now: time.Now,
		plain: func(string) bool { return true }, note: func(string) error { return nil }, told: func(a orderAnswer, _ string) { w.said = append(w.said, a) },
		record: func(ctx context.Context, a policy.Admin) (policy.Receipt, error) {
			return w.log.Append(ctx, policy.Entry{Kind: policy.KindAdmin, Admin: &a})
		},
		recorded: func(ctx context.Context, digest string) (map[string]uint64, error) {
			return orderActs(ctx, audit.Source{Files: w.disk, Dir: "data"}, digest)
		}}
	return w
}

func (w *deskWorld) close() {
	w.ledger.Close()
	w.log.Close()
}

// doubt puts a flow of three persons in doubt.
func (w *deskWorld) doubt(flow string, first int) string {
	w.t.Helper()
	ctx := context.Background()
	r, err := w.ledger.Reserve(ctx, policy.Count{Flow: flow, Entity: policytest.Exporter, At: time.Now(), Basis: "SC", Persons: policytest.Persons(first, 3)})
	if err == nil {
		err = w.ledger.Commit(ctx, r.ID, true)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return r.ID
}

func (w *deskWorld) give(o order) {
	w.t.Helper()
	b, err := o.encode(testOrderKey)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := writeAside(w.disk, path.Join(w.desk.dir, o.ID+endGiven), b); err != nil {
		w.t.Fatal(err)
	}
}

// counted is how many persons stand in the year, and how many are in doubt.
func (w *deskWorld) counted() (any int64, doubt int) {
	totals, pending := w.ledger.Show()
	for _, t := range totals {
		if t.Filing == "" {
			any += t.Any
		}
	}
	for _, p := range pending {
		doubt += p.Persons
	}
	return any, doubt
}

func (w *deskWorld) acts() (out []policy.Admin) {
	w.t.Helper()
	err := audit.Read(context.Background(), audit.Source{Files: w.disk, Dir: "data"}, func(e policy.Entry) error {
		if e.Admin != nil {
			out = append(out, *e.Admin)
		}
		return nil
	})
	if err != nil && !errors.Is(err, audit.ErrNoLog) {
		w.t.Fatal(err)
	}
	return out
}

func (w *deskWorld) answerOf(id string) (a orderAnswer) {
	w.t.Helper()
	if err := json.Unmarshal(w.disk.Bytes(path.Join(w.desk.dir, id+endAnswer)), &a); err != nil {
		w.t.Fatalf("answer to %s: %v", id, err)
	}
	return a
}

func settleOf(id string, sent bool) order {
	o := settleSample()
	o.Settle, o.Sent = []string{id}, sent
	return o
}

func TestDeskSettles(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	a, b := w.doubt("f1", 0), w.doubt("f2", 10)
	sent, not := settleOf(a, true), settleOf(b, false)
	w.give(sent)
	w.give(not)
	if err := w.desk.look(context.Background()); err != nil {
		t.Fatal(err)
	}
	if all, doubt := w.counted(); all != 3 || doubt != 0 {
		t.Errorf("%d persons counted, %d in doubt", all, doubt)
	}
	acts := map[string]policy.Admin{}
	for _, act := range w.acts() {
		acts[act.Object] = act
	}
	want := policy.Admin{Act: actSettle, Actor: "anna", Object: a, Digest: acts[a].Digest, Note: "sent, 3 persons of record f1: receipt 17 of the recipient"}
	if len(acts) != 2 || acts[a] != want || !isDigest(acts[a].Digest) || !strings.HasPrefix(acts[b].Note, "not sent, 3 persons of record f2") {
		t.Errorf("acts %+v", acts)
	}
	if x := w.answerOf(sent.ID); x.Code != saidDone || x.Persons != 3 || len(x.Entries) != 1 || x.Entries[0] == 0 {
		t.Errorf("answer %+v", x)
	}
	for _, name := range w.disk.Files() {
		if strings.HasSuffix(name, endGiven) || strings.HasSuffix(name, endTaken) {
			t.Errorf("%s is left", name)
		}
	}
}

func TestDeskRefuses(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	w.desk.note = func(text string) error {
		if strings.Contains(text, "secret") {
			return errNote
		}
		return nil
	}
	ctx := context.Background()
	doubt := w.doubt("f1", 0)
	open, err := w.ledger.Reserve(ctx, policy.Count{Flow: "f2", Entity: policytest.Exporter, At: time.Now(), Basis: "SC", Persons: policytest.Persons(50, 1)})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*order)
		key    []byte
		file   func([]byte) []byte
		want   string
	}{
		{"an id that nobody knows", func(o *order) { o.Settle = []string{"00"} }, nil, nil, saidUnknown},
		{"a flow that is open", func(o *order) { o.Settle = []string{doubt, open.ID} }, nil, nil, saidOpen},
		{"an order of yesterday", func(o *order) { o.At = o.At.AddDate(0, 0, -1) }, nil, nil, saidStale},
		{"an order of tomorrow", func(o *order) { o.At = o.At.AddDate(0, 0, 1) }, nil, nil, saidStale},
		{"another installation's", nil, make([]byte, 32), nil, saidForeign},
		{"half a file", nil, nil, func(b []byte) []byte { return b[:len(b)/2] }, saidMalformed},
		{"too much", nil, nil, func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), maxOrder)...) }, saidMalformed},
		{"a reason that may not stand in the log", func(o *order) { o.Reason = "secret" }, nil, nil, saidNote},
		{"this year", func(o *order) { o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: yearOf(time.Now())} }, nil, nil, saidThisYear},
		{"a year of nobody", func(o *order) { o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: 2020} }, nil, nil, saidNobody},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := settleOf(doubt, true)
			if tt.change != nil {
				tt.change(&o)
			}
			key := testOrderKey
			if tt.key != nil {
				key = tt.key
			}
			b, err := o.encode(key)
			if err != nil {
				t.Fatal(err)
			}
			if tt.file != nil {
				b = tt.file(b)
			}
			w.disk.Put(path.Join(w.desk.dir, o.ID+endGiven), b)
			w.said = nil
			if err := w.desk.look(ctx); err != nil {
				t.Fatal(err)
			}
			if a := w.answerOf(o.ID); a.Code != tt.want || a.refusal(false) == "" || strings.Contains(a.refusal(true), "%") {
				t.Errorf("answer %+v, want %s", a, tt.want)
			}
			if len(w.said) != 1 || w.said[0].Order != o.ID {
				t.Errorf("told %+v", w.said)
			}
			if w.disk.Bytes(path.Join(w.desk.dir, o.ID+endGiven)) != nil {
				t.Error("the order waits still")
			}
		})
	}
	if all, doubt := w.counted(); all != 4 || doubt != 4 || len(w.acts()) != 0 {
		t.Errorf("something was done: %d counted, %d unsettled, %d acts", all, doubt, len(w.acts()))
	}
}

// What is no order is told of once and left alone.
func TestDeskLeavesOtherFilesAlone(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	pipe := path.Join(w.desk.dir, newID()+endGiven)
	w.desk.plain = func(p string) bool { return p != pipe }
	for _, name := range []string{pipe, path.Join(w.desk.dir, "note.txt"), path.Join(w.desk.dir, newID()+".bak")} {
		w.disk.Put(name, []byte("x"))
	}
	for range 3 {
		if err := w.desk.look(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.said) != 1 || w.said[0].Code != saidOdd {
		t.Errorf("told %+v", w.said)
	}
	old := path.Join(w.desk.dir, "00000000000000000000000000"+endAnswer) // of 1970
	w.disk.Put(old, []byte("{}"))
	if err := w.desk.look(context.Background()); err != nil || w.disk.Bytes(old) != nil {
		t.Errorf("an old answer is kept: %v", err)
	}
}

// TestDeskAcrossCrashes stops the program, or breaks the disk, at every step of
// three orders, and wants both done once and recorded once after a restart.
func TestDeskAcrossCrashes(t *testing.T) {
	rows := 0
	for name, fault := range map[string]faultfs.Fault{"stop": faultfs.Stop, "lost": faultfs.Lost, "landed": faultfs.Landed, "torn": faultfs.Torn, "full": faultfs.Full} {
		for lossName, loss := range map[string]faultfs.Loss{"power": faultfs.Power, "half": faultfs.Half, "kill": faultfs.Kill} {
			for at := 0; ; at++ {
				reached := false
				t.Run(fmt.Sprintf("%s at %d, then %s", name, at, lossName), func(t *testing.T) { reached = crashDesk(t, fault, at, loss) })
				if rows++; !reached || t.Failed() {
					break
				}
			}
		}
	}
	t.Logf("%d rows", rows)
}

func crashDesk(t *testing.T, fault faultfs.Fault, at int, loss faultfs.Loss) (reached bool) {
	ctx := context.Background()
	w := openDesk(t, faultfs.New())
	o := settleOf(w.doubt("f1", 0), false)
	opening := ledger.Opening{ID: "hr", Entity: policytest.Exporter, Year: yearOf(time.Now()), Kind: policy.CountNS, Persons: 100}
	p := order{Schema: orderSchema, ID: newID(), At: o.At, Act: actPreset, Opening: &opening}
	past := time.Now().AddDate(-1, 0, 0)
	r, err := w.ledger.Reserve(ctx, policy.Count{Flow: "f0", Entity: policytest.Exporter, At: past, Basis: "SC", Persons: policytest.Persons(90, 2)})
	if err := errors.Join(err, w.ledger.Commit(ctx, r.ID, false)); err != nil {
		t.Fatal(err)
	}
	q := order{Schema: orderSchema, ID: newID(), At: o.At, Act: actDestroy, By: "anna", Reason: "over", Destroy: &ledgerScope{Year: yearOf(past)}}
	for _, x := range []order{o, p, q} {
		w.give(x)
	}
	first := len(w.disk.Ops())
	w.disk.FailAt(at, fault)
	_ = w.desk.look(ctx)
	reached = len(w.disk.Ops()) > first+at
	after := w.disk.Crash(loss)
	w.close()
	w = openDesk(t, after)
	defer w.close()
	if err := w.desk.look(ctx); err != nil {
		t.Fatal(err)
	}
	if all, doubt := w.counted(); all != 102 || doubt != 0 {
		t.Errorf("%d persons counted, %d in doubt", all, doubt)
	}
	totals, _ := w.ledger.Show()
	if !slices.ContainsFunc(totals, func(t ledger.Total) bool { return t.Year == yearOf(past) && t.Any == 2 && t.Sealed }) {
		t.Errorf("totals %+v", totals)
	}
	var objects []string
	for _, a := range w.acts() {
		objects = append(objects, a.Act)
	}
	slices.Sort(objects)
	if !slices.Equal(objects, []string{actDestroy, actPreset, actSettle}) {
		t.Errorf("recorded %v", objects)
	}
	for _, id := range []string{o.ID, p.ID, q.ID} {
		if a := w.answerOf(id); a.Code != saidDone {
			t.Errorf("answer %+v", a)
		}
	}
	return reached
}
