package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leodido/go-syslog/v4/rfc5424"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

func TestEveryKindFitsTheSchemas(t *testing.T) {
	record, ocsf := compiled(t, "record"), compiled(t, "ocsf")
	for name, r := range kinds() {
		t.Run(name, func(t *testing.T) {
			text := export.JSON(r)
			if err := judged(t, record, text); err != nil {
				t.Errorf("record: %v\n%s", err, text)
			}
			if string(export.JSON(r)) != string(text) || bytes.ContainsAny(text, "\n\r") {
				t.Error("the record is not one stable line")
			}
			event, err := export.OCSF(r)
			if err == nil {
				err = judged(t, ocsf, event)
			}
			if err != nil {
				t.Errorf("ocsf: %v\n%s", err, event)
			}
		})
	}
}

// The mapping, and what each row of it is for.
func TestOCSFMapping(t *testing.T) {
	all := kinds()
	for _, tt := range []struct {
		kind                        string
		class, kindID, severity     int
		action, disposition, status string
	}{
		{"pass", 2006, 200601, 1, "Allowed", "Allowed", "New"},
		{"pass with nothing found", 4002, 400206, 1, "Allowed", "Allowed", "Success"},
		{"block", 2006, 200601, 3, "Denied", "Blocked", "New"},
		{"block of a secret", 2006, 200601, 5, "Denied", "Blocked", "New"},
		{"block by the wire", 4002, 400206, 2, "Denied", "Blocked", "Failure"},
		{"hold", 2006, 200601, 3, "Denied", "Blocked", "New"},
		{"unread", 4002, 400299, 2, "Allowed", "Allowed", "Success"},
		{"observed", 2006, 200601, 4, "Observed", "Detected", "New"},
		{"in doubt", 2006, 200601, 1, "Allowed", "Allowed", "New"},
		{"another method", 4002, 400299, 1, "Allowed", "Allowed", "Success"},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			b, err := export.OCSF(all[tt.kind])
			var e struct {
				Class       int    `json:"class_uid"`
				Type        int    `json:"type_uid"`
				Severity    int    `json:"severity_id"`
				Action      string `json:"action"`
				Disposition string `json:"disposition"`
				Status      string `json:"status"`
				Metadata    struct{ UID string }
				Unmapped    struct{ Record string }
			}
			if err == nil {
				err = json.Unmarshal(b, &e)
			}
			if err != nil {
				t.Fatal(err)
			}
			if e.Class != tt.class || e.Type != tt.kindID || e.Severity != tt.severity || e.Action != tt.action || e.Disposition != tt.disposition || e.Status != tt.status {
				t.Errorf("%+v", e)
			}
			if e.Metadata.UID != all[tt.kind].ID || e.Unmapped.Record != all[tt.kind].ID {
				t.Error("the event does not name its record")
			}
		})
	}
}

// Twins: events that OCSF would not take are refused by the schema.
func TestOCSFSchemaRefuses(t *testing.T) {
	s := compiled(t, "ocsf")
	b, err := export.OCSF(kinds()["pass"])
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"a class that is none", `"class_uid":2006`, `"class_uid":2099`},
		{"a type of another class", `"type_uid":200601`, `"type_uid":400201`},
		{"a caption of another number", `"severity":"Informational"`, `"severity":"High"`},
		{"no finding", `"finding_info":`, `"finding":`},
		{"another version", `"version":"1.7.0"`, `"version":"1.6.0"`},
		{"a time as text", `"time":`, `"time":"x","t":`},
		{"an attribute that is none", `"message":`, `"text":"x","message":`},
		{"no product", `"product":`, `"produkt":`},
	} {
		changed := strings.Replace(string(b), tt.old, tt.new, 1)
		if changed == string(b) {
			t.Fatalf("%s: does not apply to %s", tt.name, b)
		}
		if judged(t, s, []byte(changed)) == nil {
			t.Errorf("%s: the schema takes it", tt.name)
		}
	}
}

func TestSyslogLineIsRead(t *testing.T) {
	for name, r := range kinds() {
		m := syslog(t, export.SyslogLine(r))
		data := (*m.StructuredData)["record@32473"]
		if data["id"] != r.ID || data["action"] != r.Intent.Enforced.String() || *m.Appname != "customs" || *m.Hostname != "node-1" || *m.Facility != 13 {
			t.Errorf("%s: %v", name, data)
		}
		if *m.Message != string(export.JSON(r)) || !m.Timestamp.Equal(r.Time) {
			t.Errorf("%s: message or time is not the record's", name)
		}
	}
}

