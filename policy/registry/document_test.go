package registry_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

func exporter(change ...func(*registry.ExporterDoc)) registry.ExporterDoc {
	d := registry.ExporterDoc{Schema: registry.ExporterSchema, USCC: uscc, Name: "Example Motors", Group: []string{other}, CIIO: policy.No,
		Zone: "CN-SH-FTZ-LINGANG", ZoneExport: policy.Yes, City: "310115", Clients: []string{"10.1.0.0/16"}, MayDeclare: true, Status: "effective"}
	for _, c := range change {
		c(&d)
	}
	return d
}

func recipient(id, country string, change ...func(*registry.RecipientDoc)) registry.RecipientDoc {
	d := registry.RecipientDoc{Schema: registry.RecipientSchema, ID: id, Name: "Example Pte", Country: country, Status: "effective"}
	for _, c := range change {
		c(&d)
	}
	return d
}

func TestDocumentsAreKeptInOneOrder(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	put(t, r, exporter(), recipient("sg", "SG"), exception("E1"), contract("F2"))
	if _, err := r.SetStatus(ctx, registry.KindRecipient, "sg", "suspended", "breach"); err != nil {
		t.Fatal(err)
	}
	all, err := r.Since(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, c := range all {
		got = append(got, c.Act+" "+c.Object)
		if c.Seq != int64(i+1) || (c.Filing != "") != (c.Kind == registry.KindFiling) {
			t.Errorf("change %d: %+v", i, c)
		}
	}
	want := "filing.add F1, exporter.add " + uscc + ", recipient.add sg, exception.add E1, filing.add F2, recipient.suspend sg"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", got)
	}
	exporters, err := r.Exporters(ctx)
	if err != nil || len(exporters) != 1 || exporters[0].Exporter().Zone != "CN-SH-FTZ-LINGANG" || exporters[0].Revision != 1 {
		t.Errorf("%+v, %v", exporters, err)
	}
	recipients, err := r.Recipients(ctx)
	if err != nil || len(recipients) != 1 || recipients[0].Status != "suspended" || recipients[0].Revision != 2 {
		t.Errorf("%+v, %v", recipients, err)
	}
	exceptions, err := r.ExceptionsAll(ctx)
	if err != nil || len(exceptions) != 1 {
		t.Errorf("%+v, %v", exceptions, err)
	}
	old, err := r.ShowDocument(ctx, registry.KindRecipient, "sg", 1)
	if err != nil || old.(registry.RecipientDoc).Status != "effective" {
		t.Errorf("%+v, %v", old, err)
	}
	if h, err := r.HistoryOf(ctx, registry.KindRecipient, "sg"); err != nil || len(h) != 2 || h[1].Note != "breach" {
		t.Errorf("%+v, %v", h, err)
	}
	// What is shown is what add takes, and the same again is no revision.
	for _, d := range []any{exporters[0], recipients[0], exceptions[0]} {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := registry.ParseDocument(strings.NewReader(string(b)))
		if err != nil || !reflect.DeepEqual(back, d) {
			t.Errorf("parsed back: %+v, %v", back, err)
		}
		if c, err := r.AddDocument(ctx, back); err != nil || !c.Same {
			t.Errorf("added back: %+v, %v", c, err)
		}
	}
}

