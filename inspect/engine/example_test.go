package engine_test

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
)

// A scan takes the bytes as they come and reports what they hold. The number
// is the textbook example of the national standard.
func Example() {
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)})
	if err != nil {
		fmt.Println(err)
		return
	}
	scan, err := e.Open(inspect.Meta{Time: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, piece := range []string{`{"idNo":"110105194`, `91231002X"}`} {
		if _, err := scan.Write([]byte(piece)); err != nil {
			fmt.Println(err)
		}
	}
	report, err := scan.Close()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		fmt.Println(f.Class, f.Confidence, f.From, f.To)
	}
	fmt.Println(len(report.Persons), "person, coverage", report.Coverage.State)
	// Output:
	// pi.id.resident high 9 27
	// 1 person, coverage full
}
