package main

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// TestKillBetweenWindows kills the gateway while a body leaves in windows. Who
// is at the origin is counted after the restart, and the log is whole.
func TestKillBetweenWindows(t *testing.T) {
	for round := range *reps {
		dir, o := t.TempDir(), newOrigin(t)
		o.rootPEM(t, dir, "extra-roots.pem")
		config := sampleConfig + "limits: {flow_memory: 1MiB, flow_spill: 1MiB}\n"
		c := &city{gatewayProcess: startGateway(t, dir, config), origin: o, caFile: filepath.Join(dir, "ca.pem")}
		c.files(t, strings.NewReplacer(`"subjects_sp_per_year":1000`, `"subjects_sp_per_year":9999`,
			`"subjects_ns_per_year":1000`, `"subjects_ns_per_year":9999`).Replace(windowFiling(time.Now())))
		client := c.client(round%2 == 0)
		got := &taken{enough: (2 + round%3) << 20, reached: make(chan struct{})}
		o.answer(got)
		text := wideRows(3000)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if resp, _, err := send(client, o.URL+"/kill", bytes.NewReader(text), int64(len(text))); err == nil && resp.StatusCode == http.StatusOK {
				t.Error("the transfer went through")
			}
		}()
		select {
		case <-got.reached:
		case <-ended:
			t.Fatalf("it ended before\n%.3000s", c.output())
		}
		c.kill()
		<-ended
		c.gatewayProcess = startGateway(t, dir, config)
		left := strings.Count(got.whole(), "\n")
		if out, code := c.customs("audit", "verify"); code != 0 {
			t.Errorf("audit verify: %d\n%s", code, out)
		}
		r := c.windowRecord()
		if !r.Complete || r.Outcome == nil || !r.Outcome.InDoubt || r.Groups == nil || r.Groups.Bytes < int64(len(got.whole())) {
			t.Errorf("groups %+v, outcome %+v; %d bytes are at the origin", r.Groups, r.Outcome, len(got.whole()))
		}
		if n, _ := shownCounts(t, c.gatewayProcess); left == 0 || n < int64(left) {
			t.Errorf("%d persons are counted, %d are at the origin", n, left)
		} else {
			t.Logf("round %d: %d persons at the origin, %d counted, %d parts", round, left, n, r.Groups.Parts)
		}
	}
}

// wideRows are rows of about 2 KiB, each about another person.
func wideRows(n int) []byte {
	var b bytes.Buffer
	filler := strings.Repeat("保养里程,", 150)
	for _, p := range synth.New(62, time.Now()).Adults(n) {
		fmt.Fprintf(&b, "%s,%s,%s\n", p.ResidentID, p.Mobile, filler)
	}
	return b.Bytes()
}

// taken is an origin that reads until it has enough, and then no more.
type taken struct {
	enough  int
	reached chan struct{}
	once    sync.Once
	mu      sync.Mutex
	b       []byte // guarded by mu
}

func (o *taken) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	p := make([]byte, 32<<10)
	for {
		n, err := r.Body.Read(p)
		o.mu.Lock()
		o.b = append(o.b, p[:n]...)
		full := len(o.b) >= o.enough
		o.mu.Unlock()
		if full {
			o.once.Do(func() { close(o.reached) })
		}
		if err != nil {
			return
		}
	}
}

func (o *taken) whole() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.b)
}

// windowRecord is the record of the transfer that went in windows.
func (c *city) windowRecord() (r policy.Record) {
	c.t.Helper()
	for _, r = range c.records() {
		if r.Intent.Judged == policy.JudgedWindow {
			return r
		}
	}
	c.t.Fatal("no record of windows")
	return r
}
