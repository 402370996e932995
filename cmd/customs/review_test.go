package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

// desk is an installation with reviewers and tickets, and no gateway.
type desk struct {
	t   *testing.T
	dir string
}

func newDesk(t *testing.T, reviewers ...string) desk {
	t.Helper()
	d := desk{t, t.TempDir()}
	var lines []string
	for _, name := range []string{"anna", "bo", "chen", "mallory"} {
		private, public, err := sign.Generate(name)
		if err != nil {
			t.Fatal(err)
		}
		writeTest(t, d.key(name), private+"\n")
		for _, r := range reviewers {
			if r == name {
				lines = append(lines, `"`+public+`"`)
			}
		}
	}
	writeTest(t, d.path("customs.yaml"), "data: ./customs-data\nreview: {reviewers: ["+strings.Join(lines, ", ")+"]}\n")
	r := d.register()
	for _, id := range []string{"t-1", "t-2", "t-3"} {
		if err := r.Hold(context.Background(), heldTicket(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d desk) path(name string) string { return filepath.Join(d.dir, name) }
func (d desk) key(name string) string  { return d.path(name + ".key") }

func (d desk) register() *registry.Registry {
	d.t.Helper()
	data := d.path("customs-data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		d.t.Fatal(err)
	}
	return openRegister(d.t, d.dir)
}

func heldTicket(id string) policy.Ticket {
	return policy.Ticket{ID: id, At: time.Now(), Flow: "f-1", Exporter: "91310115MA1K3ABC99", Recipient: "R1", Host: "crm.example.sg",
		Country: "SG", Purpose: "after-sales", Filing: "SC-1", Bytes: 1234, Persons: policy.PersonCount{Total: 3, NS: 2, SP: 1, Minors: 1},
		Reasons: []policy.Reason{{Code: policy.HeldForReview, Rule: "two-persons"}},
		Classes: []policy.ClassCount{{Class: inspect.Mobile, Medium: 2}, {Class: inspect.ResidentID, High: 1}}, Pack: policy.PackID{ID: "cn-2024"}}
}

// do runs review with the configuration, unless where says otherwise.
func (d desk) do(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	args = append(append([]string{"review"}, args...), "--data", d.path("customs-data"), "--config", d.path("customs.yaml"))
	code = run(args, &out, &errs)
	return out.String(), errs.String(), code
}

// answer answers a ticket as somebody, and wants an exit code and a word.
func (d desk) answer(want int, word, verb, ticket, who string, more ...string) {
	d.t.Helper()
	args := append([]string{verb, ticket, "--key", d.key(who), "--reason", "checked with the owner", "--lang", "en"}, more...)
	out, errs, code := d.do(args...)
	if code != want || !strings.Contains(out+errs, word) {
		d.t.Errorf("%s of %s by %s: exit %d, want %d and %q\n%s%s", verb, ticket, who, code, want, word, out, errs)
	}
	if want != 0 && out != "" {
		d.t.Errorf("%s of %s by %s: wrote %q to standard output", verb, ticket, who, out)
	}
}

func (d desk) state(ticket string) reviewDoc {
	d.t.Helper()
	out, errs, code := d.do("show", ticket, "--format", "json")
	var doc reviewDoc
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 0 {
		d.t.Fatalf("show %s: exit %d, %v\n%s%s", ticket, code, err, out, errs)
	}
	return doc
}

func TestTwoPersonsApprove(t *testing.T) {
	d := newDesk(t, "anna", "bo", "chen")
	d.answer(0, "another person must approve", "approve", "t-1", "anna", "--transfers", "5", "--persons", "20")
	if s := d.state("t-1"); s.State != registry.StateOpen || s.Missing != 1 {
		t.Errorf("after one approval: %+v", s)
	}
	d.answer(1, "", "approve", "t-1", "anna")
	d.answer(0, "2 of 2 transfers and 6 of 6 persons are left", "approve", "t-1", "bo", "--transfers", "2")
	s := d.state("t-1")
	if s.State != registry.StateApproved || s.Missing != 0 || s.LeftTransfers != 2 || s.LeftPersons != 6 || len(s.Answers) != 2 {
		t.Errorf("after two approvals: %+v", s)
	}
	if until := time.Until(s.Expires); until < 23*time.Hour || until > 24*time.Hour {
		t.Errorf("approved for %s", until)
	}
}

func TestOneDenialIsFinal(t *testing.T) {
	d := newDesk(t, "anna", "bo", "chen")
	d.answer(0, "1 of 2 approvals", "approve", "t-1", "anna")
	d.answer(0, "denied, which is final", "deny", "t-1", "bo")
	d.answer(1, "", "approve", "t-1", "chen")
	if s := d.state("t-1"); s.State != registry.StateDenied || s.Missing != 0 {
		t.Errorf("after a denial: %+v", s)
	}
	if out, _, code := d.do("list", "--state", "open"); code != 0 || strings.Contains(out, "t-1") || !strings.Contains(out, "t-2") {
		t.Errorf("open: exit %d\n%s", code, out)
	}
}

// TestAnswersThatAreNotTaken has the exit code of each: 1 where the answer is
// no, 2 where it could not be given. Nothing of them is stored.
func TestAnswersThatAreNotTaken(t *testing.T) {
	d := newDesk(t, "anna", "bo")
	d.answer(1, "no such ticket", "approve", "t-9", "anna")
	d.answer(1, "none of the configured reviewers", "approve", "t-1", "mallory")
	d.answer(1, "not what you were shown", "approve", "t-1", "anna", "--object", strings.Repeat("0", 64))
	d.answer(1, "1 to 500 bytes", "approve", "t-1", "anna", "--reason", strings.Repeat("x", 501))
	d.answer(1, "1 to 500 bytes", "approve", "t-1", "anna", "--reason", " ")
	d.answer(1, "10 digits", "deny", "t-1", "anna", "--reason", "order 13800138000")
	d.answer(2, "one line", "deny", "t-1", "anna", "--reason", "a\x1b[2Jb")
	d.answer(2, "--expires", "approve", "t-1", "anna", "--expires", "2020-01-01")
	d.answer(2, "--expires", "approve", "t-1", "anna", "--expires", "9999d")
	d.answer(2, "--expires", "approve", "t-1", "anna", "--expires", "tomorrow")
	d.answer(2, "--transfers", "approve", "t-1", "anna", "--transfers", "0")
	d.answer(2, "--persons", "approve", "t-1", "anna", "--persons", "-1")
	d.answer(2, "--lang", "approve", "t-1", "anna", "--lang", "fr")
	d.answer(2, "private key", "approve", "t-1", "nobody")
	if err := os.Chmod(d.key("bo"), 0o644); err != nil {
		t.Fatal(err)
	}
	d.answer(2, "chmod 600", "approve", "t-1", "bo")
	writeTest(t, d.key("chen"), "not a key\n")
	d.answer(2, "private key", "approve", "t-1", "chen")
	if s := d.state("t-1"); s.State != registry.StateOpen || len(s.Answers) != 0 {
		t.Errorf("stored %+v", s.Answers)
	}
	for _, args := range [][]string{{"list", "--state", "held"}, {"list", "--format", "xml"}, {"show"}, {"approve", "t-1"}} {
		if _, errs, code := d.do(args...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d %s", args, code, errs)
		}
	}
}

// TestNobodyIsConfigured: without reviewers nothing can be answered, and show
// says so.
func TestNobodyIsConfigured(t *testing.T) {
	d := newDesk(t)
	d.answer(1, "no reviewers are configured", "approve", "t-1", "anna")
	if out, _, code := d.do("show", "t-1", "--lang", "en"); code != 0 || !strings.Contains(out, "nobody can release it") {
		t.Errorf("show: exit %d\n%s", code, out)
	}
}

// TestATicketInWords shows one in both languages.
func TestATicketInWords(t *testing.T) {
	d := newDesk(t, "anna", "bo")
	tests := map[string][]string{
		"en": {"t-1", "91310115MA1K3ABC99", "crm.example.sg (SG)", "R1", "after-sales", "SC-1", "1234 bytes", "3 (with sensitive data: 1, minors: 1)",
			"mobile number (pi.contact.mobile): 2", "HELD_FOR_REVIEW", "two-persons", "0 of 2 approvals", "cn-2024"},
		"zh": {"复核单", "手机号码（pi.contact.mobile）：2", "HELD_FOR_REVIEW", "须由两名不同人员同意", "1234 字节"},
	}
	for lang, words := range tests {
		out, errs, code := d.do("show", "t-1", "--lang", lang)
		for _, w := range words {
			if code != 0 || !strings.Contains(out, w) {
				t.Errorf("%s: exit %d, no %q in\n%s%s", lang, code, w, out, errs)
			}
		}
	}
	out, _, code := d.do("list", "--lang", "zh")
	if code != 0 || !strings.Contains(out, "待复核") || strings.Count(out, "\n") != 4 {
		t.Errorf("list: exit %d\n%s", code, out)
	}
	if out, _, code := d.do("list", "--format", "json"); code != 0 || strings.Count(out, "\n") != 3 || !strings.Contains(out, `"missing_approvals":2`) {
		t.Errorf("list as JSON: exit %d\n%s", code, out)
	}
	if out, _, code := d.do("list", "--state", "used_up", "--lang", "en"); code != 0 || !strings.Contains(out, "no held transfer") {
		t.Errorf("empty list: exit %d\n%s", code, out)
	}
}

// TestUntil reads the ends of approvals.
func TestUntil(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai)
	tests := []struct{ text, want string }{
		{"24h", "2026-11-23T10:00:00+08:00"},
		{"7d", "2026-11-29T10:00:00+08:00"},
		{"30m", "2026-11-22T10:30:00+08:00"},
		{"2026-11-22", "2026-11-23T00:00:00+08:00"},
		{"2026-11-21", ""}, {"0s", ""}, {"733d", ""}, {"-1h", ""}, {"1h30m", ""}, {"", ""}, {"2026-13-01", ""}, {"99999h", ""},
	}
	for _, tt := range tests {
		got, err := parseUntil(tt.text, now)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%q: %s", tt.text, got)
			}
			continue
		}
		if err != nil || got.In(policy.Shanghai).Format(time.RFC3339) != tt.want {
			t.Errorf("%q: %s, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func FuzzUntil(f *testing.F) {
	for _, s := range []string{"24h", "7d", "2026-12-31", "0s", "9999d", "２４h", "1e3h", "-1d"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseUntil(text, now)
		if err == nil && (!got.After(now) || got.Sub(now) > maxUntil) {
			t.Errorf("%q ends %s", text, got)
		}
		if err != nil && len(text) > 12 && strings.Contains(err.Error(), text) {
			t.Errorf("the error quotes %q", text)
		}
	})
}
