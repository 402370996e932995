package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

// doubtCity is a gateway whose origin takes a request and does not answer.
type doubtCity struct {
	*gatewayProcess
	origin  *httptest.Server
	arrived chan struct{}
	people  []synth.Person
}

func newDoubtCity(t *testing.T) *doubtCity {
	dir := t.TempDir()
	newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
	c := &doubtCity{arrived: make(chan struct{}, 16), people: synth.New(11, time.Now()).Adults(8)}
	hold := make(chan struct{})
	c.origin = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path != "/hang" {
			return
		}
		c.arrived <- struct{}{}
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() {
		close(hold)
		c.origin.Close()
	})
	c.gatewayProcess = startGateway(t, dir, sampleConfig)
	return c
}

// restart starts the gateway of the same installation again.
func (c *doubtCity) restart(t *testing.T) { c.gatewayProcess = startGateway(t, c.dir, sampleConfig) }

// send posts one person and does not wait for an answer that may not come.
func (c *doubtCity) send(t *testing.T, path string, person int) (status chan int) {
	t.Helper()
	status = make(chan int, 1)
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: c.proxy})}
	t.Cleanup(tr.CloseIdleConnections)
	go func() {
		client := &http.Client{Transport: tr, Timeout: deadline}
		resp, err := client.Post(c.origin.URL+path, "application/json", strings.NewReader(`{"mobile":"`+c.people[person].Mobile+`"}`))
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	return status
}

// hang sends persons to where nobody answers, and waits until they came.
func (c *doubtCity) hang(t *testing.T, persons ...int) {
	t.Helper()
	for _, p := range persons {
		c.send(t, "/hang", p)
	}
	for range persons {
		select {
		case <-c.arrived:
		case <-time.After(deadline):
			t.Fatalf("nothing arrived\n%s", c.output())
		}
	}
}

func (c *doubtCity) pending(t *testing.T) []ledger.Pending {
	t.Helper()
	view, err := loadLedger(filepath.Join(c.dir, "customs-data"))
	if err != nil {
		t.Fatal(err)
	}
	return view.Pending()
}

func (c *doubtCity) wantCounts(t *testing.T, when string, counted, doubt int64) {
	t.Helper()
	if n, d := shownCounts(t, c.gatewayProcess); n != counted || d != doubt {
		t.Errorf("%s: %d persons counted and %d in doubt, want %d and %d", when, n, d, counted, doubt)
	}
}

func (c *doubtCity) settle(t *testing.T, id, how string) {
	t.Helper()
	out, code := c.customs("ledger", "settle", id, how, "--reason", "receipt 17 of the recipient", "--by", "anna")
	if code != 0 || !strings.Contains(out, "settled "+id) || !strings.Contains(out, "see customs audit show ") {
		t.Errorf("settle %s: exit %d %s", how, code, out)
	}
}

// TestSettleInDoubt kills a gateway while flows are at the origin, and settles
// them both ways, while the gateway runs and while it does not.
func TestSettleInDoubt(t *testing.T) {
	t.Parallel()
	c := newDoubtCity(t)
	c.hang(t, 0, 1, 2, 3)
	c.kill()
	c.restart(t)
	c.wantCounts(t, "after the restart", 4, 4)
	p := c.pending(t)
	if len(p) != 4 {
		t.Fatalf("pending %+v", p)
	}
	c.refusesToSettle(t, p[0].ID)
	c.settle(t, p[0].ID, "--sent")
	c.wantCounts(t, "one was sent", 4, 3)
	c.settle(t, p[1].ID, "--not-sent")
	c.wantCounts(t, "one was not sent", 3, 2)
	c.rebuilds(t)
	c.stop()
	c.settle(t, p[2].ID, "--sent")
	c.wantCounts(t, "another was sent, without a gateway", 3, 1)
	if out, code := c.customs("ledger", "settle", "--all-of", p[3].Flow, "--not-sent", "--reason", "link down", "--by", "bo", "--lang", "zh"); code != 0 || !strings.Contains(out, "已了结 "+p[3].ID) {
		t.Errorf("settle --all-of: exit %d %s", code, out)
	}
	c.wantCounts(t, "another was not sent, without a gateway", 2, 0)
	c.restart(t)
	c.wantCounts(t, "after another restart", 2, 0)
	for i := range 4 { // two of them are counted already
		if status := <-c.send(t, "/", i); status != http.StatusOK {
			t.Errorf("person %d again: status %d", i, status)
		}
	}
	c.wantCounts(t, "all four again", 4, 0)
	c.checkActs(t, p)
	c.refusesFiles(t)
	c.presetsAndDestroys(t)
	c.stop()
	c.rebuilds(t, "--write")
	c.wantCounts(t, "rebuilt", 4, 0)
}

