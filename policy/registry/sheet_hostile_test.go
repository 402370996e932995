package registry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func TestJSONFaultsNameTheirField(t *testing.T) {
	t.Parallel()
	one := func(change ...func(*policy.Filing)) string {
		b, err := json.Marshal(contract("A", change...))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	bad := one(func(f *policy.Filing) { f.Exporter.USCC = "91310115MA1K3ABC98" })
	tests := []struct{ name, text, want string }{
		{"one", one(), ""},
		{"array", "[" + one() + "]", ""},
		{"lines", one() + "\n" + strings.ReplaceAll(one(), `"A"`, `"B"`) + "\n", ""},
		{"third of an array", "[" + one() + "," + strings.ReplaceAll(one(), `"A"`, `"B"`) + "," + strings.ReplaceAll(bad, `"A"`, `"C"`) + "]", "filings[2] exporter.uscc"},
		{"two faults of form and one of content", "[" + strings.NewReplacer(`"ports"`, `"prots"`, `"pi":true`, `"pi":"yes"`).Replace(bad) + "]",
			"filings[0] items[0].pi|filings[0] items[1].pi|filings[0] links[0].prots|filings[0] exporter.uscc"},
		{"the same id twice", "[" + one() + "," + one() + "]", "filings[1] filing_id"},
		{"broken", "[" + one() + ",{]", "filings[1]"},
		{"not closed", "[" + one(), "filings[1]"},
		{"something behind it", "[" + one() + "] x", "filings[1]"},
		{"no filing", "[1]", "filings[0]"},
		{"empty array", "[]", "the import"},
		{"text", "filing_id,pathway", "the file"},
		{"nothing", "", "the file"},
		{"deep", strings.Repeat("[", 100_000), "filings[0]"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "the file"},
		{"broken archive", "PK\x03\x04xxxx", "the file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := spots(t, []byte(tt.text)); strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, "|"), tt.want)
			}
		})
	}
}

