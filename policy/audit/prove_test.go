package audit_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/tree"
)

// policyOf is what torchwood asks of a checkpoint.
func policyOf(key note.Verifier) torchwood.Policy {
	return torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(origin), torchwood.SingleVerifierPolicy(key))
}

func TestProofOfEachEntry(t *testing.T) {
	w, o := richLog(t)
	_, second := logKey(t, origin, 1)
	for _, seq := range []uint64{147, 148, 256, 257, 300, 368} {
		p, err := audit.Prove(bg, source(w.d), seq)
		if err != nil {
			t.Fatal(err)
		}
		c, err := audit.CheckProof(p[0], second)
		if err != nil || c.Size != 368 {
			t.Errorf("entry %d: %v", seq, err)
		}
		if _, err := audit.CheckProof(p[0], o.Keys...); !errors.Is(err, tree.ErrUnsigned) {
			t.Errorf("entry %d under the old key: %v", seq, err)
		}
		if err := torchwood.VerifyProof(policyOf(second), tlog.RecordHash([]byte(p[0].Entry)), []byte(p[0].Proof)); err != nil {
			t.Errorf("entry %d: torchwood does not take the proof: %v", seq, err)
		}
	}
	for seq, want := range map[uint64]error{0: audit.ErrNoRecord, 3: audit.ErrNoRecord, 369: audit.ErrNotCovered} {
		if _, err := audit.Prove(bg, source(w.d), seq); !errors.Is(err, want) {
			t.Errorf("entry %d: %v, want %v", seq, err, want)
		}
	}
}

// document proves a flow of three entries.
func document(t testing.TB) ([]byte, note.Verifier) {
	w := newWritten(t, 1<<20)
	w.step(300)
	w.during(func() {
		add(t, w.log, policytest.Intent("flow", policy.Pass), policytest.Intent("other", policy.Block), policytest.Outcome("flow", policy.SentAll))
	})
	d, err := audit.ProveRecord(bg, source(w.d), "flow")
	if err != nil || len(d.Entries) != 2 || d.Record == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text, w.options().Keys[0]
}

func TestDocumentThatWasTamperedWith(t *testing.T) {
	text, key := document(t)
	if _, c, err := audit.CheckDocument(text, key); err != nil || c.Size != 303 {
		t.Fatalf("untouched: %v", err)
	}
	for _, change := range [][2]string{{`\"flow\":\"flow\"`, `\"flow\":\"flop\"`}, {`"complete": true`, `"complete": false`}, {`"seq": 301`, `"seq": 302`},
		{`index 300`, `index 301`}, {`dc.proof/1`, `dc.proof/2`}, {`tlog-proof@v1`, `tlog-proof@v2`}, {`\n303\n`, `\n304\n`}, {`index 300\n`, `index 300\nAAAA\n`}} {
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if changed == string(text) {
			t.Fatalf("%s is not there: %s", change[0], text)
		}
		if _, _, err := audit.CheckDocument([]byte(changed), key); err == nil {
			t.Errorf("%s → %s: taken", change[0], change[1])
		}
	}
	_, wrong := logKey(t, origin, 3)
	if _, _, err := audit.CheckDocument(text, wrong); !errors.Is(err, tree.ErrUnsigned) {
		t.Errorf("wrong key: %v", err)
	}
}

func TestReceiptIsChecked(t *testing.T) {
	w := newWritten(t, 1<<20)
	var r policy.Receipt
	w.during(func() { r = add(t, w.log, policytest.Intent("a", policy.Block), policytest.Intent("b", policy.Block)) })
	key := w.options().Keys[0]
	if c, err := audit.CheckReceipt(bg, source(w.d), r, key); err != nil || c.Size != 2 {
		t.Errorf("%v %v", c, err)
	}
	r.Hash = strings.Repeat("0", 64)
	if _, err := audit.CheckReceipt(bg, source(w.d), r, key); err == nil {
		t.Error("a receipt of another entry is taken")
	}
}

// TestClientOfOthersReadsTheLog lets torchwood's client of tlog-tiles read the
// log's own directory, and the complete export with entries.
func TestClientOfOthersReadsTheLog(t *testing.T) {
	w := newWritten(t, 1<<20)
	w.step(600)
	dir := t.TempDir()
	own := toDisk(t, w.d, dir)
	info, err := audit.ExportTiles(bg, audit.Source{Files: disk.Files{}, Dir: dir}, dir+"/out")
	if err != nil || info.Bundles != 3 || info.First != 1 || info.Entries != 600 {
		t.Fatalf("%+v, %v", info, err)
	}
	key := w.options().Keys[0]
	for _, from := range []string{own, dir + "/out"} {
		server := httptest.NewServer(http.FileServer(http.Dir(from)))
		defer server.Close()
		f, err := torchwood.NewTileFetcher(server.URL, torchwood.WithHTTPClient(server.Client()), torchwood.WithUserAgent("test <test@example.com>"))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := f.ReadEndpoint(bg, "checkpoint")
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := torchwood.VerifyCheckpoint(signed, policyOf(key))
		if err != nil || c.N != 600 {
			t.Fatalf("%+v, %v", c, err)
		}
		hashes := torchwood.TileHashReaderWithContext(bg, c.Tree, f)
		for _, n := range []int64{0, 255, 256, 599} {
			e, err := audit.At(bg, audit.Source{Files: disk.Files{}, Dir: dir}, uint64(n)+1)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(e[0])
			if err != nil {
				t.Fatal(err)
			}
			p, err := tlog.ProveRecord(c.N, n, hashes)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(p, c.N, c.Hash, n, tlog.RecordHash(b)); err != nil {
				t.Errorf("entry %d: %v", n+1, err)
			}
		}
		if from == own {
			continue
		}
		client, err := torchwood.NewClient(f)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for i, entry := range client.AllEntries(bg, c.Tree, 0) {
			if i != n || !strings.HasPrefix(string(entry), `{"schema":"dc.entry/1"`) {
				t.Fatalf("entry %d: %s", i, entry)
			}
			n++
		}
		if client.Err() != nil || n != 600 {
			t.Errorf("%d entries: %v", n, client.Err())
		}
	}
}

func TestTilesOfALogThatWasPruned(t *testing.T) {
	w, _ := richLog(t)
	info, err := audit.ExportTiles(bg, source(w.d), "out")
	if err != nil || info.First != 257 || info.Bundles != 1 || info.Entries != 368 {
		t.Errorf("%+v, %v", info, err)
	}
}

// toDisk writes a log that is in memory to a directory.
func toDisk(t testing.TB, d *faultfs.Disk, dir string) string {
	t.Helper()
	for _, n := range logFiles(d) {
		writeFile(t, dir+strings.TrimPrefix(n, "data"), d.Bytes(n))
	}
	return dir + "/audit"
}
