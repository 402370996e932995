package audit_test

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// counting is a disk that counts what is read of each file.
type counting struct {
	*faultfs.Disk
	mu   sync.Mutex
	read map[string]int64
}

func (c *counting) Open(name string) (policy.ReadFile, error) {
	f, err := c.Disk.Open(name)
	if err != nil {
		return nil, err
	}
	return countingFile{f, c, name}, nil
}

type countingFile struct {
	policy.ReadFile
	c    *counting
	name string
}

func (f countingFile) Read(p []byte) (int, error) {
	n, err := f.ReadFile.Read(p)
	f.c.count(f.name, n)
	return n, err
}

func (f countingFile) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.ReadFile.ReadAt(p, at)
	f.c.count(f.name, n)
	return n, err
}

func (c *counting) count(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read[name] += int64(n)
}

// ulid names a flow as the gateway does.
func ulid(at time.Time, n int) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	return base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// years returns a signed log of several archives, an hour and more apart, with
// a flow that is open from the first segment on.
func years(t *testing.T) (*faultfs.Disk, *seen, []string) {
	d, s := faultfs.New(), newSeen()
	clock := &policytest.Clock{}
	o := signedOptions(t, d, s)
	o.SegmentBytes, o.Now = 30_000, clock.Now
	l := openWith(t, o)
	ids := []string{ulid(clock.Now(), 0)}
	add(t, l, policytest.Intent(ids[0], policy.Pass))
	add(t, l, policy.Entry{Kind: policy.KindGroup, Flow: ids[0], Group: &policy.Group{Parts: 2, Bytes: 9}})
	for i := range 200 {
		clock.Add(10 * time.Minute)
		id := ulid(clock.Now(), i+1)
		if _, err := flow(l, id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	waitFor(t, s, 402)
	if err := l.Archive(bg); err != nil {
		t.Fatal(err)
	}
	l.Close()
	return d, s, ids
}

func TestOpenReadsOnlyTheTail(t *testing.T) {
	d, s, ids := years(t)
	c := &counting{Disk: d, read: map[string]int64{}}
	o := signedOptions(t, d, s)
	o.Files, o.SegmentBytes = c, 30_000
	l := openWith(t, o)
	c.mu.Lock()
	for name, n := range c.read {
		if strings.HasSuffix(name, ".zst") && n > 32<<10 {
			t.Errorf("Open read %d bytes of %s", n, name)
		}
	}
	c.mu.Unlock()
	open, err := l.Open(bg)
	if err != nil || len(open) != 1 || open[0].ID != ids[0] || open[0].Groups.Bytes != 9 {
		t.Fatalf("open flows %+v, %v", open, err)
	}
	for _, id := range []string{ids[1], ids[100], ids[200]} {
		if out, ok := l.Settled(id, "r"); !ok || out.Sent != policy.SentNone { // none of them names it
			t.Errorf("Settled(%s) = %+v, %v", id, out, ok)
		}
	}
	if _, ok := l.Settled(ulid(policytest.Start.Add(20*time.Hour), 9999), "r"); ok {
		t.Error("a flow that never was is settled")
	}
}

func TestFindReadsFromTheTimeInTheID(t *testing.T) {
	d, _, ids := years(t)
	c := &counting{Disk: d, read: map[string]int64{}}
	src := audit.Source{Files: c, Dir: "data"}
	if r, found, err := audit.Find(bg, src, ids[190]); err != nil || len(found) != 2 || r.ID != ids[190] {
		t.Fatalf("Find = %d entries, %v", len(found), err)
	}
	if n := c.read["data/audit/segment-00000002.jsonl.zst"]; n > 16<<10 {
		t.Errorf("%d bytes of an old segment were read", n)
	}
	if r, _, err := audit.Find(bg, src, ids[0]); err != nil || r.Complete {
		t.Errorf("Find of an open flow = %v, %v", r.Complete, err)
	}
}

func TestADamagedCarryIsNotBelieved(t *testing.T) {
	d, s, ids := years(t)
	for _, name := range d.Files() {
		if strings.Contains(name, "/open-") {
			b := d.Bytes(name)
			d.Put(name, bytes.Replace(b, []byte(ids[0]), []byte(ids[1]), 1))
		}
	}
	o := signedOptions(t, d, s)
	o.SegmentBytes = 30_000
	l := openWith(t, o)
	if open, err := l.Open(bg); err != nil || len(open) != 1 || open[0].ID != ids[0] {
		t.Errorf("open flows %+v, %v", open, err)
	}
}

func TestGrown(t *testing.T) {
	d := faultfs.New()
	l := open(t, d)
	first := l.Grown(0)
	select {
	case <-first:
		t.Fatal("an empty log has grown")
	default:
	}
	add(t, l, policytest.Intent("a", policy.Block))
	<-first
	<-l.Grown(0)
	if got := fmt.Sprint(l.Last()); got != "1" {
		t.Errorf("last entry is %s", got)
	}
}
