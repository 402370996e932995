package export_test

import (
	"io"
	"testing"

	"github.com/datacustoms/customs/policy/export"
)

func BenchmarkRecord(b *testing.B) {
	r := sample("a")
	for _, bb := range []struct {
		name string
		sink export.Sink
	}{
		{"json", export.JSONLines(io.Discard)}, {"syslog", export.SyslogLines(io.Discard)},
		{"ocsf", export.OCSFLines(io.Discard)}, {"csv", export.CSV(io.Discard)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if err := bb.sink.Put(&r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
