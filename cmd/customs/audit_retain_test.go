package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/tree"
)

// retainWorld is a log of small segments whose clock can be set.
type retainWorld struct {
	t      *testing.T
	dir    string
	at     time.Time
	clock  atomic.Int64 // at, for the log's own goroutines
	signed atomic.Int64 // entries under the newest checkpoint
	log    *audit.Log
	keeper *keeper
	verify note.Verifier
	list   []policy.Filing
	behind uint64
	// checked: the clock of these tests jumps by years.
	checked bool
}

const threeYears = 1095 * 24 * time.Hour

func newRetainWorld(t *testing.T) *retainWorld {
	t.Helper()
	secret, public, err := note.GenerateKey(nil, "customs.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	w := &retainWorld{t: t, dir: t.TempDir(), at: policytest.Start, behind: ^uint64(0), checked: true}
	if w.verify, err = note.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	w.tick()
	now := func() time.Time { return time.Unix(0, w.clock.Load()).UTC() }
	w.log, err = audit.Open(audit.Options{Dir: w.dir, Node: "n1", Files: disk.Files{}, Now: now, SegmentBytes: 4000, Origin: "customs.example/log",
		Signers: func() []note.Signer { return []note.Signer{signer} }, Every: time.Millisecond,
		Published: func(_ []byte, c tree.Checkpoint) { w.signed.Store(c.Size) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close() })
	w.keeper = &keeper{log: w.log, data: w.dir, now: now, keep: func() time.Duration { return threeYears },
		filings: func(context.Context) ([]policy.Filing, error) { return w.list, nil },
		behind:  func() (uint64, string, error) { return w.behind, "siem", nil }}
	return w
}

// covered waits until a checkpoint covers all: what no checkpoint covers is not
// deleted.
func (w *retainWorld) covered() {
	w.t.Helper()
	waitFor(w.t, "a checkpoint over all", func() bool { return uint64(w.signed.Load()) >= w.log.Last() })
}

// tick gives the log the time of the test.
func (w *retainWorld) tick() { w.clock.Store(w.at.UnixNano()) }

func (w *retainWorld) append(all ...policy.Entry) (seq uint64) {
	w.t.Helper()
	w.tick()
	for _, e := range all {
		e.Time = w.at
		r, err := w.log.Append(context.Background(), e)
		if err != nil {
			w.t.Fatal(err)
		}
		seq = r.Seq
	}
	return seq
}

// flows writes complete flows of an hour each, n of them.
func (w *retainWorld) flows(name string, n int, change func(*policy.Intent)) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("%s%d", name, i)
		in := policytest.Intent(id, policy.Pass)
		in.Intent.Exporter = motorsUSCC
		if change != nil {
			change(in.Intent)
		}
		w.append(in, policytest.Outcome(id, policy.SentAll))
		w.at = w.at.Add(time.Hour)
	}
}

// refused writes flows that released nothing, which are one entry each.
func (w *retainWorld) refused(name string, n int) {
	w.t.Helper()
	for i := range n {
		w.append(policytest.Intent(fmt.Sprintf("%s%d", name, i), policy.Block))
		w.at = w.at.Add(time.Hour)
	}
}

func (w *retainWorld) plan() []planned {
	w.t.Helper()
	w.tick()
	if err := w.log.Archive(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	plan, err := w.keeper.plan(context.Background(), w.checked)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

func (w *retainWorld) run() (done int) {
	w.t.Helper()
	w.tick()
	w.covered()
	plan, err := w.keeper.run(context.Background(), "anna", "yearly", w.checked)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range plan {
		if p.Done {
			done++
		}
	}
	return done
}

func (w *retainWorld) verified() audit.Summary {
	w.t.Helper()
	sum, err := audit.Verify(context.Background(), audit.Source{Files: disk.Files{}, Dir: w.dir},
		audit.VerifyOptions{Keys: []note.Verifier{w.verify}, Now: w.at.Add(time.Minute), Live: true})
	if err != nil {
		w.t.Errorf("verify: %v", err)
	}
	return sum
}

func (w *retainWorld) holdOf(from, to time.Time, exporter string) hold {
	h := hold{ID: newID(), From: from, To: to, Exporter: exporter, Case: "C-1"}
	h.Entry = w.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actHoldAdd, Actor: "anna", Object: h.object(), Note: "inquiry"}})
	return h
}

