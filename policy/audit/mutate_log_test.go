package audit_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// richLog is a log with every kind of file: a deleted segment, archives, closed
// segments, an open one, checkpoints under two keys. It returns the options
// that verify it.
func richLog(t testing.TB) (*written, audit.VerifyOptions) {
	w := newWritten(t, 15000)
	w.step(70)
	w.step(70)
	w.during(func() {
		if err := w.log.Archive(bg); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2} {
			if err := w.log.Drop(bg, n, func(audit.SegmentInfo, string) policy.Admin {
				return policy.Admin{Actor: "dpo", Note: "three years are over"}
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
	// A new key, that the old one introduces, and overlap.
	w.step(5, policy.Admin{Act: "key.rotate", Actor: "ops", Object: vkey(t, 1), Note: "yearly"})
	next, _ := logKey(t, origin, 1)
	w.keys = []note.Signer{next, w.keys[0]}
	w.step(40)
	w.keys = w.keys[:1]
	for range 4 {
		w.step(45)
	}
	return w, w.options()
}

func TestVerifyOfEveryKindOfFile(t *testing.T) {
	w, o := richLog(t)
	sum, err := audit.Verify(bg, source(w.d), o)
	if err != nil {
		t.Fatalf("%v %+v", err, sum)
	}
	if sum.Gone != 2 || sum.Archived == 0 || sum.Archived+sum.Gone == sum.Segments || sum.Kept < 4 || sum.Tiles < 2 || len(sum.Keys) != 2 {
		t.Errorf("not every kind of file is there: %+v", sum)
	}
	if sum.Anchored != 0 || sum.After != 0 || sum.Warned != 0 {
		t.Errorf("summary %+v", sum)
	}
	t.Log(w.d.Files())
	_, strange := logKey(t, origin, 7)
	o.Keys = []note.Verifier{strange}
	wantFault(t, w.d, o, audit.WrongKey)
	o.Keys = nil
	if _, err := audit.Verify(bg, source(w.d), o); err != audit.ErrNoKey {
		t.Errorf("without a key: %v", err)
	}
}

// TestVerifyFindsEveryMutation changes copies of a log with every kind of file
// at random, and wants each found and its place named.
func TestVerifyFindsEveryMutation(t *testing.T) {
	t.Parallel()
	w, o := richLog(t)
	other, _ := logKey(t, origin, 5)
	kinds := []struct {
		name string
		do   func(*mutant) bool
	}{{"bit", (*mutant).bit}, {"drop a line", (*mutant).drop}, {"swap lines", (*mutant).swap}, {"double a line", (*mutant).double},
		{"insert a line", (*mutant).insert}, {"cut a line", (*mutant).cutLine}, {"cut a file", (*mutant).cutFile}, {"lengthen a file", (*mutant).grow},
		{"remove a file", (*mutant).remove}, {"empty a file", (*mutant).empty}, {"rename a file", (*mutant).rename}, {"add a file", (*mutant).foreign},
		{"exchange files", (*mutant).exchange}, {"forge entries, chain and tiles", (*mutant).forge}, {"frame an archive anew", (*mutant).reframe},
		{"sign anew", func(m *mutant) bool { return m.resign(other, false) }}, {"forge and sign anew", func(m *mutant) bool { return m.resign(other, true) }},
		{"add a signature", (*mutant).addLine}}
	rng := rand.New(rand.NewPCG(3, 4))
	counts, found := map[string]int{}, map[audit.Kind]int{}
	for i := range *mutations {
		k := kinds[i%len(kinds)]
		m := &mutant{d: w.d.Crash(faultfs.Kill), rng: rng, what: k.name}
		if !k.do(m) {
			continue
		}
		counts[k.name]++
		_, err := audit.Verify(bg, source(m.d), o)
		var f *audit.Fault
		if !errors.As(err, &f) {
			t.Errorf("mutation %d: %s of %s (entry %d) was not found: %v", i, m.what, m.file, m.first, err)
			continue
		}
		found[f.Kind]++
		if why := m.misnamed(f); why != "" {
			t.Errorf("mutation %d: %s of %s (entry %d) was reported as %s: %v: %s", i, m.what, m.file, m.first, f.Kind, f, why)
		}
	}
	t.Log(counts)
	t.Log(found)
}

// misnamed says what is wrong with the place that a fault names.
func (m *mutant) misnamed(f *audit.Fault) string {
	switch {
	case f.Kind == "" || f.Segment == "" || f.Problem == "":
		return "kind, place or problem is missing"
	case len(m.kinds) > 0 && !slices.Contains(m.kinds, f.Kind):
		return fmt.Sprintf("not of %v", m.kinds)
	case m.first > 0 && (f.Seq+1 < m.first || f.Seq > m.first+1):
		return "another entry"
	}
	return ""
}