func TestDirectories(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(contract("A"))
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.ReplaceAll(b, []byte(`"A"`), []byte(`"B"`))
	bad = bytes.ReplaceAll(bad, []byte(`"SG"`), []byte(`"CN"`))
	s, err := registry.ReadSheetsDir(context.Background(), fstest.MapFS{"a.json": {Data: b}, "b.json": {Data: bad}, "notes.txt": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := fresh(t)
	if _, err := r.Import(context.Background(), s, false); err == nil || !strings.Contains(err.Error(), "\n  b.json filings[0].recipients[0].country: is CN") {
		t.Errorf("got %v", err)
	}
	s, err = registry.ReadSheetsDir(context.Background(), fstest.MapFS{"a.json": {Data: b}, "items.csv": {}})
	if _, ierr := r.Import(context.Background(), s, false); err != nil || ierr == nil || !strings.Contains(ierr.Error(), "holds CSV and JSON") {
		t.Errorf("got %v, %v", err, ierr)
	}
}

// sheetParts is the least that makes a workbook with one sheet.
func sheetParts(sheet string, more ...string) map[string]string {
	out := map[string]string{"[Content_Types].xml": "<Types/>",
		"xl/workbook.xml":            `<workbook><sheets><sheet name="filings" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="/xl/words.xml"/></Relationships>`,
		"xl/words.xml":               `<sst><si><t>filing_id</t></si></sst>`,
		"xl/worksheets/s.xml":        `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func TestHostileWorkbooksAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"macros", sheetParts("", "xl/vbaProject.bin", "x"), "the workbook: has macros"},
		{"links to other files", sheetParts("", "xl/externalLinks/externalLink1.xml", "<x/>"), "the workbook: has links to other files"},
		{"two parts of one name", sheetParts("", "XL/workbook.xml", "<workbook/>"), "the workbook: has two parts of one name"},
		{"cut off", sheetParts(`<row><c t="s"><v>0</v>`), "sheet filings: is damaged"},
		{"rows out of order", sheetParts(`<row r="5"/><row r="4"/>`), "sheet filings: is damaged"},
		{"cells out of order", sheetParts(`<row r="1"><c r="B1"/><c r="A1"/></row>`), "sheet filings: is damaged"},
		{"cell of another row", sheetParts(`<row r="1"><c r="B7"/></row>`), "sheet filings: is damaged"},
		{"more rows than there are", sheetParts(`<row r="1048576"/><row/>`), "sheet filings: is damaged"},
		{"row beyond the last", sheetParts(`<row r="1048577"/>`), "sheet filings: is damaged"},
		{"far cells", sheetParts(strings.Repeat(`<row><c t="s"><v>0</v></c><c r=""/></row>`, 3) + `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`), "filings!B1 (pathway): is missing"},
		{"a row of too many cells", sheetParts(`<row>` + strings.Repeat(`<c><v>1</v></c>`, 1100) + `</row>`), "sheet filings: has more than 1000 cells in row 1"},
		{"a string that is not there", sheetParts(`<row><c t="s"><v>9</v></c></row>`), "filings!A1: begins no header"},
		{"a part that is not there", sheetParts("", "xl/_rels/workbook.xml.rels", `<Relationships/>`), "the workbook: is damaged"},
		{"elements without end", sheetParts(strings.Repeat("<a>", 200_000)), "sheet filings: is damaged"},
		{"entities", sheetParts("", "xl/workbook.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>`), "the workbook: is damaged"},
		{"one text without end", sheetParts(`<row><c><v>` + strings.Repeat("9", 300<<10)), "sheet filings: holds a text or a tag of more than 256 KiB"},
		{"one tag without end", sheetParts(`<row r="` + strings.Repeat(">.", 200<<10)), "sheet filings: holds a text or a tag of more than 256 KiB"},
		{"one comment without end", sheetParts(`<row><!--->` + strings.Repeat("<a>", 100<<10)), "sheet filings: holds a text or a tag of more than 256 KiB"},
		{"one section without end", sheetParts(`<row><c><v><![CDATA[` + strings.Repeat("<a>", 100<<10)), "sheet filings: holds a text or a tag of more than 256 KiB"},
		{"a document type", sheetParts(`<!DOCTYPE x <a> <b>` + strings.Repeat("<a>", 100<<10)), "sheet filings: is damaged"},
		{"a document of another office", map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "the archive: holds neither an .xlsx workbook"},
		{"binary workbook", map[string]string{"[Content_Types].xml": "", "xl/workbook.bin": ""}, "the workbook: is no .xlsx workbook"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := fresh(t)
			_, err := r.Import(context.Background(), read(t, zipFiles(t, tt.parts)), false)
			if err == nil || !strings.Contains(err.Error(), "\n  "+tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFaultsBeyondAThousandAreCounted(t *testing.T) {
	t.Parallel()
	_, err := registry.ReadSheets(context.Background(), strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	text := "[" + strings.TrimSuffix(strings.Repeat(`{"bad":1},`, 1500), ",") + "]"
	got := registry.SheetFaults(read(t, []byte(text)))
	if got == nil || strings.Count(got.Error(), "\n  filings") != 1000 || !strings.HasSuffix(got.Error(), "\n  and 500 more") || !strings.HasPrefix(got.Error(), "the import has 1500 faults") {
		t.Errorf("got %.200v", got)
	}
}

// byOthers fills in the template as a user of another program would.
const byOthers = `
import sys, datetime, openpyxl
w = openpyxl.load_workbook(sys.argv[1])
def put(sheet, **cells):
    s = w[sheet]
    names = [c.value for c in s[1]]
    s.append([cells.get(n.replace(".", "_")) for n in names])
for s in ("filings", "recipients", "items", "links"):
    w[s].delete_rows(3)
put("filings", filing_id="A", pathway="SC", authority_no="SC-1", status="effective", exporter_uscc="91310115MA1K3ABC99", exporter_name="Example Motors",
    exporter_ciio=False, purposes="hr.group", volume_subjects_ns_per_year=1000, volume_subjects_sp_per_year=10,
    valid_effective=datetime.date(2026, 1, 1), valid_expires=datetime.date(2027, 12, 31))
put("recipients", filing_id="A", id="sg", name="Example Pte", country="SG")
put("items", filing_id="A", item_id=1, level="general", pi=True, sensitive="否", categories="pi.contact.mobile；pi.name", approved="是")
put("items", filing_id="A", item_id=2, level="general", pi="TRUE", sensitive=True, categories="pi.finance.bankcard", approved=True)
put("links", filing_id="A", link_id="L1", dst_domains="api.example.sg\n*.hr.example.sg", ports=443, protocol="https", direction="push")
w.save(sys.argv[2])
`

func TestWorkbookOfAnotherProgram(t *testing.T) {
	t.Parallel()
	python := "/usr/bin/python3"
	if exec.Command(python, "-c", "import openpyxl").Run() != nil {
		t.Skip("python3 has no openpyxl here")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out.xlsx")
	save(t, in, written(t, registry.Export{Template: true})["xlsx"])
	if msg, err := exec.Command(python, "-c", byOthers, in, out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, msg)
	}
	faults, s := spots(t, load(t, out))
	if len(faults) > 0 || len(s.Filings) != 1 || !reflect.DeepEqual(s.Filings[0], contract("A")) {
		t.Errorf("faults %q, read\n%+v, want\n%+v", faults, s.Filings, contract("A"))
	}
}
