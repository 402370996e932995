package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

// killClients is how many clients send at once, each by its own connections.
const killClients = 12

// battle is a gateway that is killed again and again under load.
type battle struct {
	t      *testing.T
	dir    string
	origin *plainOrigin
	maker  *synth.Maker
	dice   *rand.Rand

	mu     sync.Mutex
	bodies map[string]string // by the names of the transfers that were tried
	taken  map[string]bool   // numbers, so that no two transfers share a person

	counted, sum, doubts int64 // at the last restart; the sum of all scopes
}

// TestKillUnderLoad kills the gateway at random instants under load, in every
// third round also while it recovers, and compares after each restart what the
// origin has, what the ledger counts, person by person, and what the log says.
func TestKillUnderLoad(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	b := &battle{t: t, dir: t.TempDir(), origin: newPlainOrigin(t), maker: synth.New(seed, time.Now()), dice: rand.New(rand.NewPCG(seed, 9)),
		bodies: map[string]string{}, taken: map[string]bool{}}
	newOrigin(t).rootPEM(t, b.dir, "extra-roots.pem")
	kills := 0
	for round := range *reps {
		kills += b.round(round)
		if t.Failed() {
			t.Fatalf("round %d, seed %d", round, seed)
		}
	}
	t.Logf("%d kills, %d transfers tried, %d at the origin, %d counted, %d of them in doubt", kills, len(b.bodies), len(b.origin.names()), b.counted, b.doubts)
}

func (b *battle) round(round int) (kills int) {
	g := startGateway(b.t, b.dir, declaringConfig)
	stop := make(chan struct{})
	before := len(b.origin.names())
	wg := b.fight(g.proxy, fmt.Sprintf("k%d-", round), stop)
	waitFor(b.t, "traffic to flow", func() bool { return len(b.origin.names()) > before })
	fuse := time.NewTimer(time.Duration(b.dice.Int64N(int64(500 * time.Millisecond))))
	if out, code := g.customs("ledger", "show", "--format", "json"); code != 0 {
		b.t.Errorf("ledger show beside a running gateway: exit %d\n%s", code, out)
	}
	<-fuse.C
	g.kill()
	kills++
	close(stop)
	wg.Wait()
	if round%3 == 2 {
		b.killEarly()
		kills++
	}
	g = startGateway(b.t, b.dir, declaringConfig)
	s := b.read(g)
	g.stop()
	b.ask(s)
	for _, f := range s.faults() {
		b.t.Error(f)
	}
	return kills
}

// killEarly starts the gateway and kills it while it opens its stores.
func (b *battle) killEarly() {
	cmd := exec.Command(program(b.t), "serve", "--config", filepath.Join(b.dir, "customs.yaml"))
	cmd.Dir, cmd.Env = b.dir, append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	<-time.NewTimer(time.Duration(b.dice.Int64N(int64(150 * time.Millisecond)))).C
	cmd.Process.Kill()
	cmd.Wait()
}

// next names a transfer and invents its person.
func (b *battle) next(prefix string) (name, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name = fmt.Sprint(prefix, len(b.bodies))
	for {
		p := b.maker.Adult()
		if !b.taken[p.Mobile] {
			b.taken[p.Mobile] = true
			body = `{"mobile":"` + p.Mobile + `"}`
			b.bodies[name] = body
			return name, body
		}
	}
}

// fight sends from all clients until stop is closed. Every fourth transfer is
// sent again, as a client does that got no answer.
func (b *battle) fight(proxy, prefix string, stop <-chan struct{}) *sync.WaitGroup {
	var wg sync.WaitGroup
	for range killClients {
		tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})}
		client := &http.Client{Transport: tr, Timeout: deadline}
		wg.Go(func() {
			defer tr.CloseIdleConnections()
			for {
				select {
				case <-stop:
					return
				default:
				}
				name, body := b.next(prefix)
				req, err := http.NewRequest(http.MethodPost, b.origin.URL+"/"+name, strings.NewReader(body))
				if err != nil {
					b.t.Error(err)
					return
				}
				req.Header.Set("Customs-Link", name)
				resp, err := client.Do(req)
				if err != nil {
					return // it was killed
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	return &wg
}

// read asks a gateway that has just recovered by its own commands, and the
// ledger's files by a count of the test's own.
func (b *battle) read(g *gatewayProcess) *sets {
	b.t.Helper()
	s := &sets{origin: map[string]bool{}, counted: map[string]bool{}, doubt: map[string]bool{}, recorded: map[string]int{}}
	for _, n := range b.origin.names() {
		s.origin[n] = true
	}
	for n := range b.bodies {
		s.tried = append(s.tried, n)
	}
	slices.Sort(s.tried)
	counted, doubt := shownCounts(b.t, g)
	own, sum, flows := b.load(g)
	if counted != own || doubt != int64(len(flows)) {
		b.t.Errorf("customs ledger show says %d persons, %d in doubt; the files say %d and %d", counted, doubt, own, len(flows))
	}
	if counted < b.counted || sum < b.sum {
		b.t.Errorf("the count fell from %d to %d, the sum of all scopes from %d to %d", b.counted, counted, b.sum, sum)
	}
	b.counted, b.sum, b.doubts = counted, sum, doubt
	for _, r := range listed(b.t, g) {
		s.recorded[r.Intent.Declared.Link]++
		if flows[r.ID] {
			s.doubt[r.Intent.Declared.Link] = true
		}
		if !r.Complete {
			b.t.Errorf("record %s is still open after recovery", r.ID)
		}
	}
	if out, code := g.customs("audit", "verify"); code != 0 {
		b.t.Errorf("audit verify: exit %d %s", code, out)
	}
	return s
}

// load counts from the files: the exporter's persons, the sum of all scopes,
// and the flows in doubt, each of one person.
func (b *battle) load(g *gatewayProcess) (counted, sum int64, doubt map[string]bool) {
	view, err := ledger.Load(disk.Files{}, filepath.Join(g.dir, "customs-data"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, t := range view.Totals() {
		sum += t.Any
		if t.Filing == "" && t.Entity == demoMotors {
			counted += t.Any
		}
	}
	doubt = map[string]bool{}
	for _, p := range view.Pending() {
		if !p.InDoubt {
			b.t.Errorf("reservation %s is still open after recovery", p.ID)
		}
		doubt[p.Flow] = true
	}
	return counted, sum, doubt
}

// ask looks every person up that was ever tried.
func (b *battle) ask(s *sets) {
	c := openCounter(b.t, filepath.Join(b.dir, "customs-data"))
	defer c.ledger.Close()
	for _, name := range s.tried {
		s.counted[name] = c.counts(b.t, b.bodies[name])
	}
	if n := int64(len(s.tried)); b.counted > n {
		b.t.Errorf("%d persons are counted, %d were ever sent", b.counted, n)
	}
}

// listed are all records, as the command shows them.
func listed(t *testing.T, g *gatewayProcess) (out []policy.Record) {
	t.Helper()
	text, code := g.customs("audit", "list", "--format", "json", "--limit", "0")
	if code != 0 {
		t.Fatalf("audit list: exit %d %s", code, text)
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r policy.Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("audit list: %v: %.200s", err, lines.Text())
		}
		out = append(out, r)
	}
	return out
}

// shownCounts returns the persons of the exporter's year, and those of them
// that are in doubt, as the command shows them.
func shownCounts(t *testing.T, g *gatewayProcess) (counted, doubt int64) {
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
