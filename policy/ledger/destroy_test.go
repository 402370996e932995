package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func noon(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 12, 0, 0, 0, policy.Shanghai)
}

// closedYear is a ledger whose year 2026 has nobody open or in doubt.
func closedYear(t testing.TB) *faultfs.Disk {
	t.Helper()
	d := faultfs.New()
	l := open(t, d)
	c := count("a", policytest.Persons(0, 20))
	c.Filing = "F1"
	settle(t, l, must(t, l, c).ID, false)
	c = count("b", policytest.Persons(10, 20))
	c.Persons[3].SP = true
	settle(t, l, must(t, l, c).ID, false)
	l.Close()
	return d
}

func total(t *testing.T, l *ledger.Ledger, filing string) ledger.Total {
	t.Helper()
	totals, _ := l.Show()
	for _, tot := range totals {
		if tot.Filing == filing && (filing == "" && tot.Year == 2026 || filing != "" && tot.Year == 0) {
			return tot
		}
	}
	t.Fatal("the total is gone")
	return ledger.Total{}
}

func TestAYearIsSealedAfterJanuary(t *testing.T) {
	d := closedYear(t)
	for _, tt := range []struct {
		now    time.Time
		sealed bool
	}{{noon(2027, 1, 31), false}, {noon(2027, 2, 1), true}, {noon(2029, 1, 1), true}} {
		l := openWith(t, at(d, tt.now))
		if err := l.FoldNow(bg); err != nil {
			t.Fatal(err)
		}
		got := total(t, l, "")
		if got.Sealed != tt.sealed || got.NS != 30 || got.SP != 1 || got.Any != 30 {
			t.Errorf("on %v: %+v", tt.now, got)
		}
		if f := total(t, l, "F1"); f.Sealed || f.Any != 20 {
			t.Errorf("on %v the filing: %+v", tt.now, f)
		}
		_, err := l.Reserve(bg, count("late", policytest.Persons(500, 1)))
		if tt.sealed != errors.Is(err, policy.ErrLedgerUnavailable) {
			t.Errorf("on %v: Reserve into the year = %v", tt.now, err)
		}
		if err == nil {
			l.Close()
			d = closedYear(t)
			continue
		}
		l.Close()
		if rep, err := ledger.Rebuild(bg, ledger.RebuildOptions{Dir: "data", Files: d}); err != nil || !rep.Same() {
			t.Errorf("Rebuild of a sealed year = %+v, %v", rep, err)
		}
		if load(t, d) != fromSegments(t, d) {
			t.Error("a sealed year counts otherwise from its segments")
		}
	}
}

func TestAYearWithOpenReservationsIsNotSealed(t *testing.T) {
	d := closedYear(t)
	l := open(t, d)
	r := must(t, l, count("open", policytest.Persons(90, 1)))
	l.Close()
	l = openWith(t, at(d, noon(2027, 3, 1)))
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	if got := total(t, l, ""); got.Sealed || got.Any != 31 {
		t.Errorf("sealed with an open reservation: %+v", got)
	}
	settle(t, l, r.ID, false)
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	if got := total(t, l, ""); !got.Sealed || got.Any != 31 {
		t.Errorf("not sealed when it was settled: %+v", got)
	}
}

func TestDestroyRefuses(t *testing.T) {
	d := closedYear(t)
	l := open(t, d)
	c := count("doubt", policytest.Persons(0, 30))
	c.Filing, c.At = "F2", noon(2025, 6, 1)
	settle(t, l, must(t, l, c).ID, true)
	tests := []struct {
		name string
		ref  ledger.ScopeRef
		want string
	}{
		{"this year", ledger.ScopeRef{Entity: policytest.Exporter, Year: 2026}, "2026 is not over"},
		{"a filing in use", ledger.ScopeRef{Filing: "F1"}, "20 persons were sent under the filing in 2026"},
		{"a filing in doubt", ledger.ScopeRef{Filing: "F2"}, "open or in doubt"},
		{"a year in doubt", ledger.ScopeRef{Entity: policytest.Exporter, Year: 2025}, "open or in doubt"},
		{"a year of nobody", ledger.ScopeRef{Entity: policytest.Exporter, Year: 2020}, "nobody is counted"},
		{"nothing", ledger.ScopeRef{}, "name an exporter and its year, or a filing"},
		{"both", ledger.ScopeRef{Entity: "a", Year: 2020, Filing: "b"}, "name an exporter and its year, or a filing"},
	}
	before := load(t, d)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := l.Destroy(bg, tt.ref); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Destroy = %v, want %q", err, tt.want)
			}
		})
	}
	if load(t, d) != before {
		t.Error("a refused Destroy changed something")
	}
}

// TestDestroySurvivesEveryFault strikes every step of sealing and destroying:
// the totals stay, and a second try ends it.
func TestDestroySurvivesEveryFault(t *testing.T) {
	made := closedYear(t)
	refs := []ledger.ScopeRef{{Entity: policytest.Exporter, Year: 2026}, {Filing: "F1"}}
	destroy := func(l *ledger.Ledger) (err error) {
		for _, ref := range refs {
			err = errors.Join(err, l.Destroy(bg, ref))
		}
		return errors.Join(err, l.FoldNow(bg))
	}
	check := func(name string, l *ledger.Ledger) {
		t.Helper()
		if got := total(t, l, ""); got.NS != 30 || got.SP != 1 {
			t.Fatalf("%s: counts %+v", name, got)
		}
		if got := total(t, l, "F1"); got.NS != 20 {
			t.Fatalf("%s: the filing counts %+v", name, got)
		}
	}
	for step := range 70 {
		for _, fault := range some(step) {
			d := clone(made)
			o := at(d, noon(2027, 5, 1))
			l, err := ledger.Open(o)
			if err != nil {
				t.Fatal(err)
			}
			d.FailAt(step, fault)
			acknowledged := destroy(l) == nil
			for _, loss := range losses {
				name := fmt.Sprintf("step %d, fault %d, loss %d", step, fault, loss)
				crashed := d.Crash(loss)
				if acknowledged && len(files(crashed, "")) > 0 && len(keys(crashed)) > 0 {
					t.Fatalf("%s: keys %v are back", name, keys(crashed))
				}
				again, err := ledger.Open(at(crashed, noon(2027, 5, 1)))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				check(name, again)
				if err := destroy(again); err != nil {
					t.Fatalf("%s: a second try: %v", name, err)
				}
				check(name, again)
				again.Close()
				if k := keys(crashed); len(k) > 0 {
					t.Fatalf("%s: keys %v are left", name, k)
				}
			}
			l.Close()
		}
	}
}

func keys(d *faultfs.Disk) []string {
	var out []string
	for _, name := range d.Files() {
		if strings.Contains(name, ".key") {
			out = append(out, name)
		}
	}
	return out
}
