package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// declaringConfig lets clients declare a link, by which these tests find a
// request of the origin again in the log.
var declaringConfig = strings.Replace(sampleConfig, "ciio: false,", "ciio: false, may_declare: true,", 1)

// plainOrigin is an HTTP origin that remembers the paths that arrived.
type plainOrigin struct {
	*httptest.Server
	mu   sync.Mutex
	seen map[string]int
}

func newPlainOrigin(t testing.TB) *plainOrigin {
	o := &plainOrigin{seen: map[string]int{}}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.seen[strings.TrimPrefix(r.URL.Path, "/")]++
		o.mu.Unlock()
		io.Copy(io.Discard, r.Body)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *plainOrigin) names() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []string
	for n := range o.seen {
		out = append(out, n)
	}
	return out
}

// load posts requests named prefix+number, each with one person of its own,
// from several clients until stop is closed or n are sent.
func load(proxy, target, prefix string, people []synth.Person, stop <-chan struct{}) *sync.WaitGroup {
	var wg sync.WaitGroup
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range people {
			select {
			case next <- i:
			case <-stop:
				return
			}
		}
	}()
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy}), MaxIdleConnsPerHost: 8}
	client := &http.Client{Transport: tr, Timeout: deadline}
	for range 8 {
		wg.Go(func() {
			for i := range next {
				name := fmt.Sprint(prefix, i)
				req, err := http.NewRequest(http.MethodPost, target+"/"+name, strings.NewReader(`{"mobile":"`+people[i].Mobile+`"}`))
				if err != nil {
					continue
				}
				req.Header.Set("Customs-Link", name)
				if resp, err := client.Do(req); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
		})
	}
	return &wg
}

// TestKillUnderLoad kills the gateway at random instants under load, and
// compares the origin with log and ledger after each restart.
func TestKillUnderLoad(t *testing.T) {
	dir := t.TempDir()
	o := newPlainOrigin(t)
	newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
	m := synth.New(uint64(time.Now().UnixNano()), time.Now())
	for round := range *reps {
		g := startGateway(t, dir, declaringConfig)
		stop := make(chan struct{})
		wg := load(g.proxy, o.URL, fmt.Sprintf("k%d-", round), m.Adults(2000), stop)
		before := len(o.names())
		waitFor(t, "traffic to flow", func() bool { return len(o.names()) > before+20+round*37%150 })
		g.kill()
		close(stop)
		wg.Wait()
		g = startGateway(t, dir, declaringConfig)
		checkLogHolds(t, g, o)
		checkLedgerHolds(t, g, o)
		g.stop()
	}
	t.Logf("%d kills, %d requests at the origin", *reps, len(o.names()))
}

// checkLogHolds wants a record for every request that the origin saw, and no
// record that is still open.
func checkLogHolds(t *testing.T, g *gatewayProcess, o *plainOrigin) {
	t.Helper()
	recorded := map[string]int{}
	out, code := g.customs("audit", "list", "--format", "json", "--limit", "0")
	if code != 0 {
		t.Fatalf("audit list: exit %d %s", code, out)
	}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r policy.Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("audit list: %v: %.200s", err, lines.Text())
		}
		recorded[r.Intent.Declared.Link]++
		if !r.Complete {
			t.Errorf("record %s is still open after recovery", r.ID)
		}
	}
	for _, name := range o.names() {
		if recorded[name] != 1 {
			t.Errorf("request %s reached the origin and has %d records", name, recorded[name])
		}
	}
	if out, code := g.customs("audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d %s", code, out)
	}
}

// checkLedgerHolds wants every person at the origin counted, and no more than
// these and those in doubt.
func checkLedgerHolds(t *testing.T, g *gatewayProcess, o *plainOrigin) {
	t.Helper()
	counted, doubt := ledgerCounts(t, g)
	if sent := int64(len(o.names())); counted < sent || counted > sent+doubt {
		t.Errorf("origin has %d persons, ledger %d, of these in doubt %d", sent, counted, doubt)
	}
}

// strace watches the system calls in order: every flow's first upstream write
// must begin after an fdatasync that began after its entry was written ended.
func TestEntryIsDurableBeforeTheWire(t *testing.T) {
	strace := needTool(t, "strace")
	dir := t.TempDir()
	o := newPlainOrigin(t)
	newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
	g, trace := startTraced(t, strace, dir)
	n := 100 * *reps
	wg := load(g.proxy, o.URL, "s", synth.New(5, time.Now()).Adults(n), nil)
	wg.Wait()
	if got := len(o.names()); got != n {
		t.Fatalf("%d of %d requests arrived", got, n)
	}
	g.stop()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	checked, faults := orderOf(string(text), filepath.Join(dir, "customs-data", "audit"))
	for _, f := range faults {
		t.Error(f)
	}
	if checked != n {
		t.Errorf("the trace shows %d upstream writes, want %d", checked, n)
	}
	t.Logf("%d flows in order", checked)
}

// ledgerCounts returns the persons of the exporter's year, and those of them
// that are in doubt, as the command shows them.
func ledgerCounts(t *testing.T, g *gatewayProcess) (counted, doubt int64) {
	t.Helper()
	rows := func(args ...string) []string {
		out, code := g.customs(append([]string{"ledger", "show", "--format", "json"}, args...)...)
		if code != 0 {
			t.Fatalf("ledger show %v: exit %d %s", args, code, out)
		}
		return strings.Split(strings.TrimSpace(out), "\n")
	}
	for _, line := range rows() {
		var total struct {
			Filing string `json:"filing"`
			Any    int64  `json:"any"`
		}
		if err := json.Unmarshal([]byte(line), &total); err != nil {
			t.Fatalf("ledger show: %v: %.200s", err, line)
		}
		if total.Filing == "" {
			counted += total.Any
		}
	}
	for _, line := range rows("--in-doubt") {
		var pending struct {
			Persons int64 `json:"persons"`
		}
		if line != "" && json.Unmarshal([]byte(line), &pending) == nil {
			doubt += pending.Persons
		}
	}
	return counted, doubt
}
