package witness_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
	"github.com/datacustoms/customs/policy/witness"
)

// spoilt flips a bit in the last signature of a note.
func spoilt(t *testing.T, signed []byte) []byte {
	t.Helper()
	text := strings.TrimSuffix(string(signed), "\n")
	at := strings.LastIndexByte(text, ' ') + 1
	sig, err := base64.StdEncoding.DecodeString(text[at:])
	if err != nil {
		t.Fatal(err)
	}
	sig[len(sig)-1] ^= 1
	return []byte(text[:at] + base64.StdEncoding.EncodeToString(sig) + "\n")
}

// TestRotatedKeys has a log with an old and a new key, whose owner rotates
// while the witness runs: one signature of a known key is enough, whatever
// else stands there.
func TestRotatedKeys(t *testing.T) {
	older, newer, stranger := newLog(t, "a", seed('l')), newLog(t, "a", seed('n')), newLog(t, "a", seed('x'))
	c, byOld := older.grow(5)
	_, byNew := newer.grow(5)
	_, byNone := stranger.grow(5)
	_, newLine, _ := strings.Cut(string(byNew), "\n\n")
	_, noneLine, _ := strings.Cut(string(byNone), "\n\n")
	_, badOldLine, _ := strings.Cut(string(spoilt(t, byOld)), "\n\n")
	head := c.Text() + "\n"
	tests := []struct {
		name, signed string
		status, sigs int
	}{
		{"by the old key", string(byOld), 200, 1},
		{"by the new key", string(byNew), 200, 1},
		{"by both", string(byOld) + newLine, 200, 2},
		{"by both and a stranger", string(byOld) + noneLine + newLine, 200, 2},
		{"by the new key, beside a false line of the old", head + badOldLine + newLine, 200, 1},
		{"a false line of the old key alone", head + badOldLine, 403, 0},
		{"a false line and a stranger", head + badOldLine + noneLine, 403, 0},
		{"101 lines", head + strings.Repeat(newLine, 101), 400, 0},
	}
	for _, tt := range tests {
		w := open(t, faultfs.New(), "w", older.key, newer.key, older.key)
		status, text, _ := post(t, w, "old 0\n\n"+tt.signed)
		if status != tt.status {
			t.Errorf("%s: answered %d %q", tt.name, status, text)
		}
		kept := strings.Count(string(w.Latest(origin)), "\u2014 ")
		if want := tt.sigs + 1; status == 200 && kept != want || status != 200 && kept != 0 {
			t.Errorf("%s: keeps %d signatures, want %d and its own", tt.name, kept, tt.sigs)
		}
	}
}

// TestForksAreHeard wants a fork to be told from a client that is behind.
func TestForksAreHeard(t *testing.T) {
	log, fork := newLog(t, "a", seed('l')), newLog(t, "b", seed('l'))
	c5, s5 := log.grow(5)
	c9, s9 := log.grow(9)
	_, f5 := fork.grow(5)
	f9, fs9 := fork.grow(9)
	w := open(t, faultfs.New(), "w", log.key)
	var last witness.Heard
	h := w.Handler(func(heard witness.Heard) { last = heard })
	for _, tt := range []struct {
		name, body string
		fork       bool
	}{
		{"the first", log.body(0, c5, s5), false},
		{"the same size", "old 5\n\n" + string(f5), true},
		{"grown from another", fork.body(5, f9, fs9), true},
		{"a client that is behind", log.body(3, c9, s9), false},
		{"the next", log.body(5, c9, s9), false},
	} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(tt.body)))
		if last.Fork != tt.fork || last.Origin != origin {
			t.Errorf("%s: heard %+v", tt.name, last)
		}
	}
}

