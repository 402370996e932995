package replay_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

func under(r *policy.Rules) replay.What {
	return replay.What{Rules: func(string, string) (*policy.Rules, error) { return r, nil }}
}

// TestOtherRules asks about the record under other rules: what is exceeded, or
// what cannot be told.
func TestOtherRules(t *testing.T) {
	more := func(change func(r *policy.Rules)) *policy.Rules {
		r := rulesOf("d2", 100, 10, inspect.BankCard)
		change(r)
		return r
	}
	minor := func(in *policy.Intent, q *policy.Question) {
		in.Persons.Minors, in.Persons.SP = 1, 1
		in.Counters[1].After = 1
		q.Persons.Minors, q.Persons.Sensitive, q.Found[0].Sensitive = true, true, true
	}
	refused := func(in *policy.Intent, q *policy.Question) {
		in.Counters[0].Refused, q.Brackets[0].Exceeded = true, true
	}
	tests := []struct {
		name    string
		rules   *policy.Rules
		change  change
		want    string // first limit exceeded
		unknown string
	}{
		{"the count is the number of the law", rulesOf("d2", 43, 10), nil, "national.ns", ""},
		{"the count is one below", rulesOf("d2", 44, 10), nil, "", ""},
		{"another id for the same count", more(func(r *policy.Rules) { r.National[0].ID, r.National[0].Max = "other.ns", 42 }), nil, "other.ns", ""},
		{"more bases counted: at least as many", more(func(r *policy.Rules) { r.National[0].Bases, r.National[0].Max = nil, 42 }), nil, "national.ns", ""},
		{"more bases counted: nobody knows how many more", more(func(r *policy.Rules) { r.National[0].Bases = nil }), nil, "", "limit.national.ns"},
		{"fewer bases counted: at most as many", more(func(r *policy.Rules) { r.National[0].Bases = []string{"SC"} }), nil, "", ""},
		{"fewer bases counted: perhaps too many", more(func(r *policy.Rules) { r.National[0].Bases, r.National[0].Max = []string{"SC"}, 42 }), nil, "", "limit.national.ns"},
		{"a count of all persons was never made", more(func(r *policy.Rules) {
			r.Scale = []policy.Limit{{ID: "scale.x", Kind: policy.CountAny, Max: 50, Bases: bases}}
		}), nil, "", "limit.scale.x"},
		{"a count of all persons is at least this", more(func(r *policy.Rules) {
			r.Scale = []policy.Limit{{ID: "scale.x", Kind: policy.CountAny, Max: 42, Bases: bases}}
		}), nil, "scale.x", ""},
		{"the class became sensitive: each person may count there", rulesOf("d2", 100, 1, inspect.Mobile), nil, "", "limit.national.sp"},
		{"the class became sensitive: no number is near", rulesOf("d2", 100, 10, inspect.Mobile), nil, "", ""},
		{"a refused place under a lower number", rulesOf("d2", 90, 10), refused, "national.ns", ""},
		{"a refused place under a higher number", rulesOf("d2", 200, 10), refused, "", "limit.national.ns"},
		{"sensitive by a minor stays sensitive", rulesOf("d2", 100, 1, inspect.BankCard), minor, "national.sp", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var changes []change
			if tt.change != nil {
				changes = append(changes, tt.change)
			}
			h := newHouse()
			d := derive(t, h, record(t, changes...), under(tt.rules))
			if tt.unknown != "" {
				if !slices.Contains(d.Unknown, tt.unknown) {
					t.Errorf("unknown %v, want %s (verdict %+v)", d.Unknown, tt.unknown, d.Verdict)
				}
				return
			}
			got := ""
			if len(d.Verdict.Reasons) > 0 {
				got = d.Verdict.Reasons[0].Limit
			}
			if len(d.Unknown) > 0 || got != tt.want || d.Question.Pack.Digest != "d2" {
				t.Errorf("got %s (unknown %v), want %s", got, d.Unknown, tt.want)
			}
		})
	}
}

