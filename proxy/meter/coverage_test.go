package meter_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// read is a flow with a coverage and a verdict of one reason.
func read(c inspect.Coverage, act policy.Action, r policy.Reason) *policy.Record {
	return &policy.Record{Intent: policy.Intent{Mode: "enforce", Door: "explicit", Judged: "whole", Enforced: act, Coverage: c,
		Decided: policy.Verdict{Action: act, Reasons: []policy.Reason{r}}}}
}

func TestCoverageIsCounted(t *testing.T) {
	m := newMeter(t)
	locked := inspect.Coverage{State: inspect.Opaque, Seen: 500, Skipped: 500, Gaps: []inspect.Gap{{Reason: inspect.GapEncrypted, Bytes: 500}}}
	encrypted := []inspect.GapReason{inspect.GapEncrypted}
	m.Closed(read(locked, policy.Block, policy.Reason{Code: policy.CoverageOpaque, Gaps: encrypted}))
	m.Closed(read(locked, policy.Pass, policy.Reason{Code: policy.UnreadAllowed, Gaps: encrypted}))
	m.Closed(read(inspect.Coverage{State: inspect.Partial, Seen: 90, Decoded: 700, Scanned: 600, Skipped: -1,
		Gaps: []inspect.Gap{{Reason: inspect.GapLimitRatio, Bytes: 7}, {Reason: "made up", Bytes: -3}}},
		policy.Block, policy.Reason{Code: policy.CoveragePartial, Gaps: []inspect.GapReason{inspect.GapLimitRatio, "made up"}}))
	other := read(inspect.Coverage{State: inspect.Full, Seen: 10, Decoded: 10, Scanned: 10}, policy.Pass, policy.Reason{Code: policy.ExNoPI})
	other.Intent.Mismatches = []inspect.Mismatch{{Said: "image/png", Found: "zip"}, {Said: "text/plain", Found: "gzip"}}
	m.Closed(other)
	domestic := read(inspect.Coverage{State: inspect.Full, Seen: 40}, policy.PassUnread, policy.Reason{Code: policy.NotOutbound})
	domestic.Intent.Judged = "unread"
	m.Closed(domestic)
	got := scrape(t, m)
	for _, want := range []string{
		`customs_coverage_flows_total{action="block",coverage="opaque"} 1`,
		`customs_coverage_flows_total{action="pass",coverage="opaque"} 1`,
		`customs_coverage_flows_total{action="block",coverage="partial"} 1`,
		`customs_coverage_flows_total{action="pass",coverage="full"} 1`,
		`customs_coverage_flows_total{action="pass_unread",coverage="unread"} 1`,
		`customs_coverage_refusals_total{coverage="opaque",why="encrypted"} 1`,
		`customs_coverage_refusals_total{coverage="partial",why="limit_ratio"} 1`,
		`customs_coverage_refusals_total{coverage="partial",why="other"} 1`,
		`customs_unread_allowed_total{why="encrypted"} 1`,
		`customs_inspected_bytes_total{stage="seen"} 1100`,
		`customs_inspected_bytes_total{stage="decoded"} 710`,
		`customs_inspected_bytes_total{stage="scanned"} 610`,
		`customs_skipped_bytes_total{why="encrypted"} 1000`,
		`customs_skipped_bytes_total{why="limit_ratio"} 7`,
		`customs_skipped_bytes_total{why="high_entropy"} 0`,
		`customs_skipped_bytes_total{why="other"} 0`,
		`customs_content_mismatches_total 1`,
		`customs_flows_total{action="pass",door="explicit",mode="enforce",reason="UNREAD_ALLOWED"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
}
