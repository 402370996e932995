package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/policytest"
)

// TestEveryVolumeIsWatched wants the volumes of other and of sensitive data and
// that over the validity to be told of, each by its own count, and no lower mark
// when a count falls after a higher one was told.
func TestEveryVolumeIsWatched(t *testing.T) {
	now := time.Now()
	year := now.In(policy.Shanghai).Year()
	l := newLookout(t, t.TempDir(), nil, &clockWatch{}, now)
	defer l.close()
	ctx := context.Background()
	f := demoFiling("SC-1", demoMotors, "crm.example.sg", []inspect.Class{inspect.Mobile}, 20, now.AddDate(0, -3, 0), now.AddDate(2, 0, 0))
	f.Volume.SPPerYear, f.Volume.TotalOverValidity = 10, 40
	if _, err := l.registry.Add(ctx, f); err != nil {
		t.Fatal(err)
	}
	send := func(first, n int, sensitive bool) string {
		t.Helper()
		persons := policytest.Persons(first, n)
		for i := range persons {
			persons[i].NS, persons[i].SP = !sensitive, sensitive
		}
		r, err := l.ledger.Reserve(ctx, policy.Count{Flow: fmt.Sprint(first), Entity: demoMotors, At: now, Basis: "SC", Filing: "SC-1", Persons: persons})
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	var want []string
	step := func(name string, marks ...string) {
		t.Helper()
		for range 2 {
			l.look(now)
		}
		for _, m := range marks {
			want = append(want, strings.ReplaceAll(m, "YEAR", fmt.Sprint(year)))
		}
		got := slices.DeleteFunc(l.marks(alert.Volume), func(m string) bool { return !strings.HasPrefix(m, "SC-1 ") })
		if !slices.Equal(got, want) {
			t.Fatalf("%s: raised\n  %s\nwant\n  %s", name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
	send(0, 18, false)
	step("18 of 20 and of 40", "SC-1 SC-1.ns/20/90 YEAR")
	open := send(100, 2, false)
	step("20 of 20", "SC-1 SC-1.ns/20/100 YEAR")
	if err := l.ledger.Release(ctx, open); err != nil {
		t.Fatal(err)
	}
	step("18 of 20 again")
	open = send(200, 10, true)
	step("10 of 10 with sensitive data, 28 of 40", "SC-1 SC-1.sp/10/100 YEAR")
	if err := l.ledger.Release(ctx, open); err != nil {
		t.Fatal(err)
	}
	send(300, 9, true)
	step("9 of 10 with sensitive data after 10")
	send(400, 7, false)
	step("34 of 40 over the validity", "SC-1 SC-1.total/40/80 validity")
}