// rebuilds wants the journal to come to the counters, and the log to agree.
func (c *doubtCity) rebuilds(t *testing.T, args ...string) {
	t.Helper()
	if out, code := c.customs(append([]string{"ledger", "rebuild"}, args...)...); code != 0 || strings.Contains(out, "differs") {
		t.Errorf("rebuild %v: exit %d %s", args, code, out)
	}
}

// presetsAndDestroys enters a balance of a year that is over beside a running
// gateway, once, and ends that year.
func (c *doubtCity) presetsAndDestroys(t *testing.T) {
	t.Helper()
	for _, x := range []struct {
		args string
		code int
		want string
	}{
		{"preset --exporter 91310115MA1K3ABC99 --persons 8 --year 2020 --id old --by anna --reason archive", 0, "entered 8 persons (ns) for 91310115MA1K3ABC99 in 2020; 8 from before the gateway in all"},
		{"preset --exporter 91310115MA1K3ABC99 --persons 9 --year 2020 --id old", 1, `the name "old" was used before, here or for another exporter or year`},
		{"destroy --year 2020 --reason over --by anna --yes", 0, "destroyed the keys of year 2020: sets of persons 1"},
		{"destroy --year 2020 --reason over --by anna --yes", 0, "destroyed the keys of year 2020"},
		{"show --year 2020", 0, "sealed"},
		{"export --format csv", 0, "91310115MA1K3ABC99,,,2020,,8,0,8,8,0,true"},
	} {
		if out, code := c.customs(append([]string{"ledger"}, strings.Fields(x.args)...)...); code != x.code || !strings.Contains(out, x.want) {
			t.Errorf("%s: exit %d %s", x.args, code, out)
		}
	}
}

