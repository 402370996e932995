package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

var bigUploads = flag.Bool("big", false, "TestBigUploads: 200 MiB as a whole and 5 GiB in windows, with the limits of a plain installation")

// windowFiling is the sample filing, whose link may be sent in windows.
func windowFiling(now time.Time) string {
	return strings.Replace(sampleFiling(now), `"protocol":"https"`, `"window":{"stop":["pi.health.icd10"]},"protocol":"https"`, 1)
}

// newWindowCity is a city whose exporter has that filing.
func newWindowCity(t *testing.T, config string) *city {
	t.Helper()
	c := newCity(t, config)
	c.files(t, windowFiling(time.Now()))
	return c
}

// files adds a filing and waits until it is in force.
func (c *city) files(t *testing.T, filing string) {
	t.Helper()
	path := filepath.Join(c.dir, "filing.json")
	put(t, path, filing)
	if out, code := c.customs("filing", "add", path); code != 0 {
		t.Fatalf("filing add: %s", out)
	}
	c.signal(syscall.SIGHUP)
	c.waitOutput(`"msg":"reloaded"`, 1)
}

// tableStream is a stream of rows about so many persons, over and over.
type tableStream struct {
	rows []byte
	at   int
	left int64
	sum  hash.Hash32
}

func newTableStream(persons int, size int64) *tableStream {
	var b strings.Builder
	for _, p := range synth.New(61, time.Now()).Adults(persons) {
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", p.ResidentID, p.Mobile, p.Email, "回访,三月,样本车型与保养里程一万公里")
	}
	return &tableStream{rows: []byte(b.String()), left: size, sum: crc32.NewIEEE()}
}

func (s *tableStream) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && s.left > 0 {
		k := copy(p[n:min(int64(len(p)), int64(n)+s.left)], s.rows[s.at:])
		n, s.left, s.at = n+k, s.left-int64(k), (s.at+k)%len(s.rows)
	}
	s.sum.Write(p[:n])
	return n, nil
}

// TestBigUploads sends one body that fits the limits and one that leaves in
// windows, over both versions of HTTP, and holds the memory of the gateway
// against its limits.
func TestBigUploads(t *testing.T) {
	const mib, persons = 1 << 20, 400
	config, whole, windows, timeout := sampleConfig+"limits: {flow_memory: 1MiB, flow_spill: 2MiB}\n", int64(2*mib), int64(16*mib), deadline
	if *bigUploads {
		config, whole, windows, timeout = sampleConfig, 200*mib, 5<<30, 30*time.Minute
	}
	c := newWindowCity(t, config)
	c.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := crc32.NewIEEE()
		n, err := io.Copy(sum, r.Body)
		fmt.Fprintf(w, "%d %08x %v", n, sum.Sum32(), err)
	}))
	pid := c.cmd.Process.Pid
	for _, h2 := range []bool{false, true} {
		client := c.client(h2)
		client.Timeout = timeout
		c.post(client, "/warm", "the first request makes the leaf")
		for _, size := range []int64{whole, windows} {
			idle := memoryKiB(t, pid, "VmRSS")
			resetPeak(t, pid)
			start := time.Now()
			body := newTableStream(persons, size)
			resp, answer, err := send(client, c.origin.URL+"/table", body, size)
			took := time.Since(start)
			if err != nil || resp.StatusCode != http.StatusOK || answer != fmt.Sprintf("%d %08x <nil>", size, body.sum.Sum32()) {
				t.Fatalf("%d MiB: %v, %.2000s", size/mib, err, answer)
			}
			peak := memoryKiB(t, pid, "VmHWM")
			if over := peak - idle; over > 64<<10 && !raceDetector {
				t.Errorf("%d MiB: %d MiB above idle", size/mib, over>>10)
			}
			t.Logf("%s, %d MiB: idle %d MiB, peak %d MiB, %.0f MiB/s", resp.Proto, size/mib, idle>>10, peak>>10, float64(size)/mib/took.Seconds())
		}
	}
	c.wantWindows(persons, windows)
}

func send(client *http.Client, url string, body io.Reader, size int64) (*http.Response, string, error) {
	req, err := http.NewRequest(http.MethodPost, url, body)
	if err != nil {
		return nil, "", err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "text/csv")
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

// wantWindows wants two records of transfers in windows, in which everybody
// was new to the ledger at most once.
func (c *city) wantWindows(persons int, size int64) {
	c.t.Helper()
	c.waitOutput(`"msg":"flow"`, 6)
	n := 0
	for _, r := range c.records() {
		if r.Intent.Judged != policy.JudgedWindow {
			continue
		}
		n++
		if r.Outcome == nil || r.Outcome.Sent != policy.SentAll || r.Groups == nil || r.Groups.Bytes != size || r.Intent.Persons.Total != persons {
			c.t.Errorf("persons %+v, groups %+v, outcome %+v", r.Intent.Persons, r.Groups, r.Outcome)
		}
	}
	if n != 2 {
		c.t.Errorf("%d transfers went in windows", n)
	}
	if out, code := c.customs("ledger", "show", "--format", "json"); code != 0 || !strings.Contains(out, fmt.Sprint(persons)) {
		c.t.Errorf("ledger show: %d\n%s", code, out)
	}
	if out, code := c.customs("audit", "verify"); code != 0 {
		c.t.Errorf("audit verify: %d\n%s", code, out)
	}
}

// records reads the log.
func (c *city) records() (all []policy.Record) {
	c.t.Helper()
	out, code := c.customs("audit", "list", "--format", "json")
	if code != 0 {
		c.t.Fatalf("audit list: %s", out)
	}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var r policy.Record
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			c.t.Fatal(err)
		}
		all = append(all, r)
	}
}
