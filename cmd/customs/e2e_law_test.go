package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

// adult is a transfer of one adult's plain data, which needs no filing.
func adult(seed uint64) string {
	return `{"mobile":"` + synth.New(seed, time.Now()).Adult().Mobile + `"}`
}

// sees waits until a body gets a status with a word in the answer, and returns
// how long that took.
func (c *city) sees(client *http.Client, body string, status int, word string) time.Duration {
	c.t.Helper()
	began := time.Now()
	waitFor(c.t, fmt.Sprintf("%d %s", status, word), func() bool {
		got, _, answer := c.post(client, "/probe", body)
		return got == status && strings.Contains(answer, word)
	})
	return time.Since(began)
}

// bound is how long a change may take. The promise is one second, which a run
// with more than one repetition holds it to; a test beside all others gets more.
func bound() time.Duration {
	if *reps > 1 {
		return time.Second
	}
	return 10 * time.Second
}

// TestHotReloadOfTheLaw changes a rule pack, a thousand filings and the policy
// with traffic running. No flow is lost, and the log says how soon each change
// was in force after its command.
func TestHotReloadOfTheLaw(t *testing.T) {
	c, err := newLawCity(t, bundleBySig, nil)
	if err != nil {
		t.Fatalf("serve: %v\n%s", err, c.output())
	}
	client := c.client(true)
	for round := range *reps {
		probe := adult(uint64(100 + round))
		c.sees(client, probe, http.StatusOK, "")
		f := c.traffic(map[string]int{"nothing to see": http.StatusOK, adult(7): 0})
		took := map[string]time.Duration{}

		c.putPack("cn-2024.yaml", pack(t, "reach: 100000,", "reach: 1,"))
		c.signal(syscall.SIGHUP)
		took["rule pack, from SIGHUP"] = c.sees(client, probe, http.StatusForbidden, "FILING_")

		path := filepath.Join(c.dir, "filings.jsonl")
		writeTest(t, path, thousandFilings(round))
		out, code := c.customs("filing", "import", path)
		if code != 0 {
			t.Fatalf("filing import: exit %d\n%.2000s", code, out)
		}
		took["1,000 filings, from the end of import"] = c.sees(client, probe, http.StatusOK, "")

		c.putModule("package customs.operator\n\ndeny contains \"no-mobiles\" if {\n\tsome f in input.found\n\tf.class == \"pi.contact.mobile\"\n}\n")
		c.signal(syscall.SIGHUP)
		took["policy bundle, from SIGHUP"] = c.sees(client, probe, http.StatusForbidden, "no-mobiles")

		f.end(t)
		for what, d := range took {
			if t.Logf("%s: in force after %s", what, d.Round(time.Millisecond)); d > bound() {
				t.Errorf("%s: in force only after %s", what, d)
			}
		}
		t.Logf("%d flows meanwhile, none lost", f.sent.Load())
		c.restore(client, probe, round)
	}
	if out, code := c.customs("audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d %s", code, out)
	}
}

// restore takes the changes back, also the one filing that covers the probe.
func (c *lawCity) restore(client *http.Client, probe string, round int) {
	c.t.Helper()
	if out, code := c.customs("filing", "suspend", fmt.Sprintf("SC-%d-0000", round), "--reason", "next round"); code != 0 {
		c.t.Fatalf("filing suspend: exit %d\n%s", code, out)
	}
	for _, name := range []string{"cn-2024.yaml", "cn-2024.yaml.sig"} {
		if err := os.Remove(filepath.Join(c.dir, "packs", name)); err != nil {
			c.t.Fatal(err)
		}
	}
	c.putModule(quiet)
	c.signal(syscall.SIGHUP)
	c.sees(client, probe, http.StatusOK, "")
}

// TestABundleIsTakenUpByPolling replaces the bundle and sends no signal.
func TestABundleIsTakenUpByPolling(t *testing.T) {
	t.Parallel()
	c, err := newLawCity(t, bundleByPoll, nil)
	if err != nil {
		t.Fatalf("serve: %v\n%s", err, c.output())
	}
	client, probe := c.client(true), adult(3)
	c.sees(client, probe, http.StatusOK, "")
	f := c.traffic(map[string]int{"nothing to see": 0}) // the module denies it for a while
	c.putModule("package customs.operator\n\ndeny contains \"nothing-goes\" if input.stage == \"part\"\n")
	d := c.sees(client, probe, http.StatusForbidden, "nothing-goes")
	t.Logf("in force after %s", d.Round(time.Millisecond))
	c.putModule(quiet)
	c.sees(client, probe, http.StatusOK, "")
	f.end(t)
}

// thousandFilings is a document a line; the first is for loopback, where the
// origin is.
func thousandFilings(round int) string {
	var b strings.Builder
	plain := strings.ReplaceAll(sampleFiling(time.Now()), "\n", "")
	for i := range 1000 {
		text := strings.Replace(plain, "SC-TEST", fmt.Sprintf("SC-%d-%04d", round, i), 1)
		if i > 0 {
			text = strings.Replace(text, `"dst_cidrs":["127.0.0.0/8"]`, fmt.Sprintf(`"dst_domains":["r%d.example.sg"]`, i), 1)
		}
		var line bytes.Buffer
		if json.Compact(&line, []byte(text)) != nil {
			panic("the sample filing is no JSON")
		}
		b.Write(line.Bytes())
		b.WriteByte('\n')
	}
	return b.String()
}
