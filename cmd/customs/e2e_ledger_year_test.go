package main

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// at moves the clock of a harbour to an instant.
func (h *harbour) at(t time.Time) { h.clock.Add(t.Sub(h.clock.Now())) }

// newYear is when 2027 begins in Shanghai.
var newYear = time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)

// yearFiling is in force from before the new year to well after it: 20 persons
// a year, 30 over the whole time.
func yearFiling(f *policy.Filing) {
	f.Valid = policy.Validity{Issued: "2026-01-15", Effective: "2026-01-15", Expires: "2029-01-15"}
	f.Volume.TotalOverValidity = 30
}

// TestYearBoundary sends at the last second of a year in Shanghai and at the
// first of the next: the same persons count in both years, each volume begins
// again, and the volume over the whole validity goes on.
func TestYearBoundary(t *testing.T) { yearBoundary(t, harbourOptions{}) }

func yearBoundary(t testing.TB, o harbourOptions) {
	o.from = newYear.Add(-time.Hour)
	h := newHarbour(t, o)
	const host, filing = "year.example.sg", "SA-YEAR"
	h.file(filing, host, 20, yearFiling)
	client := h.client("127.0.0.1", true)
	h.waitFiling(client, host)
	people := synth.New(27, newYear).Adults(32)
	send := func(name string, from, to int) reply {
		return h.post(client, host, "/"+name, jsonKind, synth.JSONOf(people[from:to], "id_card"))
	}
	wants := func(name string, r reply, status int) {
		t.Helper()
		if r.status != status {
			t.Errorf("%s: %+v, want %d", name, r, status)
		}
	}
	counts := func(when string, last, next, whole int64) {
		t.Helper()
		h.wantTotal(when+", exporter's 2026", demoMotors, "", 2026, last)
		h.wantTotal(when+", exporter's 2027", demoMotors, "", 2027, next)
		h.wantTotal(when+", filing's 2026", "", filing, 2026, last)
		h.wantTotal(when+", filing's 2027", "", filing, 2027, next)
		h.wantTotal(when+", filing's validity", "", filing, 0, whole)
	}
	h.at(newYear.Add(-time.Second))
	wants("the last second", send("last", 0, 20), http.StatusOK)
	wants("one more in the last second", send("full", 20, 21), http.StatusForbidden)
	counts("before midnight", 20, 0, 20)

	h.at(newYear)
	wants("the first instant", send("first", 20, 25), http.StatusOK)
	counts("after midnight", 20, 5, 25)
	wants("persons of last year again", send("again", 15, 25), http.StatusOK)
	counts("old and new persons", 20, 10, 25)
	wants("the volume over the validity", send("whole", 25, 31), http.StatusForbidden)
	wants("its last five places", send("rest", 25, 30), http.StatusOK)
	counts("at the end", 20, 15, 30)

	h.at(newYear.Add(-time.Nanosecond)) // a clock that was set back
	wants("set back, persons of that year", send("back", 0, 20), http.StatusOK)
	wants("set back, others", send("back2", 20, 21), http.StatusForbidden)
	counts("set back", 20, 15, 30)
}

// TestOverMidnight begins a body in one year and ends it in the next: it counts
// in the year in which it leaves, once.
func TestOverMidnight(t *testing.T) { overMidnight(t, harbourOptions{}) }

func overMidnight(t testing.TB, o harbourOptions) {
	o.from = newYear.Add(-time.Second)
	h := newHarbour(t, o)
	const host, filing = "night.example.sg", "SA-NIGHT"
	h.file(filing, host, 20, yearFiling)
	client := h.client("127.0.0.1", false)
	h.waitFiling(client, host)
	people := synth.New(28, newYear).Adults(2)
	body, feed := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, "https://"+host+":"+h.port+"/night", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", jsonKind)
	answered := make(chan error, 1)
	go func() {
		resp, err := client.Do(req)
		if err == nil {
			if resp.Body.Close(); resp.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d, %s", resp.StatusCode, resp.Header.Get("X-Customs-Reason"))
			}
		}
		answered <- err
	}()
	text := synth.JSONOf(people, "id_card")
	feed.Write(text[:len(text)/2])
	waitFor(t, "half of the body to be held", func() bool {
		memory, _ := h.house.store.Held()
		return memory > 0
	})
	h.at(newYear.Add(time.Second))
	feed.Write(text[len(text)/2:])
	feed.Close()
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	h.wantTotal("the year in which it began", demoMotors, "", 2026, 0)
	h.wantTotal("the year in which it left", demoMotors, "", 2027, 2)
	h.wantTotal("the filing's year", "", filing, 2027, 2)
	if n := len(h.below("/night")); n != 1 {
		t.Errorf("%d transfers at the origin", n)
	}
}

// TestLeapDay sends on 29 February, in both zones' sense of it, and on a year's
// last day of 366.
func TestLeapDay(t *testing.T) {
	leap := time.Date(2028, 2, 28, 16, 0, 0, 0, time.UTC) // 29 February, 00:00 in Shanghai
	h := newHarbour(t, harbourOptions{from: leap})
	const host, filing = "leap.example.sg", "SA-LEAP"
	h.file(filing, host, 20, func(f *policy.Filing) {
		f.Valid = policy.Validity{Issued: "2026-02-28", Effective: "2026-02-28", Expires: "2029-02-28"}
	})
	client := h.client("127.0.0.1", true)
	h.waitFiling(client, host)
	people := synth.New(29, leap).Adults(4)
	for i, at := range []time.Time{leap, leap.Add(24*time.Hour - time.Nanosecond),
		time.Date(2028, 12, 31, 15, 59, 59, 0, time.UTC), time.Date(2028, 12, 31, 16, 0, 0, 0, time.UTC)} {
		h.at(at)
		h.passes(client, host, fmt.Sprint("/leap", i), jsonKind, idOf(people[i]))
	}
	h.wantTotal("the leap year", demoMotors, "", 2028, 3)
	h.wantTotal("the year after", demoMotors, "", 2029, 1)
	h.at(time.Date(2029, 2, 28, 16, 0, 0, 0, time.UTC))
	if r := h.post(client, host, "/late", jsonKind, idOf(people[0])); r.status != http.StatusForbidden {
		t.Errorf("after the last day: %+v", r)
	}
	h.wantTotal("after the last day", demoMotors, "", 2029, 1)
}
