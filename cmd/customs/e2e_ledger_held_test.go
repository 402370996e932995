package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// TestLastPlaceHeldByAnOpenFlow refuses whoever asks for a place that an open
// flow holds for the moment only, and says when to ask again: the place may
// come free. When the flow has ended it is gone for good.
func TestLastPlaceHeldByAnOpenFlow(t *testing.T) {
	h := newHarbour(t, harbourOptions{})
	const host = "held.example.sg"
	h.file("SA-HELD", host, 1, nil)
	client := h.client("127.0.0.1", true)
	h.waitFiling(client, host)
	people := synth.New(5, policytestDay).Adults(2)
	began, answer := make(chan struct{}), make(chan struct{})
	h.answers(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/open" {
			close(began)
			<-answer
		}
		return false
	})
	first := make(chan reply, 1)
	go func() { first <- h.post(client, host, "/open", jsonKind, idOf(people[0])) }()
	<-began
	r := h.post(client, host, "/next", jsonKind, idOf(people[1]))
	if r.status != http.StatusServiceUnavailable || !strings.Contains(r.reasons, string(policy.VolumeContended)) || r.retryAfter == "" {
		t.Errorf("while the last place is only held: %+v, want 503 VOLUME_CONTENDED with Retry-After", r)
	}
	if r := h.post(client, host, "/same", jsonKind, idOf(people[0])); r.status != http.StatusOK {
		t.Errorf("the person who has the place: %+v, want 200", r)
	}
	close(answer)
	if r := <-first; r.status != http.StatusOK {
		t.Errorf("the flow that held it: %+v", r)
	}
	h.settled()
	if r := h.post(client, host, "/next", jsonKind, idOf(people[1])); r.status != http.StatusForbidden || !strings.Contains(r.reasons, string(policy.VolumeExceeded)) {
		t.Errorf("when the place is taken for good: %+v, want 403 VOLUME_EXCEEDED", r)
	}
	h.wantTotal("the filing", "", "SA-HELD", policytestDay.Year(), 1)
}
