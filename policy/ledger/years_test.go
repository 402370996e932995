package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// The year is that of the first intent in Asia/Shanghai, also for groups and
// filings, and a filing's validity goes over the turn of the year.
func TestYearsTurnInShanghai(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	for i, at := range []string{"2025-12-31T16:00:00Z", "2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z", "2026-12-31T23:59:59+08:00"} {
		c := grouped(policytest.Exporter, fmt.Sprint(i), "F1", policytest.Persons(i/2, 1)) // 0 0 1 1
		c.At = day(at)
		must(t, l, c)
	}
	inYear := policy.Limit{Kind: policy.CountAny, Filing: "F1"}
	for range 2 { // the second time from the files
		for year, want := range map[int]int64{2025: 0, 2026: 2, 2027: 1, 2028: 0} {
			c := count("peek", nil)
			c.At = day(fmt.Sprint(year, "-06-01T00:00:00Z"))
			together := c
			together.Members = slices.Sorted(slices.Values(members))
			got := append(counted(t, l, c, anyone, inYear, inF1), counted(t, l, together, anyone)...)
			if !slices.Equal(got, []int64{want, want, 2, want}) {
				t.Errorf("%d counts %v: exporter, filing, validity, group; want %d", year, got, want)
			}
		}
		l.Close()
		l = open(t, d)
	}
}

// A person of last year is new this year, and firm only once it was sent.
func TestAPersonIsNewEachYear(t *testing.T) {
	l := open(t, faultfs.New())
	c := count("a", policytest.Persons(0, 1))
	c.Filing = "F1"
	for i, at := range []string{"2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z"} {
		c.Flow, c.At = fmt.Sprint(i), day(at)
		r := must(t, l, c)
		if r.ID == "" || r.NewNS != 1 {
			t.Fatalf("year %d: reservation %+v", i, r)
		}
		if err := l.Commit(bg, r.ID, false); err != nil {
			t.Fatal(err)
		}
		if r := must(t, l, c); r.ID != "" {
			t.Errorf("year %d: a firm person was claimed again", i)
		}
	}
	totals, _ := l.Show()
	var got []string
	for _, x := range totals {
		got = append(got, fmt.Sprint(x.Filing, " ", x.Year, " ", x.Any))
	}
	if want := []string{" 2027 1", " 2026 1", "F1 2027 1", "F1 2026 1", "F1 0 1"}; !slices.Equal(got, want) {
		t.Errorf("totals %q, want %q", got, want)
	}
}
