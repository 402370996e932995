package audit_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

var mutations = flag.Int("reps", 126, "random mutations of a log")

// TestVerifyFindsMutations changes a copied log at random and wants a fault
// that names the entry where the change begins, or one beside it.
func TestVerifyFindsMutations(t *testing.T) {
	t.Parallel()
	d := faultfs.New()
	o := options(d)
	o.SegmentBytes = 4000
	l := openWith(t, o)
	for i := range 40 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	var names []string
	for _, n := range d.Files() {
		if bytes.Contains([]byte(n), []byte("segment-")) {
			names = append(names, n)
		}
	}
	if _, err := audit.Verify(bg, source(d), chainOnly); err != nil {
		t.Fatalf("the unchanged log: %v", err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range *mutations {
		c := d.Crash(faultfs.Kill)
		which := rng.IntN(len(names))
		name := names[which]
		kind, line, seq := mutate(c, name, rng, which == len(names)-1)
		_, err := audit.Verify(bg, source(c), chainOnly)
		var fault *audit.Fault
		if !errors.As(err, &fault) {
			t.Fatalf("mutation %d: %s of line %d of %s was not found: %v", i, kind, line, name, err)
		}
		if seq > 0 && fault.Seq != 0 && (fault.Seq+1 < seq || fault.Seq > seq+1) {
			t.Errorf("mutation %d: %s of line %d of %s (entry %d) was reported as %v", i, kind, line, name, seq, fault)
		}
	}
}

// mutate changes one file and says how, at which line and which entry.
func mutate(d *faultfs.Disk, name string, rng *rand.Rand, last bool) (string, int, uint64) {
	lines := bytes.SplitAfter(d.Bytes(name), []byte("\n"))
	lines = lines[:len(lines)-1]
	n := rng.IntN(len(lines))
	var seq uint64
	if i := bytes.Index(lines[n], []byte(`"seq":`)); i > 0 {
		fmt.Sscanf(string(lines[n][i:]), `"seq":%d`, &seq)
	}
	kind := []string{"bit", "drop", "swap", "double", "cut", "file"}[rng.IntN(6)]
	switch {
	case kind == "file" && !last:
		d.Remove(name)
		return kind, 0, 0
	case kind == "drop" && (!last || n < len(lines)-1):
		lines = slices.Delete(lines, n, n+1)
	case kind == "swap" && n > 0:
		lines[n], lines[n-1] = lines[n-1], lines[n]
	case kind == "double":
		lines = slices.Insert(lines, n, lines[n])
	case kind == "cut":
		lines[n] = lines[n][:1+rng.IntN(len(lines[n])-1)]
	default:
		kind = "bit"
		b := bytes.Clone(lines[n])
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		lines[n] = b
	}
	d.Put(name, bytes.Join(lines, nil))
	return kind, n, seq
}

func TestOpenRefusesADamagedLog(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	for i := range 5 {
		add(t, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	b := d.Bytes(firstSegment)
	i := bytes.Index(b, []byte(`"seq":3`))
	changed := bytes.Clone(b)
	changed[i+40] ^= 1
	d.Put(firstSegment, changed)
	_, err := audit.Open(options(d))
	var fault *audit.Fault
	if !errors.As(err, &fault) || fault.Seq != 3 {
		t.Errorf("Open of a changed log = %v, want a fault at entry 3", err)
	}
	d.Put(firstSegment, b[:len(b)-7])
	l = open(t, d)
	if l.Cut() == 0 || len(entries(t, d)) != 4 {
		t.Errorf("torn last line: cut %d bytes", l.Cut())
	}
}

// FuzzVerify feeds a segment to the verifier: it may refuse, it may not accept
// entries that differ from those of the log it was made from.
func FuzzVerify(f *testing.F) {
	d := faultfs.New()
	l := open(f, d)
	for i := range 3 {
		add(f, l, policytest.Intent(fmt.Sprint(i), policy.Block))
	}
	l.Close()
	good := d.Bytes(firstSegment)
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add([]byte("{\"segment\":{}}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := faultfs.New()
		if err := c.MakeDir("data/audit"); err != nil {
			t.Fatal(err)
		}
		c.Put(firstSegment, b)
		sum, err := audit.Verify(bg, source(c), chainOnly)
		if err == nil && sum.Entries > 0 && !bytes.HasPrefix(good, b) {
			t.Errorf("a changed log with %d entries was accepted", sum.Entries)
		}
	})
}
