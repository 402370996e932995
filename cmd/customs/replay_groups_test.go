package main

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

// The facts of an exporter in a record hold the group that it had then, also
// where only the others named it.
func TestGroupsOfThePast(t *testing.T) {
	book, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r, err := registry.Open(filepath.Join(t.TempDir(), registryFile), registry.Options{Law: book, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx := context.Background()
	add := func(month int, d registry.ExporterDoc) {
		t.Helper()
		now = time.Date(2026, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		if _, err := r.AddDocument(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	add(1, groupDoc(motorsUSCC, "effective"))
	add(2, groupDoc(tradingUSCC, "effective", motorsUSCC))
	add(4, groupDoc(tradingUSCC, "effective"))
	pair := slices.Sorted(slices.Values([]string{motorsUSCC, tradingUSCC}))
	for month, want := range map[int][][]string{1: {nil}, 3: {nil, pair}, 5: {nil, pair}} {
		s := &sources{parties: parties{ctx: ctx, register: r, own: map[string]policy.Exporter{}, exporters: map[string][]datedExporter{}}}
		known, all := s.Exporters(motorsUSCC, time.Date(2026, time.Month(month), 15, 0, 0, 0, 0, time.UTC))
		if !all || len(known) != len(want) {
			t.Errorf("month %d: %+v, all %v", month, known, all)
			continue
		}
		for i, k := range known {
			if !slices.Equal(k.Group, want[i]) {
				t.Errorf("month %d: group %v, want %v", month, k.Group, want[i])
			}
		}
	}
}
