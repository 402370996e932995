package export_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

func TestEvidencePackNamesEveryFile(t *testing.T) {
	records := many(200, 5)
	p := export.PIAudit{Each: all(records...), Filter: export.Filter{Exporter: motors}, Now: start, Build: "test",
		Extra:   []export.Attachment{{Name: "log/checkpoint", Kind: "checkpoint", Bytes: []byte("x\n")}},
		Missing: []string{"filings.json: none"}}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, err := p.Write(z)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		files[f.Name] = content(t, f)
	}
	var listed export.PackManifest
	if err := json.Unmarshal(files["manifest.json"], &listed); err != nil || len(listed.Files) != len(files)-1 || len(listed.Files) != len(m.Files) {
		t.Fatalf("%d files listed of %d: %v", len(listed.Files), len(files), err)
	}
	for _, f := range listed.Files {
		sum := sha256.Sum256(files[f.Name])
		if hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(files[f.Name])) != f.Bytes {
			t.Errorf("%s is not what the manifest says", f.Name)
		}
	}
	lines := bytes.Count(files["records.jsonl"], []byte("\n"))
	if int64(lines) != listed.Counts.Records || lines == 0 || lines == len(records) {
		t.Errorf("%d records in the file, %d counted", lines, listed.Counts.Records)
	}
	for _, name := range []string{"README.zh.md", "README.en.md"} {
		if !strings.Contains(string(files[name]), "filings.json: none") || !strings.Contains(string(files[name]), "46903") {
			t.Errorf("%s does not say what is missing or unconfirmed", name)
		}
	}
}

func content(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEvidencePackRefusesTwoFilesOfOneName(t *testing.T) {
	p := export.PIAudit{Each: all(), Now: start, Extra: []export.Attachment{{Name: "records.jsonl"}}}
	if _, err := p.Write(zip.NewWriter(io.Discard)); err == nil {
		t.Error("records were written over")
	}
}

type brokenBundle struct{ at string }

func (b brokenBundle) Create(name string) (io.Writer, error) {
	if name == b.at {
		return nil, errDisk
	}
	return io.Discard, nil
}

var errDisk = errors.New("disk is full")

// An error while any file is written comes out.
func TestEvidencePackTellsOfAFullDisk(t *testing.T) {
	p := export.PIAudit{Each: all(sample("a")), Now: start}
	m, err := p.Write(brokenBundle{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(m.Files, export.PackFile{Name: "manifest.json"}) {
		if _, err := p.Write(brokenBundle{f.Name}); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	broken := export.Each(func(func(policy.Record) error) error { return errDisk })
	if _, err := (&export.PIAudit{Each: broken, Now: start}).Write(brokenBundle{}); !errors.Is(err, errDisk) {
		t.Errorf("a log that cannot be read: %v", err)
	}
}
