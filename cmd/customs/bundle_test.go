package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// bundleServer serves a policy bundle that a test exchanges.
type bundleServer struct {
	*httptest.Server
	t      *testing.T
	signer sign.Signer
	mu     sync.Mutex
	body   []byte
	down   bool
}

func newBundleServer(t *testing.T) (s *bundleServer, key string) {
	t.Helper()
	s = &bundleServer{t: t}
	s.signer, key = testKey(t, "policy.test")
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s, key
}

// ServeHTTP implements http.Handler.
func (s *bundleServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := `"` + digestOf(s.body) + `"`
	switch {
	case s.down:
		w.WriteHeader(http.StatusBadGateway)
	case r.Header.Get("If-None-Match") == tag:
		w.WriteHeader(http.StatusNotModified)
	default:
		w.Header().Set("ETag", tag)
		w.Write(s.body)
	}
}

// serve changes what the server answers.
func (s *bundleServer) serve(body []byte, down bool) {
	s.mu.Lock()
	s.body, s.down = body, down
	s.mu.Unlock()
}

// bundle signs a bundle of one module.
func (s *bundleServer) bundle(module string) []byte {
	s.t.Helper()
	dir := s.t.TempDir()
	put(s.t, filepath.Join(dir, "own.rego"), module)
	b, err := rego.SignBundle(dir, s.signer)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// metric waits until the console shows a line.
func (c *city) metric(line string) {
	c.t.Helper()
	waitFor(c.t, line, func() bool {
		_, text := c.get("/metrics")
		return strings.Contains(text, line+"\n")
	})
}

var failedFetches = regexp.MustCompile(`customs_bundle_fetches_total\{result="failed"\} (\d+)`)

// failedFetches is how many looks for a bundle have failed.
func (c *city) failedFetches() int {
	c.t.Helper()
	_, text := c.get("/metrics")
	m := failedFetches.FindStringSubmatch(text)
	if m == nil {
		c.t.Fatal("no metric of fetches")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

const noMobiles = `package customs.operator

deny contains "no-mobiles" if {
	some f in input.found
	f.class == "pi.contact.mobile"
}
`

// TestBundleFromAServer takes a bundle from a server that then serves a
// tampered one, answers nothing, and is mended: whatever goes wrong, the policy
// before it stays in force, and metric, log and record say each fault once.
func TestBundleFromAServer(t *testing.T) {
	t.Parallel()
	s, key := newBundleServer(t)
	strict := s.bundle(noMobiles)
	s.serve(s.bundle(quiet), false)
	c := newCity(t, sampleConfig+"policy: {bundle: \""+s.URL+"/b.tar.gz\", poll: 1s, keys: ["+key+"]}\n")
	client, probe := c.client(true), adult(31)
	c.sees(client, probe, http.StatusOK, "")

	s.serve(strict, false)
	c.sees(client, probe, http.StatusForbidden, "no-mobiles")
	c.metric(`customs_bundle_fetches_total{result="new"} 1`)

	tampered := bytes.Clone(strict)
	tampered[len(tampered)/2] ^= 1
	unsigned, _ := newBundleServer(t) // by another key of the same name
	for _, bad := range [][]byte{tampered, unsigned.bundle(quiet), []byte("no bundle"), nil} {
		s.serve(bad, bad == nil)
		before := c.failedFetches()
		waitFor(t, "a failed look", func() bool { return c.failedFetches() > before })
		c.metric("customs_bundle_ok 0")
		if status, _, answer := c.post(client, "/", probe); status != http.StatusForbidden || !strings.Contains(answer, "no-mobiles") {
			t.Errorf("with a bad bundle: %d %s", status, answer)
		}
	}
	s.serve(strict, false)
	c.metric("customs_bundle_ok 1")
	if n := strings.Count(c.output(), "policy bundle refused"); n != 4 {
		t.Errorf("%d lines of refused bundles, want one for each of four faults", n)
	}

	// A server that is away does not keep the rest from being reloaded.
	s.serve(nil, true)
	c.signal(syscall.SIGHUP)
	c.waitOutput(`"msg":"reloaded"`, 1)
	if status, _, _ := c.post(client, "/", probe); status != http.StatusForbidden {
		t.Errorf("after a reload without the server: %d", status)
	}
	s.serve(s.bundle(quiet), false)
	c.sees(client, probe, http.StatusOK, "")
	c.stop()
	out, code := c.customs("audit", "verify")
	if code != 0 {
		t.Errorf("audit verify: exit %d %s", code, out)
	}
	for act, want := range map[string]int{`"act":"policy.bundle"`: 2, `"act":"policy.bundle.refused"`: 5, `"act":"policy.bundle.mended"`: 1} {
		if n := c.logged(act); n != want {
			t.Errorf("%d entries with %s, want %d", n, act, want)
		}
	}
}

// logged counts the lines of the audit log with a text.
func (g *gatewayProcess) logged(text string) int {
	g.t.Helper()
	files, err := filepath.Glob(filepath.Join(g.dir, "customs-data", "audit", "segment-*"))
	n := 0
	for _, f := range files {
		b, rerr := os.ReadFile(f)
		if err == nil {
			err = rerr
		}
		n += bytes.Count(b, []byte(text))
	}
	if err != nil || len(files) == 0 {
		g.t.Fatalf("audit log: %d segments, %v", len(files), err)
	}
	return n
}

// TestNoBundleNoStart wants a gateway that was told to have a bundle not to
// run without.
func TestNoBundleNoStart(t *testing.T) {
	s, key := newBundleServer(t)
	other, _ := newBundleServer(t)
	tests := []struct {
		name, want string
		body       []byte
		down       bool
	}{
		{"server that answers nothing", "status 502", nil, true},
		{"bundle that is none", "policy bundle", []byte("none"), false},
		{"bundle by another key", "policy bundle", other.bundle(quiet), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.serve(tt.body, tt.down)
			dir := t.TempDir()
			newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
			g, err := tryGateway(t, dir, sampleConfig+"policy: {bundle: \""+s.URL+"/b\", keys: ["+key+"]}\n")
			if err == nil || !strings.Contains(g.output(), tt.want) {
				t.Errorf("started: %v\n%s", err, g.output())
			}
		})
	}
}
