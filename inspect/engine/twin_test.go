package engine_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
)

// recorder is a testing.TB that notes faults and does not fail.
type recorder struct {
	testing.TB
	faults []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// broken spoils what a sound inspector does in one way.
type broken struct {
	inspect.Inspector
	settled func(written, settled int64) int64
	write   func(s inspect.Scan, p []byte) (int, error)
	report  func(r inspect.Report) inspect.Report
	take    func(f []inspect.Finding) []inspect.Finding
	again   bool
}

func (b *broken) Open(m inspect.Meta, spool io.ReaderAt) (inspect.Scan, error) {
	s, err := b.Inspector.Open(m, spool)
	return &brokenScan{Scan: s, b: b}, err
}

type brokenScan struct {
	inspect.Scan
	b       *broken
	written int64
	closed  bool
}

func (s *brokenScan) Write(p []byte) (int, error) {
	s.written += int64(len(p))
	if s.b.write != nil {
		return s.b.write(s.Scan, p)
	}
	return s.Scan.Write(p)
}

func (s *brokenScan) Settled() int64 {
	if s.b.settled != nil {
		return s.b.settled(s.written, s.Scan.Settled())
	}
	return s.Scan.Settled()
}

func (s *brokenScan) Take() []inspect.Finding {
	if s.b.take != nil {
		return s.b.take(s.Scan.Take())
	}
	return s.Scan.Take()
}

func (s *brokenScan) Close() (inspect.Report, error) {
	if s.closed && s.b.again {
		return inspect.Report{}, nil
	}
	s.closed = true
	r, err := s.Scan.Close()
	if err == nil && s.b.report != nil {
		r = s.b.report(r)
	}
	return r, err
}

func TestSuiteCatches(t *testing.T) {
	tests := []struct {
		name, want string
		b          broken
	}{
		{"a sound one", "", broken{}},
		{"settled too early", "bytes were settled", broken{settled: func(written, _ int64) int64 { return written }}},
		{"settled beyond what was written", "when", broken{settled: func(written, _ int64) int64 { return written + 9 }}},
		{"settled falls", "settled fell", broken{settled: func(written, s int64) int64 { return max(64-written, 0) }}},
		{"chunks that are scanned one by one", "differs from the whole", broken{write: func(s inspect.Scan, p []byte) (int, error) {
			_, err := s.Write(append([]byte{0}, p...)[1:max(len(p), 1)])
			return len(p), err
		}}},
		{"a finding is lost", "findings, want", broken{report: func(r inspect.Report) inspect.Report {
			r.Findings = r.Findings[min(1, len(r.Findings)):]
			return r
		}}},
		{"a person is lost", "persons, want", broken{report: func(r inspect.Report) inspect.Report { r.Persons = nil; return r }}},
		{"unread content looks read", "coverage", broken{report: func(r inspect.Report) inspect.Report {
			r.Coverage.State = inspect.Full
			return r
		}}},
		{"findings are not given out", "not the same", broken{take: func([]inspect.Finding) []inspect.Finding { return nil }}},
		{"close twice", "second close", broken{again: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.b.Inspector = open(t)
			r := &recorder{TB: t}
			inspecttest.Check(r, &tt.b)
			all := strings.Join(r.faults, "\n")
			if tt.want == "" && all != "" || !strings.Contains(all, tt.want) {
				t.Errorf("faults:\n%s\nwant one that says %q", all, tt.want)
			}
		})
	}
}
