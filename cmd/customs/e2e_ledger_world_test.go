package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/proxy"
)

// harbour is a gateway in this process behind real sockets, with an origin, a
// clock of its own and a ledger that a test may break.
type harbour struct {
	t       testing.TB
	house   *house
	run     *running
	clock   *policytest.Clock
	records recordFeed
	wait    time.Duration
	slow    atomic.Int64 // transfers that were sent again
	*quay
}

// quay is an HTTPS origin for every name under example.sg that remembers what
// arrived whole, by path.
type quay struct {
	*httptest.Server
	port string
	root []byte

	mu      sync.Mutex
	arrived map[string][]string // bodies
	answer  func(w http.ResponseWriter, r *http.Request) (done bool)
}

func newQuay(t testing.TB) *quay {
	t.Helper()
	cert, root, err := demoCertificate()
	if err != nil {
		t.Fatal(err)
	}
	q := &quay{root: root, arrived: map[string][]string{}}
	q.Server = httptest.NewUnstartedServer(q)
	q.Server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	q.EnableHTTP2 = true
	q.StartTLS()
	t.Cleanup(q.Server.Close)
	_, q.port, _ = net.SplitHostPort(q.Listener.Addr().String())
	return q
}

// ServeHTTP keeps a body that came whole.
func (q *quay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	answer := q.answer
	q.mu.Unlock()
	if answer != nil && answer(w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	q.mu.Lock()
	q.arrived[r.URL.Path] = append(q.arrived[r.URL.Path], string(body))
	q.mu.Unlock()
}

// answers sets what comes before ServeHTTP; it ends the answer if it is true.
func (q *quay) answers(f func(w http.ResponseWriter, r *http.Request) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.answer = f
}

// below returns what arrived at paths with a prefix: name and last body.
func (q *quay) below(prefix string) map[string]string {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := map[string]string{}
	for path, bodies := range q.arrived {
		if name, ok := strings.CutPrefix(path, prefix); ok {
			out[name] = bodies[len(bodies)-1]
		}
	}
	return out
}

// harbourOptions are how one harbour differs from the next.
type harbourOptions struct {
	config func(*config.Config)
	ledger func(policy.Ledger) policy.Ledger
	from   time.Time     // what the clock shows first; zero means policytest.Start
	wait   time.Duration // for open flows to settle; zero means deadline
}

func newHarbour(t testing.TB, o harbourOptions) *harbour {
	t.Helper()
	h := &harbour{t: t, quay: newQuay(t), clock: &policytest.Clock{}, records: make(recordFeed, 1<<12), wait: o.wait}
	if h.wait == 0 {
		h.wait = deadline
	}
	if !o.from.IsZero() {
		h.clock.Add(o.from.Sub(policytest.Start))
	}
	cfg := demoConfig(t.TempDir())
	cfg.Listen = config.Listen{Proxy: "127.0.0.1:0", Console: "127.0.0.1:0"}
	if o.config != nil {
		o.config(cfg)
	}
	var err error
	h.house, err = openHouse(context.Background(), cfg, zap.NewNop(), extras{observers: []proxy.Observer{h.records},
		lookup: demoLookup, roots: h.root, ledger: o.ledger, now: h.clock.Now})
	if err == nil {
		h.run, err = h.house.start(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.run.stop(deadline); err != nil {
			t.Error(err)
		}
		if err := h.house.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// file registers a filing of Motors for resident IDs, mobiles and mail to one
// host, in force around the clock's day.
func (h *harbour) file(id, host string, persons int64, change func(*policy.Filing)) {
	h.t.Helper()
	now := h.clock.Now().In(policy.Shanghai)
	f := demoFiling(id, demoMotors, host, []inspect.Class{inspect.ResidentID, inspect.Mobile, inspect.Email}, persons,
		now.AddDate(0, -1, 0), now.AddDate(3, -1, 0))
	f.Pathway = policy.SA
	if change != nil {
		change(&f)
	}
	if _, err := h.house.registry.Add(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

// client sends from a loopback address, which says for which exporter.
func (h *harbour) client(from string, h2 bool) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(h.house.authority.Bundle())
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: h.run.Proxy}), DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: h2}
	h.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: deadline}
}

// reply is what a client saw of one transfer.
type reply struct {
	status     int
	reasons    string
	retryAfter string
	err        error // none came
}

// post sends a body. Where a loaded machine ran out of the decider's time,
// which refuses and counts nobody, it sends again.
func (h *harbour) post(client *http.Client, host, path, kind string, body []byte) (r reply) {
	for range 20 {
		if r = h.try(client, host, path, kind, body); !strings.Contains(r.reasons, string(policy.DeciderFailed)) {
			return r
		}
		h.slow.Add(1)
	}
	return r
}

func (h *harbour) try(client *http.Client, host, path, kind string, body []byte) reply {
	port := h.port
	if name, other, ok := strings.Cut(host, ":"); ok {
		host, port = name, other
	}
	req, err := http.NewRequest(http.MethodPost, "https://"+net.JoinHostPort(host, port)+path, bytes.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	req.Header.Set("Content-Type", kind)
	resp, err := client.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("X-Customs-Reason"), resp.Header.Get("Retry-After"), err}
}

// passes wants a transfer to pass.
func (h *harbour) passes(client *http.Client, host, path, kind string, body []byte) {
	h.t.Helper()
	if r := h.post(client, host, path, kind, body); r.status != http.StatusOK {
		h.t.Errorf("%s: %+v, want it to pass", path, r)
	}
}

// total returns what a scope of the ledger counts; one that is not there
// counts nobody.
func (h *harbour) total(entity, filing string, year int) int64 {
	totals, _ := h.house.ledger.Show()
	for _, t := range totals {
		if t.Filing == filing && t.Year == year && (filing != "" || t.Entity == entity) {
			return t.Any
		}
	}
	return 0
}

// wantTotal compares a scope with what it should count, after the flows that
// were answered have been settled.
func (h *harbour) wantTotal(what, entity, filing string, year int, want int64) {
	h.t.Helper()
	h.settled()
	if got := h.total(entity, filing, year); got != want {
		h.t.Errorf("%s: %d persons counted, want %d", what, got, want)
	}
}

// settled waits until no reservation is open: a client has its answer before
// the gateway has told its ledger.
func (h *harbour) settled() {
	h.t.Helper()
	end := time.Now().Add(h.wait)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		_, pending := h.house.ledger.Show()
		open := 0
		for _, p := range pending {
			if !p.InDoubt {
				open++
			}
		}
		if open == 0 {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("%d flows are still open", open)
		}
	}
}

// outcomes counts what the records since the last call say of the sending.
func (h *harbour) outcomes() map[policy.Sent]int {
	out := map[policy.Sent]int{}
	for {
		select {
		case r := <-h.records:
			sent := policy.Sent("")
			if r.Outcome != nil {
				sent = r.Outcome.Sent
			}
			out[sent]++
		default:
			return out
		}
	}
}

// idOf is a body that holds one person's number.
func idOf(p synth.Person) []byte { return []byte(`{"id_card":"` + p.ResidentID + `"}`) }

const jsonKind = "application/json"

// policytestDay is where the clock of a harbour begins.
var policytestDay = policytest.Start

// withModules gives a harbour an operator's modules.
func withModules(dir string) func(*config.Config) {
	return func(c *config.Config) { c.Policy.Dir = dir }
}
