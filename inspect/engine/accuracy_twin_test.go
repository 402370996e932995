package engine_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/synth"
)

// oracle finds exactly what the labels say.
func oracle(documents []synth.Corpus) inspecttest.Scanner {
	known := map[string][]inspect.Finding{}
	for _, c := range documents {
		for _, l := range c.Labels {
			known[string(c.Data)] = append(known[string(c.Data)], inspect.Finding{Class: inspect.Class(l.Class), Rule: l.Kind,
				Confidence: inspect.Medium, From: int64(l.Offset), To: int64(l.Offset + len(l.Value))})
		}
	}
	return func(_ inspect.Meta, data []byte) inspect.Report {
		return inspect.Report{Findings: slices.Clone(known[string(data)])}
	}
}

// TestAccuracyCatches shows that the judge of recall passes one who finds
// everything and fails those who do not.
func TestAccuracyCatches(t *testing.T) {
	documents := synth.New(7, day).Positives("pi.id.resident", 400)
	sound := oracle(documents)
	n := 0
	spoil := func(how func(f *inspect.Finding)) inspecttest.Scanner {
		return func(m inspect.Meta, data []byte) inspect.Report {
			r := sound(m, data)
			for i := range r.Findings {
				if n++; n%20 == 0 {
					how(&r.Findings[i])
				}
			}
			return r
		}
	}
	tests := []struct {
		name   string
		scan   inspecttest.Scanner
		faults int
		exact  bool
	}{
		{"finds everything", sound, 0, true},
		{"finds nothing", func(inspect.Meta, []byte) inspect.Report { return inspect.Report{} }, 2, false},
		{"drops one in twenty", spoil(func(f *inspect.Finding) { f.Class = "" }), 2, false},
		{"lowers one in twenty", spoil(func(f *inspect.Finding) { f.Confidence = inspect.Low }), 2, false},
		{"misplaces one in twenty", spoil(func(f *inspect.Finding) { f.From, f.To = f.To, f.To+1 }), 2, false},
		{"bounds are one too wide", spoil(func(f *inspect.Finding) { f.To++ }), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows := inspecttest.MeasureRecall(tt.scan, "pi.id.resident", documents)
			faults := inspecttest.JudgeRecall(rows)
			// One in twenty may fall on few values of the smaller row.
			if len(faults) > tt.faults || tt.faults > 0 && len(faults) == 0 {
				t.Errorf("faults %q, want %d", faults, tt.faults)
			}
			exact := true
			for _, r := range rows {
				exact = exact && r.Exact == r.Want
			}
			if exact != tt.exact {
				t.Errorf("all bounds are right: %v, want %v", exact, tt.exact)
			}
		})
	}
}

// TestFalseCatches shows that invented findings are counted, and those that
// are true by nature are not judged.
func TestFalseCatches(t *testing.T) {
	made := func(n int, c inspect.Confidence) inspect.Report {
		var r inspect.Report
		for i := range n {
			r.Findings = append(r.Findings, inspect.Finding{Class: inspect.Email, Rule: "x.mail", Confidence: c, From: int64(i)})
		}
		return r
	}
	nature := map[inspect.Class]string{inspect.Email: "authors"}
	tests := []struct {
		name   string
		size   int
		report inspect.Report
		nature map[inspect.Class]string
		faults int
	}{
		{"nothing", 1 << 20, made(0, inspect.Medium), nil, 0},
		{"one in one megabyte", 1 << 20, made(1, inspect.Medium), nil, 0},
		{"two in one megabyte", 1 << 20, made(2, inspect.Medium), nil, 1},
		{"two in twenty megabytes", 20 << 20, made(2, inspect.High), nil, 0},
		{"three in twenty megabytes", 20 << 20, made(3, inspect.High), nil, 1},
		{"many that are low", 1 << 20, made(50, inspect.Low), nil, 0},
		{"many that are true", 1 << 20, made(50, inspect.High), nature, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := inspecttest.NewFalse("text")
			f.Add("place", tt.size, tt.report)
			if got := f.Judge(tt.nature); len(got) != tt.faults {
				t.Errorf("faults %q, want %d", got, tt.faults)
			}
			if len(f.Table(tt.nature)) != 1 {
				t.Errorf("table %q", f.Table(tt.nature))
			}
		})
	}
}

// TestVectorsCatch shows that the judge of vectors passes one who knows them
// and fails those who find nothing, too little or too much.
func TestVectorsCatch(t *testing.T) {
	find := func(c inspect.Confidence) func(inspecttest.Vector) inspecttest.Scanner {
		return func(v inspecttest.Vector) inspecttest.Scanner {
			return func(_ inspect.Meta, data []byte) inspect.Report {
				return inspect.Report{Findings: []inspect.Finding{{Class: v.Class, Confidence: c, To: int64(len(data))}}}
			}
		}
	}
	for _, v := range inspecttest.Vectors() {
		high, carried := inspecttest.JudgeVector(find(inspect.High)(v), v)
		low, _ := inspecttest.JudgeVector(find(inspect.Low)(v), v)
		none, _ := inspecttest.JudgeVector(func(inspect.Meta, []byte) inspect.Report { return inspect.Report{} }, v)
		if v.Valid && (len(high) != 0 || len(low) == 0 || len(none) != carried) || !v.Valid && (len(high) != carried || len(low)+len(none) != 0) {
			t.Errorf("%s %q: %d, %d and %d faults of %d", v.Class, v.Text, len(high), len(low), len(none), carried)
		}
	}
}
