package inspect_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
)

func TestMergeTakesTheLargestShape(t *testing.T) {
	small := inspect.Report{Shape: inspect.Shape{Rows: 3, Lines: 90}}
	large := inspect.Report{Shape: inspect.Shape{Rows: 30, Lines: 9, CutEnd: true}}
	long := inspect.Report{Shape: inspect.Shape{Rows: 30, Lines: 10}}
	for _, order := range [][]inspect.Report{{small, large, long}, {long, large, small}, {large, long, small}} {
		if got := inspect.Merge(order...).Shape; got.Rows != 30 || got.Lines != 10 || got.CutEnd {
			t.Errorf("the shape is %+v, want that of the most rows and then lines", got)
		}
	}
}
