package index_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy/index"
)

// TestChangedRowsAreNotBelieved changes what the tables say, and wants the
// answers of the log all the same, and the reader to say why.
func TestChangedRowsAreNotBelieved(t *testing.T) {
	changes := map[string]string{
		"an action":             "UPDATE flows SET action = 3 - min(action, 3), enforced = 3 - min(enforced, 3) WHERE first < 40",
		"persons":               "UPDATE flows SET persons = persons + 1 WHERE first > 40",
		"the end of a flow":     "UPDATE flows SET last = first WHERE first < 40 AND last > first",
		"a name of all":         "UPDATE names SET text = text || 'x' WHERE kind = 2",
		"another row's name":    "UPDATE flows SET recipient = recipient + 1 WHERE first BETWEEN 20 AND 60",
		"what was sent":         "UPDATE flows SET sent = 1 WHERE first > 40",
		"the parts of a flow":   "UPDATE parts SET seq = seq + 1",
		"a time":                "UPDATE flows SET time = time + 1",
		"a text that is a blob": "UPDATE flows SET host = x'00ff' WHERE first < 9",
	}
	w := newWorld(t)
	fill(t, w.log, 5, 0, 60)
	w.update()
	w.x.Close()
	want := w.plain(index.Filter{})
	whole, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), index.File)
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			alter(t, path, change)
			if name != "the parts of a flow" { // of which rows say nothing
				r := index.Look(path, w.src)
				defer r.Close()
				if err := r.Query(t.Context(), index.Filter{}, func(index.Row) error { return nil }); err != nil || r.Why() == nil {
					t.Errorf("%v, why %v", err, r.Why())
				}
			}
			if got := w.ask(path, index.Filter{}); !slices.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
			if got := w.records(path, index.Filter{Limit: 30}); !slices.Equal(got, want[:30]) {
				t.Errorf("%d records, want 30", len(got))
			}
		})
	}
}

// TestTooManyWithoutAnIndexIsSaid wants no more than a bound to be kept, and the
// error to say what to do.
func TestTooManyWithoutAnIndexIsSaid(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 5, 0, 60)
	none := filepath.Join(t.TempDir(), "none")
	count := func(path string, f index.Filter) (n int, err error) {
		r := index.Look(path, w.src)
		defer r.Close()
		r.Most(20)
		err = r.Query(t.Context(), f, func(index.Row) error { n++; return nil })
		return n, err
	}
	if n, err := count(none, index.Filter{}); !errors.Is(err, index.ErrTooMany) || n > 0 {
		t.Errorf("%d rows, %v", n, err)
	}
	if n, err := count(none, index.Filter{Limit: 30}); err != nil || n != 30 {
		t.Errorf("with a limit: %d rows, %v", n, err)
	}
	w.update()
	if n, err := count(w.path, index.Filter{}); err != nil || n != 60 {
		t.Errorf("with an index: %d rows, %v", n, err)
	}
}

// TestReaderThatMayNotWrite reads an index that another user owns, whose helper
// files cannot be made: a directory stands where one of them would be.
func TestReaderThatMayNotWrite(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 5, 0, 40)
	w.update()
	copied := filepath.Join(t.TempDir(), index.File)
	b, err := os.ReadFile(w.path)
	if err == nil {
		err = os.WriteFile(copied, b, 0o400)
	}
	if err == nil {
		err = os.MkdirAll(copied+"-shm/x", 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.ask(copied, index.Filter{}), w.plain(index.Filter{}); !slices.Equal(got, want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

// TestFilterValuesAreNoSQL asks with what would end a statement.
func TestFilterValuesAreNoSQL(t *testing.T) {
	w := newWorld(t)
	fill(t, w.log, 5, 0, 20)
	w.update()
	for _, s := range []string{"' OR 1=1 --", "\"; DROP TABLE flows; --", "%", "r-_", "\x00"} {
		for _, f := range []index.Filter{{Exporter: s}, {Recipient: s}, {Country: s}, {Reason: s}, {Class: s}, {Filing: s}} {
			if got := w.ask(w.path, f); len(got) > 0 {
				t.Errorf("%+v: %d rows", f, len(got))
			}
		}
		r := index.Look(w.path, w.src)
		if seqs, err := r.Seqs(context.Background(), s); len(seqs) > 0 || err != nil {
			t.Errorf("%q: %v, %v", s, seqs, err)
		}
		if err := r.Acts(context.Background(), s, s, func(index.Act) error { t.Error("an act"); return nil }); err != nil {
			t.Error(err)
		}
		r.Close()
	}
	if got := w.ask(w.path, index.Filter{}); len(got) != 20 {
		t.Errorf("%d rows are left", len(got))
	}
}
