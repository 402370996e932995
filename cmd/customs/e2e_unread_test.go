package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// upload sends a file by curl and returns the status and the answer.
func (c *city) upload(args ...string) (status, answer string) {
	c.t.Helper()
	curl := needTool(c.t, "curl")
	file := filepath.Join(c.dir, "answer")
	args = append([]string{"-sS", "--max-time", "60", "--proxy", "http://" + c.proxy, "--cacert", c.caFile,
		"-H", "Expect:", "-o", file, "-w", "%{http_code}"}, args...)
	out, err := exec.Command(curl, append(args, c.origin.URL+"/in")...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("curl %v: %v\n%s", args, err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(out), string(text)
}

// put writes a file beside the gateway's.
func (c *city) put(name string, data []byte) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// problem is what a refusal tells a program.
type problem struct {
	Detail  string
	Record  string
	Persons int
	Reasons []struct{ Code, Coverage, Remedy string }
}

func (c *city) refusal(status, answer string) problem {
	c.t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(answer), &p); err != nil || status != "403" || len(p.Reasons) == 0 {
		c.t.Fatalf("status %s, %v:\n%s", status, err, answer)
	}
	if n := len(c.origin.arrivals()); n != 0 {
		c.t.Errorf("origin saw %d requests", n)
	}
	return p
}

// record reads the newest record, in its final state.
func (c *city) record() policy.Record {
	c.t.Helper()
	var r policy.Record
	waitFor(c.t, "a complete record", func() bool {
		out, code := c.customs("audit", "list", "--format", "json", "--limit", "1")
		return code == 0 && json.Unmarshal([]byte(out), &r) == nil && r.Complete
	})
	return r
}

// waitMetric waits for a line of the metrics, which come after the record.
func (c *city) waitMetric(line string) {
	c.t.Helper()
	waitFor(c.t, line, func() bool {
		_, metrics := c.get("/metrics")
		return strings.Contains(metrics, line+"\n")
	})
}

// TestSpreadsheetOfPersons uploads a spreadsheet of 10,000 persons in a form.
func TestSpreadsheetOfPersons(t *testing.T) {
	const rows = 10_000
	c := newCity(t, sampleConfig)
	m := synth.New(3, time.Now())
	seen := map[string]bool{}
	table := [][]string{{"姓名", "身份证号", "手机号"}}
	for len(table) <= rows {
		p := m.Adult()
		if !seen[p.ResidentID] && !seen[p.Mobile] {
			seen[p.ResidentID], seen[p.Mobile] = true, true
			table = append(table, []string{p.Name, p.ResidentID, p.Mobile})
		}
	}
	file := c.put("staff.xlsx", sheetOf(t, table))
	p := c.refusal(c.upload("-F", "note=the list", "-F", "file=@"+file+";type=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
	if p.Reasons[0].Code != string(policy.FilingNotFound) || p.Persons != rows {
		t.Errorf("refused for %+v, %d persons", p.Reasons, p.Persons)
	}
	in := c.record().Intent
	if in.Persons.Total != rows || in.Coverage.State != inspect.Full {
		t.Errorf("the record tells %+v, coverage %+v", in.Persons, in.Coverage)
	}
	c.waitOutput(`"persons":10000`, 1)
}

// TestLockedArchive uploads an archive that has a password, where nothing is
// allowed and where the operator lets it go.
func TestLockedArchive(t *testing.T) {
	for name, archive := range map[string][]byte{"traditional": lockedZip(t, false), "AES": lockedZip(t, true)} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, sampleConfig)
			file := c.put("locked.zip", archive)
			p := c.refusal(c.upload("-H", "Content-Type: application/zip", "--data-binary", "@"+file))
			if r := p.Reasons[0]; r.Code != string(policy.CoverageOpaque) || r.Coverage != "opaque:encrypted" ||
				!strings.Contains(r.Remedy, "password") || !strings.Contains(p.Detail, "encrypted") {
				t.Errorf("refused for %+v", p)
			}
			r := c.record()
			if got := r.Verdict().Reasons[0].Coverage(); r.ID != p.Record || got != "opaque:encrypted" {
				t.Errorf("the record %s tells %q", r.ID, got)
			}
			c.waitOutput(`"coverage":"opaque:encrypted"`, 1)
			c.waitMetric(`customs_coverage_refusals_total{coverage="opaque",why="encrypted"} 1`)
			if strings.Contains(c.output(), "UNREAD") {
				t.Errorf("the gateway warns of a setting that nobody made:\n%s", c.output())
			}
		})
	}
}

// allowing is the sample with a setting for the origin's address.
func allowing(unread string) string {
	return strings.Replace(sampleConfig, "destinations:\n", "destinations:\n  - {match: [127.0.0.1], country: SG, unread: "+unread+"}\n", 1)
}

