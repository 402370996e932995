package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

// bureauConfig is the sample with receivers.
func bureauConfig(t *testing.T, dir string, o *bureau) string {
	t.Helper()
	put(t, filepath.Join(dir, "hook.secret"), bureauSecret+"\n")
	return sampleConfig + o.config()
}

// nearlyOver is a filing whose contract ends in some days.
func nearlyOver(t *testing.T, dir string) string {
	t.Helper()
	day := func(n int) string { return time.Now().In(policy.Shanghai).AddDate(0, 0, n).Format(time.DateOnly) }
	f := map[string]any{"schema": "dc.filing/1", "filing_id": "SC-1", "pathway": "SC", "authority_no": "no. 1", "status": "effective",
		"exporter":   map[string]any{"uscc": "91310115MA1K3ABC99"},
		"recipients": []any{map[string]any{"id": "sg", "country": "SG"}}, "purposes": []string{"hr.group"},
		"items":  []any{map[string]any{"item_id": "1", "level": "general", "pi": true, "categories": []string{"pi.contact.mobile"}, "approved": true}},
		"volume": map[string]any{"subjects_ns_per_year": 1000}, "links": []any{map[string]any{"link_id": "L1", "dst_domains": []string{"api.example.sg"}}},
		"valid": map[string]any{"effective": day(-100), "expires": day(10)}}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "filing.json")
	put(t, path, string(text))
	return path
}

func (g *gatewayProcess) must(args ...string) string {
	g.t.Helper()
	out, code := g.customs(args...)
	if code != 0 {
		g.t.Fatalf("customs %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// TestAlertsReachEverybodyOnce raises volumes, a date and a reservation in
// doubt while every receiver is down, kills the gateway twice and restarts it,
// lets the receivers come back one after the other, and wants each alert once
// at each.
func TestAlertsReachEverybodyOnce(t *testing.T) {
	t.Parallel()
	dir, origin := t.TempDir(), newOrigin(t)
	origin.rootPEM(t, dir, "extra-roots.pem")
	o := newBureau(t, certificateOf(origin.Server))
	conf := bureauConfig(t, dir, o)
	g := startGateway(t, dir, conf)
	c := &city{gatewayProcess: g, origin: origin, caFile: filepath.Join(dir, "ca.pem")}
	killInFlight(t, c)

	for _, args := range [][]string{{"--persons", "120000", "--id", "a"}, {"--persons", "8500", "--kind", "sp", "--basis", "SC", "--id", "b"}} {
		g.must(append([]string{"ledger", "preset", "--exporter", "91310115MA1K3ABC99"}, args...)...)
	}
	g.must("filing", "add", nearlyOver(t, dir))
	g.must("ledger", "preset", "--exporter", "91310115MA1K3ABC99", "--persons", "901", "--filing", "SC-1", "--basis", "SC", "--id", "c")

	want := []string{"volume national.ns.100000/100000/100", "volume national.sp.1/1/100", "volume national.sp.10000/10000/80",
		"volume SC-1.ns/1000/90", "date contract_end/", "in_doubt "}
	g = startGateway(t, dir, conf)
	g.waitOutput(`"msg":"alert"`, len(want))
	waitFor(t, "all to be tried", func() bool {
		out, _ := g.customs("alert", "list", "--undelivered", "--lang", "en")
		return strings.Count(out, "webhook-") == len(want) && strings.Contains(out, "connection refused")
	})
	g.kill()
	g = startGateway(t, dir, conf)
	o.openHook()
	waitFor(t, "the webhook to get all", func() bool { hooks, _, _ := o.got(); return len(hooks) >= len(want) })
	waitFor(t, "that to be noted", func() bool {
		return strings.Contains(g.metrics(), `customs_alerts_waiting{receiver="webhook-`) && !hookWaits(g)
	})
	g.kill()
	o.openRelay()
	g = startGateway(t, dir, conf)
	waitFor(t, "everybody to get all", func() bool { return nothingWaits(g) })
	o.wantOnce(want)

	g.stop()
	g = startGateway(t, dir, conf)
	waitFor(t, "a look at everything", func() bool { return strings.Contains(g.metrics(), "customs_volume_percent{") && nothingWaits(g) })
	o.wantOnce(want)
	wantRecorded(t, dir, len(want))
	if out := g.must("alert", "list", "--lang", "zh"); !strings.Contains(out, "备案") || strings.Contains(out, "waiting") {
		t.Errorf("the list in Chinese:\n%s", out)
	}
}

// killInFlight leaves a reservation of which nobody knows whether it was sent.
func killInFlight(t *testing.T, c *city) {
	t.Helper()
	arrived := make(chan struct{}, 4)
	c.origin.answer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	gone := make(chan struct{})
	client := c.client(true)
	go func() {
		defer close(gone)
		req, err := http.NewRequest(http.MethodPost, c.origin.URL, strings.NewReader(adult(3)))
		if err == nil {
			if resp, err := client.Do(req); err == nil {
				resp.Body.Close()
			}
		}
	}()
	select {
	case <-arrived:
	case <-time.After(deadline):
		t.Fatalf("nothing arrived at the origin:\n%s", c.output())
	}
	c.kill()
	<-gone
	c.origin.answer(nil)
}

// wantRecorded wants an entry of the audit log for each alert. One that a kill
// cut off may stand there twice.
func wantRecorded(t *testing.T, dir string, n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "customs-data", "audit", "segment-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no audit log: %v", err)
	}
	objects := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if _, rest, ok := strings.Cut(line, `"act":"alert.raised"`); ok {
				objects[rest[strings.Index(rest, "al-"):][:27]] = true
			}
		}
	}
	if len(objects) != n {
		t.Errorf("the audit log names %d alerts, want %d", len(objects), n)
	}
}

