package replay_test

import (
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// sent is a record as the spine writes it of a release.
func sent(t *testing.T, change ...change) policy.Record {
	r := record(t, change...)
	r.Complete, r.Outcome = true, &policy.Outcome{Sent: policy.SentAll, Bytes: 9}
	r.Intent.Enforced, r.Intent.Reservation = policy.Pass, &policy.Reservation{ID: "r"}
	return r
}

func namesOf(list []replay.Difference) (out []string) {
	for _, d := range list {
		out = append(out, d.Name)
	}
	return out
}

func TestWhatBecameOfAFlowFitsItsVerdict(t *testing.T) {
	full := func(in *policy.Intent, q *policy.Question) {
		in.Counters[2].Before, in.Counters[2].After, q.Brackets[2].Exceeded = 48, 51, true
	}
	tests := []struct {
		name   string
		of     []change
		change func(*policy.Record)
		want   []string
	}{
		{"a sound release", nil, func(*policy.Record) {}, nil},
		{"a release that was enforced as a block", nil, func(r *policy.Record) { r.Intent.Enforced = policy.Block }, []string{"enforced"}},
		{"a release that nobody was counted for", nil, func(r *policy.Record) { r.Intent.Reservation = nil }, []string{"reservation"}},
		{"a release of which nothing became", nil, func(r *policy.Record) { r.Outcome = nil }, []string{"outcome"}},
		{"a block that left", []change{full}, func(*policy.Record) {}, []string{"enforced", "reservation", "outcome.sent", "outcome.bytes"}},
		{"a sound block", []change{full}, func(r *policy.Record) {
			r.Outcome, r.Intent.Enforced, r.Intent.Reservation = nil, policy.Block, nil
		}, nil},
		{"an observed block", []change{full}, func(r *policy.Record) { r.Intent.Mode = "observe" }, nil},
		{"no mode", nil, func(r *policy.Record) { r.Intent.Mode = "" }, []string{"mode"}},
		{"stopped, and yet sent", []change{func(in *policy.Intent, q *policy.Question) { in.Stopped, q.Brackets = policy.Oversize, nil }},
			func(*policy.Record) {}, []string{"enforced", "reservation", "outcome.sent", "outcome.bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sent(t, tt.of...)
			tt.change(&r)
			d := derive(t, newHouse(), r, replay.What{})
			if got := namesOf(replay.CheckOutcome(r, d.Verdict, true)); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAStopThatCannotBeOneIsNamed(t *testing.T) {
	stop := func(code policy.Code) change {
		return func(in *policy.Intent, _ *policy.Question) { in.Stopped = code }
	}
	for code, want := range map[policy.Code]string{policy.OperatorDenied: "stopped", policy.FilingCovers: "stopped",
		policy.Oversize: "stopped.question", policy.LedgerUnavail: "", policy.QuotaUsedUp: ""} {
		d := derive(t, newHouse(), record(t, stop(code)), replay.What{})
		if got := namesOf(d.Differences); (want == "") != (len(got) == 0) || want != "" && !slices.Contains(got, want) {
			t.Errorf("%s: got %v, want %q", code, got, want)
		}
	}
}

// registered is a house that knows exporters and exceptions.
type registered struct {
	*house
	exporters []policy.Exporter
	all       bool
	lifts     map[string]policy.Exception
}

func (h *registered) Exporters(string, time.Time) ([]policy.Exporter, bool) {
	return h.exporters, h.all
}

func (h *registered) Exception(id string, _ int) (policy.Exception, string, bool, bool) {
	e, ok := h.lifts[id]
	return e, uscc, ok, true
}

func TestWhatStandsInTheQuestionAloneIsComparedOrSaid(t *testing.T) {
	lifted := func(_ *policy.Intent, q *policy.Question) {
		q.Exceptions = []policy.Exception{{ID: "E-1", Revision: 1, State: "current", Waives: []string{"big"}}}
	}
	reviewed := func(in *policy.Intent, q *policy.Question) {
		in.Ticket, q.Approval = "t-1", &policy.Approval{Ticket: "t-1", Approvers: []string{"a", "b"}}
	}
	known := func(waives ...string) *registered {
		return &registered{newHouse(), []policy.Exporter{{USCC: uscc, CIIO: policy.No}}, true, map[string]policy.Exception{"E-1": {ID: "E-1", Waives: waives}}}
	}
	other := known()
	other.exporters[0].CIIO = policy.Yes
	unsure := known()
	unsure.exporters, unsure.all = nil, false
	tests := []struct {
		name   string
		src    replay.Sources
		change change
		differ []string
		taken  []string
	}{
		{"nobody to ask", newHouse(), lifted, nil, []string{"exporter.facts", "exception.E-1"}},
		{"all known", known("big"), lifted, nil, []string{"exception.E-1.state"}},
		{"it lifted something else", known("small"), lifted, []string{"exception.E-1.waives"}, []string{"exception.E-1.state"}},
		{"no such exception", known(), func(i *policy.Intent, q *policy.Question) { lifted(i, q); q.Exceptions[0].ID = "E-2" }, []string{"exception.E-2"}, nil},
		{"another exporter's facts", other, func(*policy.Intent, *policy.Question) {}, []string{"exporter.facts"}, nil},
		{"an exporter of the configuration of then", unsure, func(*policy.Intent, *policy.Question) {}, nil, []string{"exporter.facts"}},
		{"what reviewers said", known(), reviewed, nil, []string{"approval"}},
		{"of another ticket", known(), func(i *policy.Intent, q *policy.Question) { reviewed(i, q); i.Ticket = "t-2" }, []string{"approval.ticket"}, []string{"approval"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := replay.Derive(t.Context(), record(t, tt.change), tt.src, replay.What{})
			if err != nil {
				t.Fatal(err)
			}
			if got := namesOf(d.Differences); !slices.Equal(got, tt.differ) || !slices.Equal(d.Taken, tt.taken) {
				t.Errorf("differs %v, taken %v; want %v and %v", got, d.Taken, tt.differ, tt.taken)
			}
		})
	}
}
