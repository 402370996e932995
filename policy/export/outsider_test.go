package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

// unreadInland is a flow within the mainland that passed unread.
func unreadInland() policy.Record {
	r := sample("inland")
	in := &r.Intent
	in.Judged, in.Enforced, in.Recipient, in.Classes, in.Persons = "unread", policy.PassUnread, "", nil, policy.PersonCount{}
	in.Decided = policy.Verdict{Action: policy.PassUnread, Final: true, Basis: "NOT_OUTBOUND", Reasons: []policy.Reason{{Code: policy.NotOutbound}}}
	in.Place, in.Host, in.Coverage = policy.Place{Country: "CN", Source: "config"}, "hub.example.cn", inspect.Coverage{State: inspect.Full, Seen: 31}
	in.Reservation, in.Counters = nil, nil
	return r
}

func filed(string, int) (policy.Filing, bool) {
	return policy.Filing{Recipients: []policy.Recipient{{ID: "crm-sg", Name: "CRM Pte"}}, Purposes: []string{"retail.member", "hr"},
		Storage: &policy.Storage{Countries: []string{"SG"}, RetentionDays: 30}}, true
}

// The table for programs is the same in every language, names what the filing
// says, and has nothing where there is nothing.
func TestProvisionForPrograms(t *testing.T) {
	p, err := export.NewProvision(all(sample("a"), unreadInland()), export.Filter{}, filed, start)
	if err != nil {
		t.Fatal(err)
	}
	var zh, en bytes.Buffer
	if err := p.Write(&zh, "csv", policy.Chinese); err != nil {
		t.Fatal(err)
	}
	if err := p.Write(&en, "csv", policy.English); err != nil || zh.String() != en.String() {
		t.Errorf("%v\n%s\n%s", err, &zh, &en)
	}
	rows, err := csv.NewReader(&en).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	at := func(row int, name string) string { return rows[row][slices.Index(rows[0], name)] }
	for name, want := range map[string]string{"storage": "SG", "retention_days": "30", "filed_purposes": "retail.member hr",
		"types": "pi.contact.mobile=3", "basis": "SC", "open": "0"} {
		if got := at(1, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if at(2, "types") != "" || at(2, "retention_days") != "" || at(2, "unread") != "1" {
		t.Errorf("inland: %q", rows[2])
	}
}

// What passed unread is nowhere said to have been read.
func TestUnreadIsNotFull(t *testing.T) {
	r := unreadInland()
	event, err := export.OCSF(r)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Unmapped struct{ Coverage struct{ State string } }
	}
	if err := json.Unmarshal(event, &e); err != nil || e.Unmapped.Coverage.State != "unread" {
		t.Errorf("event says %q, %v", e.Unmapped.Coverage.State, err)
	}
	if line := string(export.SyslogLine(r)); !strings.Contains(line, ` coverage="unread"`) {
		t.Errorf("syslog says %.400s", line)
	}
	if out := table(t, r); !strings.Contains(out, ",unread,") {
		t.Errorf("table says %s", out)
	}
}

func table(t *testing.T, r policy.Record) string {
	t.Helper()
	var b bytes.Buffer
	s := export.CSV(&b)
	if err := s.Put(&r); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// An event always says where it went, as OCSF wants of an endpoint.
func TestOCSFOfNowhere(t *testing.T) {
	r := sample("a")
	r.Intent.Host, r.Intent.Address, r.Intent.Recipient = "", "", ""
	event, err := export.OCSF(r)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Dst map[string]any `json:"dst_endpoint"`
	}
	if err := json.Unmarshal(event, &e); err != nil || e.Dst["name"] != "unknown" {
		t.Errorf("%v, %v", e.Dst, err)
	}
}

// files is a pack in memory.
type files map[string]*bytes.Buffer

func (f files) Create(name string) (io.Writer, error) {
	f[name] = &bytes.Buffer{}
	return f[name], nil
}

// The pack draws what went abroad and nothing else, and says that it approves
// nothing.
func TestPackSaysWhatItIsNot(t *testing.T) {
	pack := files{}
	p := export.PIAudit{Each: all(sample("a"), unreadInland()), Filings: filed, Now: start}
	if _, err := p.Write(pack); err != nil {
		t.Fatal(err)
	}
	for lang, says := range map[string]string{policy.Chinese: "从不批准任何传输", policy.English: "never approves a transfer"} {
		if text := pack["README."+lang+".md"].String(); !strings.Contains(text, says) {
			t.Errorf("guide in %s does not say %q", lang, says)
		}
		flows := pack["flows."+lang+".md"].String()
		if strings.Contains(flows, "hub.example.cn") || !strings.Contains(flows, "crm-sg") {
			t.Errorf("flows abroad in %s:\n%s", lang, flows)
		}
		if given := pack["provision."+lang+".md"].String(); !strings.Contains(given, "hub.example.cn") {
			t.Errorf("records of provision in %s leave the mainland out", lang)
		}
	}
}
