package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
)

// lookout is a house whose looks and deliveries the test makes.
type lookout struct {
	t *testing.T
	*house
	w    *alertWatch
	look func(time.Time)
}

func newLookout(t *testing.T, dir string, o *bureau, clock *clockWatch, now time.Time) *lookout {
	t.Helper()
	cfg := demoConfig(dir)
	if o != nil {
		secret := filepath.Join(t.TempDir(), "hook.secret")
		put(t, secret, bureauSecret)
		cfg.Alerts = config.Alerts{Webhooks: []config.Webhook{{URL: "https://" + o.hookAt + "/hook", Secret: secret}},
			Mail: config.Mail{Relay: o.relayAt, From: "customs@example.cn", To: []string{officer, boss}}}
	}
	x := extras{clock: clock}
	if o != nil {
		x.roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.conf.Certificates[0].Certificate[0]})
	}
	h, err := openHouse(context.Background(), cfg, zap.NewNop(), x)
	if err != nil {
		t.Fatal(err)
	}
	l := &lookout{t: t, house: h, w: &alertWatch{h: h, clock: h.clock, began: now, stores: map[string]int{}}}
	l.look = func(at time.Time) {
		t.Helper()
		if err := l.w.look(context.Background(), at); err != nil {
			t.Errorf("look at %v: %v", at, err)
		}
	}
	return l
}

// deliver tries every receiver until nothing waits.
func (l *lookout) deliver() {
	l.t.Helper()
	for name := range l.outbox.Waiting() {
		if wait, more := l.outbox.Deliver(context.Background(), name); more {
			l.t.Errorf("%s is to be tried again in %v", name, wait)
		}
	}
}

// marks returns the marks of a kind that were raised, in order.
func (l *lookout) marks(kind alert.Kind) (out []string) {
	l.t.Helper()
	list, err := alert.Load(disk.Files{}, l.cfg.Data)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range list {
		if s.Alert.Kind == kind {
			out = append(out, s.Alert.Object+" "+s.Alert.Mark+" "+s.Alert.Period)
		}
	}
	return out
}

// TestWatchedKindsReachEverybodyOnce is for the kinds that no second process
// can be made to raise at will: clock, splitting, stores. They reach a webhook
// and a mail server once, over a restart and many more looks.
func TestWatchedKindsReachEverybodyOnce(t *testing.T) {
	origin := newOrigin(t)
	o := newBureau(t, certificateOf(origin.Server))
	dir, now := t.TempDir(), time.Now()
	unsync := func() *clockWatch { return &clockWatch{ask: func() syncState { return syncNo }} }
	l := newLookout(t, dir, o, unsync(), now)
	for i := range 3 { // three pieces of one set, and one part of none
		l.splits.Closed(&policy.Record{ID: fmt.Sprint("r", i), Intent: policy.Intent{Exporter: demoMotors,
			Split: policy.Split{Set: "set-1", Pieces: i + 2, Persons: 90, Over: []string{"link"}}}})
	}
	l.splits.Closed(&policy.Record{ID: "r9"})
	l.splits.Closed(&policy.Record{ID: "r10", Outcome: &policy.Outcome{Late: &policy.Intent{Split: policy.Split{Set: "set-2", Pieces: 2}}}})
	l.look(now)
	l.w.clock.wall = l.w.clock.wall.Add(-3 * time.Second)
	l.look(now.Add(time.Second))
	l.look(now.Add(time.Second + unsyncFor))
	if err := l.close(); err != nil {
		t.Fatal(err)
	}

	o.openHook()
	o.openRelay()
	later := now.Add(time.Minute)
	l = newLookout(t, dir, o, unsync(), later)
	defer func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	}()
	for i := range 3 {
		l.look(later.Add(time.Duration(i) * unsyncFor))
	}
	file := filepath.Join(dir, "registry.db")
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	for range storeEvery * (storeFails + 1) {
		_ = l.w.look(context.Background(), later)
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	l.deliver()
	o.wantOnce([]string{"clock stepped", "clock unsynchronised", "splitting ", "splitting ", "store "})
}

