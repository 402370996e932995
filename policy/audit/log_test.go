package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bg = context.Background()

const firstSegment = "data/audit/segment-00000001.jsonl"

func options(d *faultfs.Disk) audit.Options {
	return audit.Options{Dir: "data", Node: "n1", Files: d, Now: (&policytest.Clock{}).Now}
}

func open(t testing.TB, d *faultfs.Disk) *audit.Log {
	t.Helper()
	return openWith(t, options(d))
}

func openWith(t testing.TB, o audit.Options) *audit.Log {
	t.Helper()
	l, err := audit.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func add(t testing.TB, l *audit.Log, entries ...policy.Entry) (last policy.Receipt) {
	t.Helper()
	for _, e := range entries {
		var err error
		if last, err = l.Append(bg, e); err != nil {
			t.Fatal(err)
		}
	}
	return last
}

func source(d *faultfs.Disk) audit.Source { return audit.Source{Files: d, Dir: "data"} }

func entries(t testing.TB, d *faultfs.Disk) []policy.Entry {
	t.Helper()
	var out []policy.Entry
	if err := audit.Read(bg, source(d), func(e policy.Entry) error { out = append(out, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConformance(t *testing.T) {
	disks := map[policy.Recorder]*faultfs.Disk{}
	policytest.RunRecorder(t,
		func(t *testing.T) policy.Recorder {
			d := faultfs.New()
			l := open(t, d)
			disks[l] = d
			return l
		},
		func(t *testing.T, r policy.Recorder) policy.Recorder { return open(t, disks[r].Crash(faultfs.Power)) })
}

func TestReceiptIsTheLeafOfCanonicalBytes(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	r := add(t, l, policytest.Intent("a", policy.Block), policytest.Intent("b", policy.Block))
	lines := strings.Split(strings.TrimSpace(string(d.Bytes(firstSegment))), "\n")
	var line struct {
		Entry json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal([]byte(lines[2]), &line); err != nil {
		t.Fatal(err)
	}
	if got := audit.LeafHash(line.Entry).String(); got != r.Hash || r.Seq != 2 {
		t.Errorf("receipt %+v, leaf hash %s", r, got)
	}
	var e policy.Entry
	if err := json.Unmarshal(line.Entry, &e); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(e)
	if err != nil || string(again) != string(line.Entry) {
		t.Errorf("entry is not canonical:\n%s\n%s", line.Entry, again)
	}
}

func TestSegmentsRotate(t *testing.T) {
	d := faultfs.New()
	o := options(d)
	o.SegmentBytes = 2000
	l := openWith(t, o)
	for i := range 20 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	sum, err := audit.Verify(bg, source(d), chainOnly)
	if err != nil || sum.Entries != 20 || sum.Segments < 4 {
		t.Fatalf("Verify = %+v, %v", sum, err)
	}
	l = openWith(t, o)
	if r := add(t, l, policytest.Intent("x", policy.Block)); r.Seq != 21 {
		t.Errorf("numbering went on with %d", r.Seq)
	}
}

func TestAcknowledgedOnlyAfterSync(t *testing.T) {
	d := faultfs.New()
	var durable atomic.Int64 // entries that a loss of power would leave
	hold, released := make(chan struct{}, 1), make(chan struct{})
	var once sync.Once
	d.OnSync(func(name string) {
		if name != firstSegment {
			return
		}
		once.Do(func() { hold <- struct{}{}; <-released })
		durable.Store(int64(bytes.Count(d.Bytes(name), []byte("\n")) - 1))
	})
	l := open(t, d)
	var acked atomic.Int64
	var wg sync.WaitGroup
	appendOne := func(i int) {
		wg.Go(func() {
			r, err := l.Append(bg, policytest.Intent(fmt.Sprint(i), policy.Block))
			if err != nil || int64(r.Seq) > durable.Load() {
				t.Errorf("entry %d acknowledged when %d were durable: %v", r.Seq, durable.Load(), err)
			}
			acked.Add(1)
		})
	}
	appendOne(0)
	<-hold // the first batch is being synced
	for i := 1; i < 300; i++ {
		appendOne(i)
	}
	if n := acked.Load(); n != 0 {
		t.Errorf("%d acknowledged before the sync returned", n)
	}
	close(released)
	wg.Wait()
	if n := len(entries(t, d)); n != 300 {
		t.Errorf("%d entries in the log", n)
	}
}

// TestDiskFaults strikes every operation of a life of the log with every
// fault, and wants what was acknowledged to be there and no flow to have two
// records, after recovery in place and after a crash.
func TestDiskFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]faultfs.Fault{"lost": faultfs.Lost, "landed": faultfs.Landed, "torn": faultfs.Torn, "full": faultfs.Full, "stop": faultfs.Stop}
	losses := map[string]faultfs.Loss{"power": faultfs.Power, "half": faultfs.Half, "kill": faultfs.Kill}
	rows := 0
	for name, fault := range faults {
		for lossName, loss := range losses {
			for at := range 14 {
				rows++
				t.Run(fmt.Sprintf("%s at %d then %s", name, at, lossName), func(t *testing.T) { strike(t, fault, at, loss) })
			}
		}
	}
	t.Logf("%d rows", rows)
}

func strike(t *testing.T, fault faultfs.Fault, at int, loss faultfs.Loss) {
	d := faultfs.New()
	o := options(d)
	o.SegmentBytes = 1500
	l := openWith(t, o)
	d.FailAt(at, fault)
	acked := map[string]bool{}
	for i := range 8 {
		id := fmt.Sprint(i)
		_, err := l.Append(bg, policytest.Intent(id, policy.Block))
		if err == nil {
			acked[id] = true
		} else if !errors.Is(err, policy.ErrRecorderUnavailable) {
			t.Fatalf("Append = %v", err)
		}
		if i == 5 {
			d.Heal()
		}
	}
	if fault != faultfs.Stop {
		if err := l.Ready(bg); err != nil || !acked["7"] {
			t.Errorf("the log did not recover: Ready = %v", err)
		}
		if _, err := audit.Verify(bg, source(d), chainOnly); err != nil {
			t.Errorf("Verify of the running log = %v", err)
		}
	}
	d = d.Crash(loss)
	o.Files = d
	l = openWith(t, o)
	add(t, l, policytest.Intent("after", policy.Block))
	if _, err := audit.Verify(bg, source(d), chainOnly); err != nil {
		t.Fatalf("Verify after the crash = %v", err)
	}
	found := map[string]int{}
	for _, e := range entries(t, d) {
		found[e.Flow]++
	}
	for id := range acked {
		if found[id] != 1 {
			t.Errorf("acknowledged entry of flow %s is there %d times", id, found[id])
		}
	}
	for id, n := range found {
		if n > 1 {
			t.Errorf("flow %s has %d entries", id, n)
		}
	}
}

func TestGivenUpIntentIsCompleted(t *testing.T) {
	d := faultfs.New()
	hold, released := make(chan struct{}, 1), make(chan struct{})
	var once sync.Once
	d.OnSync(func(string) { once.Do(func() { hold <- struct{}{}; <-released }) })
	l := open(t, d)
	ctx, cancel := context.WithCancel(bg)
	got := make(chan error)
	go func() {
		_, err := l.Append(ctx, policytest.Intent("slow", policy.Pass))
		got <- err
	}()
	<-hold
	cancel()
	if err := <-got; !errors.Is(err, policy.ErrRecorderUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("Append = %v", err)
	}
	close(released)
	l.Close()
	found := entries(t, d)
	if len(found) != 2 || found[1].Outcome == nil || found[1].Outcome.Sent != policy.SentNone || found[1].Flow != "slow" {
		t.Errorf("entries = %+v", found)
	}
}

func TestSettled(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	add(t, l, reserved("a", "r"), policytest.Outcome("a", policy.SentSome),
		policytest.Intent("b", policy.Pass), policytest.Intent("c", policy.Block))
	l.Close()
	l = open(t, d)
	if out, ok := l.Settled("a", "r"); !ok || out.Sent != policy.SentSome {
		t.Errorf("Settled(a) = %+v, %v", out, ok)
	}
	for _, id := range []string{"b", "c", "none"} {
		if out, ok := l.Settled(id, "r"); ok {
			t.Errorf("Settled(%s) = %+v", id, out)
		}
	}
	add(t, l, policytest.Intent("d", policy.Block)) // from here on it is looked up in the segments
	if out, ok := l.Settled("a", "r"); !ok || out.Sent != policy.SentSome {
		t.Errorf("Settled(a) after the first flow = %+v, %v", out, ok)
	}
	if out, ok := l.Settled("a", "another"); !ok || out.Sent != policy.SentNone {
		t.Errorf("a reservation that no entry names: %+v, %v", out, ok)
	}
	if _, err := l.Open(bg); err == nil {
		t.Error("Open answers after the first flow")
	}
	all, err := l.Outcomes(bg, []string{"a", "b"})
	if err != nil || len(all) != 1 || all["a"].Sent != policy.SentSome {
		t.Errorf("Outcomes = %+v, %v", all, err)
	}
}

func TestRecordsAndFind(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	group := policy.Entry{Kind: policy.KindGroup, Flow: "b", Group: &policy.Group{Parts: 1, Bytes: 5}}
	add(t, l, policytest.Intent("b", policy.Pass), policytest.Intent("a", policy.Block), group, group, group,
		policytest.Outcome("b", policy.SentAll), policytest.Intent("c", policy.Pass),
		policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "reload"}})
	var got []string
	err := audit.Records(bg, source(d), func(r policy.Record) error {
		got = append(got, fmt.Sprint(r.ID, r.Complete))
		if r.ID == "b" && (r.Groups.Parts != 3 || r.Groups.Bytes != 15) {
			t.Errorf("groups of b = %+v", r.Groups)
		}
		return nil
	})
	if want := "[atrue btrue cfalse]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("Records = %v, %v; want %s", got, err, want)
	}
	for id, n := range map[string]int{"b": 5, "3": 5, "8": 1, "last": 1} {
		if _, found, err := audit.Find(bg, source(d), id); err != nil || len(found) != n {
			t.Errorf("Find(%s) = %d entries, %v; want %d", id, len(found), err, n)
		}
	}
	if _, _, err := audit.Find(bg, source(d), "zz"); !errors.Is(err, audit.ErrNoRecord) {
		t.Errorf("Find of nothing = %v", err)
	}
	if _, err := audit.Verify(bg, audit.Source{Files: d, Dir: "elsewhere"}, chainOnly); !errors.Is(err, audit.ErrNoLog) {
		t.Errorf("Verify of nothing = %v", err)
	}
}

func TestOneGatewayALog(t *testing.T) {
	d := faultfs.New()
	open(t, d)
	if _, err := audit.Open(options(d)); !errors.Is(err, policy.ErrLocked) {
		t.Errorf("second Open = %v", err)
	}
}

func TestReadyTellsTheTruth(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	add(t, l, policytest.Intent("a", policy.Block))
	if err := d.Rename(firstSegment, "elsewhere"); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(bg); !errors.Is(err, policy.ErrRecorderUnavailable) {
		t.Errorf("Ready without the segment = %v", err)
	}
}
