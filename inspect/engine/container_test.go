package engine_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/synth"
)

func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))})
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestContainers(t *testing.T) {
	people := synth.New(9, day).Adults(40)
	table := string(synth.CSV(people))
	document := `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>手机 138</w:t></w:r><w:r><w:t>00138000</w:t></w:r></w:p></w:body></w:document>`
	docx := zipOf(t, "[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/document.xml", document)
	tests := []struct {
		name    string
		data    []byte
		class   inspect.Class
		count   int64
		persons int
		path    string // of the first finding of the class
	}{
		{"a table in a zip", zipOf(t, "a/list.csv", table), inspect.ResidentID, 40, 40, "zip#1"},
		{"a table in a zip in a zip", zipOf(t, "in.zip", string(zipOf(t, "list.csv", table))), inspect.Mobile, 40, 40, "zip#1 zip#1"},
		{"a table in a gzip in a zip", zipOf(t, "list.csv.gz", string(zipped(table))), inspect.Email, 40, 40, "zip#1 gzip"},
		{"a table in a tar in a gzip", zipped(string(tarOf(t, "list.csv", table))), inspect.BankCard, 40, 40, "gzip tar#1"},
		{"a number over two runs of a document", docx, inspect.Mobile, 1, 1, ""},
		{"a number in a file's name", zipOf(t, "13800138000.txt", "hello"), inspect.Mobile, 1, 1, "zip#1 name"},
		{"gb18030 in a zip", zipOf(t, "list.csv", string(synth.GB18030([]byte(table)))), inspect.ResidentID, 40, 40, "zip#1"},
	}
	e := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var first inspect.Report
			for i, n := range []int{0, 1, 700} {
				r := scan(t, e, inspect.Meta{}, tt.data, n)
				if i == 0 {
					first = r
				} else if !inspecttest.Same(first, r) {
					t.Errorf("in pieces of %d the report differs", n)
				}
			}
			if got := first.Count(tt.class, inspect.Medium); got != tt.count || len(first.Persons) != tt.persons || first.Coverage.State != inspect.Full {
				t.Errorf("%d of %s, %d persons, %+v; want %d and %d", got, tt.class, len(first.Persons), first.Coverage, tt.count, tt.persons)
			}
			at := slices.IndexFunc(first.Findings, func(f inspect.Finding) bool { return f.Class == tt.class })
			if at < 0 {
				return
			}
			if got := strings.Join(first.Findings[at].Path, " "); tt.path != "" && !strings.HasPrefix(got, tt.path) {
				t.Errorf("found in %s, want %s", got, tt.path)
			}
		})
	}
}

// TestContainerLimits holds that what is too much lowers the coverage.
func TestContainerLimits(t *testing.T) {
	e := open(t)
	nest := []byte("13800138000")
	for range 12 {
		nest = zipOf(t, "n.zip", string(nest))
	}
	bomb := zipOf(t, "zeros", strings.Repeat("\x00", 64<<20))
	for name, data := range map[string][]byte{"deep": nest, "bomb": bomb, "cut off": zipOf(t, "a", strings.Repeat("x", 9000))[:60]} {
		if r := scan(t, e, inspect.Meta{}, data, 0); r.Coverage.State == inspect.Full {
			t.Errorf("%s: coverage %+v", name, r.Coverage)
		}
	}
}

// TestThumbnail holds that the small picture of a document's first page is no
// gap, and that nothing else passes under its name.
func TestThumbnail(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55" +
		"\x00\x00\x00\nIDAT\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00IEND\xae\x42\x60\x82"
	odt := func(name, content string) []byte {
		return zipOf(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
			`<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>`, name, content)
	}
	const thumbnail = "Thumbnails/thumbnail.png"
	cabinet := "MSCF\x00\x00\x00\x00" + strings.Repeat("\x01\x02\x03", 40)
	e := open(t)
	for _, tt := range []struct {
		what string
		data []byte
		full bool
	}{
		{"the picture", odt(thumbnail, png), true},
		{"the same elsewhere", odt("Pictures/1.png", png), false},
		{"in an archive", zipOf(t, thumbnail, png), false},
		{"a cabinet", odt(thumbnail, cabinet), false},
		{"a large one", odt(thumbnail, png+strings.Repeat("\x00", 40<<10)), false},
		{"an archive behind it", odt(thumbnail, png+cabinet), false},
	} {
		if c := scan(t, e, inspect.Meta{}, tt.data, 0).Coverage; (c.State == inspect.Full) != tt.full {
			t.Errorf("%s: %+v", tt.what, c)
		}
	}
}
