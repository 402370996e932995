package witness_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
	"github.com/datacustoms/customs/policy/witness"
)

const origin = "gateway.example/log"

func seed(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(b), 32)))
}

// aLog is a log with its tiles, of which tests make histories.
type aLog struct {
	t      testing.TB
	dir    string
	w      *tree.Writer
	signer note.Signer
	key    note.Verifier
	name   string // in the leaves
}

func newLog(t testing.TB, name string, key ed25519.PrivateKey) *aLog {
	t.Helper()
	l := &aLog{t: t, dir: t.TempDir(), w: tree.NewWriter(), name: name}
	var err error
	if l.signer, err = tree.NewSigner(origin, key); err != nil {
		t.Fatal(err)
	}
	line, err := tree.VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := tree.ParseKeys(line)
	if err != nil {
		t.Fatal(err)
	}
	l.key = keys[0]
	return l
}

// grow makes the log so long and returns its checkpoint, signed.
func (l *aLog) grow(size int64) (tree.Checkpoint, []byte) {
	l.t.Helper()
	for l.w.Size() < size {
		l.w.Add(tree.LeafHash(fmt.Appendf(nil, "%s %d", l.name, l.w.Size())))
	}
	s, err := l.w.Snapshot()
	if err == nil {
		err = s.Write(disk.Files{}, l.dir)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.w.Written(s)
	c := tree.Checkpoint{Origin: origin, Size: s.Size, Root: s.Root}
	signed, err := c.Sign(l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return c, signed
}

func (l *aLog) hashes(c tree.Checkpoint) tlog.HashReader {
	return tree.Tiles{Files: disk.Files{}, Dir: l.dir}.Hashes(c)
}

// body is a request from one size on.
func (l *aLog) body(old int64, c tree.Checkpoint, signed []byte) string {
	l.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", old)
	if old > 0 && old < c.Size {
		proof, err := tlog.ProveTree(c.Size, old, l.hashes(c))
		if err != nil {
			l.t.Fatal(err)
		}
		for _, h := range proof {
			fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
		}
	}
	return b.String() + "\n" + string(signed)
}

var clockAt = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func witnessKey(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	s, err := tree.NewCosigner(name, seed('w'), func() time.Time { return clockAt })
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.CosignerKey(name, seed('w').Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.ParseCosigner(line)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func open(t testing.TB, files policy.Files, dir string, logs ...note.Verifier) *witness.Witness {
	t.Helper()
	s, v := witnessKey(t, "w.example")
	w, err := witness.Open(witness.Options{Dir: dir, Files: files, Signer: s, Key: v, Logs: logs})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// post is one request and its answer.
func post(t testing.TB, w *witness.Witness, body string) (int, string, string) {
	t.Helper()
	out := httptest.NewRecorder()
	w.Handler(nil).ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(body)))
	text, _ := io.ReadAll(out.Result().Body)
	return out.Code, string(text), out.Header().Get("Content-Type")
}

// TestAddCheckpoint has a row for each answer of tlog-witness, in the order in
// which a log grows.
func TestAddCheckpoint(t *testing.T) {
	log, fork, stranger := newLog(t, "a", seed('l')), newLog(t, "b", seed('l')), newLog(t, "a", seed('x'))
	c5, s5 := log.grow(5)
	c9, s9 := log.grow(9)
	c300, s300 := log.grow(300)
	_, f5 := fork.grow(5)
	f300, fs300 := fork.grow(300)
	_, x5 := stranger.grow(5)
	empty, err := tree.Checkpoint{Origin: origin, Root: tree.Hash{1}}.Sign(log.signer)
	if err != nil {
		t.Fatal(err)
	}
	other, err := tree.Checkpoint{Origin: "other.example", Size: 1}.Sign(log.signer)
	if err != nil {
		t.Fatal(err)
	}
	good5 := log.body(0, c5, s5)
	tests := []struct {
		name, body string
		status     int
		text       string
	}{
		{"nothing", "", 400, ""},
		{"no old size", "\n" + string(s5), 400, ""},
		{"a size with a leading zero", "old 00\n\n" + string(s5), 400, ""},
		{"a negative size", "old -1\n\n" + string(s5), 400, ""},
		{"64 hashes", "old 1\n" + strings.Repeat("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 64) + "\n" + string(s5), 400, ""},
		{"a hash of 31 bytes", "old 1\n" + base64.StdEncoding.EncodeToString(make([]byte, 31)) + "\n\n" + string(s5), 400, ""},
		{"no checkpoint", "old 0\n\nhello\n", 400, ""},
		{"more than the bound", "old 0\n\n" + strings.Repeat("x", 80<<10), 400, ""},
		{"an origin that is not known", "old 0\n\n" + string(other), 404, ""},
		{"signed by a stranger", "old 0\n\n" + string(x5), 403, ""},
		{"no signature, so no signed note", "old 0\n\n" + c5.Text() + "\n", 400, ""},
		{"an old size above the checkpoint's", "old 6\n\n" + string(s5), 400, ""},
		{"an old size before the first", log.body(3, c5, s5), 409, "0\n"},
		{"an empty log with a root", "old 0\n\n" + string(empty), 422, ""},
		{"a proof from nothing", strings.Replace(good5, "old 0\n", "old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1), 422, ""},
		{"the first checkpoint", good5, 200, "\u2014 w.example "},
		{"the first again", log.body(5, c5, s5), 200, "\u2014 w.example "},
		{"the first from nothing", good5, 409, "5\n"},
		{"the same size, another root", "old 5\n\n" + string(f5), 409, "another root"},
		{"grown without a proof", "old 5\n\n" + string(s9), 422, ""},
		{"grown with a proof", log.body(5, c9, s9), 200, "\u2014 w.example "},
		{"another history", fork.body(9, f300, fs300), 422, ""},
		{"grown over a tile", log.body(9, c300, s300), 200, "\u2014 w.example "},
		{"an older checkpoint", log.body(5, c9, s9), 409, "300\n"},
		{"an older checkpoint from where it stands", "old 300\n\n" + string(s9), 400, ""},
	}
	dir := t.TempDir()
	w := open(t, disk.Files{}, dir, log.key)
	_, wkey := witnessKey(t, "w.example")
	for _, tt := range tests {
		status, text, kind := post(t, w, tt.body)
		if status != tt.status || !strings.HasPrefix(text, tt.text) {
			t.Errorf("%s: answered %d %q, want %d %q", tt.name, status, text, tt.status, tt.text)
		}
		if sized := status == 409 && text != "" && text[0] >= '0' && text[0] <= '9'; sized != (kind == "text/x.tlog.size") {
			t.Errorf("%s: content type %s", tt.name, kind)
		}
		if err := w.Close(); err != nil { // and every answer holds over a restart
			t.Fatal(err)
		}
		w = open(t, disk.Files{}, dir, log.key)
	}
	c, by, err := witness.Verify(w.Latest(origin), []note.Verifier{log.key}, []note.Verifier{wkey})
	if err != nil || c != c300 || len(by) != 1 {
		t.Errorf("the newest is %+v by %d, %v", c, len(by), err)
	}
	out := httptest.NewRecorder()
	w.Handler(nil).ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/checkpoint?origin="+origin, nil))
	if out.Code != 200 || out.Body.String() != string(w.Latest(origin)) {
		t.Errorf("an auditor gets %d", out.Code)
	}
	seen, err := witness.Show(disk.Files{}, dir, wkey)
	if err != nil || len(seen) != 1 || seen[0].Size != 300 || !seen[0].At.Equal(clockAt) {
		t.Errorf("shown: %+v, %v", seen, err)
	}
	w.Close()
}

// TestMemoryIsGuarded wants a second program, and a file that the witness did
// not write, to be refused.
func TestMemoryIsGuarded(t *testing.T) {
	log := newLog(t, "a", seed('l'))
	c, signed := log.grow(5)
	d := faultfs.New()
	w := open(t, d, "w", log.key)
	if code, text, _ := post(t, w, log.body(0, c, signed)); code != 200 {
		t.Fatal(code, text)
	}
	s, v := witnessKey(t, "w.example")
	o := witness.Options{Dir: "w", Files: d, Signer: s, Key: v, Logs: []note.Verifier{log.key}}
	if _, err := witness.Open(o); err == nil || !strings.Contains(err.Error(), "another witness") {
		t.Errorf("a second witness: %v", err)
	}
	w.Close()
	for _, name := range d.Files() {
		if strings.Contains(name, "log-") {
			d.Put(name, signed) // without a cosignature
		}
	}
	if _, err := witness.Open(o); err == nil || !strings.Contains(err.Error(), "not what this witness wrote") {
		t.Errorf("a foreign file: %v", err)
	}
}

// TestGeneratedKeysAreRead makes many, since base64 has a + of its own.
func TestGeneratedKeysAreRead(t *testing.T) {
	for range 200 {
		private, public, err := witness.GenerateKey("w.example/1")
		if err != nil {
			t.Fatal(err)
		}
		_, v, again, err := witness.ParseKey(private+"\n", time.Now)
		if err != nil || again != public || v.Name() != "w.example/1" {
			t.Fatalf("%s is read as %s, %v", public, again, err)
		}
	}
}
