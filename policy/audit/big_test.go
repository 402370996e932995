package audit_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

var (
	bigRecords = flag.Int("records", 1500, "records of the log whose start and reading are measured")
	bigDir     = flag.String("big", "", "directory to keep that log in, or to find it in")
)

// unsynced is the disk without fsync: the log is only built faster.
type unsynced struct{ disk.Files }

type unsyncedFile struct{ policy.AppendFile }

func (unsyncedFile) Sync() error      { return nil }
func (unsynced) SyncDir(string) error { return nil }
func (u unsynced) Append(name string) (policy.AppendFile, error) {
	f, err := u.Files.Append(name)
	if err != nil {
		return nil, err
	}
	return unsyncedFile{f}, nil
}

// build writes a log of so many released flows, ten milliseconds apart.
func build(t *testing.T, dir string, records int, segment int64) {
	o := diskOptions(t, dir, true)
	o.Files, o.SegmentBytes, o.Entries = unsynced{}, segment, 1<<17
	l, err := audit.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	const writers = 128
	start := time.Now().Add(-time.Duration(records) * 10 * time.Millisecond)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			x := newTraffic(t, uint64(i), start)
			for n := i; n < records; n += writers {
				x.now = start.Add(time.Duration(n) * 10 * time.Millisecond)
				in, out := x.next()
				for _, e := range []policy.Entry{in, out} {
					if _, err := l.Append(bg, e); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if err := l.Archive(bg); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestBigLog builds a log and says how long it takes to start with it and to
// read it. Run it with -records 10000000 -big DIR for the figures.
func TestBigLog(t *testing.T) {
	dir, segment := *bigDir, int64(0)
	if dir == "" {
		dir, segment = t.TempDir(), 1<<20
	}
	if _, err := os.Stat(filepath.Join(dir, audit.Sub)); err != nil {
		start := time.Now()
		build(t, dir, *bigRecords, segment)
		t.Logf("built %d records in %v", *bigRecords, time.Since(start).Round(time.Millisecond))
	}
	sizes(t, dir)
	start := time.Now()
	o := diskOptions(t, dir, true)
	o.SegmentBytes = segment
	l := openWith(t, o)
	t.Logf("started in %v with %d MiB of memory", time.Since(start).Round(time.Microsecond), memory())
	last := l.Last()
	l.Close()
	if last != uint64(2**bigRecords) {
		t.Errorf("log of %d records ends with entry %d", *bigRecords, last)
	}
	s := audit.Source{Files: disk.Files{}, Dir: dir}
	var flow string
	start = time.Now()
	const looks = 50
	for range looks {
		found, err := audit.At(bg, s, 1+rand.Uint64N(last))
		if err != nil {
			t.Fatal(err)
		}
		flow = found[0].Flow
	}
	t.Logf("one entry by its number in %v", (time.Since(start) / looks).Round(time.Microsecond))
	start = time.Now()
	if _, _, err := audit.Find(bg, s, flow); err != nil {
		t.Error(err)
	}
	t.Logf("one flow by its id in %v", time.Since(start).Round(time.Microsecond))
	start = time.Now()
	if _, _, err := audit.Find(bg, s, audit.Last); err != nil {
		t.Error(err)
	}
	t.Logf("the newest flow in %v", time.Since(start).Round(time.Microsecond))
	reads(t, s, last)
}

func reads(t *testing.T, s audit.Source, last uint64) {
	start, n, from := time.Now(), 0, last-min(last-1, 400_000)
	if _, err := audit.ReadFrom(bg, s, from, func(audit.Item) error { n++; return nil }); err != nil {
		t.Error(err)
	}
	took := time.Since(start)
	t.Logf("read %d entries in %v: %.0f a second; %d MiB of memory", n, took.Round(time.Millisecond), float64(n)/took.Seconds(), memory())
	if n != int(last-from+1) {
		t.Errorf("read %d entries from %d to %d", n, from, last)
	}
}

func sizes(t *testing.T, dir string) {
	all, err := audit.Segments(bg, audit.Source{Files: disk.Files{}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var raw, packed, entries int64
	for _, s := range all {
		if s.State == audit.Archived {
			raw, packed, entries = raw+s.Raw, packed+s.Bytes, entries+int64(s.Last-s.First+1)
		}
	}
	if entries == 0 {
		t.Fatal("nothing was compressed")
	}
	t.Logf("%d segments; bytes a record: %.0f, compressed %.0f", len(all), 2*float64(raw)/float64(entries), 2*float64(packed)/float64(entries))
}

func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys >> 20
}
