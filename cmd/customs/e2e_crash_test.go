package main

import (
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

// strace watches the system calls in order: every flow's first upstream write
// must begin after an fdatasync that began after its entry was written ended.
// With -reps above 1 tiles and checkpoints are written in between.
func TestEntryIsDurableBeforeTheWire(t *testing.T) {
	strace := needTool(t, "strace")
	dir := t.TempDir()
	o := newPlainOrigin(t)
	newOrigin(t).rootPEM(t, dir, "extra-roots.pem")
	g, trace := startTraced(t, strace, dir)
	n := 100 * *reps
	people := synth.New(5, time.Now()).Adults(n)
	half := n
	if *reps > 1 {
		half = n / 2
	}
	load(g.proxy, o.URL, "s", people[:half], nil).Wait()
	if half < n {
		waitFor(t, "a checkpoint", func() bool { _, err := os.Stat(filepath.Join(logDir(dir), "checkpoint")); return err == nil })
		load(g.proxy, o.URL, fmt.Sprint("s", half), people[half:], nil).Wait()
	}
	if got := len(o.names()); got != n {
		t.Fatalf("%d of %d requests arrived", got, n)
	}
	g.stop()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	checked, faults, beside := orderOf(string(text), logDir(dir))
	for _, f := range faults {
		t.Error(f)
	}
	if checked != n {
		t.Errorf("the trace shows %d upstream writes, want %d", checked, n)
	}
	if !beside["audit"] || !beside["000.p"] {
		t.Errorf("the trace shows no sync of checkpoints and tiles: %v", beside)
	}
	t.Logf("%d flows in order", checked)
}
