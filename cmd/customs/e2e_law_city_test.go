package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// lawCity is a city whose packs and policy are signed files.
type lawCity struct {
	*city
	law, policy sign.Signer
	fromDir     bool // the policy is a directory of modules, and no bundle
	config      string
}

// quiet is an operator's module that says nothing.
const quiet = "package customs.operator\n"

// testKey makes a key and returns it with the line for a configuration.
func testKey(t testing.TB, name string) (sign.Signer, string) {
	t.Helper()
	private, public, err := sign.Generate(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sign.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s, `"` + public + `"`
}

// Sources of a policy. A poll of a day leaves taking it up to SIGHUP.
const (
	modulesInDir = "dir: rego"
	bundleBySig  = "bundle: own.tar.gz, poll: 24h"
	bundleByPoll = "bundle: own.tar.gz, poll: 1s"
)

// newLawCity starts a gateway with a policy that says nothing and the built-in
// packs, which files in packs may replace.
func newLawCity(t *testing.T, source string, packs map[string]string) (*lawCity, error) {
	t.Helper()
	c := layLawCity(t, source)
	for name, text := range packs {
		c.putPack(name, text)
	}
	return c, c.start()
}

// layLawCity writes the files of a city and starts nothing.
func layLawCity(t *testing.T, source string) *lawCity {
	t.Helper()
	c := &lawCity{city: &city{}, fromDir: source == modulesInDir}
	dir := t.TempDir()
	c.origin = newOrigin(t)
	c.origin.rootPEM(t, dir, "extra-roots.pem")
	var lawKey, policyKey string
	c.law, lawKey = testKey(t, "law.test")
	c.policy, policyKey = testKey(t, "policy.test")
	c.gatewayProcess = &gatewayProcess{t: t, dir: dir}
	for _, sub := range []string{"packs", "rego"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c.putModule(quiet)
	if !c.fromDir {
		source += ", keys: [" + policyKey + "]"
	}
	c.config = strings.Replace(sampleConfig, "law: {spi: strict}", "law: {spi: strict, packs: packs, keys: ["+lawKey+"]}", 1) +
		"policy: {" + source + "}\n"
	c.caFile = filepath.Join(dir, "ca.pem")
	return c
}

func (c *lawCity) start() error {
	g, err := tryGateway(c.t, c.dir, c.config)
	c.gatewayProcess = g
	return err
}

// putPack writes a file of the law with its signature. The signature goes
// first: a look between the two finds a file that is not signed by it.
func (c *lawCity) putPack(name, text string) {
	c.t.Helper()
	sig, err := sign.Sign(c.law, sign.Pack, []byte(text))
	if err != nil {
		c.t.Fatal(err)
	}
	writeTest(c.t, filepath.Join(c.dir, "packs", name+".sig"), string(sig))
	writeTest(c.t, filepath.Join(c.dir, "packs", name), text)
}

// putModule makes a module the whole policy of the operator.
func (c *lawCity) putModule(module string) {
	c.t.Helper()
	if c.fromDir {
		writeTest(c.t, filepath.Join(c.dir, "rego", "own.rego"), module)
		return
	}
	src := c.t.TempDir()
	writeTest(c.t, filepath.Join(src, "own.rego"), module)
	body, err := rego.SignBundle(src, c.policy)
	if err != nil {
		c.t.Fatal(err)
	}
	c.putBundle(body)
}

// putBundle replaces the bundle in one step.
func (c *lawCity) putBundle(body []byte) {
	c.t.Helper()
	writeTest(c.t, filepath.Join(c.dir, "next.tar.gz"), string(body))
	if err := os.Rename(filepath.Join(c.dir, "next.tar.gz"), filepath.Join(c.dir, "own.tar.gz")); err != nil {
		c.t.Fatal(err)
	}
}

// traffic sends bodies without a pause, and holds each answer against the
// status that its body must have. 0 allows a pass and a block.
type traffic struct {
	origin *origin
	before int // arrivals
	stop   chan struct{}
	wg     sync.WaitGroup
	sent   atomic.Int64
	passed atomic.Int64
	mu     sync.Mutex
	faults []string
}

func (c *city) traffic(bodies map[string]int) *traffic {
	f := &traffic{origin: c.origin, before: c.origin.seen("/load"), stop: make(chan struct{})}
	for body, want := range bodies {
		for _, h2 := range []bool{true, false} {
			client := c.client(h2)
			f.wg.Go(func() {
				for {
					select {
					case <-f.stop:
						return
					default:
						f.one(client, c.origin.URL+"/load", body, want)
					}
				}
			})
		}
	}
	return f
}

func (f *traffic) one(client *http.Client, url, body string, want int) {
	f.sent.Add(1)
	resp, err := client.Post(url, "text/plain", strings.NewReader(body))
	text := fmt.Sprint(err)
	if err == nil {
		_, cut := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			f.passed.Add(1)
		}
		either := want == 0 && (resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusForbidden)
		if cut == nil && (resp.StatusCode == want || either) {
			return
		}
		text = fmt.Sprint(resp.Status, ", want ", want, " ", cut)
	}
	f.mu.Lock()
	f.faults = append(f.faults, text)
	f.mu.Unlock()
}

// end stops the traffic and wants nothing lost: each flow has its answer, and
// the origin saw those that passed and no other.
func (f *traffic) end(t *testing.T) {
	t.Helper()
	close(f.stop)
	f.wg.Wait()
	if n := len(f.faults); n > 0 || f.sent.Load() < 20 {
		t.Errorf("%d of %d flows were lost or judged otherwise: %.500q", n, f.sent.Load(), f.faults)
	}
	if n := f.origin.seen("/load") - f.before; int64(n) != f.passed.Load() {
		t.Errorf("the origin saw %d flows, %d passed", n, f.passed.Load())
	}
}

// seen counts the arrivals at a path.
func (o *origin) seen(path string) int {
	n := 0
	for _, a := range o.arrivals() {
		if a.path == path {
			n++
		}
	}
	return n
}
