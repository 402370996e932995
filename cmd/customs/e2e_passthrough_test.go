package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/datacustoms/customs/policy"
)

const passConfig = sampleConfig + `passthrough:
  - {id: bank-app, match: [127.0.0.1], kind: pinned, owner: network team, expires: 2099-12-31, bytes: 1MiB}
  - {id: staff-bank, match: ["*.pay.example.sg"], kind: private, category: banking, owner: HR <hr>, expires: 2020-01-31, bytes: 1GiB}
`

// pinnedCurl uploads some bytes as a client that trusts the origin's own
// certificate alone.
func (c *city) pinnedCurl(n int, more ...string) (answer string, err error) {
	c.t.Helper()
	file := c.put("body", textBody(n))
	args := append([]string{"-sS", "--http1.1", "--max-time", "20", "--proxy", "http://" + c.proxy,
		"--cacert", filepath.Join(c.dir, "extra-roots.pem"), "-H", "Expect:", "--data-binary", "@" + file}, more...)
	out, err := exec.Command(needTool(c.t, "curl"), append(args, c.origin.URL+"/in")...).CombinedOutput()
	return string(out), err
}

// passList reads customs passthrough list.
func (c *city) passList() (entries map[string]passLine, pinned map[string]int64, code int) {
	c.t.Helper()
	var out, errs bytes.Buffer
	code = run([]string{"passthrough", "list", "--format", "json", "--config", filepath.Join(c.dir, "customs.yaml")}, &out, &errs)
	entries, pinned = map[string]passLine{}, map[string]int64{}
	for line := range strings.Lines(out.String()) {
		var l passLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			c.t.Fatalf("%v in %s%s", err, line, errs.String())
		}
		if l.LooksPinned != nil {
			pinned[l.LooksPinned.Name] = l.LooksPinned.Times
			continue
		}
		entries[l.ID] = l
	}
	return entries, pinned, code
}

// A pinned client works by an explicit entry alone: within its budget, which a
// kill does not give back, and until it is taken away.
func TestPassThroughOfAPinnedClient(t *testing.T) {
	t.Parallel()
	c := newCity(t, passConfig)
	if answer, err := c.pinnedCurl(300 << 10); err != nil || !strings.HasPrefix(answer, "307200 ") {
		t.Fatalf("curl: %v, %s\n%s", err, answer, c.output())
	}
	r := c.record()
	if in := r.Intent; in.Judged != judgedUnread || !in.Decided.Has(policy.RegisteredUnread) || in.Decided.Reasons[0].Rule != "bank-app" || r.Outcome.Bytes < 300<<10 {
		t.Errorf("record = %+v, %+v", in, r.Outcome)
	}
	if _, metrics := c.get("/metrics"); !strings.Contains(metrics, `customs_passthrough_bytes_total{id="bank-app",kind="pinned",owner="network team"} 3`) {
		t.Error("no metric of the entry")
	}
	if _, front := c.get("/"); !strings.Contains(front, "passthrough bank-app (pinned): owner network team, until 2099-12-31") {
		t.Errorf("the front page says\n%s", front)
	}
	if out, code := c.customs("explain", r.ID); code != 0 || !strings.Contains(out, "bank-app") {
		t.Errorf("explain: %d\n%s", code, out)
	}
	c.kill()
	if e, _, code := c.passList(); code != 1 || *e["bank-app"].Used < 300<<10 || e["bank-app"].State != policy.PassCurrent || e["staff-bank"].State != policy.PassExpired {
		t.Errorf("after a kill: exit %d, %+v", code, e)
	}
	c.gatewayProcess = startGateway(t, c.dir, passConfig)
	if answer, err := c.pinnedCurl(900 << 10); err == nil {
		t.Errorf("beyond the budget: %s", answer)
	}
	if r := c.record(); r.Outcome == nil || r.Outcome.Fault != policy.PassThroughOver || r.Outcome.Sent != policy.SentSome {
		t.Errorf("cut: %+v", r.Outcome)
	}
	if answer, err := c.pinnedCurl(10); err == nil {
		t.Errorf("after the budget: %s", answer)
	}
	if r := c.recordOf(policy.PassThroughOver); r.Intent.Enforced != policy.Block {
		t.Errorf("after the budget: %+v", r.Intent.Decided)
	}
	if e, _, _ := c.passList(); e["bank-app"].State != policy.PassUsedUp || *e["bank-app"].Used != 1<<20 {
		t.Errorf("used up: %+v", e["bank-app"])
	}
	c.withoutEntry()
}

