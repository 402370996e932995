package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/synth"
)

// anyGap stands for a gap of whatever reason, and perhaps for the gap of a
// picture in a document, which may be told or not.
const (
	anyGap  inspect.GapReason = "any"
	perhaps inspect.GapReason = "perhaps"
)

// outside is what the files of testdata/outside hold, by the gap that must be
// told: none where all of it must be read. Each entry is the formats of the
// path on which the persons stand, then how many of them, then the files.
var outside = map[inspect.GapReason][]string{
	"": {
		"zip 3 deflate.zip stored.zip streamed.zip bzip2.zip lzma.zip bsdtar.zip",
		"7z 3 lzma2.7z ppmd.7z bzip2.7z bcj2.7z bsdtar.7z",
		"rar 3 best.rar stored.rar solid.rar",
		"gzip/tar 3 people.tar.gz gnu.tar.gz", "bz2/tar 3 people.tar.bz2", "xz/tar 3 people.tar.xz", "zstd/tar 3 people.tar.zst",
		"lz4/tar 3 people.tar.lz4", "tar 3 pax.tar", "gzip 3 people.csv.gz newc.cpio.gz people.iso.gz letter.uot.gz poppler.ps.gz", "xz 3 sha256.csv.xz",
		"- 3 newc.cpio people.ar people.warc gb18030.csv utf-7.csv iso-2022-cn.csv hz.txt big5.csv dump.sql people.msgpack people.bson people.pickle",
		"- 3 ascii.json xml.plist form.txt entities.html people.po people.mo gbk.mo gb18030-8bit.eml",
		"utf-16le 3 utf-16.csv excel.csv", "utf-16be 3 utf-16be.txt",
		"zip 3 openpyxl.xlsx xlsxwriter.xlsx numbers.xlsx exceljs.xlsx docxjs.docx libreoffice-calc.xlsx libreoffice-calc.xlsm libreoffice-letter.docx",
		"zip 3 libreoffice-letter.epub libreoffice-slides.pptx sheetjs.xlsx sheetjs.ods libreoffice-calc.ods libreoffice-letter.odt libreoffice-slides.odp python.docx", "gzip/zip 3 pptxgenjs.pptx.gz",
		"ole 3 xlwt.xls libreoffice-calc.xls libreoffice-letter.doc sheetjs.biff5.xls sheetjs.biff8.xls", "gzip/ole 3 slides.ppt.gz",
		"- 3 libreoffice-calc.fods libreoffice-calc.slk libreoffice-calc.dif",
		"- 3 sheetjs.biff2.xls sheetjs.dif sheetjs.eth sheetjs.fods sheetjs.html sheetjs.slk sheetjs.wk3",
		"rtf 3 libreoffice-letter.rtf",
		"pdf 3 libreoffice-calc.pdf libreoffice-letter.pdf libreoffice-slides.pdf cairo.pdf reportlab.pdf reportlab-ttf.pdf reportlab-a85.pdf pdf-lib.pdf",
		"pdf 3 groff.pdf gs.pdf gs-groff.pdf gs-cairo.pdf gs-13.pdf qpdf.pdf owner-aes128.pdf owner-aes256.pdf owner-rc4.pdf attachment.pdf",
		"sqlite 3 utf-8.sqlite utf-16le.sqlite utf-16be.sqlite numbers.sqlite shell.sqlite sqljs.sqlite fts.sqlite", "sqlite/gzip 3 blob.sqlite",
		"parquet 3 hyparquet.parquet arrow-snappy-v1.parquet arrow-gzip-v1.parquet arrow-brotli-v1.parquet arrow-zstd-v1.parquet arrow-zstd-v2.parquet",
	},
	perhaps: {"sqlite 3 fts0.sqlite", "rtf 3 sheetjs.rtf", "image 1 text.jpg xpcomment.jpg text.png compressed.png text.tif"},
	inspect.GapEncrypted: {
		"- 0 zipcrypto.zip aes.zip password.7z headers.7z password.rar headers.rar openssl.enc openssl.txt symmetric.gpg symmetric.asc encrypted.p7m",
		"- 0 password.odt password.ods password.pdf password.docx password.xlsx password-standard.xlsx user.pdf",
	},
	inspect.GapUnknownFormat: {"- 0 scanned.pdf"},
	anyGap:                   {"- 0 people.tar.br"},
}

// eitherOr are files that need not be read: what is not found in them must be
// told as a gap. First come formats of which a part is read or none, then text
// that is coded.
var eitherOr = "stored.cab deflate64.zip ppmd.zip arrow-lz4-v1.parquet sheetjs.xlsb x86.csv.xz people.tar.lz people.tar.lzma people.tar.Z people.tar.lzo people.lzh people.squashfs mszip.cab people.xar stored.gpg signed.p7m " +
	"people.csv.zlib null.avro deflate.avro people.cbor numbers.cbor people.marshal binary.plist people.pb numbers.pb sheetjs.dbf deleted.sqlite utf-32.csv " +
	"people.uu base64.uu base64.txt base64.one.txt base32.txt od.txt xxd.txt xxd-p.txt quoted.txt " +
	"base64.eml quoted.eml gb18030.eml gb2312-quoted.eml attached.eml people.mbox"

