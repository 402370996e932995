package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// unread is a part question with gaps and what the operator set for its link.
func unread(t testing.TB, l policy.Law, flow asked, gaps, granted string) *policy.Question {
	q := flow.question(t, l)
	for _, g := range strings.Fields(gaps) {
		q.Coverage.Gaps = append(q.Coverage.Gaps, inspect.GapReason(g))
	}
	for _, g := range strings.Fields(granted) {
		q.Link.Unread = append(q.Link.Unread, inspect.GapReason(g))
	}
	return q
}

func TestUnread(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	with := func(coverage string, f asked) asked { f.coverage = coverage; return f }
	tests := []struct {
		name          string
		flow          asked
		gaps, granted string
		want          policy.Action
		basis, codes  string
	}{
		{"locked, nothing granted", with("opaque", asked{}), "encrypted", "", policy.Block, "", "COVERAGE_OPAQUE:encrypted"},
		{"partly read, nothing granted", with("partial", asked{}), "limit_ratio unknown_format", "", policy.Block, "", "COVERAGE_PARTIAL:limit_ratio,unknown_format"},
		{"locked and granted", with("opaque", asked{}), "encrypted", "encrypted", policy.Pass, "UNREAD_ALLOWED", "UNREAD_ALLOWED:encrypted"},
		{"one of two granted", with("partial", asked{}), "encrypted limit_ratio", "encrypted", policy.Block, "", "COVERAGE_PARTIAL:encrypted,limit_ratio"},
		{"another granted", with("opaque", asked{}), "encrypted", "limit_ratio", policy.Block, "", "COVERAGE_OPAQUE:encrypted"},
		{"no reason for it, all granted", with("opaque", asked{}), "", "encrypted", policy.Block, "", "COVERAGE_OPAQUE"},
		{"persons uncounted", with("partial", asked{found: mob, ns: 1}), "limit_findings", "limit_findings", policy.Block, "", "COVERAGE_PARTIAL:limit_findings"},
		{"read in full", asked{}, "", "encrypted", policy.Pass, "EX_NO_PI", "EX_NO_PI"},
		{"a few persons in what was read", with("partial", asked{found: mob, ns: 1}), "encrypted", "encrypted", policy.Pass, "EX_SMALL", "UNREAD_ALLOWED:encrypted EX_SMALL"},
		{"persons found need a filing", with("partial", asked{found: card, sp: 1}), "encrypted", "encrypted", policy.Block, "", "FILING_NOT_FOUND"},
		{"persons found and filed", with("partial", asked{found: card, sp: 1, filings: scF}), "encrypted", "encrypted", policy.Pass, "SC", "UNREAD_ALLOWED:encrypted FILING_COVERS"},
		{"persons found and exempt", with("partial", asked{found: card, sp: 1, claim: "EX_HR", filings: one(claim("EX_HR"))}), "encrypted", "encrypted", policy.Pass, "EX_HR", "UNREAD_ALLOWED:encrypted EX_HR"},
		{"filed volume is full", with("partial", asked{found: card, sp: 1, filings: scF, full: []string{"F1.sp"}}), "encrypted", "encrypted", policy.Block, "", "VOLUME_EXCEEDED:F1.sp"},
		{"important data found", with("partial", asked{found: imp}), "encrypted", "encrypted", policy.Block, "", "FILING_NOT_FOUND"},
		{"a secret found", with("partial", asked{found: sec}), "encrypted", "encrypted", policy.Block, "", "STATE_SECRET:mark.secret"},
		{"a denied recipient", with("opaque", asked{denied: true}), "encrypted", "encrypted", policy.Block, "", "RECIPIENT_DENIED"},
		{"nobody known, persons found", with("partial", asked{exporter: "nobody", found: mob, ns: 1}), "encrypted", "encrypted", policy.Block, "", "EXPORTER_UNKNOWN"},
		{"a CIIO, persons found", with("partial", asked{exporter: "ciio", found: mob, ns: 1}), "encrypted", "encrypted", policy.Block, "", "FILING_NOT_FOUND"},
		{"domestic", with("opaque", asked{place: "CN"}), "encrypted", "encrypted", policy.Pass, "NOT_OUTBOUND", "NOT_OUTBOUND"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := d.Decide(context.Background(), unread(t, l, tt.flow, tt.gaps, tt.granted))
			if err != nil {
				t.Fatal(err)
			}
			if v.Action != tt.want || lines(v) != tt.codes || v.Basis != tt.basis || !v.Final {
				t.Errorf("got %s, basis %q, %s; want %s, basis %q, %s", v.Action, v.Basis, lines(v), tt.want, tt.basis, tt.codes)
			}
		})
	}
}

// lines is codes with the gaps.
func lines(v policy.Verdict) string {
	all := strings.Fields(codes(v))
	for i, r := range v.Reasons {
		if len(r.Gaps) > 0 {
			all[i] = r.String()
		}
	}
	return strings.Join(all, " ")
}

