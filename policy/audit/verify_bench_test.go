package audit_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
)

// BenchmarkVerify verifies a log of 20,000 flows of about 1.4 KB.
func BenchmarkVerify(b *testing.B) {
	for _, packed := range []bool{false, true} {
		name := "plain"
		if packed {
			name = "archives"
		}
		b.Run(name, func(b *testing.B) { benchVerify(b, packed) })
	}
}

func benchVerify(b *testing.B, packed bool) {
	signer, key := logKey(b, origin, 0)
	s := audit.Source{Files: disk.Files{}, Dir: b.TempDir()}
	o := audit.Options{Dir: s.Dir, Node: "n1", Files: s.Files, Now: time.Now, SegmentBytes: 4 << 20, Origin: origin, Every: time.Hour, Entries: 1 << 30,
		Signers: func() []note.Signer { return []note.Signer{signer} }}
	l, err := audit.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error)
	const writers = 64
	for w := range writers {
		go func() {
			for i := range 20000 / writers {
				e := policytest.Intent(fmt.Sprintf("flow-%d-%d", w, i), policy.Block)
				for j := range 12 {
					e.Intent.Decided.Reasons = append(e.Intent.Decided.Reasons, policy.Reason{Code: policy.Code(fmt.Sprintf("REASON_%d_%d", j, i))})
				}
				if _, err := l.Append(bg, e); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	if packed {
		if err := l.Archive(bg); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var sum audit.Summary
	for b.Loop() {
		if sum, err = audit.Verify(bg, s, audit.VerifyOptions{Keys: []note.Verifier{key}, Now: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(sum.Bytes)
	b.ReportMetric(float64(sum.Entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(sum.Bytes)/float64(sum.Entries), "bytes/entry")
	b.ReportMetric(float64(sum.Archived), "archives")
}
