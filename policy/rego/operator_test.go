package rego_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

const own = "package customs.operator\n"

func put(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOperatorModules(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	small := asked{found: mob, ns: 1}
	two := []string{"zhang", "li"}
	tests := []struct {
		name   string
		module string
		flow   asked
		want   policy.Action
		codes  string
	}{
		{"nothing to say", `deny contains "no-ru" if input.destination.country == "RU"`, small, policy.Pass, "EX_SMALL"},
		{"deny", `deny contains "no-sg" if input.destination.country == "SG"`, small, policy.Block, "OPERATOR_DENIED:no-sg"},
		{"deny on the head", `deny contains "no-sg" if input.destination.country == "SG"`, asked{head: true}, policy.Block, "OPERATOR_DENIED:no-sg"},
		{"deny domestic", `deny contains "nothing"`, asked{head: true, place: "CN"}, policy.Block, "OPERATOR_DENIED:nothing"},
		{"deny keeps the law's refusal", `deny contains "nothing"`, asked{found: sec}, policy.Block, "STATE_SECRET:mark.secret"},
		{"hold", `hold contains "look-first"`, small, policy.Hold, "HELD_FOR_REVIEW:look-first"},
		{"hold, one approver", `hold contains "look-first"`, asked{found: mob, ns: 1, approved: []string{"li", "li"}}, policy.Hold, "HELD_FOR_REVIEW:look-first"},
		{"hold, two approvers", `hold contains "look-first"`, asked{found: mob, ns: 1, approved: two}, policy.Pass, "EX_SMALL REVIEW_APPROVED"},
		{"an approval releases nothing the law refuses", `hold contains "look-first"`, asked{found: card, sp: 1, approved: two}, policy.Block, "FILING_NOT_FOUND"},
		{"redact", `redact contains "pi.contact.mobile"`, small, policy.Redact, "REDACTION_ORDERED:" + mob},
		{"redact what is not there", `redact contains "pi.name"`, small, policy.Pass, "EX_SMALL"},
		{"require a filing", `require contains "filing"`, small, policy.Block, "FILING_NOT_FOUND:require.filing"},
		{"require a filing and have it", `require contains "filing"`, asked{found: card, sp: 1, filings: scF}, policy.Pass, "FILING_COVERS"},
		{"require an assessment", `require contains "sa"`, asked{found: card, sp: 1, filings: scF}, policy.Block, "PATHWAY_INSUFFICIENT:require.sa"},
		{"require a purpose", `require contains "purpose"`, small, policy.Block, "PURPOSE_UNDECLARED:require.purpose"},
		{"require a purpose and have it", `require contains "purpose"`, asked{found: mob, ns: 1, purpose: "hr.group"}, policy.Pass, "EX_SMALL"},
		{"require a link", `require contains "link"`, small, policy.Block, "LINK_NOT_FILED:require.link"},
		{"require what nobody knows", `require contains "luck"`, small, policy.Block, "OPERATOR_DENIED:require.unknown"},
		{"deny before hold before redact", "deny contains \"a\"\nhold contains \"b\"\nredact contains \"pi.contact.mobile\"", small, policy.Block, "OPERATOR_DENIED:a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "own.rego", own+tt.module)
			d := open(t, rego.Options{Law: l, Dir: dir})
			v, err := d.Decide(context.Background(), tt.flow.question(t, l))
			if err != nil {
				t.Fatal(err)
			}
			if v.Action != tt.want || codes(v) != tt.codes || !v.Final {
				t.Errorf("got %s %s, final %v; want %s %s", v.Action, codes(v), v.Final, tt.want, tt.codes)
			}
		})
	}
}

