package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// archived returns a log of n released flows in compressed segments, and its
// disk before they were compressed.
func archived(t testing.TB, n int, segment int64) (packed, plain *faultfs.Disk) {
	t.Helper()
	d := faultfs.New()
	o := options(d)
	o.SegmentBytes = segment
	l := openWith(t, o)
	for i := range n {
		if _, err := flow(l, fmt.Sprint("f", i)); err != nil {
			t.Fatal(err)
		}
	}
	before := d.Crash(faultfs.Power)
	d = d.Crash(faultfs.Power)
	l.Close()
	o.Files = d
	l = openWith(t, o)
	if err := l.Archive(bg); err != nil {
		t.Fatal(err)
	}
	l.Close()
	return d, before
}

func TestArchivesReadLikeSegments(t *testing.T) {
	t.Parallel()
	packed, plain := archived(t, 150, 20_000)
	got, want := entries(t, packed), entries(t, plain)
	if !reflect.DeepEqual(got, want) || len(got) != 300 {
		t.Fatalf("%d entries in the archives, %d in the segments", len(got), len(want))
	}
	for seq := uint64(1); seq <= 300; seq++ {
		found, err := audit.At(bg, source(packed), seq, 301-seq)
		if err != nil || found[0].Seq != seq || found[1].Seq != 301-seq {
			t.Fatalf("At(%d) = %+v, %v", seq, found, err)
		}
		next := seq
		last, err := audit.ReadFrom(bg, source(packed), seq, func(i audit.Item) error {
			if i.Seq != next || audit.LeafHash(i.Bytes) != i.Leaf {
				return fmt.Errorf("entry %d comes after %d", i.Seq, next)
			}
			next++
			return nil
		})
		if err != nil || last != 300 || next != 301 {
			t.Fatalf("ReadFrom(%d) = %d, %v", seq, last, err)
		}
	}
	for _, id := range []string{"f0", "f77", "f149", "last", "299"} {
		if r, found, err := audit.Find(bg, source(packed), id); err != nil || len(found) != 2 || !r.Complete {
			t.Errorf("Find(%s) = %d entries, %v", id, len(found), err)
		}
	}
	if _, err := audit.At(bg, source(packed), 5, 301); !errors.Is(err, audit.ErrNoRecord) {
		t.Errorf("At of nothing = %v", err)
	}
}

func TestAnArchiveIsLinesToAnyone(t *testing.T) {
	packed, plain := archived(t, 60, 20_000)
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	got, err := dec.DecodeAll(packed.Bytes(firstSegment+".zst"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	for i, line := range bytes.Split(bytes.TrimSpace(plain.Bytes(firstSegment)), []byte("\n")) {
		var l struct {
			Entry json.RawMessage `json:"entry"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			want.Write(append(l.Entry, '\n'))
		}
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("archive holds %d bytes; the entries are %d", len(got), want.Len())
	}
}

func TestSegmentsAreListed(t *testing.T) {
	packed, plain := archived(t, 60, 10_000)
	a, err := audit.Segments(bg, source(packed))
	if err != nil {
		t.Fatal(err)
	}
	b, err := audit.Segments(bg, source(plain))
	if err != nil || len(a) != len(b) || len(a) < 4 {
		t.Fatalf("%d and %d segments, %v", len(a), len(b), err)
	}
	for i := range a {
		want := audit.Archived
		if i == len(a)-1 {
			want = audit.Opened
		}
		if a[i].State != want || a[i].First != b[i].First || a[i].Last != b[i].Last || a[i].Raw != b[i].Raw || a[i].To.IsZero() {
			t.Errorf("segment %+v was %+v", a[i], b[i])
		}
	}
	if a[len(a)-1].Last != 120 {
		t.Errorf("the last entry is said to be %d", a[len(a)-1].Last)
	}
}

// TestEveryByteOfAnArchiveCounts changes single bits and wants a fault.
func TestEveryByteOfAnArchiveCounts(t *testing.T) {
	t.Parallel()
	packed, _ := archived(t, 40, 10_000)
	name := "data/audit/segment-00000002.jsonl.zst"
	good := packed.Bytes(name)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		b := bytes.Clone(good)
		switch at := rng.IntN(len(b)); rng.IntN(4) {
		case 0:
			b = b[:at]
		case 1:
			b = append(b, b[at:]...)
		default:
			b[at] ^= 1 << rng.IntN(8)
		}
		c := packed.Crash(faultfs.Kill)
		c.Put(name, b)
		err := audit.Read(bg, source(c), func(policy.Entry) error { return nil })
		var fault *audit.Fault
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Segment, "segment-0000000") {
			t.Fatalf("a changed archive was read: %v", err)
		}
	}
}

func TestLongEntriesHaveAStubInTheTree(t *testing.T) {
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.SegmentBytes = 1000
	l := openWith(t, o)
	for i := range 3 {
		e := policytest.Intent(fmt.Sprint(i), policy.Block)
		e.Intent.Question = json.RawMessage(`"` + strings.Repeat("q", 70_000) + `"`)
		add(t, l, e)
	}
	waitFor(t, s, 3)
	if err := l.Archive(bg); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := verified(t, d, s); err != nil || len(entries(t, d)) != 3 {
		t.Error(err)
	}
}

// TestAReaderFollowsWhileSegmentsAreCompressed reads a log as an index or a
// stream does, and wants every entry once, in order.
func TestAReaderFollowsWhileSegmentsAreCompressed(t *testing.T) {
	const flows = 400
	d, s := faultfs.New(), newSeen()
	o := signedOptions(t, d, s)
	o.SegmentBytes, o.Entries = 20_000, 50
	l := openWith(t, o)
	done := make(chan uint64)
	go func() {
		next := uint64(1)
		for next <= 2*flows {
			<-l.Grown(next - 1)
			_, err := audit.ReadFrom(bg, source(d), next, func(i audit.Item) error {
				if i.Seq != next {
					return fmt.Errorf("entry %d comes after %d", i.Seq, next-1)
				}
				next++
				return nil
			})
			if err != nil {
				t.Error(err)
				break
			}
		}
		done <- next - 1
	}()
	for i := range flows {
		if _, err := flow(l, fmt.Sprint("f", i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := <-done; n != 2*flows {
		t.Errorf("%d entries were read", n)
	}
}
