package main

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

const (
	senders = 64
	each    = 3   // persons a sender tries to send
	places  = 100 // that the filing has left
)

// regatta is one race for the last places of a filing.
type regatta struct {
	h       *harbour
	host    string
	dead    string // the same recipient at a port where nobody listens
	prefix  string
	people  []synth.Person
	clients []*http.Client

	passed, exceeded, contended, failed atomic.Int64
	once                                sync.Once
	seen                                chan struct{} // closed when the first was refused
}

// TestRaceForTheLastPlaces lets 64 senders race for the last 100 places of a
// filing, through TLS. Each sends persons of its own, some twice and some
// first to a port where nobody listens, which gives the place back. In every
// second race the origin keeps 48 transfers open until one was refused.
func TestRaceForTheLastPlaces(t *testing.T) {
	sum := raceForTheLastPlaces(t, harbourOptions{}, 2**reps)
	t.Logf("%d races of %d senders for %d places: exactly %d persons passed in each; answers %v", 2**reps, senders, places, places, sum)
}

func raceForTheLastPlaces(t testing.TB, o harbourOptions, rounds int) map[string]int64 {
	h := newHarbour(t, o)
	m := synth.New(64, policytestDay)
	clients := make([]*http.Client, senders)
	for i := range clients {
		clients[i] = h.client("127.0.0.1", i%2 == 0)
	}
	sum := map[string]int64{}
	for round := range rounds {
		r := h.regatta(round, m, clients)
		h.answers(nil)
		if round%2 == 1 {
			h.answers(r.keepOpen)
		}
		r.row()
		for _, fault := range r.faults() {
			t.Errorf("round %d: %s", round, fault)
		}
		if t.Failed() {
			t.FailNow()
		}
		for what, n := range map[string]int64{"passed": r.passed.Load(), "exceeded": r.exceeded.Load(), "contended": r.contended.Load(), "dead port": r.failed.Load()} {
			sum[what] += n
		}
	}
	sum["decider too slow"] = h.slow.Load()
	return sum
}

// regatta registers a filing of which all places but the last are taken by
// earlier transfers, and opens the connections, so that the race is tight.
func (h *harbour) regatta(round int, m *synth.Maker, clients []*http.Client) *regatta {
	r := &regatta{h: h, host: fmt.Sprintf("r%d.example.sg", round), prefix: fmt.Sprintf("/r%d/", round), clients: clients, seen: make(chan struct{})}
	early := 20
	r.people = m.Adults(early + senders*each)
	h.file(fmt.Sprintf("SA-RACE-%d", round), r.host, int64(early+places), nil)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	r.dead = r.host + ":" + dead.Addr().String()[strings.LastIndexByte(dead.Addr().String(), ':')+1:]
	dead.Close()
	h.waitFiling(clients[0], r.host)
	h.passes(clients[0], r.host, "/early", jsonKind, synth.JSONOf(r.people[:early], "id_card"))
	r.people = r.people[early:]
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() { h.post(c, r.host, "/warm", "text/plain", []byte("nothing")) })
	}
	wg.Wait()
	return r
}

// waitFiling waits until the gateway has seen the filing of a host.
func (h *harbour) waitFiling(client *http.Client, host string) {
	h.t.Helper()
	probe := synth.New(1, policytestDay).Adult()
	waitFor(h.t, "the filing of "+host, func() bool {
		r := h.post(client, host, "/filed", jsonKind, []byte(`{"id_card":"`+probe.ResidentID+`","card_no":"`+probe.BankCard+`"}`))
		return strings.Contains(r.reasons, string(policy.CategoryNotCovered))
	})
}

// keepOpen is an origin that does not answer for every fourth person before
// somebody was refused. All senders that it does not hold have three persons,
// so 144 in all come that far, and somebody is.
func (r *regatta) keepOpen(_ http.ResponseWriter, req *http.Request) bool {
	if n, err := strconv.Atoi(strings.TrimPrefix(req.URL.Path, r.prefix)); err == nil && n%4 == 0 {
		<-r.seen
	}
	return false
}

func (r *regatta) row() {
	var wg sync.WaitGroup
	gun := make(chan struct{})
	for s, client := range r.clients {
		wg.Go(func() {
			<-gun
			for k := range each {
				r.sail(client, s*each+k)
			}
		})
	}
	close(gun)
	wg.Wait()
	r.h.settled()
}

// sail sends one person until there is an answer that stands.
func (r *regatta) sail(client *http.Client, person int) {
	body := idOf(r.people[person])
	path := r.prefix + fmt.Sprint(person)
	if person%5 == 0 {
		if got := r.h.post(client, r.dead, path, jsonKind, body); got.status == http.StatusBadGateway {
			r.failed.Add(1)
		}
	}
	for {
		got := r.h.post(client, r.host, path, jsonKind, body)
		switch {
		case got.err != nil:
			r.h.t.Errorf("no answer: %v", got.err)
			return
		case got.status == http.StatusOK:
			if r.passed.Add(1); person%7 == 0 {
				r.h.passes(client, r.host, path, jsonKind, body) // a second time: nobody new
			}
			return
		case got.status == http.StatusForbidden && strings.Contains(got.reasons, string(policy.VolumeExceeded)):
			r.exceeded.Add(1)
			r.refused()
			return
		case got.status == http.StatusServiceUnavailable && strings.Contains(got.reasons, string(policy.VolumeContended)) && got.retryAfter != "":
			r.contended.Add(1) // and ask again
			r.refused()
		default:
			r.h.t.Errorf("answer %+v", got)
			return
		}
	}
}

func (r *regatta) refused() { r.once.Do(func() { close(r.seen) }) }

// faults compares the three that must agree: what clients were told, what the
// origin has, and what the ledger counts.
func (r *regatta) faults() (out []string) {
	at := r.h.below(r.prefix)
	persons := map[string]bool{}
	for _, body := range at {
		persons[body] = true
	}
	if len(at) != places || len(persons) != places {
		out = append(out, fmt.Sprintf("%d transfers of %d persons reached the origin, want %d", len(at), len(persons), places))
	}
	for name, body := range at {
		var n int
		if _, err := fmt.Sscan(name, &n); err != nil || n >= len(r.people) || body != string(idOf(r.people[n])) {
			out = append(out, "a body at the origin is not that of its path")
		}
	}
	if n := r.passed.Load(); n != places {
		out = append(out, fmt.Sprintf("%d were told that they passed, want %d", n, places))
	}
	filing := "SA-RACE-" + strings.Trim(r.prefix, "/r")
	if got := r.h.total("", filing, policytestDay.Year()); got != int64(places+20) {
		out = append(out, fmt.Sprintf("the filing counts %d persons, want %d", got, places+20))
	}
	slices.Sort(out)
	return out
}