func TestOperatorModulesAreCheckedWhenRead(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"the law's own package", "package customs.filing\nfaults := {}", "package must be customs.operator"},
		{"the decision", "package customs.decision\nverdict := 1", "package must be customs.operator"},
		{"deny as a value", own + `deny := {"a"}`, "own.rego:2: deny must be a set"},
		{"deny as an object", own + `deny["a"] := true`, "deny must be a set"},
		{"deny as a function", own + `deny(x) := x`, "deny must be a set"},
		{"syntax", own + `deny contains if`, "own.rego:2"},
		{"network", own + `deny contains "a" if http.send({"url": "http://localhost", "method": "get"}).status_code == 200`, "http.send"},
		{"clock", own + `deny contains "a" if time.now_ns() > 0`, "time.now_ns"},
		{"asks the decision", own + `deny contains "a" if data.customs.decision.verdict.action == "pass"`, "recursive"},
		{"fails on a plain question", own + `deny contains "a" if to_number("x") > 0`, "eval_builtin_error at operator/own.rego:2"},
		{"a rule id with text in it", own + `deny contains "No transfers, please!"`, "lower case letters"},
		{"a rule id that is a number", own + `deny contains 7`, "wrong type"},
		{"empty", "", "empty"},
	}
	dir, l := t.TempDir(), openLaw(t)
	d := open(t, rego.Options{Law: l, Dir: dir})
	old := d.Digest()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			put(t, dir, "own.rego", tt.text)
			if err := d.Reload(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if d.Digest() != old {
				t.Error("the old policy is gone")
			}
			if v, err := d.Decide(context.Background(), asked{found: mob, ns: 1}.question(t, l)); err != nil || v.Action != policy.Pass {
				t.Errorf("after the refusal: %s, %v", v.Action, err)
			}
		})
	}
}

func TestReloadSwapsPolicyAndForgetsDecisions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Dir: dir})
	q := asked{found: mob, ns: 1}.question(t, l)
	ask := func(want policy.Action) {
		t.Helper()
		if v, err := d.Decide(context.Background(), q); err != nil || v.Action != want || v.Policy != d.Digest() {
			t.Errorf("got %s, %v, want %s", v.Action, err, want)
		}
	}
	ask(policy.Pass)
	before := d.Digest()
	put(t, dir, "own.rego", own+`deny contains "stop"`)
	put(t, dir, "own_test.rego", "package other\ntest_ignored if false")
	ask(policy.Pass)
	if err := d.Reload(); err != nil {
		t.Fatal(err)
	}
	ask(policy.Block)
	if d.Digest() == before {
		t.Error("another policy has the same digest")
	}
	if err := os.Remove(filepath.Join(dir, "own.rego")); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); err != nil {
		t.Fatal(err)
	}
	ask(policy.Pass)
	if d.Digest() != before {
		t.Error("the same policy has another digest")
	}
	if err := d.ReloadUnder(noLaw{}); err == nil || d.Digest() != before {
		t.Errorf("the policy was taken without the law that it is to be asked under: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := d.Reload(); err == nil {
		t.Error("a directory that went away was taken for an empty one")
	}
}

type noLaw struct{}

func (noLaw) At(time.Time) (*policy.Rules, error) { return nil, errors.New("no law") }

// The sample that deploy ships must load and do what it says.
func TestTheDeployedSample(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l, Dir: "../../deploy/rego"})
	tests := []struct {
		name string
		flow asked
		want policy.Action
	}{
		{"small data goes on", asked{found: mob, ns: 1, purpose: "hr.group"}, policy.Pass},
		{"genomes wait for a person", asked{found: "pi.bio.genomic", sp: 1, filings: one(filing("F1", policy.SA, genomes))}, policy.Hold},
		{"staff data to an unknown place", asked{place: "?", found: mob, ns: 1}, policy.Block},
		{"keys never leave", asked{found: "secret.key"}, policy.Block},
	}
	for _, tt := range tests {
		v, err := d.Decide(context.Background(), tt.flow.question(t, l))
		if err != nil || v.Action != tt.want {
			t.Errorf("%s: got %s %s, %v, want %s", tt.name, v.Action, codes(v), err, tt.want)
		}
	}
}

func genomes(c *policy.Candidate) {
	c.Covers = append(c.Covers, "pi.bio.genomic")
	c.Sensitive = append(c.Sensitive, "pi.bio.genomic")
	c.Approvals = []string{"hgr"}
}