// recordOf waits until the newest record is one that was decided for a reason.
func (c *city) recordOf(code policy.Code) (r policy.Record) {
	c.t.Helper()
	waitFor(c.t, "a record of "+string(code), func() bool {
		r = c.record()
		return r.Intent.Decided.Has(code)
	})
	return r
}

// withoutEntry takes the entries away under the running gateway.
func (c *city) withoutEntry() {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, "customs.yaml"), []byte(sampleConfig), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.signal(syscall.SIGHUP)
	c.waitOutput(`"msg":"reloaded"`, 1)
	if answer, err := c.pinnedCurl(10); err == nil {
		c.t.Errorf("without an entry: %s", answer)
	}
	if r := c.recordOf(policy.LeafRefused); r.Intent.Enforced != policy.Block || r.Intent.Protocol != "tls" {
		c.t.Errorf("record %+v", r.Intent)
	}
	c.waitMetric(`customs_events_total{event="leaf_refused"} 2`) // the first one over what was used up
	// The CA is trusted, and the origin's key pinned: curl looks after the handshake.
	if answer, err := c.pinnedCurl(10, "--cacert", c.caFile, "--pinnedpubkey", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="); err == nil {
		c.t.Errorf("with a pinned key: %s", answer)
	}
	waitFor(c.t, "the second refusal", func() bool {
		_, pinned, code := c.passList()
		return code == 0 && pinned["127.0.0.1"] == 2
	})
	if out, _ := c.customs("passthrough", "list"); !strings.Contains(out, "looks pinned") || !strings.Contains(out, "write an entry under passthrough") {
		c.t.Errorf("list: %s", out)
	}
}

// The notice says in both languages what is not read and who answers for it,
// and names no host.
func TestNotice(t *testing.T) {
	t.Parallel()
	c := newCity(t, passConfig)
	status, page := c.get("/notice")
	for _, want := range []string{"网上银行与支付", "Banking and payment", "HR &lt;hr&gt;", "network team", "2099-12-31", "已到期", "What is not read"} {
		if status != 200 || !strings.Contains(page, want) {
			t.Errorf("status %d, %q is missing in\n%s", status, want, page)
		}
	}
	for _, never := range []string{"pay.example.sg", "127.0.0.1"} {
		if strings.Contains(page, never) {
			t.Errorf("the notice names %s", never)
		}
	}
}

// What is in the mainland and fronts other places is read.
func TestNeverUnread(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig+"  - {match: [127.0.0.0/8], country: CN}\nnever_unread: [127.0.0.1]\n")
	if status, _, answer := c.post(c.client(true), "/in", "fine"); status != 200 {
		t.Fatalf("status %d: %s", status, answer)
	}
	if r := c.record(); r.Intent.Judged != "whole" || r.Intent.Place.Country != "" {
		t.Errorf("record = %+v", r.Intent)
	}
}

func TestCheckWarnsOfPassThroughs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c.yaml")
	text := strings.NewReplacer("  roots: [extra-roots.pem]\n", "", `"*.pay.example.sg"`, `"*.example.sg"`).Replace(passConfig)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run([]string{"check", path}, &out, &errs)
	for _, want := range []string{"bank-app  pinned  1MiB until 2099-12-31, network team", "warning: it holds for more than a year",
		"warning: it expired on 2020-01-31", "warning: *.example.sg is in SG by destinations"} {
		if code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("exit %d, %q is missing in\n%s%s", code, want, out.String(), errs.String())
		}
	}
}
