package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
)

// world is a log and an index of it.
type world struct {
	t    *testing.T
	log  *audit.Log
	src  audit.Source
	path string
	x    *index.Index
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, log: openLog(t, dir), src: audit.Source{Files: disk.Files{}, Dir: dir}, path: index.Path(dir)}
	w.open()
	t.Cleanup(func() { w.x.Close(); w.log.Close() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	if w.x, err = index.Open(w.path); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) update() index.Progress {
	w.t.Helper()
	p, err := w.x.Update(context.Background(), w.src)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// ask is what a Reader answers.
func (w *world) ask(path string, f index.Filter) (out []string) {
	w.t.Helper()
	r := index.Look(path, w.src)
	defer r.Close()
	if err := r.Query(context.Background(), f, func(row index.Row) error { out = append(out, fmt.Sprintf("%+v", row)); return nil }); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// records is the same by way of the records.
func (w *world) records(path string, f index.Filter) (out []string) {
	w.t.Helper()
	r := index.Look(path, w.src)
	defer r.Close()
	err := r.Records(context.Background(), f, func(rec policy.Record) error { out = append(out, fmt.Sprintf("%+v", index.RowOf(rec))); return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// plain is the same from the records themselves.
func (w *world) plain(f index.Filter) (out []string) {
	w.t.Helper()
	var rows []index.Row
	err := audit.Records(context.Background(), w.src, func(r policy.Record) error {
		if row := index.RowOf(r); f.Match(row) {
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortFunc(rows, func(a, b index.Row) int { return int(int64(b.First) - int64(a.First)) })
	if f.Limit > 0 {
		rows = rows[:min(len(rows), f.Limit)]
	}
	if f.Oldest {
		slices.Reverse(rows)
	}
	for _, row := range rows {
		out = append(out, fmt.Sprintf("%+v", row))
	}
	return out
}

func someFilter(rng *rand.Rand, flows int) (f index.Filter) {
	pick := func(n int) bool { return rng.IntN(n) == 0 }
	action := func() *policy.Action { a := policy.Action(rng.IntN(5)); return &a }
	if pick(3) {
		f.From = policytest.Start.Add(time.Duration(rng.IntN(flows)) * time.Minute)
	}
	if pick(3) {
		f.To = policytest.Start.Add(time.Duration(rng.IntN(flows)) * time.Minute)
	}
	if pick(3) {
		f.Exporter = exporters[rng.IntN(3)]
	}
	if pick(4) {
		f.Recipient = fmt.Sprintf("r-%d", rng.IntN(41))
	}
	if pick(4) {
		f.Country = []string{"DE", "US", "FR"}[rng.IntN(3)]
	}
	if pick(4) {
		f.Action = action()
	}
	if pick(4) {
		f.Enforced = action()
	}
	if pick(4) {
		f.Reason = []string{"NO_FILING", "VOLUME", "NOT_THERE"}[rng.IntN(3)]
	}
	if pick(4) {
		f.Class = []string{"pi", "pi.id.resident", "spi.finance", "pi.i"}[rng.IntN(4)]
	}
	if pick(5) {
		f.Filing = []string{"SC-1", "SA-1"}[rng.IntN(2)]
	}
	f.Open, f.InDoubt, f.Oldest = pick(8), pick(8), pick(3)
	if pick(3) {
		f.Limit = 1 + rng.IntN(20)
	}
	if pick(4) && !f.Oldest {
		f.Before = uint64(rng.IntN(2 * flows))
	}
	return f
}

// TestAnswersAreThoseOfTheLog asks the same of an index that is whole, of one
// that is behind, and of none, and wants what the records say.
func TestAnswersAreThoseOfTheLog(t *testing.T) {
	w := newWorld(t)
	rng := rand.New(rand.NewPCG(4, 2))
	none := filepath.Join(t.TempDir(), "none")
	const flows = 180
	for part := range 3 {
		fill(t, w.log, 7, part*flows/3, (part+1)*flows/3)
		for range *reps {
			f := someFilter(rng, flows)
			want := w.plain(f)
			for name, path := range map[string]string{"index": w.path, "log": none} {
				if got := w.records(path, f); !slices.Equal(got, want) {
					t.Fatalf("%s, records of %+v: %d, want %d\n%v\n%v", name, f, len(got), len(want), got, want)
				}
				if got := w.ask(path, f); !slices.Equal(got, want) {
					t.Fatalf("%s, %+v: %d rows, want %d\n%v\n%v", name, f, len(got), len(want), got, want)
				}
			}
		}
		if part < 2 {
			w.update() // the next third stands in the log only
		}
	}
	w.update()
	for range *reps {
		if f := someFilter(rng, flows); !slices.Equal(w.ask(w.path, f), w.plain(f)) {
			t.Fatalf("whole index, %+v", f)
		}
	}
}

func TestPagesMakeTheWhole(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 3, 0, 100)
	w.update()
	fill(t, w.log, 3, 100, 150)
	var got []string
	for before := uint64(0); ; {
		page := w.ask(w.path, index.Filter{Limit: 7, Before: before})
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		r := index.Look(w.path, w.src)
		n := 0
		if err := r.Query(t.Context(), index.Filter{Limit: 7, Before: before}, func(row index.Row) error { n++; before = row.First; return nil }); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	if want := w.plain(index.Filter{}); !slices.Equal(got, want) {
		t.Errorf("%d rows in pages, %d in all", len(got), len(want))
	}
}

func TestEntriesOfAFlow(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 5, 0, 50)
	w.update()
	fill(t, w.log, 5, 50, 80)
	want := map[string][]uint64{}
	if err := audit.Read(t.Context(), w.src, func(e policy.Entry) error { want[e.Flow] = append(want[e.Flow], e.Seq); return nil }); err != nil {
		t.Fatal(err)
	}
	r := index.Look(w.path, w.src)
	defer r.Close()
	for flow, seqs := range want {
		got, err := r.Seqs(t.Context(), flow)
		if err != nil || !slices.Equal(got, seqs) {
			t.Fatalf("flow %s: %v, %v, want %v", flow, got, err, seqs)
		}
	}
	if got, err := r.Seqs(t.Context(), "none"); err != nil || len(got) != 0 {
		t.Errorf("a flow that is not there: %v, %v", got, err)
	}
}

func TestDeletedRecordsAreGone(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 5, 0, 100)
	w.update()
	act := policy.Entry{Kind: policy.KindAdmin, Time: policytest.Start, Admin: &policy.Admin{Act: index.Deleted, Actor: "anna", Object: "segment-00000001 entries 1-60"}}
	if _, err := w.log.Append(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		for _, path := range []string{w.path, filepath.Join(t.TempDir(), "none")} {
			r := index.Look(path, w.src)
			n := 0
			err := r.Query(t.Context(), index.Filter{}, func(row index.Row) error {
				if n++; row.First <= 60 {
					t.Errorf("%s: the record of entry %d is there", when, row.First)
				}
				return nil
			})
			if err != nil || n == 0 {
				t.Errorf("%s: %d rows, %v", when, n, err)
			}
			r.Close()
		}
	}
	check("the act in the log only")
	w.update()
	check("the act in the index")
}

func TestDamagedIndexIsMadeAgain(t *testing.T) {
	spoil := map[string]func(path string) error{
		"no database": func(p string) error {
			return os.WriteFile(p, []byte("not a database at all, but long enough to be read as one"), 0o600)
		},
		"its end is gone": func(p string) error { return os.Truncate(p, 5000) },
		"nothing in it":   func(p string) error { return os.Truncate(p, 0) },
		"another log":     nil,
	}
	others := map[string]int{"another log": 50, "a longer log that is another": 200}
	spoil["a longer log that is another"] = nil
	for name, do := range spoil {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			fill(t, w.log, 5, 0, 100)
			w.update()
			w.x.Close()
			want := w.plain(index.Filter{})
			if do != nil {
				if err := do(w.path); err != nil {
					t.Fatal(err)
				}
			} else {
				other := newWorld(t)
				fill(t, other.log, 6, 0, others[name])
				w.src, want = other.src, other.plain(index.Filter{})
			}
			if got := w.ask(w.path, index.Filter{}); !slices.Equal(got, want) {
				t.Errorf("before it is mended: %d rows, want %d", len(got), len(want))
			}
			w.open()
			if p := w.update(); p.Again == "" && w.x.Aside() == "" && do != nil && name != "nothing in it" {
				t.Error("nothing was said")
			}
			if got := w.ask(w.path, index.Filter{}); !slices.Equal(got, want) {
				t.Errorf("after: %d rows, want %d", len(got), len(want))
			}
		})
	}
}

func TestChangedActsAreNotBelieved(t *testing.T) {
	w := newWorld(t)
	for _, object := range []string{"a", "b"} {
		if _, err := w.log.Append(t.Context(), policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "hold.add", Actor: "anna", Object: object}}); err != nil {
			t.Fatal(err)
		}
	}
	w.update()
	w.x.Close()
	alter(t, w.path, "DELETE FROM acts WHERE object = 'a'")
	r := index.Look(w.path, w.src)
	defer r.Close()
	n := 0
	if err := r.Acts(t.Context(), "hold", "", func(index.Act) error { n++; return nil }); err != nil || n != 2 || r.Why() == nil {
		t.Errorf("%d acts, %v, why %v", n, err, r.Why())
	}
	w.open()
	if w.x.Aside() == "" {
		t.Error("the writer goes on with it")
	}
}
