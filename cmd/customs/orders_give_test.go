package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

func newGiver(t *testing.T) *giver {
	t.Helper()
	cfg := config.Default()
	cfg.Data = t.TempDir()
	keys, err := openKeys(cfg)
	if err != nil {
		t.Fatal(err)
	}
	in, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	if err := (disk.Files{}).MakeDir(ordersDir(cfg.Data)); err != nil {
		t.Fatal(err)
	}
	return &giver{cfg: cfg, keys: keys, note: in, wait: 100 * time.Millisecond}
}

func presetSample() order {
	o := settleSample()
	o.Act, o.Settle, o.Sent = actPreset, nil, false
	o.Opening = &ledger.Opening{ID: "hr", Entity: motorsUSCC, Year: yearOf(time.Now()), Kind: policy.CountNS, Persons: 5}
	return o
}

// An order that nobody takes up is taken back, and that is said: it must not be
// done when nobody thinks of it any more.
func TestOrderThatNobodyTakesUp(t *testing.T) {
	for _, chinese := range []bool{false, true} {
		g := newGiver(t)
		g.chinese = chinese
		lock, err := disk.Files{}.Lock(filepath.Join(g.cfg.Data, ledger.Sub, "lock"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = g.give(context.Background(), presetSample())
		if want := g.say("nothing was changed", "未作任何更改"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
		names, err := os.ReadDir(ordersDir(g.cfg.Data))
		if err != nil || len(names) != 0 {
			t.Errorf("left: %v, %v", names, err)
		}
	}
}

// One that was taken up is not taken back, and whoever comes next ends it.
func TestOrderThatIsTakenUpAndNotDone(t *testing.T) {
	t.Parallel()
	g := newGiver(t)
	lock, err := disk.Files{}.Lock(filepath.Join(g.cfg.Data, ledger.Sub, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	o := presetSample()
	given := make(chan error, 1)
	g.wait = 2 * time.Second
	go func() {
		_, err := g.give(context.Background(), o)
		given <- err
	}()
	dir := ordersDir(g.cfg.Data)
	waitFor(t, "the order", func() bool {
		return os.Rename(filepath.Join(dir, o.ID+endGiven), filepath.Join(dir, o.ID+endTaken)) == nil
	})
	if err := <-given; err == nil || !strings.Contains(err.Error(), "order "+o.ID+" was taken up and will be done to its end") {
		t.Errorf("got %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	g.wait = orderWait
	second := presetSample()
	second.Opening.ID = "crm"
	a, err := g.give(context.Background(), second)
	if err != nil || a.Code != saidDone || a.Total != 10 {
		t.Errorf("answer %+v, %v", a, err)
	}
	if first, err := readAnswer(disk.Files{}, dir, o.ID); err != nil || first.Code != saidDone {
		t.Errorf("answer to the first %+v, %v", first, err)
	}
}
