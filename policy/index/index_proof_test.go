package index_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
)

// A flow that the index knows as open, and that ends in what the index has not
// read yet, is one row, and complete.
func TestARowThatEndsAfterTheIndexIsOne(t *testing.T) {
	w := newWorld(t)
	put := func(e policy.Entry) {
		t.Helper()
		if _, err := w.log.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	put(policytest.Intent("before", policy.Block))
	put(policytest.Intent("long", policy.Pass))
	w.update()
	put(policytest.Intent("after", policy.Block))
	put(policytest.Outcome("long", policy.SentAll))
	for _, oldest := range []bool{false, true} {
		for _, limit := range []int{0, 3, 9} {
			rows := w.ask(w.path, index.Filter{Oldest: oldest, Limit: limit})
			long := 0
			for _, r := range rows {
				if strings.Contains(r, "ID:long") {
					long++
					if !strings.Contains(r, "Complete:true") {
						t.Errorf("oldest first %v, limit %d: the row is not complete: %s", oldest, limit, r)
					}
				}
			}
			if long != 1 || len(rows) != 3 {
				t.Errorf("oldest first %v, limit %d: %d rows, %d of the flow", oldest, limit, len(rows), long)
			}
		}
	}
}
