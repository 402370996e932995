package engine_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

// inWindows scans data in steps, and returns who was told after the last one,
// who at the end, and where the cuts were.
func inWindows(t *testing.T, meta inspect.Meta, data []byte, step int) (sofar, last []inspect.Person, cuts []int64) {
	t.Helper()
	meta.Time = day
	open, err := open(t).Open(meta, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	s := open.(inspect.Progressive)
	before := map[inspect.Subject]bool{}
	for rest := data; len(rest) > 0; {
		n := min(step, len(rest))
		s.Write(rest[:n])
		rest = rest[n:]
		r, to := s.SoFar()
		now := map[inspect.Subject]bool{}
		for _, p := range r.Persons {
			now[p.Key] = true
		}
		for k := range before {
			if !now[k] {
				t.Fatal("a person was told who is not there any more")
			}
		}
		before, sofar = now, r.Persons
		if n := len(cuts); n > 0 && to < cuts[n-1] || to > int64(len(data)-len(rest)) {
			t.Fatalf("cut at %d after %v", to, cuts)
		}
		cuts = append(cuts, to)
	}
	r, err := s.Close()
	if err != nil {
		t.Fatal(err)
	}
	return sofar, r.Persons, cuts
}

// Whoever was told on the way is told at the end, by the same key, and the
// other way round: nobody is counted twice because a window ended in a record.
func TestWindowsCountTheSamePersons(t *testing.T) {
	m := synth.New(21, day)
	people := m.Adults(3000)
	csv := synth.CSV(people)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(csv)
	z.Close()
	tests := []struct {
		name string
		meta inspect.Meta
		data []byte
		more int // who may be told on the way besides
	}{
		{"CSV", inspect.Meta{ContentType: "text/csv"}, csv, 0},
		{"JSON", inspect.Meta{ContentType: "application/json"}, synth.JSON(people), 0},
		{"JSON of an object with an owner", inspect.Meta{ContentType: "application/json"},
			slices.Concat([]byte(`{"owner":"13800138000","rows":`), synth.JSON(people), []byte("}")), 0},
		{"compressed CSV", inspect.Meta{ContentType: "text/csv", ContentEncoding: "gzip"}, packed.Bytes(), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := scan(t, open(t), tt.meta, tt.data, 0).Persons
			for _, step := range []int{997, 32 << 10, 100_003} {
				sofar, last, cuts := inWindows(t, tt.meta, tt.data, step)
				if len(last) != len(want) {
					t.Errorf("step %d: %d persons at the end, want %d as without windows", step, len(last), len(want))
				}
				if len(sofar) > len(want) {
					t.Errorf("step %d: %d persons on the way, %d at the end", step, len(sofar), len(want))
				}
				if cuts[len(cuts)-1] == 0 {
					t.Errorf("step %d: nothing was ever settled", step)
				}
			}
		})
	}
}

// Whoever stands before a cut was told when it was made, by the key by which
// what leaves there names him: else nobody would have counted him.
func TestNobodyLeavesUntold(t *testing.T) {
	people := synth.New(23, day).Adults(1500)
	for name, data := range map[string][]byte{"CSV": synth.CSV(people), "JSON": synth.JSONOf(people, "id_card", "mobile", "email")} {
		s, err := open(t).Open(inspect.Meta{Time: day}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(data); i += 20_011 {
			s.Write(data[i:min(i+20_011, len(data))])
			r, to := s.(inspect.Progressive).SoFar()
			told := map[inspect.Subject]bool{}
			for _, p := range r.Persons {
				told[p.Key] = true
			}
			for _, p := range scan(t, open(t), inspect.Meta{}, data[:to], 0).Persons {
				if !told[p.Key] {
					t.Fatalf("%s: somebody stands before %d who was not told", name, to)
				}
			}
		}
	}
}

// What begins before the cut was told when the cut was made: that is what lets
// the bytes before it go.
func TestNothingIsFoundBeforeTheCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for _, p := range synth.New(22, day).Adults(4000) {
		fmt.Fprintf(&text, "%s,%s,%s%s", p.Name, p.ResidentID, p.Mobile, [...]string{"\n", ";", "\n\n", " "}[r.IntN(4)])
	}
	data := []byte(text.String())
	for _, step := range []int{1009, 32 << 10} {
		s, err := open(t).Open(inspect.Meta{Time: day}, nil)
		if err != nil {
			t.Fatal(err)
		}
		told, cut := map[inspect.Class]int64{}, int64(0)
		for rest := data; len(rest) > 0; {
			n := min(step, len(rest))
			s.Write(rest[:n])
			rest = rest[n:]
			for _, f := range s.Take() {
				if f.From < cut {
					t.Fatalf("step %d: a finding at %d, but %d was released", step, f.From, cut)
				}
			}
			var rep inspect.Report
			rep, cut = s.(inspect.Progressive).SoFar()
			for _, y := range rep.Tallies {
				if y.At(inspect.Low) < told[y.Class] {
					t.Fatal("a tally fell")
				}
				told[y.Class] = y.At(inspect.Low)
			}
		}
	}
}

// Content that nobody can read is told as it comes, and not only at the end.
func TestUnreadContentIsAGapOnTheWay(t *testing.T) {
	noise := make([]byte, 256<<10)
	rand.NewChaCha8([32]byte{9}).Read(noise)
	s, err := open(t).Open(inspect.Meta{Time: day}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Write(noise)
	if r, _ := s.(inspect.Progressive).SoFar(); r.Coverage.State == inspect.Full {
		t.Errorf("coverage %+v of random bytes", r.Coverage)
	}
}