// lost is what is not found in files that look clean all the same, and why.
var lost = map[string]string{
	"deleted.sqlite": "of a deleted row whose head was overwritten the columns run together",
}

// keysOf are the persons a report knows, by the class of key.
func keysOf(r inspect.Report) map[inspect.Subject]inspect.Class {
	out := map[inspect.Subject]inspect.Class{}
	for _, f := range r.Findings {
		if f.Confidence >= inspect.Medium && f.Subject.Known() {
			out[f.Subject] = f.Class
		}
	}
	return out
}

// formats is a path without its ordinals, "-" for the part itself. An office
// document counts as the zip that it is.
func formats(path []string) string {
	var out []string
	for _, elem := range path {
		format, _, _ := strings.Cut(elem, "#")
		if slices.Contains([]string{"docx", "xlsx", "pptx", "odt", "ods", "odp"}, format) {
			format = "zip"
		}
		out = append(out, format)
	}
	if out == nil {
		return "-"
	}
	return strings.Join(out, "/")
}

// absent counts the persons whose keys of a class a report lacks, and says
// whether one of them stands on the path.
func absent(r inspect.Report, want map[inspect.Subject]inspect.Class, class inspect.Class, path string) (missing int, placed bool) {
	have := keysOf(r)
	for key, c := range want {
		if c == class && have[key] != c {
			missing++
		}
	}
	for _, f := range r.Findings {
		placed = placed || f.Class == class && want[f.Subject] == class && formats(f.Path) == path
	}
	return missing, placed
}

func outsideFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "outside", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var outsideClasses = []inspect.Class{inspect.ResidentID, inspect.Mobile, inspect.BankCard}

func TestOutside(t *testing.T) {
	e := open(t)
	want := keysOf(scan(t, e, inspect.Meta{}, synth.CSV(synth.New(77, day).Adults(3)), 0))
	listed := map[string]bool{"README.md": true, "gps.jpg": true}
	for gap, rows := range outside {
		for _, row := range rows {
			fields := strings.Fields(row)
			persons := int(fields[1][0] - '0')
			for _, name := range fields[2:] {
				listed[name] = true
				t.Run(name, func(t *testing.T) {
					r := scan(t, e, inspect.Meta{}, outsideFile(t, name), 0)
					for _, class := range outsideClasses {
						missing, placed := absent(r, want, class, fields[0])
						if 3-missing < persons || persons > 0 && !placed {
							t.Errorf("%d of %d of %s, on the path: %v; %+v", 3-missing, persons, class, placed, r.Coverage)
						}
					}
					told := slices.ContainsFunc(r.Coverage.Gaps, func(g inspect.Gap) bool { return g.Reason == gap })
					if full := r.Coverage.State == inspect.Full; gap != perhaps && full != (gap == "") || !full && gap != anyGap && gap != perhaps && !told {
						t.Errorf("coverage %+v, want the gap %q", r.Coverage, gap)
					}
				})
			}
		}
	}
	read, all := 0, strings.Fields(eitherOr)
	for _, name := range all {
		listed[name] = true
		t.Run(name, func(t *testing.T) {
			r := scan(t, e, inspect.Meta{}, outsideFile(t, name), 0)
			missing := ""
			for _, class := range outsideClasses {
				if n, _ := absent(r, want, class, ""); n > 0 {
					missing += fmt.Sprintf(" %d of %s", n, class)
				}
			}
			switch {
			case missing == "":
				if read++; lost[name] != "" {
					t.Errorf("all is found by now")
				}
			case r.Coverage.State == inspect.Full && lost[name] == "":
				t.Errorf("looks clean and lacks%s", missing)
			}
		})
	}
	if r := scan(t, e, inspect.Meta{}, outsideFile(t, "gps.jpg"), 0); r.Count(inspect.Coordinate, inspect.Medium) != 1 {
		t.Errorf("gps.jpg: %+v", r.Tallies)
	}
	t.Logf("%d files; of %d in formats that need not be read, %d were", len(listed)-1, len(all), read)
	files, err := os.ReadDir(filepath.Join("testdata", "outside"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !listed[f.Name()] {
			t.Errorf("nothing is said of %s", f.Name())
		}
	}
}

// TestOutsideDeclared reads brotli, which nothing but the head tells.
func TestOutsideDeclared(t *testing.T) {
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	r := scan(t, e, inspect.Meta{ContentEncoding: "br"}, outsideFile(t, "people.tar.br"), 0)
	if n := r.Count(inspect.ResidentID, inspect.Medium); n < 6 || r.Coverage.State != inspect.Full || formats(r.Findings[0].Path) != "br/tar" {
		t.Errorf("%d, %+v", n, r.Coverage)
	}
}
