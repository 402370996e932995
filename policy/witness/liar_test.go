package witness_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
	"github.com/datacustoms/customs/policy/witness"
)

// lines are the cosignature lines of a text by a witness's key.
func lines(t *testing.T, text, name string, at time.Time) string {
	t.Helper()
	s, err := tree.NewCosigner(name, seed('w'), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: text}, s)
	if err != nil {
		t.Fatal(err)
	}
	_, out, _ := strings.Cut(string(signed), "\n\n")
	return out
}

// TestAnswersOfAnotherCosignature has cosignatures that are good, and none of
// this checkpoint by this witness.
func TestAnswersOfAnotherCosignature(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	c4, _ := log.grow(4)
	at, signed := log.grow(5)
	good := lines(t, at.Text(), "w.example", clockAt)
	tests := []struct {
		name, body string
		ok         bool
	}{
		{"its own", good, true},
		{"among those of others", lines(t, at.Text(), "other.example", clockAt) + good, true},
		{"of another checkpoint", lines(t, c4.Text(), "w.example", clockAt), false},
		{"of another witness", lines(t, at.Text(), "other.example", clockAt), false},
		{"a whole note in place of lines", at.Text() + "\n" + good, false},
		{"another checkpoint's text in front", c4.Text() + "\n" + good, false},
		{"without an end", strings.TrimSuffix(good, "\n"), false},
	}
	for _, tt := range tests {
		srv, roots := served(t, http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte(tt.body)) }))
		line, err := client(t, srv.URL, roots, "w.example").Cosign(context.Background(), signed, at, log.hashes(at))
		if (err == nil) != tt.ok || tt.ok && string(line) != good {
			t.Errorf("%s: %q, %v", tt.name, line, err)
		}
	}
}

// TestRepeatedCosignatureStaysOld wants a witness whose answers are months old,
// or lie in the future, not to pass for one that lives beyond now, and not to
// be asked without pause.
func TestRepeatedCosignatureStaysOld(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	at, signed := log.grow(5)
	for name, tt := range map[string]struct{ cosigned, want time.Time }{
		"months ago": {clockAt.AddDate(0, -3, 0), clockAt.AddDate(0, -3, 0)},
		"tomorrow":   {clockAt.AddDate(0, 0, 1), clockAt},
	} {
		var asked atomic.Int64
		srv, roots := served(t, http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			_, _ = out.Write([]byte(lines(t, at.Text(), "w.example", tt.cosigned)))
		}))
		o := witness.PushOptions{Dir: log.dir, Files: disk.Files{}, Now: func() time.Time { return clockAt }, Refresh: 6 * time.Hour,
			Witnesses: []*witness.Client{client(t, srv.URL, roots, "w.example")}}
		p := witness.NewPusher(o)
		p.Offer(signed, at)
		wait := p.Round(t.Context())
		if p.Round(t.Context()); asked.Load() != 1 || wait < time.Hour {
			t.Errorf("%s: asked %d times, again after %v", name, asked.Load(), wait)
		}
		for step, q := range map[string]*witness.Pusher{"at once": p, "after a restart": witness.NewPusher(o)} {
			if states, err := q.States(); err != nil || !states[0].Last.Equal(tt.want) || states[0].Size != 5 {
				t.Errorf("%s %s: %+v, %v", name, step, states, err)
			}
		}
	}
}

// TestWitnessThatHangs wants the end of the gateway not to wait for it, offers
// never to, and no file to come of it.
func TestWitnessThatHangs(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	at, signed := log.grow(5)
	reached, over := make(chan struct{}, 1), make(chan struct{})
	srv, roots := served(t, http.HandlerFunc(func(_ http.ResponseWriter, in *http.Request) {
		reached <- struct{}{}
		select {
		case <-in.Context().Done():
		case <-over:
		}
	}))
	defer close(over)
	_, key := witnessKey(t, "w.example")
	p := witness.NewPusher(witness.PushOptions{Dir: log.dir, Files: disk.Files{}, Now: time.Now,
		Witnesses: []*witness.Client{witness.NewClient(witness.ClientOptions{URL: srv.URL, Key: key, Roots: roots, Limit: time.Hour})}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	p.Offer(signed, at)
	<-reached
	for range 10_000 {
		p.Offer(signed, at)
	}
	stop()
	<-ended
	if states, _ := p.States(); states[0].Fault != "the question to the witness was given up" {
		t.Errorf("state %+v", states[0])
	}
	if _, err := os.Stat(filepath.Join(log.dir, witness.File)); err == nil {
		t.Error("a file came of no cosignature")
	}
}
