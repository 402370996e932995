package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
	"github.com/datacustoms/customs/policy/tree"
)

// gathering is a receiver in memory.
type gathering struct {
	mu  sync.Mutex
	got map[string]int
}

func (g *gathering) Send(_ context.Context, batch []stream.Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range batch {
		g.got[m.ID]++
	}
	return nil
}

func (*gathering) Close() error { return nil }

// TestStreamSaysWhatItNeverSent deletes a segment before a stream has begun: the
// gap is counted and told of, and all else arrives.
func TestStreamSaysWhatItNeverSent(t *testing.T) {
	data, ctx := t.TempDir(), context.Background()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner("node.example.cn", key)
	if err != nil {
		t.Fatal(err)
	}
	open := func() *audit.Log {
		l, err := audit.Open(audit.Options{Dir: data, Node: "n1", Files: disk.Files{}, Now: time.Now, SegmentBytes: 8 << 10,
			Origin: "node.example.cn", Signers: func() []note.Signer { return []note.Signer{signer} }})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open()
	for i := range 60 {
		flow := fmt.Sprintf("flow-%d", i)
		for _, e := range []policy.Entry{{Kind: policy.KindIntent, Flow: flow, Intent: &policy.Intent{Mode: "enforce", Enforced: policy.Pass}},
			{Kind: policy.KindOutcome, Flow: flow, Outcome: &policy.Outcome{Sent: policy.SentAll}}} {
			if _, err := l.Append(ctx, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil { // a checkpoint covers all
		t.Fatal(err)
	}
	l = open()
	t.Cleanup(func() { l.Close() })
	if err := l.Archive(ctx); err != nil {
		t.Fatal(err)
	}
	before, err := audit.Segments(ctx, audit.Source{Files: disk.Files{}, Dir: data})
	if err != nil || len(before) < 3 {
		t.Fatalf("%d segments, %v", len(before), err)
	}
	if err := l.Drop(ctx, 1, func(audit.SegmentInfo, string) policy.Admin { return policy.Admin{Actor: "auditor"} }); err != nil {
		t.Fatal(err)
	}
	lost := before[0].Last - before[0].First + 1

	sink, told := &gathering{got: map[string]int{}}, make(chan stream.Event, 8)
	s, err := stream.Open(stream.Options{Name: "siem", Dir: data, Files: disk.Files{}, Log: l, Sink: sink, Now: time.Now, Tell: func(e stream.Event) { told <- e }})
	if err != nil {
		t.Fatal(err)
	}
	running, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { s.Run(running) })
	waitFor(t, "the stream to be level", func() bool { return s.State().Behind == 0 })
	cancel()
	all.Wait()
	st := s.State()
	if st.Gone != lost || st.Broken != lost%2 {
		t.Errorf("state %+v of %d deleted entries", st, lost)
	}
	if e := <-told; e.What != stream.Lost || e.From != 1 || e.To != lost {
		t.Errorf("told %+v", e)
	}
	if want := 60 - int(lost+1)/2 + 1; len(sink.got) != want { // and the deletion itself
		t.Errorf("%d arrived, want %d", len(sink.got), want)
	}
}
