package main

import (
	"context"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// With a whole year goes the key of its samples of pieces; with a part of it, or
// with a filing, it stays.
func TestDestroyedYearForgetsPieces(t *testing.T) {
	w := openDesk(t, faultfs.New())
	defer w.close()
	var forgotten []int
	w.desk.forget = func(year int) error { forgotten = append(forgotten, year); return nil }
	for _, s := range []ledgerScope{{Year: 2020, Exporter: policytest.Exporter}, {Filing: "SC-1"}, {Year: 2021}} {
		if _, _, err := w.desk.destroy(context.Background(), order{Act: actDestroy, Destroy: &s}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(forgotten, []int{2021}) {
		t.Errorf("forgot %v", forgotten)
	}
}
