package journal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/datacustoms/customs/policy/journal"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bg = context.Background()

func TestArrivalsMeanwhileAreTheNextBatch(t *testing.T) {
	var sizes []int
	began, release := make(chan struct{}), make(chan struct{})
	g := journal.NewGroup(func(b []int) error {
		if len(sizes) == 0 {
			close(began)
			<-release
		}
		sizes = append(sizes, len(b))
		return nil
	})
	if err := g.Post(bg, 0); err != nil {
		t.Fatal(err)
	}
	<-began
	for i := range journal.MaxBatch { // exactly what the queue holds
		if err := g.Post(bg, i); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if err := g.Do(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Do on a full queue = %v", err)
	}
	close(release)
	g.Close()
	if want := []int{1, journal.MaxBatch}; fmt.Sprint(sizes) != fmt.Sprint(want) {
		t.Errorf("batches %v, want %v", sizes, want)
	}
	if err := g.Do(bg, 1); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("Do after Close = %v", err)
	}
}

func TestEveryoneHearsTheErrorOfTheirBatch(t *testing.T) {
	g := journal.NewGroup(func(b []int) error {
		for _, v := range b {
			if v < 0 {
				return errors.New("negative")
			}
		}
		return nil
	})
	defer g.Close()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if err := g.Do(bg, -1-i); err == nil {
				t.Error("a failed commit was acknowledged")
			}
		})
	}
	wg.Wait()
	if err := g.Do(bg, 1); err != nil {
		t.Error(err)
	}
}

func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z]{0,9}\n){0,9}[a-z]{0,9}`).Draw(t, "text")
		var got strings.Builder
		end, torn, err := journal.Lines(strings.NewReader(text), 100, func(at int64, line []byte) error {
			if int64(got.Len()) != at {
				t.Errorf("line at %d is said to be at %d", got.Len(), at)
			}
			fmt.Fprintf(&got, "%s\n", line)
			return nil
		})
		if err != nil || got.String() != text[:end] || end+torn != int64(len(text)) || strings.Contains(text[end:], "\n") {
			t.Errorf("Lines(%q) = %d, %d, %v", text, end, torn, err)
		}
	})
	for _, text := range []string{strings.Repeat("a", 600_000) + "\n", strings.Repeat("a", 600_000)} {
		if _, _, err := journal.Lines(strings.NewReader(text), 500_000, func(int64, []byte) error { return nil }); !errors.Is(err, journal.ErrLong) {
			t.Errorf("a line above the limit = %v", err)
		}
		if _, _, err := journal.Lines(strings.NewReader(text), 700_000, func(int64, []byte) error { return nil }); err != nil {
			t.Errorf("a long line = %v", err)
		}
	}
}

func TestProbeAndPresent(t *testing.T) {
	d := faultfs.New()
	if err := d.MakeDir("x"); err != nil {
		t.Fatal(err)
	}
	if err := journal.Probe(d, "x"); err != nil {
		t.Error(err)
	}
	d.FailAt(0, faultfs.Full)
	if err := journal.Probe(d, "x"); !errors.Is(err, faultfs.ErrFull) {
		t.Errorf("Probe of a full disk = %v", err)
	}
	d.Put("x/f", []byte("abc"))
	if journal.Present(d, "x/f", 3) != nil || journal.Present(d, "x/f", 4) == nil || journal.Present(d, "x/g", 0) == nil {
		t.Error("Present does not tell the file's state")
	}
}
