package registry_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func TestMain(m *testing.M) {
	// Each check of a history waits for the disk; -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

var ctx = context.Background()

func TestRevisionsAreKeptAndChained(t *testing.T) {
	r, _ := fresh(t)
	first, err := r.Add(ctx, contract("F1"))
	if err != nil || first.Revision != 1 || first.Act != registry.ActAdd || len(first.Digest) != 64 {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := r.Add(ctx, contract("F1"))
	if err != nil || !again.Same || again.Revision != 1 || again.Digest != first.Digest {
		t.Errorf("the same filing again: %+v, %v", again, err)
	}
	second, err := r.Add(ctx, contract("F1", func(f *policy.Filing) { f.Volume.NSPerYear = 2000 }))
	if err != nil || second.Revision != 2 || second.Same {
		t.Fatalf("got %+v, %v", second, err)
	}
	third, err := r.Suspend(ctx, "F1", "contract under review")
	if err != nil || third.Revision != 3 || third.Note != "contract under review" {
		t.Fatalf("got %+v, %v", third, err)
	}
	old, err := r.Show(ctx, "F1", 1)
	if err != nil || old.Volume.NSPerYear != 1000 || old.PrevHash != "" || old.Hash != first.Digest {
		t.Errorf("revision 1: %+v, %v", old, err)
	}
	newest, err := r.Show(ctx, "F1", 0)
	if err != nil || newest.Status != "suspended" || newest.Revision != 3 || newest.PrevHash != second.Digest {
		t.Errorf("newest: %+v, %v", newest, err)
	}
	if sum, err := registry.Hash(newest); err != nil || sum != newest.Hash {
		t.Errorf("hash %s, %v, want %s", sum, err, newest.Hash)
	}
	// What show prints, add takes.
	b, err := json.Marshal(newest)
	if err != nil {
		t.Fatal(err)
	}
	back, err := registry.Parse(strings.NewReader(string(b)))
	if err != nil || !reflect.DeepEqual(back, newest) {
		t.Errorf("parsed back: %v", err)
	}
	if c, err := r.Add(ctx, back); err != nil || !c.Same {
		t.Errorf("added back: %+v, %v", c, err)
	}
	all, err := r.History(ctx, "F1")
	if err != nil || len(all) != 3 || all[2].Act != registry.ActSuspend {
		t.Errorf("history %+v, %v", all, err)
	}
	since, err := r.Since(ctx, first.Seq)
	if err != nil || len(since) != 2 || since[0].Digest != second.Digest {
		t.Errorf("since the first: %+v, %v", since, err)
	}
}

func TestSuspendedResumesAndRevokedDoesNot(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	steps := []struct {
		name string
		do   func() error
		want string
	}{
		{"suspend without reason", func() error { _, err := r.Suspend(ctx, "F1", " "); return err }, "give a reason"},
		{"suspend", func() error { _, err := r.Suspend(ctx, "F1", "x"); return err }, ""},
		{"resume", func() error { _, err := r.Add(ctx, contract("F1")); return err }, ""},
		{"revoke", func() error { _, err := r.Revoke(ctx, "F1", "x"); return err }, ""},
		{"suspend the revoked", func() error { _, err := r.Suspend(ctx, "F1", "x"); return err }, "final"},
		{"add the revoked", func() error { _, err := r.Add(ctx, contract("F1")); return err }, "final"},
		{"suspend nothing", func() error { _, err := r.Suspend(ctx, "F2", "x"); return err }, "not found"},
		{"show nothing", func() error { _, err := r.Show(ctx, "F2", 0); return err }, "not found"},
		{"show a revision there is not", func() error { _, err := r.Show(ctx, "F1", 9); return err }, "there are 4"},
	}
	for _, s := range steps {
		err := s.do()
		if (err == nil) != (s.want == "") || err != nil && !strings.Contains(err.Error(), s.want) {
			t.Errorf("%s: got %v, want %q", s.name, err, s.want)
		}
	}
	if _, err := r.Show(ctx, "F2", 0); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// Two registries on one file stand for two processes: SQLite tells their
// connections apart in the same way.
func TestChangesOfAnotherProcessAreSeenWithinASecond(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	c := newClock()
	gateway, command := open(t, path, c), open(t, path, c)
	sees := func() int {
		cs, err := gateway.Candidates(ctx, flow("api.example.sg"))
		if err != nil {
			t.Fatal(err)
		}
		return len(cs)
	}
	if sees() != 0 {
		t.Fatal("a filing out of nowhere")
	}
	if _, err := command.Add(ctx, contract("F1")); err != nil {
		t.Fatal(err)
	}
	if n := sees(); n != 0 {
		t.Errorf("%d candidates before the poll is due: the store is asked for every flow", n)
	}
	c.add(500 * time.Millisecond)
	if n := sees(); n != 1 {
		t.Errorf("%d candidates after half a second, want 1", n)
	}
	if _, err := command.Revoke(ctx, "F1", "x"); err != nil {
		t.Fatal(err)
	}
	c.add(500 * time.Millisecond)
	cs, err := gateway.Candidates(ctx, flow("api.example.sg"))
	if err != nil || cs[0].Status != "revoked" || cs[0].Revision != 2 {
		t.Errorf("got %+v, %v", cs, err)
	}
}

func TestAStoreThatIsAwayIsAnErrorAndNotEmpty(t *testing.T) {
	tests := []struct {
		name  string
		take  func(path string) error
		back  func(path string) error
		wants string
	}{
		{"renamed", func(p string) error { return os.Rename(p, p+".gone") }, func(p string) error { return os.Rename(p+".gone", p) }, "taken away"},
		{"directory renamed", func(p string) error { return os.Rename(filepath.Dir(p), filepath.Dir(p)+"x") },
			func(p string) error { return os.Rename(filepath.Dir(p)+"x", filepath.Dir(p)) }, "taken away"},
		{"replaced", func(p string) error {
			return errors.Join(os.Rename(p, p+".gone"), os.WriteFile(p, make([]byte, 4096), 0o600))
		}, func(p string) error { return os.Rename(p+".gone", p) }, "another file"},
		{"removed", os.Remove, nil, "taken away"},
		{"emptied", func(p string) error { return os.Truncate(p, 0) }, nil, "emptied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path, c := filepath.Join(dir, "registry.db"), newClock()
			r, err := registry.Open(path, registry.Options{Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close() // what closing a store that is gone says does not matter
			if _, err := r.Add(ctx, contract("F1")); err != nil {
				t.Fatal(err)
			}
			if err := tt.take(path); err != nil {
				t.Fatal(err)
			}
			c.add(time.Second)
			if err := r.Ready(ctx); err == nil || !strings.Contains(err.Error(), tt.wants) {
				t.Errorf("Ready: %v, want %q", err, tt.wants)
			}
			if cs, err := r.Candidates(ctx, flow("api.example.sg")); err == nil {
				t.Errorf("got %d candidates from a store that is away", len(cs))
			}
			if err := r.Identify(ctx, flow("api.example.sg")); err == nil {
				t.Error("identified by a store that is away")
			}
			if _, err := r.Add(ctx, contract("F2")); err == nil {
				t.Error("added to a store that is away")
			}
			if tt.back == nil {
				return
			}
			if err := tt.back(path); err != nil {
				t.Fatal(err)
			}
			c.add(time.Second)
			if cs, err := r.Candidates(ctx, flow("api.example.sg")); err != nil || len(cs) != 1 {
				t.Errorf("after it came back: %d, %v", len(cs), err)
			}
		})
	}
}

func TestAnAlteredStoreIsNotUsed(t *testing.T) {
	tests := []struct{ name, stmt string }{
		{"another volume", `UPDATE filing_revision SET body = replace(body, '"subjects_ns_per_year":1000', '"subjects_ns_per_year":9000')`},
		{"another revision number", `UPDATE filing_revision SET revision = 7 WHERE revision = 2`},
		{"a revision taken out", `DELETE FROM filing_revision WHERE revision = 1`},
		{"not JSON", `UPDATE filing_revision SET body = 'x'`},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "registry.db")
		c := newClock()
		r, err := registry.Open(path, registry.Options{Now: c.Now})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int64{1000, 1001} {
			if _, err := r.Add(ctx, contract("F1", func(f *policy.Filing) { f.Volume.NSPerYear = n })); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(tt.stmt); err == nil {
			t.Errorf("%s: the store let itself be altered", tt.name)
		}
		for _, s := range []string{"DROP TRIGGER filing_revision_stays", "DROP TRIGGER filing_revision_kept", tt.stmt} {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if r, err := registry.Open(path, registry.Options{Now: c.Now}); err == nil {
			t.Errorf("%s: opened all the same", tt.name)
			_ = r.Close()
		}
	}
}

func TestOpenRefusesWhatIsNoStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Open(path, registry.Options{}); err == nil {
		t.Error("opened a text file")
	}
	if _, err := registry.Open(filepath.Join(t.TempDir(), "no", "registry.db"), registry.Options{}); err == nil {
		t.Error("opened a file in no directory")
	}
}

func TestOnlyTheOwnerMayReadTheStore(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	_ = r
	path := filepath.Join(t.TempDir(), "registry.db")
	open(t, path, newClock())
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(p); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", filepath.Base(p), info.Mode())
		}
	}
}

func TestManyFlowsAndChangesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	c := newClock()
	a, b := open(t, path, c), open(t, path, c)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 25 {
				f := flow("api.example.sg")
				if err := a.Identify(ctx, f); err != nil {
					t.Error(err)
				}
				if _, err := a.Candidates(ctx, f); err != nil {
					t.Error(err)
				}
				if j%5 == 0 {
					r := a
					if i%2 == 0 {
						r = b
					}
					if _, err := r.Add(ctx, contract(fmt.Sprintf("F%d-%d", i, j))); err != nil {
						t.Error(err)
					}
				}
				c.add(100 * time.Millisecond)
			}
		})
	}
	wg.Wait()
	c.add(time.Second)
	for _, r := range []*registry.Registry{a, b} {
		if list, err := r.List(ctx); err != nil || len(list) != 20 {
			t.Errorf("%d filings, %v, want 20", len(list), err)
		}
	}
}