func kept(plan []planned) string {
	var out []string
	for _, p := range plan {
		switch {
		case p.State == audit.Gone:
			out = append(out, "gone")
		case p.Delete:
			out = append(out, "delete")
		default:
			out = append(out, p.Kept)
		}
	}
	return strings.Join(out, " ")
}

// TestDeletionHoldReleaseVerify is the life of old records: a hold keeps them,
// its release lets them go, and the log verifies after each step.
func TestDeletionHoldReleaseVerify(t *testing.T) {
	w := newRetainWorld(t)
	start := w.at
	w.refused("a", 24)
	w.at = start.Add(threeYears + 30*24*time.Hour)
	w.refused("b", 1)
	before := w.plan()
	if !before[0].Delete || before[len(before)-1].Delete || len(before) < 3 {
		t.Fatalf("plan: %s", kept(before))
	}
	h := w.holdOf(start, start.Add(time.Minute), "")
	plan := w.plan()
	if plan[0].Kept != keptHold || plan[0].Which != h.ID || !plan[1].Delete {
		t.Fatalf("with a hold: %s", kept(plan))
	}
	done := w.run()
	if done == 0 || w.plan()[0].State == audit.Gone {
		t.Errorf("%d deleted; %s", done, kept(w.plan()))
	}
	w.verified()
	w.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actHoldRelease, Actor: "bob", Object: "hold " + h.ID, Note: "closed"}})
	if again := w.run(); again != 1 {
		t.Errorf("after the release %d were deleted: %s", again, kept(w.plan()))
	}
	if sum := w.verified(); sum.Entries == 0 {
		t.Error("nothing was verified")
	}
	r := lookIndex(w.keeper.source())
	defer r.Close()
	left := 0
	if err := r.Query(t.Context(), index.Filter{}, func(row index.Row) error { left++; return nil }); err != nil || left == 0 || left > 3 {
		t.Errorf("%d records are left, %v", left, err)
	}
	var acts []string
	err := r.Acts(t.Context(), actRetention, "anna", func(a index.Act) error { acts = append(acts, a.Note); return nil })
	if err != nil || len(acts) != done+1 || acts[0] != "older than 1095 days by a clock that was compared: yearly" {
		t.Errorf("%d acts %v, %v", len(acts), acts, err)
	}
}

// TestRecordsAreNotCutInTwo: what ends a record that is kept is kept too.
func TestRecordsAreNotCutInTwo(t *testing.T) {
	w := newRetainWorld(t)
	start := w.at
	w.flows("a", 12, nil) // one of them lies across the first two segments
	w.at = start.Add(threeYears + 30*24*time.Hour)
	w.holdOf(start, start.Add(time.Minute), "")
	if got := kept(w.plan()); !strings.HasPrefix(got, "hold record ") {
		t.Error(got)
	}
}

