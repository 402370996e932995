package proxy_test

import (
	"context"
	"io"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// sealer is a policy.Sealer that notes what it was given.
type sealer struct {
	h      *house
	calls  []policy.Sealing
	body   string
	answer *policy.EvidenceRef
}

func (s *sealer) Keep(_ context.Context, in policy.Sealing) *policy.EvidenceRef {
	s.h.trace = append(s.h.trace, "keep evidence")
	if err := s.h.at("keep evidence"); err != nil {
		return &policy.EvidenceRef{Fault: policy.EvidenceFailed}
	}
	s.calls = append(s.calls, in)
	if in.Body != nil {
		b, _ := io.ReadAll(io.NewSectionReader(in.Body, 0, in.Size))
		s.body = string(b)
	}
	return s.answer
}

// Evidence is kept of what is refused, with what was found and where, before
// the entry that names it, and of nothing else.
func TestEvidenceIsKeptOfRefusals(t *testing.T) {
	kept := &policy.EvidenceRef{Digest: "d", Samples: 1}
	blocked := func() *house {
		h := newHouse()
		h.verdict = policy.Refuse(policy.DeidentMissing)
		return h
	}
	for _, tt := range []struct {
		name  string
		make  func() *house
		fault string
		calls int
		want  *policy.EvidenceRef
	}{
		{"a block", blocked, "", 1, kept},
		{"a hold", holding, "", 1, kept},
		{"a pass", newHouse, "", 0, nil},
		{"a store that fails", blocked, "keep evidence", 0, &policy.EvidenceRef{Fault: policy.EvidenceFailed}},
		{"a store that breaks", blocked, "panic keep evidence", 0, &policy.EvidenceRef{Fault: policy.EvidenceFailed}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plain := tt.make()
			_, without, _ := walk(t, plain, policy.Outcome{Sent: policy.SentAll})
			h := tt.make()
			h.fault = tt.fault
			h.report.Findings = []inspect.Finding{{Class: inspect.Mobile, From: 1, To: 2}}
			s := &sealer{h: h, answer: kept}
			h.sealer = s
			_, v, _ := walk(t, h, policy.Outcome{Sent: policy.SentAll})
			if v.Action != without.Action || len(v.Reasons) != len(without.Reasons) {
				t.Errorf("verdict %v, without evidence %v", v, without)
			}
			if len(s.calls) != tt.calls {
				t.Fatalf("%d calls", len(s.calls))
			}
			if got := h.entries[0].Intent.Evidence; (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("the entry says %+v", got)
			}
			if tt.calls == 0 {
				return
			}
			if kept := slices.Index(h.trace, "keep evidence"); kept > slices.Index(h.trace, "intent") {
				t.Errorf("the order was %v", h.trace)
			}
			in := s.calls[0]
			if in.Flow != h.entries[0].Flow || in.Action != v.Action || len(in.InBody()) != 1 || len(in.Heads) != len(in.Texts) || s.body == "" {
				t.Errorf("given %+v", in)
			}
		})
	}
}
