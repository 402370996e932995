package rego

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// selfCheckTime bounds all the questions of a check together. It is generous,
// for it is asked once and perhaps while the machine is busy; but traffic may
// wait for the answer of a reload.
const selfCheckTime = 2 * time.Second

// selfCheck asks a few plain questions.
func (p *program) selfCheck(r *policy.Rules, now time.Time, limit time.Duration) error {
	if _, err := p.under(context.Background(), r); err != nil {
		return fmt.Errorf("check policy: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, q := range samples(r, now) {
		b, err := q.Canonical()
		if err != nil {
			return fmt.Errorf("check policy: %w", err)
		}
		if _, err := p.ask(ctx, r, q, b); err != nil {
			return fmt.Errorf("check policy with a sample question: %w", err)
		}
	}
	return nil
}

// owner says where the operator's part of a policy is, for a fault that only
// that part can have.
func (o *Options) owner() string {
	switch {
	case o.Dir != "" && len(o.Bundle) > 0:
		return "; mend the modules in " + o.Dir + " or those of the policy bundle"
	case o.Dir != "":
		return "; mend the modules in " + o.Dir
	case len(o.Bundle) > 0:
		return "; mend the modules of the policy bundle and sign it again"
	}
	return ""
}

// samples are questions that walk through each stage of the policy.
func samples(r *policy.Rules, now time.Time) []*policy.Question {
	base := policy.Question{Stage: policy.StagePart, Date: now.In(policy.Shanghai).Format(time.DateOnly),
		Direction: policy.Push, Protocol: "h2", Pack: r.Pack, Profile: r.Profile,
		Destination: policy.AskedPlace{Place: policy.Place{Country: "SG", Source: "table"}, Overseas: true},
		Exporter:    policy.Exporter{USCC: "91310115MA1K3ABC99", CIIO: policy.No},
		Coverage:    policy.AskedCoverage{State: inspect.Full}}
	base.Brackets = brackets(r, base.Exporter)
	head, small, filed, secret := base, base, base, base
	head.Stage = policy.StageHead
	small.Found = []policy.Found{{Class: inspect.Mobile, Confidence: inspect.High, Magnitude: 1, Personal: true}}
	small.Persons.NonSensitive = true
	filed.Found = []policy.Found{{Class: inspect.BankCard, Confidence: inspect.High, Magnitude: 1, Personal: true, Sensitive: true}}
	filed.Persons.Sensitive = true
	filed.Candidates = []policy.Candidate{{Filing: "sample", Revision: 1, Pathway: policy.SC, Status: "effective",
		Time: "current", Recipient: true, Country: true, Link: true, Purpose: "match",
		Covers: []inspect.Class{inspect.BankCard}, Sensitive: []inspect.Class{inspect.BankCard}}}
	secret.Found = []policy.Found{{Class: inspect.MarkSecret, Level: inspect.Core, Confidence: inspect.High, Magnitude: 1}}
	unread, other := base, base
	unread.Coverage = policy.AskedCoverage{State: inspect.Opaque, Gaps: []inspect.GapReason{inspect.GapEncrypted}}
	unread.Link.Unread = unread.Coverage.Gaps
	window := filed
	window.Stage = policy.StageWindow
	window.Candidates = []policy.Candidate{filed.Candidates[0]}
	window.Candidates[0].Window = true
	passing := head
	passing.Link.PassThrough = &policy.PassThrough{ID: "sample", Kind: policy.PassPinned, State: policy.PassCurrent}
	other.Content = policy.AskContent([]inspect.Mismatch{{Said: "image/png", Found: "zip"}})
	claimed, excepted, split := filed, small, small
	split.Split.Evidence = []policy.SplitEvidence{policy.SplitSubset}
	claimed.Declared = policy.Declared{Claim: string(policy.ExContract)}
	claimed.Candidates = []policy.Candidate{filed.Candidates[0]}
	claimed.Candidates[0].Pathway, claimed.Candidates[0].Claim = policy.Exemption, string(policy.ExContract)
	excepted.Exceptions = []policy.Exception{{ID: "sample", Revision: 1, State: "current", Waives: []string{"sample"}}}
	excepted.Approval = &policy.Approval{Ticket: "sample", Approvers: []string{"a", "b"}, Rules: []string{"sample"}}
	out := []*policy.Question{&head, &base, &small, &filed, &secret, &unread, &window, &passing, &other, &claimed, &excepted, &split}
	for _, zone := range slices.Sorted(maps.Keys(r.Zone)) {
		q := small
		q.Exporter.Zone, q.Exporter.ZoneExport = zone, policy.Yes
		q.Brackets = brackets(r, q.Exporter)
		out = append(out, &q)
	}
	return out
}

func brackets(r *policy.Rules, e policy.Exporter) []policy.Bracket {
	var out []policy.Bracket
	for _, l := range r.Limits(e) {
		out = append(out, policy.Bracket{Limit: l.ID})
	}
	return out
}
