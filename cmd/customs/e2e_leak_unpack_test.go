package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
)

// placesBelow reads every file below a directory, and what is packed in it.
func placesBelow(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	places := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			err = unpackInto(places, path, content, 0)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

// unpackInto adds a content, and what is in it if it is an archive of any kind,
// in itself too. What cannot be opened is an error: nobody has looked into it.
func unpackInto(places map[string][]byte, name string, content []byte, depth int) error {
	places[name] = content
	if depth > 3 {
		return fmt.Errorf("%s: too deep", name)
	}
	magic := func(s string) bool { return bytes.HasPrefix(content, []byte(s)) }
	var inner []byte
	var err error
	switch {
	case magic("PK\x03\x04"):
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				return fmt.Errorf("%s: %s: %w", name, f.Name, err)
			}
			inner, err := io.ReadAll(r)
			if err = errors.Join(err, r.Close()); err == nil {
				err = unpackInto(places, name+" "+f.Name, inner, depth+1)
			}
			if err != nil {
				return err
			}
		}
		return nil
	case magic("\x28\xb5\x2f\xfd"), len(content) > 4 && content[0]&0xf0 == 0x50 && string(content[1:4]) == "\x2a\x4d\x18":
		var d *zstd.Decoder
		if d, err = zstd.NewReader(bytes.NewReader(content)); err == nil {
			inner, err = io.ReadAll(d)
			d.Close()
		}
	case magic("\x1f\x8b"):
		var r *gzip.Reader
		if r, err = gzip.NewReader(bytes.NewReader(content)); err == nil {
			inner, err = io.ReadAll(r)
		}
	default:
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return unpackInto(places, name+" unpacked", inner, depth+1)
}

// The twin: what is planted in a compressed segment, in a workbook, in a pack
// and in a packed file is found, and only there.
func TestLeakSearchOpensArchives(t *testing.T) {
	value := marked()[0]
	dir := t.TempDir()
	plantSegment(t, filepath.Join(dir, "planted-zst"), value)
	plantSegment(t, filepath.Join(dir, "clean-zst"), "nothing")
	book := func(text string) []byte {
		f := excelize.NewFile()
		defer f.Close()
		err := f.SetCellStr("Sheet1", "B2", text)
		var out bytes.Buffer
		if err = errors.Join(err, f.Write(&out)); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	pack := func(content []byte) string {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		w, err := z.Create("log/inner")
		if err == nil {
			_, err = w.Write(content)
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	put(t, filepath.Join(dir, "planted.xlsx"), string(book("id "+value)))
	put(t, filepath.Join(dir, "clean.xlsx"), string(book("id")))
	put(t, filepath.Join(dir, "planted.zip"), pack(gzippedBody(t, []byte("id="+value))))
	put(t, filepath.Join(dir, "clean.zip"), pack(gzippedBody(t, []byte("id="))))
	at := map[string]bool{}
	for place, content := range placesBelow(t, dir) {
		if len(found(map[string][]byte{place: content}, []string{value})) > 0 {
			name, _ := filepath.Rel(dir, place)
			at[name[:12]] = true
		}
	}
	if len(at) != 3 || !at["planted-zst/"] || !at["planted.xlsx"] || !at["planted.zip "] {
		t.Errorf("the value was found in %v", at)
	}
	if err := unpackInto(map[string][]byte{}, "broken", []byte("PK\x03\x04 broken"), 0); err == nil {
		t.Error("an archive that cannot be opened counts as searched")
	}
}

// plantSegment makes a log whose only archive holds a text.
func plantSegment(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := audit.Open(audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now, SegmentBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range []string{text, "clean"} {
		e := policytest.Intent("f", policy.Block)
		e.Kind, e.Flow, e.Intent, e.Admin = policy.KindAdmin, "", nil, &policy.Admin{Act: "reload", Note: note}
		_, aerr := l.Append(t.Context(), e)
		err = errors.Join(err, aerr)
	}
	if err = errors.Join(err, l.Archive(t.Context()), l.Close()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "audit", "*.zst")); len(left) != 1 {
		t.Fatalf("archives: %v", left)
	}
}
