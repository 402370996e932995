package proxy_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// The policy hears why content was not read and what the operator lets go;
// coverage, reasons and mismatches stand in the record.
func TestCoverageIsAskedAndRecorded(t *testing.T) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		h := newHouse()
		h.mode = mode
		h.report.Coverage = inspect.Coverage{State: inspect.Partial, Seen: 9, Decoded: 7, Scanned: 5, Skipped: 4,
			Gaps: []inspect.Gap{{Reason: inspect.GapLimitRatio, Bytes: 1}, {Reason: inspect.GapEncrypted, Bytes: 3}}}
		h.report.Mismatches = []inspect.Mismatch{{Path: []string{"zip#1"}, Said: "image/", Found: "zip"}, {Said: "Zhang San", Found: "zip"}}
		h.unread = []inspect.GapReason{inspect.GapEncrypted}
		reason := policy.Reason{Code: policy.CoveragePartial, Gaps: []inspect.GapReason{inspect.GapEncrypted, inspect.GapLimitRatio}}
		h.verdict = policy.Verdict{Reasons: []policy.Reason{reason}, Final: true}
		walk(t, h, policy.Outcome{Sent: policy.SentAll})
		q := h.asked[len(h.asked)-1]
		if q.Stage != policy.StagePart || !slices.Equal(q.Coverage.Gaps, reason.Gaps) || !slices.Equal(q.Link.Unread, h.unread) {
			t.Errorf("%s: asked about %+v, link %+v", mode, q.Coverage, q.Link)
		}
		if !q.Content.Mismatch || len(q.Content.Formats) != 2 || q.Content.Formats[1].Said != "other" {
			t.Errorf("%s: content %+v", mode, q.Content)
		}
		in := h.closed[0].Intent
		if c := in.Coverage; c.State != inspect.Partial || c.Seen != 9 || c.Decoded != 7 || c.Scanned != 5 || c.Skipped != 4 || len(c.Gaps) != 2 {
			t.Errorf("%s: recorded %+v", mode, in.Coverage)
		}
		if len(in.Mismatches) != 2 || in.Mismatches[1].Said != "other" || in.Decided.Reasons[0].Coverage() != "partial:encrypted,limit_ratio" {
			t.Errorf("%s: recorded %+v, %+v", mode, in.Mismatches, in.Decided.Reasons)
		}
		var asked policy.Question
		if err := json.Unmarshal(in.Question, &asked); err != nil || len(asked.Link.Unread) != 1 || !asked.Content.Mismatch {
			t.Errorf("%s: the recorded question is %s, %v", mode, in.Question, err)
		}
	}
}