func TestWhatKeepsASegment(t *testing.T) {
	tests := []struct {
		name string
		make func(w *retainWorld)
		want string // of the first segment
	}{
		{"nothing", func(w *retainWorld) { w.flows("a", 9, nil) }, ""},
		{"a day too young", func(w *retainWorld) { w.flows("a", 9, nil); w.at = w.at.Add(-2 * 24 * time.Hour) }, keptYoung},
		{"an open flow", func(w *retainWorld) { w.append(policytest.Intent("open", policy.Pass)); w.flows("a", 9, nil) }, keptUnending},
		{"a filing in force", func(w *retainWorld) {
			w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "SC-1" })
			w.list = []policy.Filing{{ID: "SC-1"}}
		}, keptFiling},
		{"a filing that ended lately", func(w *retainWorld) {
			w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "SC-1" })
			w.list = []policy.Filing{{ID: "SC-1", Valid: policy.Validity{Expires: policytest.Start.AddDate(1, 0, 0).Format(time.DateOnly)}}}
		}, keptFiling},
		{"a filing that ended long ago", func(w *retainWorld) {
			w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "SC-1" })
			w.list = []policy.Filing{{ID: "SC-1", Valid: policy.Validity{Expires: policytest.Start.AddDate(0, 0, -3).Format(time.DateOnly)}}}
		}, ""},
		{"a filing that nobody knows", func(w *retainWorld) { w.flows("a", 9, func(i *policy.Intent) { i.Decided.Filing = "X" }) }, keptFiling},
		{"a stream that is behind", func(w *retainWorld) { w.flows("a", 9, nil); w.behind = 2 }, keptStream},
		{"a key of the log", func(w *retainWorld) {
			w.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actKeyRotate, Actor: "anna", Object: "a key"}})
			w.flows("a", 9, nil)
		}, keptKey},
		{"the act of an open hold", func(w *retainWorld) {
			w.holdOf(policytest.Start.AddDate(-1, 0, 0), policytest.Start.AddDate(-1, 0, 1), "")
			w.flows("a", 9, nil)
		}, keptHold},
		{"a hold on its exporter", func(w *retainWorld) {
			w.flows("a", 9, nil)
			w.at = w.at.AddDate(1, 0, 0)
			w.holdOf(policytest.Start, policytest.Start.AddDate(0, 0, 2), motorsUSCC)
			w.at = w.at.AddDate(-1, 0, 0)
		}, keptHold},
		{"a hold on another exporter", func(w *retainWorld) {
			w.flows("a", 9, nil)
			w.at = w.at.AddDate(1, 0, 0)
			w.holdOf(policytest.Start, policytest.Start.AddDate(0, 0, 2), thirdUSCC)
			w.at = w.at.AddDate(-1, 0, 0)
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newRetainWorld(t)
			tt.make(w)
			w.at = w.at.Add(threeYears + 24*time.Hour)
			w.flows("later", 1, nil)
			plan := w.plan()
			if plan[0].Delete && tt.want == keptUnending {
				w.covered()
				done, err := w.keeper.run(t.Context(), "anna", "", w.checked)
				if err != nil {
					t.Fatal(err)
				}
				plan = done
			}
			if plan[0].Kept != tt.want || plan[0].Delete != (tt.want == "") {
				t.Errorf("%+v; all: %s", plan[0], kept(plan))
			}
		})
	}
}

func TestNothingIsDeletedInDoubt(t *testing.T) {
	doubts := map[string]func(w *retainWorld){
		"a hold that cannot be read": func(w *retainWorld) {
			w.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: actHoldAdd, Actor: "anna", Object: "hold of everything"}})
		},
		"a register that cannot be read": func(w *retainWorld) {
			w.keeper.filings = func(context.Context) ([]policy.Filing, error) { return nil, errors.New("damaged") }
		},
		"a stream's position that cannot be read": func(w *retainWorld) {
			w.keeper.behind = func() (uint64, string, error) { return 0, "", errors.New("damaged") }
		},
	}
	for name, make := range doubts {
		t.Run(name, func(t *testing.T) {
			w := newRetainWorld(t)
			w.flows("a", 9, nil)
			make(w)
			w.at = w.at.Add(threeYears + 48*time.Hour)
			w.flows("later", 1, nil)
			if plan, err := w.keeper.run(t.Context(), "anna", "", w.checked); err == nil || len(plan) > 0 {
				t.Errorf("%s, %v", kept(plan), err)
			}
			segments, err := audit.Segments(t.Context(), w.keeper.source())
			if err != nil || segments[0].State == audit.Gone {
				t.Errorf("%+v, %v", segments, err)
			}
		})
	}
}

// FuzzParseHold: what is read is written the same again.
func FuzzParseHold(f *testing.F) {
	f.Add("hold 01k9x2m4n6p8q0r2s4t6v8w0y2 from 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z exporter " + motorsUSCC + " case C-1")
	f.Add("hold 01k9x2m4n6p8q0r2s4t6v8w0y2 from 2026-01-01T00:00:00+08:00 to 2026-02-01T00:00:00Z")
	f.Add("hold everything")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHold(s)
		if err != nil {
			return
		}
		if again, err := parseHold(h.object()); err != nil || again.object() != h.object() || !again.From.Equal(h.From.Truncate(time.Second)) {
			t.Errorf("%q: %+v, %v", s, again, err)
		}
	})
}
