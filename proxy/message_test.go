package proxy_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// messages is a windowed house whose policy judges messages by the same stop
// class, and lets a head go.
func messages() *house {
	h := windowed()
	h.room = 0
	h.decides = func(q *policy.Question) policy.Verdict {
		for _, f := range q.Found {
			if f.Class == inspect.Genomic {
				return policy.Refuse(policy.CategoryNotCovered)
			}
		}
		return policy.Verdict{Action: policy.Pass, Final: true, Basis: "SC", Filing: "SC-1", Reasons: []policy.Reason{{Code: policy.FilingCovers}}}
	}
	return h
}

// say brings one message to its verdict and returns what may leave of it.
func say(t *testing.T, x *proxy.Exchange, texts ...string) (policy.Verdict, string) {
	t.Helper()
	var parts []*proxy.Part
	for _, text := range texts {
		p := x.Part(inspect.Meta{Kind: inspect.Message})
		defer p.Close()
		if err := p.Fill(t.Context(), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	v := x.JudgeParts(t.Context(), parts...)
	var sent strings.Builder
	for _, p := range parts {
		io.Copy(&sent, p.Body())
	}
	return v, sent.String()
}

func open(t *testing.T, h *house) *proxy.Exchange {
	t.Helper()
	x := begin(t, h.gateway(t))
	x.Messages()
	x.Judge(t.Context())
	return x
}

func TestMessagesAreJudgedWithAllBefore(t *testing.T) {
	h := messages()
	x := open(t, h)
	for _, m := range [][]string{{rows(3, 3)}, {"", rows(2, 2)}, {rows(5, 5), rows(1, 1)}} {
		if v, sent := say(t, x, m...); v.Action != policy.Pass || sent != strings.Join(m, "") {
			t.Fatalf("verdict %v, sent %q", v, sent)
		}
	}
	x.Done(t.Context(), policy.Outcome{Sent: policy.SentAll})
	r := folded(t, h)
	if r.Intent.Judged != policy.JudgedMessage || r.Groups.Parts != 5 || r.Groups.Bytes != 11*16 || r.Intent.Persons.Total != 5 {
		t.Errorf("record %+v, groups %+v", r.Intent, r.Groups)
	}
	if n, once := reserved(h); n != 5 || !once || len(h.committed) != 2 {
		t.Errorf("%d persons were reserved, once each: %t, in %d reservations", n, once, len(h.committed))
	}
	if n := r.Intent.Classes[0].Medium; n != 11 {
		t.Errorf("%d findings in the record, want those of all messages", n)
	}
}

func TestABlockedMessageEndsTheFlow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []string
		want   policy.Code
	}{
		{"after others left", []string{rows(3, 3)}, policy.AfterRelease},
		{"the first one", nil, policy.CategoryNotCovered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := messages()
			x := open(t, h)
			for _, m := range tt.before {
				say(t, x, m)
			}
			if v, sent := say(t, x, "stop\n"); v.Action != policy.Block || v.Reasons[0].Code != tt.want || sent != "" {
				t.Fatalf("verdict %v, sent %q", v, sent)
			}
			if v, sent := say(t, x, rows(1, 1)); v.Action != policy.Block || sent != "" {
				t.Errorf("after that: verdict %v, sent %q", v, sent)
			}
			x.Done(t.Context(), policy.Outcome{Sent: policy.SentSome})
			r := folded(t, h)
			if r.Outcome.Fault != tt.want || r.Intent.Enforced != policy.Pass || r.Intent.Decided.Reasons[0].Code != tt.want {
				t.Errorf("record %+v, %+v", r.Intent.Decided, r.Outcome)
			}
			if alarm := slices.Contains(h.events, proxy.EventAfterRelease); alarm != (tt.before != nil) {
				t.Errorf("events %v", h.events)
			}
		})
	}
}

// A fault of a message is a refusal, and no more than the head has left.
func TestFaultsOfMessages(t *testing.T) {
	for fault, want := range map[string]policy.Code{
		"gate": policy.Oversize, "open body": policy.ScanFailed, "scan body": policy.ScanFailed, "close body": policy.ScanFailed,
		"panic open body": policy.ScanFailed, "panic scan body": policy.ScanFailed, "panic close body": policy.ScanFailed,
		"decide": policy.DeciderFailed, "panic decide": policy.InternalFault, "candidates": policy.RegisterUnavail,
		"reserve": policy.LedgerUnavail, "append group": policy.RecorderUnavail, "panic append group": policy.RecorderUnavail,
	} {
		t.Run(fault, func(t *testing.T) {
			h := messages()
			x := open(t, h)
			h.fault = fault
			if v, sent := say(t, x, rows(3, 3)); v.Action != policy.Block || !v.Has(want) || sent != "" {
				t.Errorf("verdict %v, sent %q", v, sent)
			}
			h.fault = ""
			x.Done(t.Context(), policy.Outcome{Sent: policy.SentSome})
			if len(h.committed) > 0 {
				t.Errorf("committed %v", h.committed)
			}
			folded(t, h)
		})
	}
}

// Observed messages pass, and the late verdict is about all of them.
func TestObservedMessages(t *testing.T) {
	h := messages()
	h.mode = proxy.Observe
	x := open(t, h)
	for _, m := range []string{rows(3, 3), "stop\n", rows(4, 4)} {
		if v, sent := say(t, x, m); v.Action != policy.Pass || sent != "" {
			t.Fatalf("verdict %v, held %q", v, sent)
		}
	}
	x.Done(t.Context(), policy.Outcome{Sent: policy.SentAll})
	r := folded(t, h)
	if r.Intent.Judged != policy.JudgedMessage || r.Intent.Decided.Action != policy.Block || r.Intent.Enforced != policy.Pass || r.Intent.Persons.Total != 4 {
		t.Errorf("record %+v", r.Intent)
	}
	if n, _ := reserved(h); n != 4 || len(h.committed) != 1 {
		t.Errorf("%d persons were reserved, committed %v", n, h.committed)
	}
}

// A flow that stays open over New Year counts its persons in both years.
func TestMessagesOverNewYear(t *testing.T) {
	h := messages()
	x := open(t, h)
	say(t, x, rows(3, 3))
	h.now = h.now.AddDate(0, 2, 0)
	say(t, x, rows(3, 3))
	x.Done(t.Context(), policy.Outcome{Sent: policy.SentAll})
	if len(h.counted) != 2 || h.counted[0].At.Year() == h.counted[1].At.Year() || len(h.counted[1].Persons) != 3 {
		t.Errorf("reserved %+v", h.counted)
	}
}

// Persons who leave under another filing than before count under that one too.
func TestMessagesUnderAnotherFiling(t *testing.T) {
	h := messages()
	x := open(t, h)
	say(t, x, rows(3, 3))
	usual := h.decides
	h.decides = func(q *policy.Question) policy.Verdict {
		v := usual(q)
		v.Filing = "SC-2"
		return v
	}
	say(t, x, rows(1, 1))
	x.Done(t.Context(), policy.Outcome{Sent: policy.SentAll})
	if len(h.counted) != 2 || h.counted[1].Filing != "SC-2" || len(h.counted[1].Persons) != 3 {
		t.Errorf("reserved %+v", h.counted)
	}
}