func syslog(t testing.TB, line []byte) *rfc5424.SyslogMessage {
	t.Helper()
	m, err := rfc5424.NewParser().Parse(line)
	if err != nil {
		t.Fatalf("%v\n%s", err, line)
	}
	return m.(*rfc5424.SyslogMessage)
}

// FuzzFormatters puts hostile text where records hold names: every output
// stays what its format asks.
func FuzzFormatters(f *testing.F) {
	for _, s := range []string{"", "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\"], [x y=\"", "a\nb\r\n<14>1 - - - - - -", "\x00\x1b[2J\xff\xfe", "],[[{}]]\\",
		"| a | b |\n# x", "\u2028\u2029\u0085", strings.Repeat("长", 5000), "<script>", "`${x}`", "\t=1", "＝1"} {
		f.Add(s, s, int64(5), 3)
	}
	record, ocsf := compiled(f, "record"), compiled(f, "ocsf")
	f.Fuzz(func(t *testing.T, a, b string, n int64, pick int) {
		r := hostile(a, b, n, pick)
		formatted(t, record, ocsf, r)
		tabled(t, r)
	})
}

func hostile(a, b string, n int64, pick int) policy.Record {
	r := sample("id1")
	in := &r.Intent
	r.Node, in.Host, in.Recipient, in.Client, in.User, in.Method, in.Scheme, in.Protocol = b, a, b, a, b, a, b, a
	in.Declared = policy.Declared{Link: a, Purpose: b, Scenario: a, Claim: b}
	in.Classes = []policy.ClassCount{{Class: inspect.Class(a), High: 1}}
	in.Decided.Reasons = []policy.Reason{{Code: policy.Code(b), Class: a}, {Code: "X", Rule: b}}
	in.Decided.Filing, in.Decided.Basis, in.Build, in.Mode, in.Place.Country, in.Ticket = a, b, a, b, a, b
	in.Exporter, in.Profile, in.Pack.ID, r.ID = b, a, b, a
	in.Coverage.Seen, in.Persons.NS, r.Outcome.Bytes = n, int(n), n
	r.Outcome.Sent = policy.Sent(b)
	if pick%2 == 0 {
		in.Enforced, r.Outcome = policy.Block, nil
	}
	return r
}

func formatted(t *testing.T, record, ocsf *jsonschema.Schema, r policy.Record) {
	text := export.JSON(r)
	event, err := export.OCSF(r)
	if err != nil || !json.Valid(text) || !json.Valid(event) || bytes.ContainsAny(text, "\n\r") || bytes.ContainsAny(event, "\n\r") || !utf8.Valid(event) {
		t.Fatalf("no line of JSON: %v\n%s\n%s", err, text, event)
	}
	_ = judged(t, record, text) // the schema may refuse it, and must not fail
	_ = judged(t, ocsf, event)
	line := export.SyslogLine(r)
	if bytes.ContainsAny(line, "\n\r") || !utf8.Valid(line) {
		t.Fatalf("syslog line %q", line)
	}
	m := syslog(t, line)
	if *m.Message != string(text) || len(*m.StructuredData) != 1 {
		t.Errorf("syslog message is not the record: %q", line)
	}
}

func tabled(t *testing.T, r policy.Record) {
	var b bytes.Buffer
	s := export.CSV(&b)
	if err := s.Put(&r); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	safe(t, rows[1])
	p, err := export.NewProvision(all(r), export.Filter{}, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		b.Reset()
		if err := p.Write(&b, "md", lang); err != nil || !utf8.Valid(b.Bytes()) {
			t.Fatalf("markdown: %v", err)
		}
		want := -1
		for _, l := range strings.Split(b.String(), "\n") {
			if !strings.HasPrefix(l, "|") {
				continue
			}
			n := strings.Count(strings.ReplaceAll(strings.ReplaceAll(l, `\\`, ""), `\|`, ""), "|")
			if want < 0 {
				want = n
			}
			if n != want {
				t.Errorf("a cell ends its row: %q", l)
			}
		}
	}
}

// safe cells begin no formula and hold no line.
func safe(t *testing.T, cells []string) {
	t.Helper()
	for _, c := range cells {
		if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") || strings.ContainsAny(c, "\n\r\x00") {
			t.Errorf("cell %q is not safe", c)
		}
	}
}

func TestSpreadsheetHoldsTextOnly(t *testing.T) {
	var b bytes.Buffer
	s := export.XLSX(&b, "zh")
	r := hostile("=1+1", "@SUM(A1)", 3, 1)
	for range 3 {
		if err := s.Put(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("1")
	if err != nil || len(rows) != 4 || rows[0][0] != "时间" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		safe(t, row)
	}
	if formula, err := f.GetCellFormula("1", "B2"); err != nil || formula != "" {
		t.Errorf("formula %q, %v", formula, err)
	}
}
