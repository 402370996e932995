package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

// TestAStreamThatCannotBeOpenedStopsNoOther exchanges the streams for two, the
// position of one of which is a directory.
func TestAStreamThatCannotBeOpenedStopsNoOther(t *testing.T) {
	data := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		log, err := audit.Open(audit.Options{Dir: data, Node: "n1", Files: disk.Files{}, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		h := &house{cfg: &config.Config{Data: data}, audit: log, log: zap.NewNop()}
		l := &liveStreams{h: h}
		h.streams = l
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); l.run(ctx) }()
		synctest.Wait()
		bad := filepath.Join(data, "streams", "lake")
		if err := os.MkdirAll(filepath.Join(bad, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		cfg := &config.Config{Data: data, Streams: []config.Stream{{Name: "bus"}, {Name: "lake"}, {Name: "siem"}}}
		var sinks []stream.Sink
		for range cfg.Streams {
			sinks = append(sinks, &gathering{got: map[string]int{}})
		}
		err = l.exchange(cfg, sinks)
		if err == nil || !strings.Contains(err.Error(), "lake") || strings.Contains(err.Error(), "bus") {
			t.Errorf("exchange: %v", err)
		}
		if s := l.stopped(); len(l.list()) != 2 || len(s) != 1 || s[0].o.Name != "lake" {
			t.Fatalf("%d run, stopped %+v", len(l.list()), s)
		}
		a := streamClosed("lake", l.stopped()[0].since)
		if a.Object != "lake" || !strings.Contains(a.Text.EN, "streams/lake") || !strings.Contains(a.Text.ZH, "streams/lake") {
			t.Errorf("%+v", a)
		}
		if err := os.RemoveAll(bad); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * reopenEvery) // of the bubble's clock
		synctest.Wait()
		if len(l.list()) != 3 || len(l.stopped()) != 0 {
			t.Errorf("when it can be opened: %d run, stopped %+v", len(l.list()), l.stopped())
		}
		cancel()
		<-done
	})
}

// TestTooLargeIsToldAtOnce wants one alarm for one place, with what to do.
func TestTooLargeIsToldAtOnce(t *testing.T) {
	a, again, later := streamStuck("siem", 40).Sealed(), streamStuck("siem", 40).Sealed(), streamStuck("siem", 41).Sealed()
	if a.ID != again.ID || a.ID == later.ID {
		t.Errorf("%s, %s, %s", a.ID, again.ID, later.ID)
	}
	s := streamState{State: stream.State{Name: "siem", Fault: stream.ClassTooLarge, FaultAt: time.Now()}}
	for lang, text := range map[string][2]string{"zh": {a.Text.ZH, s.words(true)}, "en": {a.Text.EN, s.words(false)}} {
		for _, word := range []string{"max_payload", "max_msg_size", "max.message.bytes"} {
			if !strings.Contains(text[0], word) || !strings.Contains(text[1], word) {
				t.Errorf("%s: %s is not in %q", lang, word, text)
			}
		}
	}
}
