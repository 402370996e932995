package proxy_test

import (
	"testing"

	"github.com/datacustoms/customs/policy"
)

// Two transfers that differ in anything a reviewer was shown, or in what the
// law asks about, have two tickets.
func TestTwoTransfersHaveTwoTickets(t *testing.T) {
	ticket := func(change func(*house)) string {
		h := holding()
		h.declared = policy.Declared{Purpose: "after-sales"}
		change(h)
		x, v, _ := walk(t, h, policy.Outcome{})
		if v.Action != policy.Hold {
			t.Fatalf("verdict %v", v)
		}
		return x.Ticket()
	}
	first := ticket(func(*house) {})
	for name, change := range map[string]func(*house){
		"another scenario": func(h *house) { h.declared.Scenario = "icv.rnd" },
		"another claim":    func(h *house) { h.declared.Claim = "EX_HR" },
		"another link":     func(h *house) { h.declared.Link = "L2" },
	} {
		if ticket(change) == first {
			t.Errorf("%s: the same ticket", name)
		}
	}
}