// refusesFiles puts orders beside a running gateway that it must not do, and
// wants each named in its log.
func (c *doubtCity) refusesFiles(t *testing.T) {
	t.Helper()
	data := filepath.Join(c.dir, "customs-data")
	keys, err := openKeys(&config.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	foreign, stale := presetSample(), presetSample()
	stale.At = stale.At.AddDate(0, 0, -1)
	stale.Opening.Year = yearOf(stale.At) // on the first of January too
	for _, x := range []struct {
		o    order
		key  []byte
		code string
	}{{foreign, testOrderKey, saidForeign}, {stale, keys.key("order"), saidStale}} {
		b, err := x.o.encode(x.key)
		if err == nil {
			err = writeAside(disk.Files{}, filepath.Join(ordersDir(data), x.o.ID+endGiven), b)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.waitOutput(`"order":"`+x.o.ID+`","act":`, 1)
		if !strings.Contains(c.output(), `"code":"`+x.code+`"`) {
			t.Errorf("%s is not said\n%s", x.code, c.output())
		}
	}
	if out, code := c.customs("ledger", "rebuild", "--write"); code != 2 || !strings.Contains(out, "stop it first") {
		t.Errorf("rebuild --write beside a gateway: exit %d %s", code, out)
	}
}

// refusesToSettle gives orders that cannot be done and wants to be told why,
// and that nothing changed and nothing of a person was kept.
func (c *doubtCity) refusesToSettle(t *testing.T, doubtful string) {
	t.Helper()
	c.hang(t, 4)
	open := ""
	waitFor(t, "an open reservation", func() bool {
		i := slices.IndexFunc(c.pending(t), func(p ledger.Pending) bool { return !p.InDoubt })
		if i >= 0 {
			open = c.pending(t)[i].ID
		}
		return i >= 0
	})
	mobile := c.people[5].Mobile
	spaced := mobile[:3] + " " + mobile[3:7] + " " + mobile[7:]
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"unknown", []string{strings.Repeat("0", 32), "--sent", "--reason", "x", "--by", "anna"}, 1, "is not in doubt: it is not known, or was settled before; see customs ledger show --in-doubt"},
		{"open", []string{open, "--sent", "--reason", "x", "--by", "anna"}, 1, "belongs to a flow that is still open: its end settles it"},
		{"a person's number", []string{doubtful, "--sent", "--reason", "called " + mobile, "--by", "anna"}, 2, "more than 10 digits"},
		{"a person's number in groups", []string{doubtful, "--sent", "--reason", "called " + spaced, "--by", "anna"}, 2, "looks like data of a person"},
		{"both ways", []string{doubtful, "--sent", "--not-sent", "--reason", "x", "--by", "anna"}, 2, "either --sent or --not-sent"},
		{"nobody", []string{doubtful, "--sent", "--reason", "x"}, 2, "needs --by"},
		{"no reservation", []string{"--sent", "--reason", "x", "--by", "anna"}, 2, "RESERVATION is missing"},
		{"a record of nobody", []string{"--all-of", "01k9x2m4n6p8q0r2s4t6v8w0y2", "--sent", "--reason", "x", "--by", "anna"}, 1, "has no reservation in doubt"},
	}
	for _, tt := range tests {
		out, code := c.customs(append([]string{"ledger", "settle"}, tt.args...)...)
		if code != tt.code || !strings.Contains(out, tt.want) || strings.Contains(out, mobile) || strings.Contains(out, spaced) {
			t.Errorf("%s: exit %d %s", tt.name, code, out)
		}
	}
	c.wantCounts(t, "after what was refused", 5, 4)
	c.kill()
	c.restart(t)
	i := slices.IndexFunc(c.pending(t), func(p ledger.Pending) bool { return p.ID == open })
	if i < 0 {
		t.Fatal("the flow that was open is not in doubt")
	}
	c.settle(t, open, "--not-sent")
	err := filepath.WalkDir(filepath.Join(c.dir, "customs-data"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && (strings.Contains(string(b), mobile) || strings.Contains(string(b), spaced)) {
			t.Errorf("%s holds the number", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// checkActs wants every settlement in the log, by whom and why.
func (c *doubtCity) checkActs(t *testing.T, settled []ledger.Pending) {
	t.Helper()
	out, code := c.customs("audit", "list", "--acts", "--format", "json")
	if code != 0 {
		t.Fatalf("audit list --acts: exit %d %s", code, out)
	}
	acts := map[string]listedAct{}
	for line := range strings.Lines(out) {
		var a listedAct
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if a.Act == actSettle {
			acts[a.Object] = a
		}
	}
	for i, p := range settled {
		a := acts[p.ID]
		want := []string{"sent, 1 persons of record ", "not sent, 1 persons of record ", "sent, 1 persons of record ", "not sent, 1 persons of record "}[i] + p.Flow + ": "
		if !strings.HasPrefix(a.Note, want) || a.Actor == "" {
			t.Errorf("act %+v, want %q", a, want)
		}
		if out, code := c.customs("audit", "show", number(int64(a.Seq))); code != 0 || !strings.Contains(out, p.ID) || !strings.Contains(out, actSettle) {
			t.Errorf("audit show: exit %d %s", code, out)
		}
	}
	if out, code := c.customs("audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d %s", code, out)
	}
	names, err := os.ReadDir(ordersDir(filepath.Join(c.dir, "customs-data")))
	if err != nil {
		t.Error(err)
	}
	for _, n := range names {
		if end := filepath.Ext(n.Name()); end != endRefused && end != endDone {
			t.Errorf("%s is left in the orders directory", end)
		}
	}
}
