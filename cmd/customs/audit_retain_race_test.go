package main

import (
	"context"
	"sync"
	"testing"

	"github.com/datacustoms/customs/policy/index"
)

// TestListsWhileSegmentsAreDeleted asks with an index, beside its writer, and
// without one, while retention deletes: every answer holds what is kept, once.
func TestListsWhileSegmentsAreDeleted(t *testing.T) {
	w := newRetainWorld(t)
	start := w.at
	w.refused("a", 40)
	w.at = start.Add(threeYears + 30*aDay)
	w.refused("kept", 1)
	x, err := index.Open(index.Path(w.dir))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	src := w.keeper.source()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	loop := func(do func() error) {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := do(); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	loop(func() error { _, err := x.Update(context.Background(), src); return err })
	for _, path := range []string{index.Path(w.dir), index.Path(t.TempDir())} {
		loop(func() error {
			r := index.Look(path, src)
			defer r.Close()
			seen, newest := map[string]int{}, false
			err := r.Query(context.Background(), index.Filter{}, func(row index.Row) error {
				seen[row.ID]++
				newest = newest || row.ID == "kept0"
				return nil
			})
			for id, n := range seen {
				if n > 1 {
					t.Errorf("%s is answered %d times", id, n)
				}
			}
			if err == nil && !newest {
				t.Error("what is kept is not answered")
			}
			return err
		})
	}
	done := w.run()
	stop()
	all.Wait()
	if done < 4 {
		t.Errorf("%d segments were deleted", done)
	}
	w.verified()
}