func TestADenyListOfNamesAndAWithheldName(t *testing.T) {
	other := rulesOf("d2", 100, 10)
	other.DeniedHosts = []string{"*.example.sg"}
	if d := derive(t, newHouse(), record(t), under(other)); !d.Verdict.Has(policy.RecipientDenied) {
		t.Errorf("a name on the list: %+v", d.Verdict)
	}
	hidden := record(t, func(in *policy.Intent, _ *policy.Question) { in.Host = "withheld" })
	if d := derive(t, newHouse(), hidden, under(other)); !slices.Contains(d.Unknown, "destination.denied") {
		t.Errorf("a name that is withheld: %+v, unknown %v", d.Verdict, d.Unknown)
	}
	byRegister := record(t, func(_ *policy.Intent, q *policy.Question) { q.Destination.Denied = true })
	if d := derive(t, newHouse(), byRegister, under(rulesOf("d2", 100, 10))); !d.Verdict.Has(policy.RecipientDenied) {
		t.Errorf("a recipient that the register suspended: %+v", d.Verdict)
	}
}

func TestOtherFilings(t *testing.T) {
	small, sourced, fresh, tiny := filing(2, 42), filing(2, 50), filing(1, 5), filing(1, 2)
	sourced.Links[0].SrcCIDRs = []string{"10.0.0.0/8"}
	fresh.ID, tiny.ID = "G", "G"
	tests := []struct {
		name    string
		filing  policy.Filing
		change  change
		want    string
		unknown string
		assumed string
	}{
		{"a smaller volume", small, nil, "F.ns", "", ""},
		{"a source network, and a client that is a pseudonym", sourced, nil, "", "", ""},
		{"a filing that was never counted", fresh, nil, "", "", "G.ns"},
		{"one that this flow alone is too much for", tiny, nil, "G.ns", "", "G.ns"},
		{"one of its group", func() policy.Filing {
			f := tiny
			f.Exporter = policy.Filer{USCC: "91330100799655058B", GroupUSCCs: []string{uscc}}
			return f
		}(), nil, "G.ns", "", "G.ns"},
		{"a filing of somebody else", func() policy.Filing { f := fresh; f.Exporter.USCC = "91330100799655058B"; return f }(), nil, "", "", ""},
		{"a filing and a name that is withheld", small, func(in *policy.Intent, _ *policy.Question) { in.Host = "withheld" }, "F.ns", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var changes []change
			if tt.change != nil {
				changes = append(changes, tt.change)
			}
			h := newHouse()
			d := derive(t, h, record(t, changes...), replay.What{Filings: []policy.Filing{tt.filing}})
			got := ""
			if len(d.Verdict.Reasons) > 0 {
				got = d.Verdict.Reasons[0].Limit
			}
			if got != tt.want || len(d.Unknown) > 0 || tt.assumed != "" && !slices.Contains(d.Assumed, tt.assumed) {
				t.Errorf("got %s, unknown %v, assumed %v", got, d.Unknown, d.Assumed)
			}
		})
	}
	h := newHouse()
	hidden := record(t, func(in *policy.Intent, _ *policy.Question) { in.Host = "withheld" })
	if derive(t, h, hidden, replay.What{Filings: []policy.Filing{small}}); len(h.asked) != 1 || !h.asked[0].Candidates[0].Link {
		t.Errorf("a link table that did not change fits as it did: %d questions", len(h.asked))
	}
	h = newHouse()
	derive(t, h, record(t), replay.What{Filings: []policy.Filing{sourced}})
	if len(h.asked) != 2 || h.asked[0].Candidates[0].Link == h.asked[1].Candidates[0].Link {
		t.Errorf("a link that cannot be told was not tried both ways: %d questions", len(h.asked))
	}
}

func TestAnotherPolicyThatWantsToReadWhatWasNotRead(t *testing.T) {
	h := newHouse()
	head := record(t, func(in *policy.Intent, q *policy.Question) {
		in.Judged, in.Classes, in.Persons, in.Counters = "unread", nil, policy.PersonCount{}, nil
		q.Stage, q.Found, q.Persons, q.Brackets, q.Candidates = policy.StageHead, []policy.Found{}, policy.AskedPersons{}, []policy.Bracket{}, []policy.Candidate{}
	})
	readOn := fixed{policy.Verdict{}}
	d := derive(t, h, head, replay.What{Decider: func(*policy.Rules) (policy.Decider, error) { return readOn, nil }})
	if !slices.Equal(d.Unknown, []string{"content"}) {
		t.Errorf("got %+v, unknown %v", d.Verdict, d.Unknown)
	}
	d = derive(t, h, record(t), replay.What{Decider: func(*policy.Rules) (policy.Decider, error) {
		return fixed{policy.Verdict{Action: policy.Redact, Final: true}}, nil
	}})
	if !d.Verdict.Has(policy.RedactionUnavail) {
		t.Errorf("an order to redact: %+v", d.Verdict)
	}
}
