package evidence_test

import (
	"bytes"
	"testing"

	"github.com/datacustoms/customs/policy/evidence"
)

// FuzzParse feeds files to the parser. What is taken is the one text of what
// was read, and opens only as it was made.
func FuzzParse(f *testing.F) {
	w := newWorld(f, 2)
	flow, _, _, digest := w.kept()
	_, blob := w.file(flow)
	f.Add(blob)
	f.Add([]byte("{}"))
	f.Add([]byte(`{"schema":"dc.evidence/1","record":"r","time":"2026-11-22T10:00:00Z","action":"block","auditors":[],"masked":null,"shares":null,"payload":""}` + "\n"))
	f.Add(bytes.Replace(blob, []byte(`"omitted"`), []byte(`"Omitted"`), 1))
	f.Add(append(bytes.Clone(blob), '\n'))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := evidence.Parse(b)
		if err != nil {
			return
		}
		if _, err := w.openedBy(file, digest, 0, 1); err == nil && !bytes.Equal(b, blob) {
			t.Fatal("another file opened")
		}
	})
}

// FuzzApproval does the same for approvals.
func FuzzApproval(f *testing.F) {
	w := newWorld(f, 2)
	_, file, h, digest := w.kept()
	a, err := file.Approve(w.ids[0], "a2", digest, w.now, w.now.Add(evidence.ApprovalTime))
	if err != nil {
		f.Fatal(err)
	}
	if err := evidence.Put(w.disk, evidence.Dir("data"), h, a); err != nil {
		f.Fatal(err)
	}
	for _, name := range w.disk.Files() {
		f.Add(w.disk.Bytes(name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := evidence.ParseApproval(b)
		if err != nil {
			return
		}
		if got.Act = a.Act; bytes.Equal(got.Sealed, a.Sealed) && got.Digest == a.Digest {
			return
		}
		if p, err := file.Join(w.ids[1], got, digest, w.now); err == nil {
			if _, err := p.Open(); err == nil {
				t.Fatal("another approval opened")
			}
		}
	})
}