// The setting is part of the question: with another one the answer is another.
func TestTheCacheKnowsTheSetting(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	for _, granted := range []string{"", "encrypted", "", "encrypted broken", "broken"} {
		want := policy.Block
		if strings.Contains(granted, "encrypted") {
			want = policy.Pass
		}
		v, err := d.Decide(context.Background(), unread(t, l, asked{coverage: "opaque"}, "encrypted", granted))
		if err != nil || v.Action != want {
			t.Errorf("granted %q: %s, %v", granted, v.Action, err)
		}
	}
	if d.Cached() != 4 {
		t.Errorf("%d decisions kept, want 4", d.Cached())
	}
}

// Whatever a policy answers, unread content goes only by the setting.
func TestNoPolicyGrantsUnread(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	said := `{"action": "pass", "final": true, "basis": "UNREAD_ALLOWED", "reasons": [{"code": "UNREAD_ALLOWED"}]}`
	exempt := strings.Replace(said, `"basis": "UNREAD_ALLOWED"`, `"basis": "EX_NO_PI"`, 1)
	silent := strings.Replace(said, `"code": "UNREAD_ALLOWED"`, `"code": "EX_SMALL"`, 1)
	filed := strings.Replace(said, `"reasons"`, `"filing": "F1", "revision": 1, "reasons"`, 1)
	invented := strings.Replace(said, `"UNREAD_ALLOWED"}`, `"UNREAD_ALLOWED", "gaps": ["broken"]}`, 1)
	tests := []struct{ name, verdict, coverage, gaps, granted, want string }{
		{"as set", said, "opaque", "encrypted", "encrypted", ""},
		{"not set", said, "opaque", "encrypted", "", "coverage"},
		{"set for something else", said, "partial", "encrypted broken", "broken", "coverage"},
		{"no reason for it", said, "opaque", "", "encrypted", "coverage"},
		{"read in full", said, "full", "", "encrypted", "coverage"},
		{"called free of personal data", exempt, "opaque", "encrypted", "encrypted", "coverage"},
		{"without saying so", silent, "opaque", "encrypted", "encrypted", "coverage"},
		{"under a filing", filed, "opaque", "encrypted", "encrypted", "belong together"},
		{"with a gap that is not there", invented, "opaque", "encrypted", "encrypted", "gap"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, rego.Options{Law: l})
			if err := d.Force(forced + "verdict := " + tt.verdict); err != nil {
				t.Fatal(err)
			}
			q := unread(t, l, asked{coverage: tt.coverage, filings: scF}, tt.gaps, tt.granted)
			if tt.want != "" {
				refused(t, d, q, tt.want)
			} else if v, err := d.Decide(context.Background(), q); err != nil || v.Action != policy.Pass {
				t.Errorf("got %s, %v: the other rows prove nothing", v.Action, err)
			}
		})
	}
}

// An operator's module can tighten the setting, and refuse mismatches.
func TestOperatorsTightenUnread(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	sample := "../../deploy/rego"
	dir := t.TempDir()
	put(t, dir, "own.rego", own+`deny contains "no-ciphertext" if "encrypted" in input.coverage.gaps`)
	content := func(q *policy.Question) *policy.Question {
		q.Content = policy.AskContent([]inspect.Mismatch{{Said: "image/", Found: "zip"}})
		return q
	}
	tests := []struct {
		name, dir string
		q         *policy.Question
		want      policy.Action
		codes     string
	}{
		{"denied all the same", dir, unread(t, l, asked{coverage: "opaque"}, "encrypted", "encrypted"), policy.Block, "OPERATOR_DENIED:no-ciphertext"},
		{"another gap", dir, unread(t, l, asked{coverage: "opaque"}, "broken", "broken"), policy.Pass, "UNREAD_ALLOWED"},
		{"the sample: persons beside unread content", sample, unread(t, l, asked{coverage: "partial", found: mob, ns: 1}, "encrypted", "encrypted"), policy.Block, "OPERATOR_DENIED:unread-beside-persons"},
		{"the sample: nobody beside it", sample, unread(t, l, asked{coverage: "partial"}, "encrypted", "encrypted"), policy.Pass, "UNREAD_ALLOWED"},
		{"the sample: a mismatch", sample, content(asked{}.question(t, l)), policy.Block, "OPERATOR_DENIED:content-mismatch"},
		{"a mismatch alone", dir, content(asked{}.question(t, l)), policy.Pass, "EX_NO_PI"},
	}
	for _, tt := range tests {
		v, err := open(t, rego.Options{Law: l, Dir: tt.dir}).Decide(context.Background(), tt.q)
		if err != nil || v.Action != tt.want || codes(v) != tt.codes {
			t.Errorf("%s: got %s %s, %v, want %s %s", tt.name, v.Action, codes(v), err, tt.want, tt.codes)
		}
	}
}