func TestDocumentFaults(t *testing.T) {
	r, _ := fresh(t)
	type x = registry.ExceptionDoc
	tests := []struct {
		name string
		doc  any
		want string
	}{
		{"exporter", exporter(), ""},
		{"exporter with little known", registry.ExporterDoc{Schema: registry.ExporterSchema, USCC: uscc, Status: "effective"}, ""},
		{"empty exporter", registry.ExporterDoc{}, "schema status uscc"},
		{"exporter in its own group", exporter(func(d *registry.ExporterDoc) { d.Group = []string{uscc, "x", other, other} }), "group[0] group[1] group[3]"},
		{"odd facts", exporter(func(d *registry.ExporterDoc) { d.CIIO, d.ZoneExport, d.Zone, d.City = "maybe", "true", "a b", "31" }), "ciio city_code registered_zone zone_export"},
		{"exports from no zone", exporter(func(d *registry.ExporterDoc) { d.Zone = "" }), "zone_export"},
		{"odd clients", exporter(func(d *registry.ExporterDoc) { d.Clients = []string{"10.0.0.0/33", "10.1.2.3/16", "10.1.0.0/16"} }), "clients[0] clients[1] clients[2]"},
		{"recipient", recipient("sg", "SG"), ""},
		{"recipient in the mainland", recipient("cn", "CN"), "country"},
		{"odd recipient", recipient("13800138000", "Singapore", func(d *registry.RecipientDoc) {
			d.Role, d.Status, d.Name, d.Onward = "friend", "fine", strings.Repeat("x", 501), []policy.Onward{{Country: "here"}}
		}), "country id name onward[0].country role status"},
		{"exception", exception("E1"), ""},
		{"empty exception", registry.ExceptionDoc{}, "effective expires exporter id owner quota.persons quota.transfers reason recipients schema status waives"},
		{"id of a ticket", exception("t-1"), "id"},
		{"owner as nobody writes a key", exception("E1", func(d *x) { d.Owner = "Olaf O." }), "owner"},
		{"recipients and hosts", exception("E1", func(d *x) { d.Recipients = []string{"sg"} }), "recipients"},
		{"hosts of everything", exception("E1", func(d *x) { d.Hosts = []string{"*", "*.sg", "10.0.0.0/99"} }), "hosts[0] hosts[1] hosts[2]"},
		{"more than a year", exception("E1", func(d *x) { d.Expires = "2027-11-02" }), "expires"},
		{"exactly a year", exception("E1", func(d *x) { d.Expires = "2027-11-01" }), ""},
		{"ends before it begins", exception("E1", func(d *x) { d.Expires = "2026-10-31" }), "expires"},
		{"odd rules", exception("E1", func(d *x) { d.Waives = []string{"Require.Link", "big", "big"} }), "waives[0] waives[2]"},
		{"unknown class", exception("E1", func(d *x) { d.Classes = []inspect.Class{"pi.contact.moblie"} }), "classes[0]"},
		{"reason with a number", exception("E1", func(d *x) { d.Reason = "for 13800138000" }), "reason"},
		{"reason with a grouped number", exception("E1", func(d *x) { d.Reason = "for 138 0013 8000" }), "reason"},
		{"reason with a full-width number", exception("E1", func(d *x) { d.Reason = "卡号６２２２－０２００－１２３４－５６７８" }), "reason"},
		{"reason with dates", exception("E1", func(d *x) { d.Reason = "2026-11-22 10:30 至 2026-12-31，编号 2026-0042" }), ""},
		{"reason that rewrites the screen", exception("E1", func(d *x) { d.Reason = "ok\x1b[2K" }), "reason"},
		{"reason that turns the text", exception("E1", func(d *x) { d.Reason = "ok\u202eon" }), "reason"},
		{"a host that hides the one before", exception("E1", func(d *x) { d.Recipients, d.Hosts = nil, []string{"0.0.0.0/0", "\rapi.example.sg"} }), "hosts[1]"},
		{"no quota", exception("E1", func(d *x) { d.Quota = registry.Quota{} }), "quota.persons quota.transfers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := r.Check(ctx, tt.doc)
			if got := strings.Join(faults(err), " "); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("got %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
	if err := r.Check(ctx, 7); err == nil {
		t.Error("a number is a document")
	}
}

func TestParseDocument(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no schema", `{"id": "x"}`, "schema: is missing or none that is known; write dc.filing/1"},
		{"near schema", `{"schema": "dc.exeption/1"}`, "did you mean dc.exception/1?"},
		{"schema of another type", `{"schema": 7}`, "schema: has the wrong type"},
		{"not JSON", `{`, "ends too early"},
		{"unknown field of an exception", "{\"schema\": \"dc.exception/1\",\n\"expire\": \"2026-01-01\"}", "expire: is no field of an exception, on line 2; did you mean expires?"},
		{"field of a filing in an exporter", `{"schema": "dc.exporter/1", "links": []}`, "links: is no field of an exporter"},
		{"field of the stamp", `{"schema": "dc.recipient/1", "id": "sg", "revision": "x"}`, "revision: has the wrong type"},
		{"a field twice", "{\"schema\": \"dc.recipient/1\",\n\"status\": \"suspended\",\n\"Status\": \"effective\"}", "line 3: has a field that stands twice"},
		{"two documents", `{"schema": "dc.recipient/1"} {}`, "something follows the recipient"},
	}
	for _, tt := range tests {
		if _, err := registry.ParseDocument(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestFilingsAgreeWithExportersAndRecipients(t *testing.T) {
	r, _ := fresh(t)
	put(t, r, exporter(func(d *registry.ExporterDoc) { d.CIIO = policy.Yes }), recipient("sg", "MY"))
	for _, tt := range []struct {
		f    policy.Filing
		want string
	}{
		{contract("F1"), "pathway recipients[0].country"},
		{assessment("F1", func(f *policy.Filing) { f.Recipients[0].Country = "MY" }), ""},
		{contract("F1", func(f *policy.Filing) { f.Exporter.USCC, f.Recipients[0].ID = other, "x" }), ""},
	} {
		if got := strings.Join(faults(r.Check(ctx, tt.f)), " "); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	known := registry.Options{Exporters: func() []policy.Exporter { return []policy.Exporter{{USCC: uscc, CIIO: policy.Yes}} }}
	c, err := registry.Open(filepath.Join(t.TempDir(), "registry.db"), known)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := strings.Join(faults(c.Check(ctx, contract("F1"))), " "); got != "pathway" {
		t.Errorf("by the configuration: %q", got)
	}
}

func TestASuspendedRecipientIsDenied(t *testing.T) {
	suspended := func(d *registry.RecipientDoc) { d.Status = "suspended" }
	wide := contract("WIDE", func(f *policy.Filing) {
		f.Exporter.USCC, f.Recipients[0].ID = other, "bad"
		f.Links[0].DstDomains = []string{"*.example.sg", "files.example.de"}
	})
	mapped := contract("MAPPED", func(f *policy.Filing) {
		f.Exporter.USCC, f.Recipients[0].ID = other, "bad"
		f.Links[0].DstDomains, f.Links[0].DstCIDRs = nil, []string{"::ffff:203.0.113.0/120"}
	})
	byAddress := contract("ADDRESS", func(f *policy.Filing) {
		f.Links[0].DstDomains, f.Links[0].DstCIDRs = nil, []string{"203.0.113.0/24"}
	})
	draft := contract("DRAFT", func(f *policy.Filing) { f.Status, f.Recipients[0].ID = "draft", "bad" })
	tests := []struct {
		name    string
		filings []any
		host    string
		want    bool
	}{
		{"its own filing", []any{contract("F1"), recipient("sg", "SG", suspended)}, "api.example.sg", true},
		{"one that is effective", []any{contract("F1"), recipient("sg", "SG")}, "api.example.sg", false},
		{"an address of another's filing, written as IPv6", []any{mapped, recipient("bad", "SG", suspended)}, "203.0.113.9", true},
		{"a suffix against the addresses of its own filing", []any{byAddress, wide, recipient("bad", "SG", suspended)}, "www.example.sg", true},
		{"another's filing knows it", []any{wide, recipient("bad", "SG", suspended)}, "files.example.de", true},
		{"its own filing knows another there more closely", []any{contract("F1"), wide, recipient("bad", "SG", suspended)}, "api.example.sg", false},
		{"only another's filing is so wide", []any{contract("F1"), wide, recipient("bad", "SG", suspended)}, "www.example.sg", true},
		{"a draft", []any{draft, recipient("bad", "SG", suspended)}, "api.example.sg", false},
		{"elsewhere", []any{contract("F1"), recipient("sg", "SG", suspended)}, "example.com", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := fresh(t)
			put(t, r, tt.filings...)
			f := flow(tt.host)
			f.Destination.Addr = flowAddr("203.0.113.7")
			look(t, r, f)
			if rules := (&policy.Rules{}); f.Destination.Denied != tt.want || rules.Denies(&f.Destination) != tt.want {
				t.Errorf("denied %v, want %v", f.Destination.Denied, tt.want)
			}
		})
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, d := range []any{exporter(), recipient("sg", "SG"), exception("E1"), contract("F1")} {
		b, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	terms, err := law.Open(law.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := registry.ParseDocument(strings.NewReader(string(b)))
		if err != nil || registry.ValidateDocument(doc, terms) != nil {
			return
		}
		// What is valid can be stored, read back and matched.
		if err := registry.Survives(doc); err != nil {
			t.Fatal(err)
		}
	})
}
