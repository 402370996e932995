package split

import (
	"cmp"
	"crypto/aes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// sketch is a sample by value: all values of a set whose order is at most
// upTo. Two sketches are compared where both are complete.
type sketch struct {
	values []uint64 // sorted
	upTo   uint64
}

// walk finds values in a sketch. Those that are asked for in ascending order
// cost one pass.
type walk struct {
	rest, all []uint64
	last      uint64
}

func (s *sketch) walk() walk { return walk{rest: s.values, all: s.values} }

func (w *walk) has(v uint64) bool {
	if v < w.last {
		_, ok := slices.BinarySearch(w.all, v)
		return ok
	}
	w.last = v
	for n := 0; len(w.rest) > 0 && w.rest[0] < v; w.rest = w.rest[1:] {
		if n++; n > 8 { // far away
			at, _ := slices.BinarySearch(w.rest, v)
			w.rest = w.rest[at:]
			break
		}
	}
	return len(w.rest) > 0 && w.rest[0] == v
}

// mark is a value with what the sample is ordered by: of persons the value
// itself, of lines the fingerprint that the value was made of.
type mark struct{ order, value uint64 }

// probe is a part as it is compared with what was seen in a year.
type probe struct {
	view   view
	people []mark // sorted by order
	text   []mark
}

// inside reports whether a part is all but contained in what a sketch is of: 90 %
// of at least 16 marks that both would show.
func inside(marks []mark, upTo uint64, s *sketch) bool {
	upTo = min(upTo, s.upTo)
	shown, found, w := 0, 0, s.walk()
	for _, m := range marks {
		if m.order > upTo {
			break
		}
		shown++
		if w.has(m.value) {
			found++
		}
		if shown == 8 && found < 4 {
			return false // it will not come to 90 % any more
		}
	}
	return shown >= 16 && found*10 >= shown*9
}

// overlap is how much of the smaller of two samples the other has, in percent,
// and whether they can be compared.
func overlap(a []mark, upTo uint64, b *sketch) (percent int, ok bool) {
	upTo = min(upTo, b.upTo)
	shown, found, w := 0, 0, b.walk()
	for _, m := range a {
		if m.order > upTo {
			break
		}
		shown++
		if w.has(m.value) {
			found++
		}
	}
	smaller := min(shown, len(b.values)) // b may show more than its share: then it looks the less alike
	if smaller == 0 {
		return 0, false
	}
	return found * 100 / smaller, true
}

// views makes the probes of a part for this year and, while parts of the last
// one are in the window, for that.
func (d *Detector) views(p *policy.SplitPart, now time.Time) (map[int]*probe, error) {
	out := map[int]*probe{}
	for _, year := range []int{yearOf(now), yearOf(now.Add(-Window))} {
		if out[year] != nil {
			continue
		}
		k, err := d.keys.get(year, year == yearOf(now))
		if err != nil {
			return nil, fmt.Errorf("split: key of %d: %w", year, err)
		}
		if k != nil {
			out[year] = k.probe(p)
		}
	}
	return out, nil
}

func (k *key) probe(p *policy.SplitPart) *probe {
	f, s := p.Flow, &p.Shape
	d := &f.Destination
	var out probe
	v := &out.view
	v.way = way{k.word("account", f.Session.User), k.word("destination", d.Host, strconv.Itoa(int(d.Port))), k.word("exporter", f.Session.Exporter.USCC),
		k.word("link", f.Declared.Link), k.word("purpose", f.Declared.Purpose, f.Declared.Scenario), k.word("recipient", d.Recipient)}
	v.fields, v.columns = k.digest("fields", s.Fields), k.digest("columns", s.Columns)
	for _, r := range s.Runs[:min(len(s.Runs), inspect.MaxRuns)] {
		if r.Last < r.First || r.Last == math.MaxInt64 || seconds(r.First) {
			continue
		}
		v.runs = append(v.runs, run{k.number(r.Column, r.First), k.number(r.Column, r.Last+1)})
	}
	out.people, v.people = k.persons(p.Persons)
	out.text, v.text = k.lines(s)
	return &out
}

// seconds reports whether a column that rises by one from row to row tells the
// time of each: what was measured in the next minutes is another recording, by
// whichever device.
func seconds(first int64) bool {
	return first >= 946_684_800 && first < 4_102_444_800 // 2000 to 2100
}

// persons samples the persons with the smallest values. The values are uniform,
// so most need not be kept to find the smallest.
func (k *key) persons(all []policy.Counted) ([]mark, sketch) {
	guess := uint64(math.MaxUint64)
	if n := uint64(len(all)); n > 4*keptPersons {
		guess = math.MaxUint64 / n * (2 * keptPersons)
	}
	var block [aes.BlockSize]byte
	var marks []mark
	for {
		for i := range all {
			k.block.Encrypt(block[:], all[i].Subject[:])
			if v := binary.BigEndian.Uint64(block[:]); v <= guess {
				marks = append(marks, mark{v, v})
			}
		}
		if guess == math.MaxUint64 || len(marks) >= keptPersons {
			break
		}
		guess, marks = math.MaxUint64, nil
	}
	return sample(marks, keptPersons)
}

// lines are a sample already: what is complete of it, its largest tells.
func (k *key) lines(s *inspect.Shape) ([]mark, sketch) {
	var in, block [aes.BlockSize]byte
	var marks []mark
	copy(in[8:], "line")
	for _, order := range s.Text[:min(len(s.Text), inspect.MaxText)] {
		binary.BigEndian.PutUint64(in[:8], order)
		k.block.Encrypt(block[:], in[:])
		marks = append(marks, mark{order, binary.BigEndian.Uint64(block[:])})
	}
	full := len(marks) >= inspect.MaxText || s.Lines > int64(len(marks))
	marks, out := sample(marks, inspect.MaxText)
	if full && len(marks) > 0 {
		out.upTo = marks[len(marks)-1].order
	}
	return marks, out
}

// sample sorts and cuts, each value once.
func sample(marks []mark, most int) ([]mark, sketch) {
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.order, b.order) })
	marks = slices.Compact(marks)
	out := sketch{upTo: math.MaxUint64}
	if len(marks) > most {
		marks = marks[:most]
		out.upTo = marks[most-1].order
	}
	for _, m := range marks {
		out.values = append(out.values, m.value)
	}
	slices.Sort(out.values)
	return marks, out
}
