package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// TestWindowsOfARealFlowAreExplained sends one body that leaves in windows, and
// one that is cut off by a class that is not filed, and asks everything that
// reads the log about both.
func TestWindowsOfARealFlowAreExplained(t *testing.T) {
	c := newWindowCity(t, sampleConfig+"limits: {flow_memory: 1MiB, flow_spill: 2MiB}\n")
	c.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	client := c.client(false)
	const size = 12 << 20
	if resp, answer, err := send(client, c.origin.URL+"/table", newTableStream(200, size), size); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %.2000s", err, answer)
	}
	var cards strings.Builder
	for _, p := range synth.New(62, time.Now()).Adults(3000) {
		fmt.Fprintf(&cards, "银行卡 %s\n", p.BankCard)
	}
	body := io.MultiReader(newTableStream(200, size), strings.NewReader(cards.String()))
	if resp, answer, err := send(client, c.origin.URL+"/table", body, size+int64(cards.Len())); err == nil && (resp.StatusCode != http.StatusForbidden || !strings.Contains(answer, "BLOCKED_AFTER_RELEASE")) {
		t.Fatalf("%d, %.2000s", resp.StatusCode, answer)
	}
	c.waitOutput(`"fault":"BLOCKED_AFTER_RELEASE"`, 1)
	seen := 0
	for _, r := range c.records() {
		if r.Intent.Judged != policy.JudgedWindow {
			continue
		}
		seen++
		out, code := c.customs("explain", r.ID)
		if code != 0 || !strings.Contains(out, "windows of") || r.CutOff() != strings.Contains(out, "BLOCKED_AFTER_RELEASE") {
			t.Errorf("explain: %d\n%s", code, out)
		}
		if ns, sp := r.Reserved(); r.CutOff() != (ns+sp == 0) || ns > 200 || sp > 200 { // the second has nobody new in what left
			t.Errorf("%d and %d persons were new", ns, sp)
		}
		if r.CutOff() && (r.Outcome.Sent != policy.SentSome || r.Outcome.Bytes == 0 || r.Outcome.Bytes > r.Groups.Bytes) {
			t.Errorf("outcome %+v, groups %+v", r.Outcome, r.Groups)
		}
	}
	if seen != 2 {
		t.Fatalf("%d flows went in windows", seen)
	}
	if out, code := c.customs("audit", "list", "--reason", "BLOCKED_AFTER_RELEASE"); code != 0 || !strings.Contains(out, "pass, then block") || strings.Count(out, "\n") != 2 {
		t.Errorf("audit list: %d\n%s", code, out)
	}
	for _, args := range [][]string{{"ledger", "rebuild"}, {"audit", "verify"}} {
		if out, code := c.customs(args...); code != 0 {
			t.Errorf("%v: %d\n%s", args, code, out)
		}
	}
	for end := time.Now().Add(deadline); ; {
		out, code := c.customs("alert", "list")
		if code == 0 && strings.Contains(out, "cut_off") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("alert list: %d\n%s", code, out)
		}
	}
}
