package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// roads are ways on which a transfer comes to nothing, or to something.
type road struct {
	name   string
	origin func(http.ResponseWriter, *http.Request) bool
	host   string // when it is not the filing's
	body   func(synth.Person) []byte
	count  int64       // persons after ten tries
	sent   policy.Sent // what a record of them says; empty where none is released
}

// TestRetriesCountOnce sends the same body ten times by each road, and then
// once to an origin that answers well.
func TestRetriesCountOnce(t *testing.T) { retriesCountOnce(t, harbourOptions{}) }

func retriesCountOnce(t testing.TB, o harbourOptions) {
	h := newHarbour(t, o)
	const host = "retry.example.sg"
	h.file("SA-RETRY", host, 100, nil)
	client := h.client("127.0.0.1", false)
	h.waitFiling(client, host)
	m := synth.New(10, policytestDay)
	year := policytestDay.Year()
	large := func(p synth.Person) []byte {
		return append(append([]byte(`[{"id_card":"`+p.ResidentID+`"},"`), bytes.Repeat([]byte("harbour "), 1<<20)...), `"]`...)
	}
	for i, r := range []road{
		{name: "client sends again", count: 1, sent: policy.SentAll},
		{name: "origin answers 502", count: 1, sent: policy.SentAll, origin: func(w http.ResponseWriter, r *http.Request) bool {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusBadGateway)
			return true
		}},
		{name: "origin cuts before it reads", count: 1, sent: policy.SentSome, origin: func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }},
		{name: "origin cuts in the middle of the body", count: 1, sent: policy.SentSome, body: large, origin: func(_ http.ResponseWriter, r *http.Request) bool {
			io.ReadFull(r.Body, make([]byte, 100_000))
			panic(http.ErrAbortHandler)
		}},
		{name: "origin cuts in the middle of the answer", count: 1, sent: policy.SentAll, origin: func(w http.ResponseWriter, r *http.Request) bool {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte("some"))
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}},
		{name: "nobody listens", host: host + ":1", sent: policy.SentNone},
		{name: "blocked for a class that no item covers", body: func(p synth.Person) []byte {
			return synth.JSONOf([]synth.Person{p}, "id_card", "card_no")
		}},
	} {
		p := m.Adult()
		body := idOf(p)
		if r.body != nil {
			body = r.body(p)
		}
		to := host
		if r.host != "" {
			to = r.host
		}
		h.settled()
		before := h.total(demoMotors, "", year)
		h.outcomes()
		h.answers(r.origin)
		for range 10 {
			h.post(client, to, fmt.Sprint("/retry", i), jsonKind, body)
		}
		h.answers(nil)
		h.wantTotal(r.name, demoMotors, "", year, before+r.count)
		if got := h.outcomes(); got[r.sent] == 0 {
			t.Errorf("%s: the records say %v, want %q among them", r.name, got, r.sent)
		}
		if r.count == 0 {
			body = idOf(p) // in a form that may pass
		}
		h.passes(client, host, fmt.Sprint("/retried", i), jsonKind, body)
		h.wantTotal(r.name+", then well", demoMotors, "", year, before+1)
		h.wantTotal(r.name+", then well, filing", "", "SA-RETRY", year, before+1)
	}
	if _, pending := h.house.ledger.Show(); len(pending) > 0 {
		t.Errorf("%d reservations are in doubt", len(pending))
	}
}

// TestClientGoesAway cuts the upload before its end: nothing was judged,
// nobody counts.
func TestClientGoesAway(t *testing.T) {
	h := newHarbour(t, harbourOptions{})
	const host = "gone.example.sg"
	h.file("SA-GONE", host, 100, nil)
	client := h.client("127.0.0.1", false)
	h.waitFiling(client, host)
	p := synth.New(11, policytestDay).Adult()
	for range 3 {
		body, feed := io.Pipe()
		req, err := http.NewRequest(http.MethodPost, "https://"+host+":"+h.port+"/gone", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", jsonKind)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if resp, err := client.Do(req); err == nil {
				resp.Body.Close()
			}
		}()
		feed.Write(idOf(p))
		feed.CloseWithError(io.ErrUnexpectedEOF)
		<-ended
	}
	h.passes(client, host, "/last", "text/plain", []byte("nothing"))
	h.wantTotal("cut uploads", demoMotors, "", policytestDay.Year(), 0)
	if n := len(h.below("/gone")); n != 0 {
		t.Errorf("%d transfers reached the origin", n)
	}
}

// holdMail is an operator's module that holds whoever sends a mail address.
const holdMail = `package customs.operator

hold contains "mail" if {
	some f in input.found
	f.class == "pi.contact.email"
}
`

// TestHoldCountsNobody holds a transfer for review, ten times: nobody counts,
// and its persons take no place from others.
func TestHoldCountsNobody(t *testing.T) {
	dir := t.TempDir()
	put(t, dir+"/own.rego", holdMail)
	h := newHarbour(t, harbourOptions{config: withModules(dir)})
	const host = "hold.example.sg"
	h.file("SA-HOLD", host, 2, nil)
	client := h.client("127.0.0.1", true)
	h.waitFiling(client, host)
	people := synth.New(12, policytestDay).Adults(3)
	for range 10 {
		r := h.post(client, host, "/hold", jsonKind, synth.JSONOf(people[:2], "id_card", "email"))
		if r.status != http.StatusForbidden || strings.Contains(r.reasons, string(policy.VolumeExceeded)) {
			t.Fatalf("%+v, want a hold", r)
		}
	}
	h.wantTotal("held", "", "SA-HOLD", policytestDay.Year(), 0)
	h.passes(client, host, "/free", jsonKind, synth.JSONOf(people[1:], "id_card"))
	h.wantTotal("others", "", "SA-HOLD", policytestDay.Year(), 2)
}