func TestLockedArchiveGoesWhereItIsAllowed(t *testing.T) {
	c := newCity(t, allowing("{allow: [encrypted]}"))
	c.waitOutput("content may go UNREAD to a destination", 1)
	archive := lockedZip(t, false)
	file := c.put("locked.zip", archive)
	sum := sha256.Sum256(archive)
	status, answer := c.upload("-H", "Content-Type: application/zip", "--data-binary", "@"+file)
	if status != "200" || !strings.Contains(answer, hex.EncodeToString(sum[:])) {
		t.Fatalf("status %s: %s", status, answer)
	}
	r := c.record()
	v := r.Verdict()
	if v.Action != policy.Pass || v.Basis != string(policy.UnreadAllowed) || v.Reasons[0].String() != "UNREAD_ALLOWED:encrypted" {
		t.Errorf("verdict %+v", v)
	}
	if cover := r.Intent.Coverage; cover.State != inspect.Opaque || !slices.ContainsFunc(cover.Gaps, func(g inspect.Gap) bool { return g.Reason == inspect.GapEncrypted }) {
		t.Errorf("coverage %+v", cover)
	}
	c.waitMetric(`customs_unread_allowed_total{why="encrypted"} 1`)
	// What is found beside it is judged as ever.
	open := c.put("open.txt", []byte(childWithDiagnosis(t)))
	status, answer = c.upload("-F", "file=@"+file+";type=application/zip", "-F", "note=@"+open+";type=application/json")
	if status != "403" || !strings.Contains(answer, string(policy.FilingNotFound)) {
		t.Errorf("a person beside it: status %s\n%s", status, answer)
	}
	// A reload takes the setting away again.
	c.put("customs.yaml", []byte(sampleConfig))
	c.signal(syscall.SIGHUP)
	c.waitOutput(`"msg":"reloaded"`, 1)
	status, answer = c.upload("-H", "Content-Type: application/zip", "--data-binary", "@"+file)
	if status != "403" || !strings.Contains(answer, "opaque:encrypted") {
		t.Errorf("after the setting is gone: status %s\n%s", status, answer)
	}
}

// TestUnreadIsForThoseNamed: another reason and another exporter get nothing.
func TestUnreadIsForThoseNamed(t *testing.T) {
	config := strings.Replace(allowing("{allow: [encrypted], exporters: [91330100799655058B]}"), "destinations:",
		"  - {uscc: 91330100799655058B, ciio: false, clients: [192.0.2.0/24]}\ndestinations:", 1)
	for name, config := range map[string]string{"another reason": allowing("{allow: [broken]}"), "another exporter": config} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, config)
			file := c.put("locked.zip", lockedZip(t, false))
			p := c.refusal(c.upload("-H", "Content-Type: application/zip", "--data-binary", "@"+file))
			if p.Reasons[0].Coverage != "opaque:encrypted" {
				t.Errorf("refused for %+v", p.Reasons)
			}
		})
	}
}

// TestCleanDocumentPasses: what holds nothing goes as it came, to the byte.
func TestCleanDocumentPasses(t *testing.T) {
	c := newCity(t, sampleConfig)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(documentOf(t, "The harbour opens at dawn.", "今天天气很好。"))
	z.Close()
	file := c.put("note.docx.gz", packed.Bytes())
	sum := sha256.Sum256(packed.Bytes())
	status, answer := c.upload("-H", "Content-Encoding: gzip",
		"-H", "Content-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document", "--data-binary", "@"+file)
	if status != "200" || !strings.Contains(answer, hex.EncodeToString(sum[:])) {
		t.Fatalf("status %s: %s", status, answer)
	}
	if a := c.origin.arrivals(); len(a) != 1 || a[0].header.Get("Content-Encoding") != "gzip" || a[0].length != int64(packed.Len()) {
		t.Errorf("origin saw %+v", a)
	}
	r := c.record()
	if cover := r.Intent.Coverage; r.Verdict().Basis != string(policy.ExNoPI) || cover.State != inspect.Full || cover.Decoded <= cover.Seen {
		t.Errorf("verdict %+v, coverage %+v", r.Verdict(), cover)
	}
}

// TestMismatchIsRecorded: an archive that is called a picture is recorded as
// such, and refused where the operator's sample module is in force.
func TestMismatchIsRecorded(t *testing.T) {
	sample, err := os.ReadFile("../../deploy/rego/content.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, strict := range []bool{false, true} {
		dir := t.TempDir()
		config := sampleConfig
		if strict {
			put(t, filepath.Join(dir, "content.rego"), string(sample))
			config += "policy: {dir: " + dir + "}\n"
		}
		c := newCity(t, config)
		file := c.put("holiday.png", zipped(t, member{"note.txt", "The harbour opens at dawn."}))
		status, answer := c.upload("-F", "picture=@"+file+";type=image/png")
		in := c.record().Intent
		if len(in.Mismatches) == 0 || in.Mismatches[0].Found != "zip" || strings.Contains(in.Mismatches[0].Said, "holiday") {
			t.Errorf("strict %v: the record tells %+v", strict, in.Mismatches)
		}
		want := map[bool]string{false: "200", true: "403"}[strict]
		if status != want || strict != strings.Contains(answer, "content-mismatch") {
			t.Errorf("strict %v: status %s\n%s", strict, status, answer)
		}
	}
}
