package replay_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/replay"
)

const uscc = "91310115MA1K3ABC99" // synthetic

// house is a source of everything, in memory.
type house struct {
	rules   map[string]*policy.Rules // by digest
	decider policy.Decider
	filings map[int]policy.Filing // by revision
	asked   []policy.Question
}

func (h *house) Rules(p policy.PackID, _ string) (*policy.Rules, error) {
	if r, ok := h.rules[p.Digest]; ok {
		return r, nil
	}
	return nil, errors.New("no such pack")
}

func (h *house) Decider(string, *policy.Rules) (policy.Decider, error) { return h.decider, nil }

func (h *house) Filing(id string, revision int) (policy.Filing, bool) {
	f, ok := h.filings[revision]
	return f, ok && f.ID == id
}

// Match fits a filing whose link names the host.
func (h *house) Match(filings []policy.Filing, f *policy.Flow) ([]policy.Candidate, error) {
	out := []policy.Candidate{}
	for _, x := range filings {
		named := slices.Contains(x.Links[0].DstDomains, f.Destination.Host)
		c := policy.Candidate{Filing: x.ID, Revision: x.Revision, Pathway: x.Pathway, Status: x.Status, Time: "current",
			Recipient: named, Country: named, Link: named && len(x.Links[0].SrcCIDRs) == 0, Purpose: "match", Covers: []inspect.Class{},
			LimitIDs: []string{x.ID + ".ns"}, Limits: []policy.Limit{{ID: x.ID + ".ns", Kind: policy.CountNS, Max: x.Volume.NSPerYear, Filing: x.ID}}}
		if named {
			c.RecipientID, c.RecipientInfo, c.LinkID = "sg", &x.Recipients[0], x.Links[0].ID
		}
		if f.Declared.Purpose == "" {
			c.Purpose = "undeclared"
		}
		out = append(out, c)
	}
	return out, nil
}

func filing(revision int, volume int64) policy.Filing {
	return policy.Filing{ID: "F", Revision: revision, Pathway: policy.SC, Status: "effective", Exporter: policy.Filer{USCC: uscc},
		Recipients: []policy.Recipient{{ID: "sg", Country: "SG"}}, Purposes: []string{"ops"}, Volume: policy.Volume{NSPerYear: volume},
		Items: []policy.Item{{ID: "1", Categories: []inspect.Class{inspect.Mobile}, Approved: true}},
		Links: []policy.Link{{ID: "L1", DstDomains: []string{"api.example.sg"}}}}
}

var bases = []string{"EX_SMALL", "SC", policy.BasisObserved}

// rulesOf are rules with one national number of persons of each kind.
func rulesOf(digest string, ns, sp int64, sensitive ...inspect.Class) *policy.Rules {
	r := &policy.Rules{Pack: policy.PackID{ID: "cn", Digest: digest}, Profile: "strict", BothKinds: true, Sensitive: map[inspect.Class]bool{},
		Linked: map[inspect.Class]bool{inspect.IPAddress: true},
		National: []policy.Limit{{ID: "national.ns", Kind: policy.CountNS, Max: ns - 1, Bases: bases},
			{ID: "national.sp", Kind: policy.CountSP, Max: sp - 1, Bases: bases}}}
	for _, c := range sensitive {
		r.Sensitive[c] = true
	}
	r.Data = map[string]any{"title": "a pack", "needs": map[string]any{"sc_or_cert": map[string]any{"article": "第八条"}},
		"pathways":   map[string]any{"SC": map[string]any{"article": "办法", "satisfies": []any{"sc_or_cert"}}},
		"thresholds": map[string]any{"national": []any{map[string]any{"id": "national.ns", "reach": ns, "need": "sc_or_cert", "article": "第八条"}}}}
	return r
}

// newHouse answers by the first exceeded limit, or passes.
func newHouse() *house {
	h := &house{rules: map[string]*policy.Rules{"d1": rulesOf("d1", 100, 10, inspect.BankCard)}, filings: map[int]policy.Filing{1: filing(1, 50)}}
	h.decider = &policytest.Decider{Answer: func(q *policy.Question) policy.Verdict {
		h.asked = append(h.asked, *q)
		for _, b := range q.Brackets {
			if b.Exceeded {
				return policy.Verdict{Final: true, Need: policy.NeedSCOrCert, Filing: "F", Revision: 1, Reasons: []policy.Reason{{Code: policy.VolumeExceeded, Limit: b.Limit, Filing: "F"}}}
			}
		}
		if q.Destination.Denied {
			return policy.Refuse(policy.RecipientDenied)
		}
		return policy.Verdict{Action: policy.Pass, Final: true, Basis: "SC", Filing: "F", Revision: 1, Reasons: []policy.Reason{{Code: policy.FilingCovers, Filing: "F"}}}
	}}
	return h
}

// record is of a flow of three persons with a mobile number, 40 before them.
func record(t testing.TB, change ...func(*policy.Intent, *policy.Question)) policy.Record {
	t.Helper()
	in := policy.Intent{Mode: "enforce", Judged: "whole", Client: "client-1", Exporter: uscc, Direction: policy.Push, Protocol: "h2",
		Host: "api.example.sg", Port: 443, Place: policy.Place{Country: "SG", Source: "filing"}, Recipient: "sg", Policy: "policytest",
		Declared: policy.Declared{Purpose: "ops", Source: "filing"},
		Classes:  []policy.ClassCount{{Class: inspect.Mobile, High: 3}}, Persons: policy.PersonCount{Total: 3, NS: 3},
		Coverage: inspect.Coverage{State: inspect.Full}, Pack: policy.PackID{ID: "cn", Digest: "d1"}, Profile: "strict",
		Counters: []policy.Counter{{Limit: "national.ns", Kind: policy.CountNS, Before: 40, After: 43, Max: 99},
			{Limit: "national.sp", Kind: policy.CountSP, Max: 9}, {Limit: "F.ns", Kind: policy.CountNS, Before: 40, After: 43, Max: 50}}}
	q := policy.Question{Stage: policy.StagePart, Date: "2026-11-22", Direction: policy.Push, Protocol: "h2",
		Destination: policy.AskedPlace{Place: in.Place, Overseas: true, Recipient: "sg"}, Exporter: policy.Exporter{USCC: uscc, CIIO: policy.No},
		Declared: in.Declared, Found: []policy.Found{{Class: inspect.Mobile, Confidence: inspect.High, Magnitude: 1, Personal: true}},
		Persons: policy.AskedPersons{NonSensitive: true}, Coverage: policy.AskedCoverage{State: inspect.Full},
		Candidates: []policy.Candidate{{Filing: "F", Revision: 1, Pathway: policy.SC, Status: "effective", Time: "current", Recipient: true,
			Country: true, Link: true, Purpose: "match", Covers: []inspect.Class{}, LimitIDs: []string{"F.ns"}}},
		Brackets: []policy.Bracket{{Limit: "national.ns"}, {Limit: "national.sp"}, {Limit: "F.ns"}}, Pack: in.Pack, Profile: "strict"}
	for _, c := range change {
		c(&in, &q)
	}
	if in.Stopped == "" || len(q.Brackets) > 0 {
		b, err := q.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		in.Question = json.RawMessage(b)
	}
	return policy.Record{ID: "f1", Time: time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai), Intent: in}
}

func derive(t testing.TB, h *house, r policy.Record, w replay.What) replay.Derivation {
	t.Helper()
	d, err := replay.Derive(context.Background(), r, h, w)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
