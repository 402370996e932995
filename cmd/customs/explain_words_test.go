package main

import (
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

func TestNeedOfAZoneListRestsOnArticle6(t *testing.T) {
	list := replay.Counted{Counter: policy.Counter{Limit: "list.Z.member.8"}, Exceeded: true, Need: "SA", Article: "Z member"}
	national := replay.Counted{Counter: policy.Counter{Limit: "national.ns.1000000"}, Exceeded: true, Need: "sa_volume", Article: "第七条"}
	for name, c := range map[string]struct {
		need     policy.Need
		counters []replay.Counted
		want     string
	}{
		"the list alone":           {policy.NeedSAVolume, []replay.Counted{list}, "促进和规范数据跨境流动规定 第六条; Z member"},
		"the national number too":  {policy.NeedSAVolume, []replay.Counted{list, national}, ""},
		"another need":             {policy.NeedSCOrCert, []replay.Counted{list}, ""},
		"an operator of CII":       {policy.NeedSAHard, []replay.Counted{list}, ""},
		"nothing that was reached": {policy.NeedSAVolume, nil, ""},
	} {
		e := replay.Explanation{Verdict: policy.Verdict{Need: c.need}, Counters: c.counters}
		if got := listArticle(&e); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReplaySaysWhatDiffersBesideTheReasons(t *testing.T) {
	say := func(_, en string) string { return en }
	was := replayOutcome{Reasons: []policy.Reason{{Code: policy.FilingCovers}}, Need: policy.NeedSCOrCert, Filing: "A"}
	now := was
	now.Need = policy.NeedSAVolume
	if got := was.differs(&now, say); got != "FILING_COVERS; need sc_or_cert → sa_volume" {
		t.Error(got)
	}
	now.Reasons = []policy.Reason{{Code: policy.PathwayTooWeak}}
	if got := was.differs(&now, say); got != "FILING_COVERS → PATHWAY_INSUFFICIENT" {
		t.Error(got)
	}
}
