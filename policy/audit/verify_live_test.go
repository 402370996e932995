package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
)

// TestVerifyBesideARunningGateway verifies again and again while entries are
// added, segments are closed and compressed, and tiles filled.
func TestVerifyBesideARunningGateway(t *testing.T) {
	t.Parallel()
	signer, key := logKey(t, origin, 0)
	s := audit.Source{Files: disk.Files{}, Dir: t.TempDir()}
	l, err := audit.Open(audit.Options{Dir: s.Dir, Node: "n1", Files: s.Files, Now: time.Now, SegmentBytes: 40000, Origin: origin,
		Every: 2 * time.Millisecond, Entries: 20, Signers: func() []note.Signer { return []note.Signer{signer} }})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		for i := range 200 {
			if _, err := l.Append(bg, policytest.Intent(fmt.Sprint("f", i), policy.Block)); err != nil {
				done <- err
				return
			}
		}
		done <- l.Close()
	}()
	o := audit.VerifyOptions{Keys: []note.Verifier{key}, Now: time.Now().Add(time.Hour)}
	if err := os.MkdirAll(filepath.Join(s.Dir, audit.Sub), 0o700); err != nil {
		t.Fatal(err)
	}
	rounds, before := 0, uint64(0)
	for running := true; running; rounds++ {
		select {
		case err := <-done:
			if running = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
		// Until the first checkpoint there is nothing to verify.
		if _, err := os.Stat(filepath.Join(s.Dir, audit.Sub, "checkpoint")); err != nil {
			continue
		}
		sum, err := audit.Verify(bg, s, o)
		if err != nil || sum.Entries < before {
			t.Fatalf("round %d: %v after %+v", rounds, err, sum)
		}
		before = sum.Entries
	}
	if before != 200 {
		t.Errorf("the last round saw %d entries", before)
	}
}
