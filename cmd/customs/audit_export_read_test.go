package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/export"
	"github.com/datacustoms/customs/policy/policytest"
)

// periodOf asks for the records of a period in both ways: by reading from the
// segment that can hold them, and by reading everything.
func periodOf(t *testing.T, src audit.Source, from, to time.Time) (got, want []string) {
	t.Helper()
	a := exportAsk{filter: export.Filter{From: from, To: to}}
	collect := func(into *[]string) func(policy.Record) error {
		return func(r policy.Record) error {
			if a.filter.Match(&r) {
				*into = append(*into, r.ID)
			}
			return nil
		}
	}
	if err := a.recordsOf(context.Background(), src, collect(&got)); err != nil {
		t.Fatal(err)
	}
	if err := audit.Records(context.Background(), src, collect(&want)); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	return got, want
}

// A period holds the same records whether the whole log is read for it or the
// segments from its beginning on, with flows that are open across segments,
// flows that never end, and after segments were deleted.
func TestExportReadsNoMoreThanThePeriod(t *testing.T) {
	w := newRetainWorld(t)
	w.append(policytest.Intent("killed", policy.Pass))
	w.flows("a", 40, nil)
	w.append(policytest.Intent("long", policy.Pass))
	middle := w.at
	w.flows("b", 60, nil)
	w.append(policytest.Outcome("long", policy.SentAll))
	w.flows("c", 20, nil)
	src := audit.Source{Files: disk.Files{}, Dir: w.dir}
	begin, hour := policytest.Start, time.Hour
	check := func(least int) {
		t.Helper()
		total := 0
		for _, p := range [][2]time.Time{{}, {begin, time.Time{}}, {middle, time.Time{}}, {{}, middle}, {middle, middle.Add(hour)}, {begin, middle},
			{middle.Add(50 * hour), middle.Add(61 * hour)}, {w.at.Add(hour), time.Time{}}, {{}, begin}} {
			got, want := periodOf(t, src, p[0], p[1])
			if total += len(got); !slices.Equal(got, want) {
				t.Errorf("%v to %v: %d records, want %d\n%v\n%v", p[0], p[1], len(got), len(want), got, want)
			}
		}
		if total < least {
			t.Errorf("only %d records in all periods", total)
		}
	}
	check(400)
	// What was before the period is not read: damage there is not met.
	if err := w.log.Archive(context.Background()); err != nil {
		t.Fatal(err)
	}
	check(400)
	first := filepath.Join(w.dir, audit.Sub, "segment-00000001.jsonl.zst")
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	bad := slices.Clone(text)
	bad[len(bad)-100] ^= 1
	if err := os.WriteFile(first, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	a := exportAsk{filter: export.Filter{From: middle.Add(50 * hour)}}
	nothing := func(policy.Record) error { return nil }
	if err := a.recordsOf(context.Background(), src, nothing); err != nil {
		t.Errorf("a late period meets damage at the log's beginning: %v", err)
	}
	a.filter.From = begin
	if err := a.recordsOf(context.Background(), src, nothing); err == nil {
		t.Error("an early period does not meet the damage")
	}
	if err := os.WriteFile(first, text, 0o600); err != nil {
		t.Fatal(err)
	}
	w.append(policytest.Outcome("killed", policy.SentUnknown))
	w.at = w.at.Add(threeYears - 85*hour)
	w.plan()
	if w.run() == 0 {
		t.Fatal("nothing was deleted")
	}
	check(200)
}
