package index_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
)

func alter(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
}

func TestParseTime(t *testing.T) {
	tests := []struct {
		name, text string
		end        bool
		want       string // "" is refused
	}{
		{"a day", "2026-03-31", false, "2026-03-30T16:00:00Z"},
		{"the end of a day", "2026-03-31", true, "2026-03-31T16:00:00Z"},
		{"RFC 3339", "2026-03-31T08:00:00+08:00", true, "2026-03-31T00:00:00Z"},
		{"without a zone", "2026-03-31 08:00", false, "2026-03-31T00:00:00Z"},
		{"no day", "2026-02-30", false, ""},
		{"a word", "yesterday", false, ""},
		{"far away", "9999-01-01", false, ""},
		{"nothing", "", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := index.ParseTime(tt.text, tt.end)
			if (err == nil) != (tt.want != "") || err == nil && got.UTC().Format(time.RFC3339) != tt.want {
				t.Errorf("%v, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// FuzzParseTime: what is taken can be kept, and is read back the same.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-03-31", "2026-03-31T08:00:00.5+08:00", "2026-03-31 08:00", "0000-00-00", "2026-03-31T"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, end bool) {
		at, err := index.ParseTime(s, end)
		if err != nil {
			return
		}
		if again, err := index.ParseTime(at.Format(time.RFC3339Nano), end); err != nil || !again.Equal(at) || !time.Unix(0, at.UnixNano()).Equal(at) {
			t.Errorf("%q: %v, %v, %v", s, at, again, err)
		}
	})
}

// FuzzDamage changes the file of an index: answers come all the same, and the
// writer ends with an index that is right.
func FuzzDamage(f *testing.F) {
	dir := f.TempDir()
	l := openLog(f, dir)
	fill(f, l, 9, 0, 60)
	if err := l.Close(); err != nil {
		f.Fatal(err)
	}
	src := audit.Source{Files: disk.Files{}, Dir: dir}
	path := filepath.Join(f.TempDir(), index.File)
	x, err := index.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := x.Update(context.Background(), src); err != nil {
		f.Fatal(err)
	}
	if err := x.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), []byte("x"), uint32(0))
	f.Add(uint32(4096), bytes.Repeat([]byte{0}, 100), uint32(9000))
	f.Add(uint32(100), []byte{0xff, 0xff, 0xff}, uint32(0))
	f.Fuzz(func(t *testing.T, at uint32, put []byte, cut uint32) {
		b := bytes.Clone(whole)
		copy(b[int(at)%len(b):], put)
		if cut > 0 {
			b = b[:int(cut)%len(b)]
		}
		path := filepath.Join(t.TempDir(), index.File)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r := index.Look(path, src)
		defer r.Close()
		if err := r.Query(t.Context(), index.Filter{Reason: "NO_FILING", Limit: 10}, func(index.Row) error { return nil }); err != nil {
			t.Errorf("query: %v", err)
		}
		if err := r.Acts(t.Context(), "", "", func(index.Act) error { return nil }); err != nil {
			t.Errorf("acts: %v", err)
		}
		x, err := index.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if err := x.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := x.Update(t.Context(), src); err != nil {
			t.Error(err)
		}
		if err := audit.Records(t.Context(), src, func(policy.Record) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}

// FuzzGlance: where the short way reads an entry that is written as the log
// writes, it reads the same as the long way.
func FuzzGlance(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 8 {
		for _, e := range flowOf(rng, n, policytest.Start) {
			b, err := json.Marshal(e)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Add([]byte(`{"kind":"intent","flow":"a\\u0022,","intent":{"host":"x}","question":{"a":"\\\""}}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		quick, plain, quickErr, plainErr := index.Glances(b)
		if quickErr != nil || plainErr != nil {
			return
		}
		var e policy.Entry
		if json.Unmarshal(b, &e) != nil {
			return
		}
		if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, b) {
			return // the log did not write it
		}
		if quick != plain {
			t.Errorf("%s\n%s\n%s", b, quick, plain)
		}
	})
}
