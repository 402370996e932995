package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/ledger"
)

// TestGroupIsToldAsOne wants exporters that file together to be told of
// together: neither alone has reached the line that both have.
func TestGroupIsToldAsOne(t *testing.T) {
	now := time.Now()
	cfg := demoConfig(t.TempDir())
	cfg.Exporters[0].Group = []string{cfg.Exporters[1].USCC}
	h, err := openHouse(context.Background(), cfg, zap.NewNop(), extras{clock: &clockWatch{}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	for i, e := range cfg.Exporters[:2] {
		o := ledger.Opening{ID: e.USCC, Entity: e.USCC, Year: now.In(policy.Shanghai).Year(), Kind: policy.CountNS, Basis: "SC", Persons: 50_000 + int64(i)}
		if err := h.ledger.Preset(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	l := &lookout{t: t, house: h, w: &alertWatch{h: h, clock: h.clock, began: now, stores: map[string]int{}}}
	for range 2 {
		if err := l.w.look(context.Background(), now); err != nil {
			t.Fatal(err)
		}
	}
	got := l.marks(alert.Volume)
	if len(got) != 1 || !strings.HasPrefix(got[0], "group-") || !strings.Contains(got[0], " national.ns.100000/100000/100 ") {
		t.Errorf("raised %v, want the group's once", got)
	}
}

// TestRefusedAndSentAgain wants what a receiver refused to be shown, to wait
// for a person, and to go to that receiver alone when it is sent again.
func TestRefusedAndSentAgain(t *testing.T) {
	origin := newOrigin(t)
	o := newBureau(t, certificateOf(origin.Server))
	o.openHook()
	o.openRelay()
	o.refuse = true
	now := time.Now()
	l := newLookout(t, t.TempDir(), o, &clockWatch{}, now)
	defer l.close()
	l.splits.Closed(&policy.Record{ID: "r1", Intent: policy.Intent{Exporter: demoMotors, Split: policy.Split{Set: "set-1", Pieces: 2}}})
	l.look(now)
	l.deliver()
	var out strings.Builder
	if code := run([]string{"alert", "list", "--undelivered", "--lang", "en", "--data", l.cfg.Data}, &out, &out); code != 0 ||
		!strings.Contains(out.String(), "refused (it answered 422; tried 1×)") {
		t.Errorf("exit %d\n%s", code, out.String())
	}
	o.mu.Lock()
	o.refuse = false
	o.mu.Unlock()
	l.look(now)
	l.deliver()
	if hooks, _, _ := o.got(); len(hooks) != 0 {
		t.Errorf("sent again without being asked: %v", hooks)
	}
	if code := run([]string{"alert", "retry", "--all", "--data", l.cfg.Data}, &out, &out); code != 0 {
		t.Errorf("retry: exit %d\n%s", code, out.String())
	}
	l.look(now)
	l.deliver()
	o.wantOnce([]string{"splitting "})
}