// TestVolumeMarks counts a filing up and wants each mark once, the higher one
// alone where two are crossed at once, and again for another volume and
// another year.
func TestVolumeMarks(t *testing.T) {
	now := time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC) // 23:59 in Shanghai
	l := newLookout(t, t.TempDir(), nil, &clockWatch{}, now)
	defer l.close()
	ctx := context.Background()
	file := func(persons int64) {
		t.Helper()
		f := demoFiling("SC-1", demoMotors, "crm.example.sg", []inspect.Class{inspect.Mobile}, persons, now.AddDate(0, -3, 0), now.AddDate(2, 0, 0))
		if _, err := l.registry.Add(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	send := func(first, n int, at time.Time) {
		t.Helper()
		r, err := l.ledger.Reserve(ctx, policy.Count{Flow: fmt.Sprint(first, at), Entity: demoMotors, At: at, Basis: "SC", Filing: "SC-1", Persons: policytest.Persons(first, n)})
		if err == nil {
			err = l.ledger.Commit(ctx, r.ID, false)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file(20)
	var want []string
	step := func(name, mark string, at time.Time) {
		t.Helper()
		for range dateEvery {
			l.look(at)
		}
		if mark != "" {
			want = append(want, mark)
		}
		if got := l.marks(alert.Volume); !slices.Equal(got, want) {
			t.Fatalf("%s: raised\n  %s\nwant\n  %s", name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
	send(0, 15, now)
	step("15 of 20", "", now)
	send(15, 1, now)
	step("16 of 20", "SC-1 SC-1.ns/20/80 2026", now)
	send(16, 1, now)
	step("17 of 20", "", now)
	send(17, 3, now)
	step("90 and 100 at once", "SC-1 SC-1.ns/20/100 2026", now)
	file(22)
	step("20 of 22", "SC-1 SC-1.ns/22/90 2026", now)
	year := now.Add(time.Hour)
	step("a new year", "", year)
	send(100, 21, year)
	step("21 of 22 in a new year", "SC-1 SC-1.ns/22/90 2027", year)
	send(200, 2, now)
	step("22 of 22 in the last second of the old year", "SC-1 SC-1.ns/22/100 2026", year.Add(time.Hour))
}

// TestNationalLines wants the line itself to be 100 %, a count that is over it
// at start to be told, and a group to be counted together.
func TestNationalLines(t *testing.T) {
	now := time.Now()
	year := now.In(policy.Shanghai).Year()
	tests := []struct {
		name    string
		kind    policy.CountKind
		persons int64
		want    []string
	}{
		{"one below a mark", policy.CountNS, 79_999, nil},
		{"at a mark", policy.CountNS, 80_000, []string{"national.ns.100000/100000/80"}},
		{"one below the line", policy.CountNS, 99_999, []string{"national.ns.100000/100000/90"}},
		{"at the line", policy.CountNS, 100_000, []string{"national.ns.100000/100000/100"}},
		{"far over one and near the next", policy.CountNS, 950_000, []string{"national.ns.100000/100000/100", "national.ns.1000000/1000000/90"}},
		{"the first person of a line at one", policy.CountSP, 1, []string{"national.sp.1/1/100"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLookout(t, t.TempDir(), nil, &clockWatch{}, now)
			defer l.close()
			if err := l.ledger.Preset(context.Background(), ledger.Opening{ID: "x", Entity: demoMotors, Year: year, Kind: tt.kind, Basis: "SC", Persons: tt.persons}); err != nil {
				t.Fatal(err)
			}
			l.look(now)
			got := l.marks(alert.Volume)
			for i := range got {
				_, got[i], _ = strings.Cut(strings.TrimSuffix(got[i], fmt.Sprint(" ", year)), " ")
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("raised %v, want %v", got, tt.want)
			}
		})
	}
}

func TestClockWatch(t *testing.T) {
	state := syncYes
	c := &clockWatch{ask: func() syncState { return state }}
	at := time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC)
	tests := []struct {
		name   string
		state  syncState
		wall   time.Duration // since the look before
		ran    time.Duration
		step   time.Duration
		unsync bool
	}{
		{"the first look", syncYes, 0, 0, 0, false},
		{"a second later", syncYes, time.Second, time.Second, 0, false},
		{"slewed", syncYes, 2900 * time.Millisecond, time.Second, 0, false},
		{"set ahead", syncYes, 4 * time.Second, time.Second, 3 * time.Second, false},
		{"set back", syncYes, -time.Hour, time.Second, -time.Hour - time.Second, false},
		{"a busy machine that looks late", syncYes, time.Hour, time.Hour, 0, false},
		{"nobody keeps it", syncNo, time.Second, time.Second, 0, false},
		{"not for long", syncNo, 9 * time.Minute, 9 * time.Minute, 0, false},
		{"for too long", syncNo, time.Minute, time.Minute, 0, true},
		{"kept again", syncYes, time.Minute, time.Minute, 0, false},
		{"and lost again", syncNo, time.Minute, time.Minute, 0, false},
		{"nobody can say", syncUnknown, time.Hour, time.Hour, 0, false},
	}
	var ran time.Duration
	for _, tt := range tests {
		state, at, ran = tt.state, at.Add(tt.wall), ran+tt.ran
		n := c.look(at, ran)
		if n.Step != tt.step || (n.Unsync > 0) != tt.unsync || c.state != tt.state {
			t.Errorf("%s: %+v", tt.name, n)
		}
	}
	if s := clockSynchronised(); s != syncYes && s != syncNo && s != syncUnknown {
		t.Errorf("the system says %d", s)
	}
}
