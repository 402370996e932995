package witness_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
	"github.com/datacustoms/customs/policy/witness"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a witness behind TLS.
func served(t *testing.T, h http.Handler) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients here distrust it on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

func client(t *testing.T, url string, roots *x509.CertPool, name string) *witness.Client {
	t.Helper()
	_, v := witnessKey(t, name)
	c := witness.NewClient(witness.ClientOptions{URL: url, Key: v, Roots: roots, Limit: 5 * time.Second})
	t.Cleanup(c.Close)
	return c
}

// TestClientMeetsEveryAnswer has a log that grows, is rolled back and forks.
func TestClientMeetsEveryAnswer(t *testing.T) {
	log, fork := newLog(t, "a", seed('l')), newLog(t, "b", seed('l'))
	w := open(t, disk.Files{}, t.TempDir(), log.key)
	defer w.Close()
	s, roots := served(t, w.Handler(nil))
	ctx := context.Background()
	cosign := func(c *witness.Client, l *aLog, size int64) error {
		at, signed := l.grow(size)
		_, err := c.Cosign(ctx, signed, at, l.hashes(at))
		return err
	}
	c := client(t, s.URL+"/", roots, "w.example")
	c5, s5 := log.grow(5)
	for _, size := range []int64{5, 5, 9, 700} {
		if err := cosign(c, log, size); err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
	}
	if err := cosign(client(t, s.URL, roots, "w.example"), log, 9000); err != nil {
		t.Errorf("a client that learns the size: %v", err)
	}
	refused := func(name string, err error, want witness.Refusal) {
		t.Helper()
		var r *witness.RefusedError
		if !errors.As(err, &r) || r.Refusal != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	for range 2 {
		_, err := c.Cosign(ctx, s5, c5, log.hashes(c5))
		refused("rolled back", err, witness.Rollback)
	}
	refused("another history", cosign(client(t, s.URL, roots, "w.example"), fork, 9001), witness.Fork)
	refused("another history of the same size", cosign(client(t, s.URL, roots, "w.example"), func() *aLog { f := newLog(t, "c", seed('l')); return f }(), 9000), witness.Fork)
	refused("another key", cosign(client(t, s.URL, roots, "w.example"), newLog(t, "a", seed('x')), 5), witness.Unsigned)
	nobody := open(t, disk.Files{}, t.TempDir())
	defer nobody.Close()
	s2, roots2 := served(t, nobody.Handler(nil))
	refused("not known there", cosign(client(t, s2.URL, roots2, "w.example"), log, 9000), witness.Unknown)
	faults := []struct {
		name, want string
		c          *witness.Client
	}{
		{"another witness's key", "no cosignature of its key", client(t, s.URL, roots, "other.example")},
		{"a certificate that nobody signed", "not trusted", client(t, s.URL, x509.NewCertPool(), "w.example")},
		{"nobody there", "cannot be reached", client(t, "http://127.0.0.1:1", nil, "w.example")},
	}
	for _, tt := range faults {
		if err := cosign(tt.c, log, 9001); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestClientOutlivesAWitnessThatLies has answers that no witness gives.
func TestClientOutlivesAWitnessThatLies(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	at, signed := log.grow(5)
	answers := []struct {
		name, kind, body, want string
		status                 int
	}{
		{"no lines", "", "", "no cosignature", 200},
		{"rubbish", "", "\u2014 w.example AAAA\n", "no cosignature", 200},
		{"the size that was asked", "text/x.tlog.size", "0\n", "no other size", 409},
		{"no size", "text/x.tlog.size", "x\n", "no other size", 409},
		{"a size without an end", "text/x.tlog.size", "3", "no other size", 409},
		{"a negative size", "text/x.tlog.size", "-3\n", "no other size", 409},
		{"a redirect", "", "", "answered 302", 302},
		{"more than anybody reads", "", strings.Repeat("x", 100<<10), "read in full", 200},
	}
	for _, tt := range answers {
		t.Run(tt.name, func(t *testing.T) {
			s, roots := served(t, http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				out.Header().Set("Content-Type", tt.kind)
				out.Header().Set("Location", "/elsewhere")
				out.WriteHeader(tt.status)
				_, _ = out.Write([]byte(tt.body))
			}))
			if _, err := client(t, s.URL, roots, "w.example").Cosign(context.Background(), signed, at, log.hashes(at)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Cosign = %v, want %q", err, tt.want)
			}
		})
	}
}

// TestPusher has one witness that is up, one that comes up later, and a log
// that grows meanwhile.
func TestPusher(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	w := open(t, disk.Files{}, t.TempDir(), log.key)
	defer w.Close()
	s1, v1 := witnessKey(t, "late.example")
	late, err := witness.Open(witness.Options{Dir: t.TempDir(), Files: disk.Files{}, Signer: s1, Key: v1, Logs: []note.Verifier{log.key}})
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	var up atomic.Bool
	var refreshed atomic.Int64
	srv, roots := served(t, http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		refreshed.Add(1)
		w.Handler(nil).ServeHTTP(out, in)
	}))
	srv2, roots2 := served(t, http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		if !up.Load() {
			out.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		late.Handler(nil).ServeHTTP(out, in)
	}))
	now := clockAt
	p := witness.NewPusher(witness.PushOptions{Dir: log.dir, Files: disk.Files{}, Now: func() time.Time { return now }, Refresh: 6 * time.Hour,
		Witnesses: []*witness.Client{client(t, srv.URL, roots, "w.example"), client(t, srv2.URL, roots2, "late.example")}})
	_, v0 := witnessKey(t, "w.example")
	ctx := context.Background()
	want := func(step string, size int64, by ...string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(log.dir, witness.File))
		if err != nil {
			t.Fatal(step, err)
		}
		c, sigs, err := witness.Verify(text, []note.Verifier{log.key}, []note.Verifier{v0, v1})
		var names []string
		for _, s := range sigs {
			names = append(names, s.Name)
		}
		slices.Sort(names)
		if err != nil || c.Size != size || !slices.Equal(names, by) {
			t.Errorf("%s: witnessed %d by %v, %v; want %d by %v", step, c.Size, names, err, size, by)
		}
	}
	offer := func(size int64) { c, signed := log.grow(size); p.Offer(signed, c) }
	offer(3)
	offer(5) // in place of the first
	if wait := p.Round(ctx); wait != time.Second {
		t.Errorf("a witness that is down is asked again in %v", wait)
	}
	want("one is down", 5, "w.example")
	up.Store(true)
	p.Round(ctx)
	want("it is not asked before its time", 5, "w.example")
	now = now.Add(2 * time.Second)
	p.Round(ctx)
	want("both", 5, "late.example", "w.example")
	offer(300)
	p.Round(ctx)
	want("grown", 300, "late.example", "w.example")
	asked := refreshed.Load()
	now = now.Add(5 * time.Hour)
	if p.Round(ctx); refreshed.Load() != asked {
		t.Error("cosigned again too early")
	}
	now = now.Add(2 * time.Hour)
	p.Round(ctx)
	if after, err := p.States(); err != nil || refreshed.Load() != asked+1 || after[1].Fault != "" {
		t.Errorf("not cosigned again: %+v, %v", after, err)
	}
	again := witness.NewPusher(witness.PushOptions{Dir: log.dir, Files: disk.Files{}, Now: func() time.Time { return now },
		Witnesses: []*witness.Client{client(t, srv.URL, roots, "w.example")}})
	if states, _ := again.States(); states[0].Size != 300 || !states[0].Last.Equal(clockAt) {
		t.Errorf("after a restart: %+v", states)
	}
}

// TestPusherRuns wants Run to push what is offered and to end with its context.
func TestPusherRuns(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	w := open(t, disk.Files{}, t.TempDir(), log.key)
	defer w.Close()
	heard := make(chan witness.Heard, 10)
	srv, roots := served(t, w.Handler(func(h witness.Heard) { heard <- h }))
	c, signed := log.grow(5)
	if err := os.WriteFile(filepath.Join(log.dir, "checkpoint"), signed, 0o600); err != nil {
		t.Fatal(err)
	}
	p := witness.NewPusher(witness.PushOptions{Dir: log.dir, Files: disk.Files{}, Now: time.Now, Witnesses: []*witness.Client{client(t, srv.URL, roots, "w.example")}})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	if h := <-heard; h.Size != c.Size || h.Status != 200 {
		t.Errorf("what stood on the disk: %+v", h)
	}
	c, signed = log.grow(9)
	p.Offer(signed, c)
	if h := <-heard; h.Size != 9 || h.Status != 200 || h.Origin != origin {
		t.Errorf("what was offered: %+v", h)
	}
	stop()
	<-ended
	if _, err := tree.CosignedAt(note.Signature{}); err == nil {
		t.Error("nothing is a cosignature")
	}
}