// Whatever is added in whatever order, the newest revision counts, and the
// chain holds after a restart.
func TestAnyHistoryReopens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		path, c := filepath.Join(dir, "registry.db"), newClock()
		r, err := registry.Open(path, registry.Options{Now: c.Now})
		if err != nil {
			rt.Fatal(err)
		}
		want := map[string]int64{}
		for range rapid.IntRange(1, 8).Draw(rt, "changes") {
			id := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "id")
			n := rapid.Int64Range(1, 5).Draw(rt, "volume")
			if _, err := r.Add(ctx, contract(id, func(f *policy.Filing) { f.Volume.NSPerYear = n })); err != nil {
				rt.Fatal(err)
			}
			want[id] = n
		}
		if err := r.Close(); err != nil {
			rt.Fatal(err)
		}
		if r, err = registry.Open(path, registry.Options{Now: c.Now}); err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		list, err := r.List(ctx)
		if err != nil || len(list) != len(want) {
			rt.Fatalf("%d filings, %v", len(list), err)
		}
		for _, f := range list {
			if f.Volume.NSPerYear != want[f.ID] {
				rt.Errorf("%s has %d, want %d", f.ID, f.Volume.NSPerYear, want[f.ID])
			}
		}
	})
}

func TestUnknownAndRevokedFilingsAreNamed(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	if _, err := r.Suspend(ctx, "F9", "why"); !errors.Is(err, registry.ErrNotFound) || !strings.Contains(err.Error(), "filing F9") {
		t.Errorf("unknown: %v", err)
	}
	if _, err := r.Suspend(ctx, "13800138000", "why"); !errors.Is(err, registry.ErrNotFound) || strings.Contains(err.Error(), "138") {
		t.Errorf("unknown and perhaps a number: %v", err)
	}
	if _, err := r.Revoke(ctx, "F1", "ended"); err != nil {
		t.Fatal(err)
	}
	var faults *registry.FaultError
	if _, err := r.Suspend(ctx, "F1", "why"); !errors.As(err, &faults) || !strings.Contains(err.Error(), "filing F1") {
		t.Errorf("revoked: %v", err)
	}
	if _, err := r.Suspend(ctx, "F1", "asked by 13800138000"); !errors.As(err, &faults) || strings.Contains(err.Error(), "138") {
		t.Errorf("reason with a number: %v", err)
	}
}
