package main

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
)

// TestTable lines up Latin text as text/tabwriter does, and Chinese by what a
// terminal shows.
func TestTable(t *testing.T) {
	const latin = "WHO\tYEAR\tNOTE\nsomebody\t2026\t-\nx\t20261231\ta longer note\n"
	var want, got strings.Builder
	tw := tabwriter.NewWriter(&want, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, latin)
	tw.Flush()
	mine := newTable(&got)
	fmt.Fprint(mine, latin)
	if err := mine.Flush(); err != nil || got.String() != want.String() {
		t.Errorf("%v\n%s\nnot\n%s", err, got.String(), want.String())
	}
	got.Reset()
	fmt.Fprint(mine, "\n主体\t年度\t说明\n甲\t2026\t-\n")
	if err := mine.Flush(); err != nil || got.String() != "\n主体  年度  说明\n甲    2026  -\n" {
		t.Errorf("%v\n%s", err, got.String())
	}
}
