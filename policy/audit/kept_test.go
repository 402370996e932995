package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// ends are the numbers of the last entries of closed segments.
func ends(t *testing.T, d *faultfs.Disk) (out []uint64) {
	t.Helper()
	all, err := audit.Segments(bg, source(d))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all[:max(len(all)-1, 0)] {
		out = append(out, s.Last)
	}
	return out
}

func keptOf(d *faultfs.Disk) (out []uint64) {
	for _, n := range d.Files() {
		if _, digits, ok := strings.Cut(n, "/checkpoints/"); ok {
			var k uint64
			fmt.Sscanf(digits, "%d", &k)
			out = append(out, k)
		}
	}
	return out
}

func TestALogVerifiesFromItsFirstOpeningOn(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.Entries = 1 << 20
	l := openWith(t, o)
	sum, err := verified(t, d, nil)
	if err != nil || sum.Origin != origin || sum.Entries != 0 {
		t.Errorf("without an entry: %+v, %v", sum, err)
	}
	for i := range 20 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
		if sum, err := verified(t, d, nil); err != nil || sum.Entries != uint64(i)+1 {
			t.Errorf("after entry %d: %+v, %v", i+1, sum, err)
		}
	}
	waitFor(t, s, 1) // the first entries are not left to the clock
	l.Close()
}

func TestALogIsNotBegunWithoutACheckpoint(t *testing.T) {
	d := faultfs.New()
	d.FailWhen("create", "*/checkpoint.new", 0, faultfs.Full)
	o := signedOptions(t, d, newSeen())
	if _, err := audit.Open(o); err == nil || !strings.Contains(err.Error(), "without a first checkpoint") {
		t.Fatalf("Open on a full disk = %v", err)
	}
	d.Heal()
	l := openWith(t, o)
	add(t, l, policytest.Intent("a", policy.Block))
	l.Close()
	// Later on a checkpoint that cannot be written stops nobody.
	d.FailWhen("create", "*/checkpoint.new", 0, faultfs.Full)
	two, _ := keyOf(t, 2)
	one, _ := keyOf(t, 1)
	s := newSeen()
	o.Signers, o.Failed = func() []note.Signer { return []note.Signer{two, one} }, s.failed
	l = openWith(t, o)
	s.mu.Lock()
	if len(s.faults) != 1 {
		t.Errorf("faults %q", s.faults)
	}
	s.mu.Unlock()
	d.Heal()
	add(t, l, policytest.Intent("b", policy.Block))
}

func TestABatchCutShortByAKillIsNoFault(t *testing.T) {
	w := newWritten(t, 1<<20)
	w.step(3)
	whole := w.d.Bytes(firstSegment)
	lines := strings.SplitAfter(string(whole), "\n")
	next := strings.Replace(lines[3], `"seq":3`, `"seq":4`, 1)
	for _, n := range []int{1, 11, 40, 90, 120, len(next) - 1} {
		t.Run(fmt.Sprint(n, " bytes"), func(t *testing.T) {
			d := w.copy()
			t.Parallel()
			d.Put(firstSegment, append([]byte(string(whole)), next[:n]...))
			if sum, err := audit.Verify(bg, source(d), w.options()); err != nil || sum.Entries != 3 || sum.Warned != 1 {
				t.Errorf("%+v, %v", sum, err)
			}
		})
	}
	for name, tail := range map[string]string{"a letter": "x", "no hash": `{"chain":"zz`, "the last entry": lines[3][:len(lines[3])-1], "a header": `{"segment":`} {
		t.Run(name, func(t *testing.T) {
			d := w.copy()
			t.Parallel()
			d.Put(firstSegment, append([]byte(string(whole)), tail...))
			wantFault(t, d, w.options(), audit.Truncated)
		})
	}
}

// TestEveryFileIsMissed removes each file of a log in its turn.
func TestEveryFileIsMissed(t *testing.T) {
	t.Parallel()
	w, o := richLog(t)
	w.during(func() {
		if err := w.log.Archive(bg); err != nil {
			t.Fatal(err)
		}
	})
	files := logFiles(w.d)
	for _, name := range files {
		d := w.copy()
		if err := d.Remove(name); err != nil {
			t.Fatal(err)
		}
		_, err := audit.Verify(bg, source(d), o)
		var f *audit.Fault
		if !errors.As(err, &f) {
			t.Errorf("nobody misses %s: %v", name, err)
		}
	}
	if len(files) < 25 {
		t.Errorf("only %d files: %s", len(files), files)
	}
}

func TestCheckpointsAreKeptAtTheEndsOfSegments(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := options(d) // a log of a time before trees
	o.SegmentBytes = 3000
	l := openWith(t, o)
	for i := range 40 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	so := signedOptions(t, d, s)
	so.SegmentBytes = 3000
	l = openWith(t, so)
	if got, want := fmt.Sprint(keptOf(d)), fmt.Sprint(ends(t, d)); got != want || len(keptOf(d)) < 5 {
		t.Errorf("after the upgrade %s are kept; segments end with %s", got, want)
	}
	for i := range 40 {
		add(t, l, policytest.Intent(fmt.Sprint("n", i), policy.Block))
	}
	l.Close()
	if got, want := fmt.Sprint(keptOf(d)), fmt.Sprint(ends(t, d)); got != want {
		t.Errorf("%s are kept; segments end with %s", got, want)
	}
	if _, err := verified(t, d, s); err != nil {
		t.Fatal(err)
	}
	for _, k := range keptOf(d) {
		c := d.Crash(faultfs.Kill)
		name := fmt.Sprintf("data/audit/checkpoints/%020d", k)
		if err := c.Remove(name); err != nil {
			t.Fatal(err)
		}
		_, key := keyOf(t, 1)
		f := wantFault(t, c, audit.VerifyOptions{Keys: []note.Verifier{key}, Now: tomorrow}, audit.Damaged)
		if f.Segment != strings.TrimPrefix(name, "data/audit/") {
			t.Errorf("without %s: %v", name, f)
		}
	}
}

func TestASegmentEndsWithItsDay(t *testing.T) {
	t.Parallel()
	clock := &policytest.Clock{}
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.Now, o.Every = clock.Now, time.Millisecond
	l := openWith(t, o)
	day := func(n int) {
		for i := range n {
			e := policytest.Intent(fmt.Sprint(clock.Now().Unix(), i), policy.Block)
			e.Time = time.Time{}
			add(t, l, e)
		}
	}
	day(3)
	clock.Add(24 * time.Hour)
	deadline := time.Now().Add(10 * time.Second)
	for len(ends(t, d)) == 0 && time.Now().Before(deadline) { // nobody writes
		<-time.After(time.Millisecond)
	}
	if got := fmt.Sprint(ends(t, d)); got != "[3]" {
		t.Fatalf("an idle segment: segments end with %s", got)
	}
	clock.Add(48 * time.Hour)
	day(2)
	l.Close()
	l = openWith(t, o)
	day(2)
	clock.Add(-72 * time.Hour) // set back
	day(1)
	if got := fmt.Sprint(ends(t, d)); got != "[3 5 7]" { // opened anew, a segment is of its header's day
		t.Errorf("segments end with %s", got)
	}
	if err := l.Archive(bg); err != nil {
		t.Error(err)
	}
	if err := drop(l); err != nil {
		t.Error(err)
	}
	l.Close()
	_, key := keyOf(t, 1)
	sum, err := audit.Verify(bg, source(d), audit.VerifyOptions{Keys: []note.Verifier{key}, Now: policytest.Start.Add(96 * time.Hour)})
	if err != nil || sum.Gone != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}
