package evidence_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"go.uber.org/goleak"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/evidence"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a store on a disk that can be crashed, with its auditors.
type world struct {
	t     testing.TB
	disk  *faultfs.Disk
	now   time.Time
	last  uint64
	ids   []age.Identity
	o     evidence.Options
	store *evidence.Store
	n     int
}

var began = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// secret is what must never be seen outside.
const secret = "13912345678"

func newWorld(t testing.TB, auditors int) *world {
	t.Helper()
	w := &world{t: t, disk: faultfs.New(), now: began}
	w.o = evidence.Options{Dir: "data", Files: w.disk, Now: func() time.Time { return w.now }, Last: func() uint64 { return w.last },
		For: []policy.Action{policy.Block, policy.Hold}, Samples: 8, Context: 64, Record: 16 << 10, Total: 1 << 20, Keep: 180 * 24 * time.Hour,
		Wait: time.Minute, Read: readLines}
	for i := range auditors {
		var key string
		if i == 2 { // one of the other kind
			id, err := age.GenerateHybridIdentity()
			if err != nil {
				t.Fatal(err)
			}
			w.ids, key = append(w.ids, id), id.Recipient().String()
		} else {
			id, err := age.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			w.ids, key = append(w.ids, id), id.Recipient().String()
		}
		w.o.Auditors = append(w.o.Auditors, evidence.Auditor{Name: "a" + strconv.Itoa(i+1), Key: key})
	}
	if auditors > 2 {
		w.o.Record = 32 << 10
	}
	w.open()
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	if w.store, err = evidence.Open(w.o); err != nil {
		w.t.Fatal(err)
	}
}

// readLines decodes hexadecimal bodies, as a coding would be.
func readLines(_ context.Context, _ inspect.Meta, body io.ReaderAt, size int64, see func([]string, []byte) bool) error {
	text, err := io.ReadAll(io.NewSectionReader(body, 0, size))
	if err != nil {
		return err
	}
	plain, err := hex.DecodeString(string(text))
	for len(plain) > 0 && see([]string{"hex"}, plain[:min(7, len(plain))]) {
		plain = plain[min(7, len(plain)):]
	}
	return err
}

const plainBody = `{"name":"张三","mobile":"` + secret + `","note":"x"}`

// found is a finding of the secret in a text.
func found(text string, path ...string) inspect.Finding {
	at := int64(strings.Index(text, secret))
	return inspect.Finding{Class: inspect.Mobile, Rule: "mobile", Confidence: inspect.High, From: at, To: at + int64(len(secret)),
		Path: path, Offset: at, Length: len(secret)}
}

func (w *world) sealing(body string) policy.Sealing {
	w.n++
	return policy.Sealing{Flow: "flow" + strconv.Itoa(w.n), Client: "c-1", Time: w.now, Action: policy.Block,
		Body: strings.NewReader(body), Size: int64(len(body)), Found: []inspect.Finding{found(body)}}
}

// keep keeps the plain body and returns the flow and what its record says.
func (w *world) keep() (string, *policy.EvidenceRef) {
	w.t.Helper()
	s := w.sealing(plainBody)
	return s.Flow, w.store.Keep(context.Background(), s)
}

// kept is keep for tests that need it to work.
func (w *world) kept() (string, *evidence.File, evidence.Held, string) {
	w.t.Helper()
	flow, ref := w.keep()
	if ref == nil || ref.Fault != "" || ref.Digest == "" {
		w.t.Fatalf("nothing was kept: %+v", ref)
	}
	f, h, digest, err := evidence.Read(w.disk, evidence.Dir("data"), flow)
	if err != nil || digest != ref.Digest {
		w.t.Fatalf("read: %v, digest %s, the record says %s", err, digest, ref.Digest)
	}
	return flow, f, h, digest
}

// file returns the one file of a flow and its name.
func (w *world) file(flow string) (string, []byte) {
	w.t.Helper()
	for _, name := range w.disk.Files() {
		if strings.HasSuffix(name, "-"+flow+".json") {
			return name, w.disk.Bytes(name)
		}
	}
	w.t.Fatalf("no file of %s", flow)
	return "", nil
}

// openedBy approves as one auditor and opens as another.
func (w *world) openedBy(f *evidence.File, digest string, by, with int) ([]evidence.Sample, error) {
	a, err := f.Approve(w.ids[with], w.o.Auditors[by].Name, digest, w.now, w.now.Add(evidence.ApprovalTime))
	if err != nil {
		return nil, err
	}
	p, err := f.Join(w.ids[by], a, digest, w.now)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return p.Open()
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
