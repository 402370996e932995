package ledger_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// What an operator said in the log and what the journal did must be the same,
// either way.
func TestRebuildHoldsTheOperatorToHisWord(t *testing.T) {
	for _, sent := range []bool{true, false} {
		d := faultfs.New()
		l := open(t, d)
		c := count("a", policytest.Persons(0, 2))
		r := must(t, l, c)
		settle(t, l, r.ID, true)
		if _, err := l.Settle(bg, r.ID, sent); err != nil {
			t.Fatal(err)
		}
		l.Close()
		for _, word := range []policy.Sent{policy.SentAll, policy.SentNone} {
			in := ledger.Intent{ID: r.ID, Flow: c.Flow, Commitment: r.Commitment, Sent: policy.SentUnknown, InDoubt: true, Settled: word}
			rep, err := rebuild(d, []ledger.Intent{in}, false)
			if err != nil || rep.Same() != (sent == (word == policy.SentAll)) {
				t.Errorf("settled sent %t, the log says %s: %+v, %v", sent, word, rep, err)
			}
		}
	}
}

// A segment that a gateway began is missed, also when nothing ended it.
func TestTheNewestSegmentIsMissed(t *testing.T) {
	d := history(t, 2)
	l := open(t, d)
	must(t, l, count("a", policytest.Persons(0, 2)))
	crashed := d.Crash(faultfs.Kill)
	l.Close()
	newest := slices.Max(files(crashed, "journal-"))
	if err := crashed.Remove(newest); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(options(crashed)); err == nil || !strings.Contains(err.Error(), "journal-00000003 is missing") {
		t.Errorf("Open without %s = %v", newest, err)
	}
	if _, err := ledger.Load(crashed, "data"); err == nil {
		t.Error("it is read all the same")
	}
}

// The persons of what is destroyed leave the counters' file at once.
func TestDestroyFoldsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := closedYear(t)
		l, err := ledger.Open(at(d, noon(2027, 5, 1)))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := l.Destroy(bg, ledger.ScopeRef{Filing: "F1"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if bases := files(d, "base-"); len(bases) != 1 {
			t.Errorf("bases %v, want one without the filing's persons", bases)
		}
	})
}

// Nobody can tell persons by the files of the keys without the root key, nor by
// the root key without them.
func TestPersonsNeedBothKeys(t *testing.T) {
	journal := func(root byte, seed uint64) []byte {
		d := faultfs.New()
		o := options(d)
		o.Key, o.Rand = bytes.Repeat([]byte{root}, 32), rand.NewChaCha8([32]byte{byte(seed)})
		l := openWith(t, o)
		must(t, l, count("a", policytest.Persons(0, 1)))
		l.Close()
		_, text, _ := bytes.Cut(d.Bytes(files(d, "journal-")[0]), []byte(`"persons":"`))
		who, _, _ := bytes.Cut(text, []byte(`"`))
		if len(who) < 16 {
			t.Fatalf("persons %q", who)
		}
		return who
	}
	one := journal(1, 1)
	if !bytes.Equal(one, journal(1, 1)) {
		t.Fatal("the same keys give other persons")
	}
	for name, other := range map[string][]byte{"another root key": journal(2, 1), "another key file": journal(1, 2)} {
		if bytes.Equal(one, other) {
			t.Errorf("%s: the same person", name)
		}
	}
}

// A key whose making a fault cut off is the key for good or was never used.
func TestAKeyIsDurableBeforeItIsUsed(t *testing.T) {
	for _, fault := range faults {
		for step := range 14 {
			d := faultfs.New()
			l := open(t, d)
			d.FailAt(step, fault)
			_, _ = l.Reserve(bg, count("a", policytest.Persons(0, 3)))
			d.Heal()
			c := count("b", policytest.Persons(0, 3))
			r, err := l.Reserve(bg, c)
			if err == nil {
				err = l.Commit(bg, r.ID, false)
			}
			crashed := d.Crash(faultfs.Power)
			l.Close()
			if fault == faultfs.Stop && err != nil {
				continue // nothing was promised
			}
			if err != nil {
				t.Fatalf("fault %d at %d: %v on a disk that was mended", fault, step, err)
			}
			c.Limits = []policy.Limit{anyone}
			l, err = ledger.Open(options(crashed))
			if err != nil {
				t.Fatalf("fault %d at %d: %v", fault, step, err)
			}
			if b, err := l.Peek(bg, c); err != nil || b[0].After != 3 || b[0].Before != 3 {
				t.Errorf("fault %d at %d: %+v, %v: the same persons are new", fault, step, b, err)
			}
			l.Close()
		}
	}
}

// No sum of openings can overflow, whatever a journal says.
func TestAnOpeningIsBounded(t *testing.T) {
	for persons, fits := range map[string]bool{"281474976710656": true, "281474976710657": false, "0": false, "-5": false} {
		d := empty(t)
		l := open(t, d)
		if err := l.Preset(bg, ledger.Opening{ID: "o", Entity: policytest.Exporter, Year: 2026, Kind: policy.CountAny, Persons: 7}); err != nil {
			t.Fatal(err)
		}
		crashed := d.Crash(faultfs.Kill)
		l.Close()
		lines(crashed, slices.Max(files(crashed, "journal-")), func(all [][]byte) [][]byte {
			i := line(all, "opening")
			all[i] = bytes.Replace(all[i], []byte(`"persons":7`), fmt.Appendf(nil, `"persons":%s`, persons), 1)
			return all
		})
		if _, err := ledger.Load(crashed, "data"); (err == nil) != fits {
			t.Errorf("%s persons: %v", persons, err)
		}
	}
}