func (g *gatewayProcess) metrics() string {
	_, text := g.get("/metrics")
	return text
}

func hookWaits(g *gatewayProcess) bool { return waits(g, "webhook-") }

func nothingWaits(g *gatewayProcess) bool {
	return !waits(g, "webhook-") && !waits(g, "mail-") && !waits(g, recordName)
}

// waits reports whether an alert waits for a receiver of that kind.
func waits(g *gatewayProcess, kind string) bool {
	found := false
	for line := range strings.Lines(g.metrics()) {
		if strings.HasPrefix(line, `customs_alerts_waiting{receiver="`+kind) {
			found = true
			if !strings.HasSuffix(line, " 0\n") {
				return true
			}
		}
	}
	return !found
}

// TestAlertCommands tries the receivers as an operator does, and sends again
// what one of them refused.
func TestAlertCommands(t *testing.T) {
	dir, origin := t.TempDir(), newOrigin(t)
	origin.rootPEM(t, dir, "extra-roots.pem")
	o := newBureau(t, certificateOf(origin.Server))
	conf := bureauConfig(t, dir, o)
	put(t, filepath.Join(dir, "customs.yaml"), conf)
	config := []string{"--config", filepath.Join(dir, "customs.yaml")}
	var out strings.Builder
	if code := run(append([]string{"alert", "test"}, config...), &out, &out); code != 1 || strings.Count(out.String(), "FAILED: connection refused") != 3 {
		t.Errorf("test of receivers that are down: exit %d\n%s", code, out.String())
	}
	o.openHook()
	o.openRelay()
	out.Reset()
	if code := run(append([]string{"alert", "test"}, config...), &out, &out); code != 0 || strings.Count(out.String(), "took it") != 3 {
		t.Errorf("test: exit %d\n%s", code, out.String())
	}
	hooks, names, mails := o.got()
	if len(hooks) != 1 || !strings.HasPrefix(names[hooks[0]], "test ") || len(mails[officer]) != 1 || mails[boss][0] != hooks[0] {
		t.Errorf("got %v %v %v", hooks, names, mails)
	}
	g := startGateway(t, dir, conf)
	out.Reset()
	if code := run(append([]string{"alert", "list"}, config...), &out, &out); code != 0 || out.Len() == 0 {
		t.Errorf("list: exit %d\n%s", code, out.String())
	}
	if text, code := g.customs("alert", "retry", "al-000000000000000000000000"); code != 1 || !strings.Contains(text, "no such alert") {
		t.Errorf("retry of nothing: exit %d\n%s", code, text)
	}
	if text, code := g.customs("alert", "retry"); code != 2 || !strings.Contains(text, "--all") {
		t.Errorf("retry of what: exit %d\n%s", code, text)
	}
}

// TestKilledWhileDelivering kills the gateway while alerts are on their way,
// and wants every one to arrive. One that was answered and not noted comes
// again under its own key, by which a receiver tells it.
func TestKilledWhileDelivering(t *testing.T) {
	dir, origin := t.TempDir(), newOrigin(t)
	origin.rootPEM(t, dir, "extra-roots.pem")
	o := newBureau(t, certificateOf(origin.Server))
	conf := bureauConfig(t, dir, o)
	startGateway(t, dir, conf).stop()
	g := &gatewayProcess{t: t, dir: dir}
	g.must("ledger", "preset", "--exporter", "91310115MA1K3ABC99", "--persons", "950000", "--kind", "any", "--id", "a")
	g.must("filing", "add", nearlyOver(t, dir))
	o.openHook()
	o.openRelay()
	arrived := func() int {
		hooks, _, mails := o.got()
		return len(hooks) + len(mails[officer]) + len(mails[boss])
	}
	kills := 3 * *reps
	for range kills {
		before := arrived()
		g = startGateway(t, dir, conf)
		waitFor(t, "the next delivery", func() bool { return arrived() > before || nothingWaits(g) })
		g.kill()
	}
	g = startGateway(t, dir, conf)
	waitFor(t, "everybody to get all", func() bool { return strings.Contains(g.metrics(), "customs_volume_percent{") && nothingWaits(g) })
	hooks, names, mails := o.got()
	const want = 5 // two lines of ns, two of sp, a date
	if len(names) != want {
		t.Errorf("the webhook got %v, want %d alerts", names, want)
	}
	for who, ids := range map[string][]string{"webhook": hooks, officer: mails[officer], boss: mails[boss]} {
		times := map[string]int{}
		for _, id := range ids {
			times[id]++
		}
		if len(times) != want {
			t.Errorf("%s got %d of %d alerts", who, len(times), want)
		}
		t.Logf("%s: %d alerts, %d of them a second time, over %d kills", who, len(times), len(ids)-len(times), kills)
	}
}
