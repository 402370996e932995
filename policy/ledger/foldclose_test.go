package ledger_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

var errNoBase = errors.New("no base today")

// noBases is a disk on which no base can be written until it is mended.
type noBases struct {
	*faultfs.Disk
	mended atomic.Bool
}

func (n *noBases) Append(name string) (policy.AppendFile, error) {
	if strings.Contains(name, "base-") && !n.mended.Load() {
		return nil, errNoBase
	}
	return n.Disk.Append(name)
}

// slowBases is a disk on which every write of a base waits.
type slowBases struct {
	*faultfs.Disk
	began chan struct{}
	once  *sync.Once
	goOn  chan struct{}
}

func (s *slowBases) Append(name string) (policy.AppendFile, error) {
	f, err := s.Disk.Append(name)
	if strings.Contains(name, "base-") {
		f = slowFile{f, s}
	}
	return f, err
}

type slowFile struct {
	policy.AppendFile
	s *slowBases
}

func (f slowFile) Write(p []byte) (int, error) {
	f.s.once.Do(func() { close(f.s.began) })
	<-f.s.goOn
	return f.AppendFile.Write(p)
}

func TestCloseDuringAFolding(t *testing.T) {
	d := history(t, 2)
	want := load(t, d)
	s := &slowBases{d, make(chan struct{}), &sync.Once{}, make(chan struct{})}
	o := options(d)
	o.Files, o.CompactBytes = s, 200
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	<-s.began
	closed := make(chan error)
	go func() { closed <- l.Close() }()
	<-l.Stopping()
	close(s.goOn)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if bases := files(d, "base-"); len(bases) != 1 || !strings.HasSuffix(bases[0], ".tmp") {
		t.Errorf("bases %v, want one that was not completed", bases)
	}
	if got := load(t, d); got != want {
		t.Errorf("it counts\n%s\nwant\n%s", got, want)
	}
	l = open(t, d)
	if bases := files(d, "base-"); len(bases) != 0 {
		t.Errorf("opening left %v", bases)
	}
}