// TestLongCheckpoints wants nothing to be kept that could not be read again.
func TestLongCheckpoints(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	c, _ := log.grow(5)
	d := faultfs.New()
	w := open(t, d, "w", log.key)
	size, cosigned := int64(0), 0
	for extension := tree.MaxCheckpoint - 600; extension < tree.MaxCheckpoint; extension += 7 {
		signed, err := note.Sign(&note.Note{Text: c.Text() + strings.Repeat("x", extension) + "\n"}, log.signer)
		if err != nil {
			t.Fatal(err)
		}
		code, text, _ := post(t, w, fmt.Sprintf("old %d\n\n%s", size, signed))
		if code == 200 {
			size, cosigned = 5, cosigned+1
		} else if code != 400 {
			t.Errorf("%d bytes: answered %d %q", len(signed), code, text)
		}
		w.Close()
		w = open(t, d, "w", log.key) // fails the test where it cannot be read
	}
	if cosigned == 0 || cosigned == 86 {
		t.Errorf("%d lengths were cosigned: both sides of the bound are wanted", cosigned)
	}
}

// TestManyClientsAtOnce has clients that push the same log from where they
// think it stands; the witness never steps back and never skips a proof.
func TestManyClientsAtOnce(t *testing.T) {
	const last = 24
	log := newLog(t, "a", seed('l'))
	bodies := map[string]int64{}
	for size := int64(1); size <= last; size++ {
		c, signed := log.grow(size)
		for _, old := range []int64{size - 1, size / 2, size} {
			bodies[log.body(old, c, signed)] = size
		}
	}
	dir := t.TempDir()
	w := open(t, disk.Files{}, dir, log.key)
	h := w.Handler(nil)
	var clients sync.WaitGroup
	var mu sync.Mutex
	highest := int64(0)
	for range 8 {
		clients.Go(func() {
			for body, size := range bodies { // each in another order
				out := httptest.NewRecorder()
				h.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(body)))
				if out.Code == 200 {
					mu.Lock()
					highest = max(highest, size)
					mu.Unlock()
				} else if out.Code != 409 {
					t.Errorf("size %d: answered %d", size, out.Code)
				}
			}
		})
	}
	clients.Wait()
	c, _, err := witness.Verify(w.Latest(origin), []note.Verifier{log.key}, []note.Verifier{func() note.Verifier { _, v := witnessKey(t, "w.example"); return v }()})
	if err != nil || c.Size != highest || highest == 0 {
		t.Errorf("the newest is of %d, the highest that was cosigned %d, %v", c.Size, highest, err)
	}
	w.Close()
	w = open(t, disk.Files{}, dir, log.key)
	defer w.Close()
	at, signed := log.grow(last)
	if code, text, _ := post(t, w, log.body(highest, at, signed)); code != 200 {
		t.Errorf("after a restart: %d %s", code, text)
	}
}

// TestOddNames has names that a file, a page or a path could take for
// something else.
func TestOddNames(t *testing.T) {
	for _, name := range []string{"../../etc/passwd", "网关/日志", "a%2e\u202e", "log.new", strings.Repeat("n", 300), "?origin=x&y"} {
		s, err := tree.NewSigner(name, seed('l'))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := tree.Checkpoint{Origin: name, Size: 1, Root: tree.LeafHash(nil)}.Sign(s)
		if err != nil {
			t.Fatal(err)
		}
		d := faultfs.New()
		w := open(t, d, "w", s.(interface{ Verifier() note.Verifier }).Verifier())
		if code, text, _ := post(t, w, "old 0\n\n"+string(signed)); code != 200 {
			t.Errorf("%q: answered %d %s", name, code, text)
		}
		for _, file := range d.Files() {
			if !strings.HasPrefix(file, "w/log-") && file != "w/lock" {
				t.Errorf("%q is kept in %s", name, file)
			}
		}
		_, key := witnessKey(t, "w.example")
		if seen, err := witness.Show(d, "w", key); err != nil || len(seen) != 1 || seen[0].Origin != name {
			t.Errorf("%q is shown as %+v, %v", name, seen, err)
		}
	}
	if _, err := witness.Open(witness.Options{}); err == nil || errors.Is(err, tree.ErrUnsigned) {
		t.Errorf("options without anything: %v", err)
	}
}
