package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
)

// verified is what customs audit verify says as JSON.
type verified struct {
	OK    bool `json:"ok"`
	Fault *struct {
		Problem string `json:"problem"`
	} `json:"fault"`
	Log struct {
		Entries uint64   `json:"entries"`
		Open    int      `json:"open"`
		Flows   []string `json:"open_flows"`
		After   uint64   `json:"after_checkpoint"`
	} `json:"log"`
}

func verifyJSON(t *testing.T, g *gatewayProcess) verified {
	t.Helper()
	var v verified
	out, code := g.customs("audit", "verify", "--format", "json")
	if err := json.Unmarshal([]byte(strings.SplitN(out, "\n", 2)[0]), &v); err != nil || code == 2 {
		t.Fatalf("audit verify: exit %d, %v: %.300s", code, err, out)
	}
	return v
}

// dead compares the log that a kill left with what verify says of it and with
// the origin, before anybody repairs it. It returns the flows that are open.
func (s *siege) dead(g *gatewayProcess) map[string]bool {
	said := verifyJSON(s.t, g)
	if !said.OK {
		s.t.Errorf("the log that a kill left does not verify: %+v", said.Fault)
	}
	open := map[string]bool{}
	for _, r := range s.records(g) {
		if !r.Complete {
			open[r.ID] = true
		}
	}
	names := slices.Sorted(maps.Keys(open))
	if said.Log.Open != len(open) || said.Log.Open <= 20 && !slices.Equal(slices.Sorted(slices.Values(said.Log.Flows)), names) {
		s.t.Errorf("verify names %d flows without an outcome: %v; the log has %v", said.Log.Open, said.Log.Flows, names)
	}
	if len(open) > siegeClients {
		s.t.Errorf("%d flows of %d clients have no outcome", len(open), siegeClients)
	}
	return open
}

// alive compares the log after the restart: what was open is in doubt, and
// nothing else is.
func (s *siege) alive(g *gatewayProcess) {
	if v := verifyJSON(s.t, g); !v.OK || v.Log.Open != 0 {
		s.t.Errorf("after recovery: %+v", v)
	}
	after := s.records(g)
	doubt := map[string]bool{}
	for _, r := range after {
		if !r.Complete {
			s.t.Errorf("record %s is open after recovery", r.ID)
		}
		if r.Outcome != nil && r.Outcome.InDoubt {
			doubt[r.ID] = true
		}
	}
	if !maps.Equal(doubt, s.doubt) {
		s.t.Errorf("in doubt are %v, open at a kill were %v", slices.Sorted(maps.Keys(doubt)), slices.Sorted(maps.Keys(s.doubt)))
	}
}

// siegeWord is what the records say of one transfer.
type siegeWord struct {
	sure  int // arrivals of which the log is sure
	doubt int // attempts that may have arrived
	held  int // refusals
}

// records reads all records and compares them with the origin and the clients.
func (s *siege) records(g *gatewayProcess) []policy.Record {
	out := listed(s.t, g)
	log, seen := map[string]siegeWord{}, map[string]bool{}
	for _, r := range out {
		if seen[r.ID] {
			s.t.Errorf("flow %s has two records", r.ID)
		}
		seen[r.ID] = true
		l := log[r.Intent.Declared.Link]
		switch {
		case !r.Intent.Enforced.Releases():
			l.held++
		case r.Outcome == nil || r.Outcome.InDoubt:
			l.doubt++ // may have arrived once
		case r.Outcome.Status != 0:
			l.sure += r.Outcome.Attempts
		default:
			l.doubt += r.Outcome.Attempts
		}
		log[r.Intent.Declared.Link] = l
	}
	s.origin.mu.Lock()
	defer s.origin.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range siegeFaults(log, s.origin.seen, s.answered) {
		s.t.Error(f)
	}
	for id := range s.known {
		if !seen[id] {
			s.t.Errorf("record %s was lost", id)
		}
	}
	s.known = seen
	return out
}

// siegeFaults says where log, origin and clients tell different stories.
func siegeFaults(log map[string]siegeWord, origin, answered map[string]int) (out []string) {
	for name, n := range origin {
		if l := log[name]; n > l.sure+l.doubt {
			out = append(out, fmt.Sprintf("transfer %s reached the origin %d times, its records tell of %d", name, n, l.sure+l.doubt))
		}
		if strings.Contains(name, "refused") {
			out = append(out, fmt.Sprintf("transfer %s was to be refused and reached the origin", name))
		}
	}
	for name, l := range log {
		if l.sure > origin[name] {
			out = append(out, fmt.Sprintf("transfer %s reached the origin %d times, its records are sure of %d", name, origin[name], l.sure))
		}
	}
	for name, status := range answered {
		l := log[name]
		if status == http.StatusOK && l.sure+l.doubt == 0 || status != http.StatusOK && l.held == 0 {
			out = append(out, fmt.Sprintf("the client of transfer %s heard %d, its records tell %+v", name, status, l))
		}
	}
	return out
}

// The twin: each disagreement must be found.
func TestSiegeFindsFaults(t *testing.T) {
	tests := []struct {
		name             string
		log              siegeWord
		origin, answered int
		want             bool
	}{
		{"arrived once and said so", siegeWord{sure: 1}, 1, 200, false},
		{"arrived and nobody knows", siegeWord{doubt: 1}, 1, 0, false},
		{"may have arrived and did not", siegeWord{doubt: 1}, 0, 0, false},
		{"arrived twice and said so", siegeWord{sure: 2}, 2, 200, false},
		{"refused", siegeWord{held: 1}, 0, 403, false},
		{"arrived without a record", siegeWord{}, 1, 0, true},
		{"arrived twice with one attempt", siegeWord{sure: 1}, 2, 200, true},
		{"sure and did not arrive", siegeWord{sure: 1}, 0, 200, true},
		{"said twice and arrived once", siegeWord{sure: 2}, 1, 200, true},
		{"refused and arrived", siegeWord{held: 1}, 1, 403, true},
		{"the client heard of it, the log did not", siegeWord{}, 0, 200, true},
		{"the client was refused without a record", siegeWord{}, 0, 403, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log, origin, answered := map[string]siegeWord{"x": tt.log}, map[string]int{"x": tt.origin}, map[string]int{"x": tt.answered}
			if tt.answered == 0 {
				delete(answered, "x")
			}
			if got := siegeFaults(log, origin, answered); (len(got) > 0) != tt.want {
				t.Errorf("faults %v, want some: %v", got, tt.want)
			}
		})
	}
	if got := siegeFaults(nil, map[string]int{"r-refused": 0}, nil); len(got) != 1 {
		t.Errorf("a transfer that was to be refused and arrived is not found: %v", got)
	}
}
