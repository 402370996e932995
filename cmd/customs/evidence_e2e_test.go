package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// auditedCity is a gateway with two auditors.
type auditedCity struct {
	*city
	keys [2]string // files of private keys
}

func newAuditedCity(t *testing.T, settings string) *auditedCity {
	t.Helper()
	dir := t.TempDir()
	config := sampleConfig + "evidence:\n  for: [block, hold]\n" + settings + "  auditors:\n"
	var keys [2]string
	for i := range keys {
		keys[i] = filepath.Join(dir, fmt.Sprint("a", i+1, ".key"))
		public, err := makeIdentity(keys[i], i == 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		config += fmt.Sprintf("    - {name: a%d, key: %s}\n", i+1, public)
	}
	return &auditedCity{newCity(t, config), keys}
}

// refused sends a request that must be refused, and returns its record.
func (c *auditedCity) refused(method, target string, body []byte, header ...string) string {
	c.t.Helper()
	req, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.client(false).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body.Close()
	id := resp.Header.Get("X-Customs-Record")
	if resp.StatusCode != http.StatusForbidden || id == "" {
		c.t.Fatalf("%s, record %q", resp.Status, id)
	}
	return id
}

// command runs customs in the directory of the gateway.
func (c *auditedCity) command(args ...string) (code int, out string) {
	var stdout, stderr bytes.Buffer
	code = run(append(args, "--data", filepath.Join(c.dir, "customs-data")), &stdout, &stderr)
	return code, stdout.String() + stderr.String()
}

// evidenceOf is what a record says of its evidence.
func (c *auditedCity) evidenceOf(record string) *policy.EvidenceRef {
	c.t.Helper()
	code, out := c.command("audit", "show", record)
	var shown struct{ Record policy.Record }
	if err := json.Unmarshal([]byte(out), &shown); err != nil || code != 0 {
		c.t.Fatalf("audit show: exit %d, %v", code, err)
	}
	if shown.Record.Intent.Evidence == nil {
		c.t.Logf("decided %+v, coverage %+v", shown.Record.Intent.Decided, shown.Record.Intent.Coverage)
	}
	return shown.Record.Intent.Evidence
}

// opened opens a record with both keys.
func (c *auditedCity) opened(record string) string {
	c.t.Helper()
	who := func(by string) []string {
		return []string{"--by", by, "--reason", "test of the opening", "--lang", "en"}
	}
	if code, out := c.command(append([]string{"evidence", "approve", record, "--identity", c.keys[0], "--for", "a2"}, who("a1")...)...); code != 0 {
		c.t.Fatalf("approve: exit %d\n%s", code, out)
	}
	code, out := c.command(append([]string{"evidence", "open", record, "--identity", c.keys[1]}, who("a2")...)...)
	if code != 0 {
		c.t.Fatalf("open: exit %d\n%s", code, out)
	}
	return out
}

// Uploads in every dress, and a query: the sample is of the text that was
// found, and nothing of it stands anywhere on the disk.
func TestEvidenceOfRefusals(t *testing.T) {
	t.Parallel()
	c := newAuditedCity(t, "")
	people := synth.New(31, time.Now()).Adults(4)
	var values []string
	for _, p := range people {
		values = append(values, p.ResidentID, p.Mobile, p.BankCard, p.Email, p.Name)
	}
	form, kind := multipartOf(t, synth.CSV(people))
	tests := []struct {
		name, method, query string
		body                []byte
		header              []string
	}{
		{"JSON", "POST", "", synth.JSON(people), nil},
		{"gzip", "POST", "", gzippedBody(t, synth.CSV(people)), []string{"Content-Encoding", "gzip"}},
		{"a form with a file", "POST", "", form, []string{"Content-Type", kind}},
		{"a workbook", "POST", "", workbookOf(t, people), nil},
		{"a query", "GET", "?id=" + people[0].ResidentID + "&mobile=" + url.QueryEscape(people[0].Mobile), nil, nil},
	}
	var seen bytes.Buffer
	records := make([]string, len(tests))
	for i, tt := range tests {
		records[i] = c.refused(tt.method, c.origin.URL+"/in"+tt.query, tt.body, tt.header...)
		if e := c.evidenceOf(records[i]); e == nil || e.Fault != "" || len(e.Digest) != 64 || e.Samples == 0 {
			t.Errorf("%s: the record says %+v", tt.name, e)
			continue
		}
		code, out := c.command("evidence", "show", records[i])
		seen.WriteString(out)
		if code != 0 {
			t.Errorf("%s: show: exit %d\n%s", tt.name, code, out)
		}
	}
	seen.WriteString(c.output())
	searchAll(t, c.city, seen.Bytes(), values)
	for i, tt := range tests {
		out := c.opened(records[i])
		if n := strings.Count(out, "»"+people[0].ResidentID+"«") + strings.Count(out, "»"+people[0].Mobile+"«"); n == 0 {
			t.Errorf("%s: nothing of the first person was opened:\n%s", tt.name, out)
		}
	}
	searchAll(t, c.city, []byte(c.output()), values)
}

// A store without room says so in the record, and raises an alert; the verdict
// stays.
func TestEvidenceWithoutRoom(t *testing.T) {
	c := newAuditedCity(t, "  total: 256KiB\n")
	person := synth.New(32, time.Now()).Adults(1)
	fault := policy.EvidenceFault("")
	for i := 0; i < 100 && fault == ""; i++ {
		id := c.refused("POST", c.origin.URL+"/in", synth.JSON(person))
		e := c.evidenceOf(id)
		if e == nil {
			t.Fatal("the record says nothing of evidence")
		}
		fault = e.Fault
	}
	if fault != policy.EvidenceFull {
		t.Errorf("fault %q", fault)
	}
}

func gzippedBody(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func multipartOf(t *testing.T, b []byte) ([]byte, string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreateFormFile("file", "list.csv.gz")
	if err == nil {
		_, err = part.Write(gzippedBody(t, b))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), w.FormDataContentType()
}

func workbookOf(t *testing.T, people []synth.Person) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	rows := [][]any{{"姓名", "身份证号", "手机号"}}
	for _, p := range people {
		rows = append(rows, []any{p.Name, p.ResidentID, p.Mobile})
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Evidence that a crash left without its entry is gone after the next start.
func TestEvidenceWithoutEntry(t *testing.T) {
	c := newAuditedCity(t, "")
	id := c.refused("POST", c.origin.URL+"/in", synth.JSON(synth.New(33, time.Now()).Adults(1)))
	c.kill()
	dir := filepath.Join(c.dir, "customs-data", "evidence")
	kept, err := filepath.Glob(filepath.Join(dir, "*-"+id+".json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("files %v: %v", kept, err)
	}
	b, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	orphan := strings.Replace(kept[0], id, "neverthere", 1)
	if err := os.WriteFile(orphan, b, 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(c.dir, "customs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c.gatewayProcess = startGateway(t, c.dir, string(config))
	if _, err := os.Stat(orphan); !os.IsNotExist(err) {
		t.Errorf("the orphan is still there: %v", err)
	}
	if code, out := c.command("evidence", "show", id); code != 0 {
		t.Errorf("what has its entry is gone: exit %d\n%s", code, out)
	}
}
