package proxy_test

import (
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// everyFault are the calls of a walk in which something can go wrong.
var everyFault = []string{"none", "law", "open head", "scan head", "close head", "resolve", "identify", "decide head", "open body",
	"gate", "scan body", "close body", "candidates", "exceptions", "peek", "decide", "approval", "use", "reserve", "hold",
	"append intent", "append outcome", "commit"}

// faultVerdicts are what the policy says where it is asked.
var faultVerdicts = map[string]policy.Verdict{
	"block":     {Reasons: []policy.Reason{{Code: policy.FilingNotFound}}},
	"hold":      {Action: policy.Hold, Reasons: []policy.Reason{{Code: policy.HeldForReview}}},
	"pass":      {Action: policy.Pass, Basis: "SC", Uses: []string{"EXC-1"}, Reasons: []policy.Reason{{Code: policy.FilingCovers}}},
	"odd":       {Action: policy.Pass, Basis: "SC", Limits: []string{"made.up"}, Reasons: []policy.Reason{{Code: policy.FilingCovers}}},
	"redaction": {Action: policy.Redact, Reasons: []policy.Reason{{Code: policy.RedactionOrdered}}},
	"unread":    {Action: policy.PassUnread, Basis: "SC", Reasons: []policy.Reason{{Code: policy.FilingCovers}}},
}

// policyCodes are those that only a policy gives in these tests.
var policyCodes = map[policy.Code]bool{policy.FilingNotFound: true, policy.HeldForReview: true, policy.FilingCovers: true}

// Stopped stands in a record exactly when no verdict of the policy does, and
// is then the one reason: else the verdict could not be derived again.
func TestStoppedSaysThatNoPolicyWasHeard(t *testing.T) {
	for name, v := range faultVerdicts {
		for _, call := range everyFault {
			for _, fault := range []string{call, "panic " + call} {
				for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
					if skipStopped[fault] {
						continue
					}
					t.Run(name+" "+mode.String()+" "+fault, func(t *testing.T) {
						h := newHouse()
						h.verdict, h.fault, h.mode = v, fault, mode
						walk(t, h, policy.Outcome{Sent: policy.SentAll})
						if len(h.closed) != 1 {
							t.Fatalf("%d records", len(h.closed))
						}
						checkStopped(t, &h.closed[0].Intent)
						for _, e := range h.entries {
							if e.Intent != nil && mode == proxy.Enforce {
								checkStopped(t, e.Intent)
							}
						}
					})
				}
			}
		}
	}
}

// skipStopped are breaks of calls that come after the answer, in which the
// front door contains a panic.
var skipStopped = map[string]bool{"panic commit": true}

func checkStopped(t *testing.T, in *policy.Intent) {
	t.Helper()
	d := in.Decided
	if len(d.Reasons) == 0 {
		t.Fatalf("no reason: %+v", d)
	}
	byPolicy := policyCodes[d.Reasons[0].Code]
	switch {
	case byPolicy && in.Stopped != "":
		t.Errorf("the policy said %s, and yet stopped by %s", d.Reasons[0].Code, in.Stopped)
	case !byPolicy && (in.Stopped == "" || len(d.Reasons) != 1 || d.Reasons[0].Code != in.Stopped || d.Action != policy.Block):
		t.Errorf("verdict %+v, stopped by %q", d, in.Stopped)
	}
}

// A refusal that the policy gave on the head is no stop.
func TestARefusalOnTheHeadIsAVerdict(t *testing.T) {
	h := newHouse()
	h.first = policy.Verdict{Final: true, Reasons: []policy.Reason{{Code: policy.FilingNotFound}}}
	if walk(t, h, policy.Outcome{}); h.entries[0].Intent.Stopped != "" {
		t.Errorf("stopped by %s", h.entries[0].Intent.Stopped)
	}
}
