package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bg = context.Background()

const deadline = 20 * time.Second

// book is a log that a test writes, and what a receiver must get of it.
type book struct {
	t    testing.TB
	disk policy.Files
	log  *audit.Log
	dir  string
	want map[string][]byte // by id: what the body holds
	n    int
}

func newBook(t testing.TB, disk policy.Files, dir string) *book {
	t.Helper()
	b := &book{t: t, disk: disk, dir: dir, want: map[string][]byte{}}
	b.open()
	return b
}

func (b *book) open() {
	b.t.Helper()
	var err error
	if b.log, err = audit.Open(audit.Options{Dir: b.dir, Node: "n1", Files: b.disk, Now: time.Now, SegmentBytes: 64 << 10}); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.log.Close() })
}

func (b *book) append(e policy.Entry) uint64 {
	b.t.Helper()
	e.Time = time.Now()
	r, err := b.log.Append(bg, e)
	if err != nil {
		b.t.Fatal(err)
	}
	return r.Seq
}

// begin opens a flow of some groups; end completes it.
func (b *book) begin(groups int) string {
	b.t.Helper()
	b.n++
	id := fmt.Sprintf("flow-%06d", b.n)
	b.append(policy.Entry{Kind: policy.KindIntent, Flow: id, Intent: &policy.Intent{Mode: "enforce", Host: "api.example.sg", Enforced: policy.Pass, Exporter: "91310115MA1K3ABC99"}})
	for i := range groups {
		b.append(policy.Entry{Kind: policy.KindGroup, Flow: id, Group: &policy.Group{Parts: 1, Bytes: int64(10 + i)}})
	}
	return id
}

func (b *book) end(id string) {
	b.t.Helper()
	b.append(policy.Entry{Kind: policy.KindOutcome, Flow: id, Outcome: &policy.Outcome{Sent: policy.SentAll, Bytes: 7}})
	b.want[id] = []byte(`"sent":"all"`)
}

// some writes flows of every form, and acts.
func (b *book) some(n int) {
	b.t.Helper()
	for i := range n {
		switch i % 4 {
		case 0, 1:
			b.end(b.begin(i % 3))
		case 2:
			b.n++
			id := fmt.Sprintf("flow-%06d", b.n)
			b.append(policy.Entry{Kind: policy.KindIntent, Flow: id, Intent: &policy.Intent{Mode: "enforce", Host: "api.example.sg"}})
			b.want[id] = []byte(`"complete":true`)
		default:
			seq := b.append(policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "reload", Object: "configuration"}})
			b.want[fmt.Sprintf("n1/%d", seq)] = []byte(`"act":"reload"`)
		}
	}
}

// receiver is a Sink with faults.
type receiver struct {
	mu      sync.Mutex
	got     map[string]int
	bodies  map[string][]byte
	batches int
	fail    func(n int, batch []stream.Message) (taken int, err error) // before the n-th batch; taken of it arrive all the same
	block   chan struct{}                                              // Send waits for it or for ctx
	woken   chan struct{}
	closed  bool
}

func newReceiver() *receiver {
	return &receiver{got: map[string]int{}, bodies: map[string][]byte{}, woken: make(chan struct{}, 1)}
}

func (r *receiver) Send(ctx context.Context, batch []stream.Message) error {
	r.mu.Lock()
	fail, block, n := r.fail, r.block, r.batches
	r.batches++
	r.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	taken, err := len(batch), error(nil)
	if fail != nil {
		taken, err = fail(n, batch)
	}
	r.mu.Lock()
	for _, m := range batch[:taken] {
		r.got[m.ID]++
		r.bodies[m.ID] = bytes.Clone(m.Body)
	}
	r.mu.Unlock()
	select {
	case r.woken <- struct{}{}:
	default:
	}
	return err
}

func (r *receiver) Close() error { r.closed = true; return nil }

func (r *receiver) has(want map[string][]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range want {
		if r.got[id] == 0 {
			return false
		}
	}
	return true
}

// wait waits until everything has arrived.
func (r *receiver) wait(t testing.TB, want map[string][]byte) {
	t.Helper()
	limit := time.After(deadline)
	for !r.has(want) {
		select {
		case <-r.woken:
		case <-limit:
			t.Fatalf("%d of %d arrived in %s", len(r.got), len(want), deadline)
		}
	}
	r.check(t, want)
}

// check wants what arrived to be what the log holds and nothing else.
func (r *receiver) check(t testing.TB, want map[string][]byte) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, part := range want {
		if !bytes.Contains(r.bodies[id], part) {
			t.Errorf("%s is %s, want %s in it", id, r.bodies[id], part)
		}
	}
	for id := range r.got {
		if want[id] == nil {
			t.Errorf("%s arrived, which the log does not hold", id)
		}
	}
}

// run starts a shipper and returns how to stop it.
func run(t testing.TB, b *book, sink stream.Sink, change ...func(*stream.Options)) (*stream.Shipper, func()) {
	t.Helper()
	o := stream.Options{Name: "siem", Dir: b.dir, Files: b.disk, Log: b.log, Sink: sink, Now: time.Now}
	for _, c := range change {
		c(&o)
	}
	s, err := stream.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(bg)
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	stop := func() { cancel(); <-done }
	t.Cleanup(stop)
	return s, stop
}

var errDown = errors.New("down")

func memory() *faultfs.Disk { return faultfs.New() }
