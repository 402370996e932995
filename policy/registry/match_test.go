package registry_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

func TestGeometry(t *testing.T) {
	ranges := func(f *policy.Filing) {
		f.Links[0].DstDomains, f.Links[0].DstCIDRs = nil, []string{"203.0.113.0/24", "2001:db8::/32"}
	}
	both := func(f *policy.Filing) { f.Links[0].DstCIDRs = []string{"203.0.113.0/24"} }
	from := func(f *policy.Filing) { f.Links[0].SrcCIDRs = []string{"10.1.0.0/16"} }
	at := func(a string) func(*policy.Flow) {
		return func(f *policy.Flow) { f.Destination.Addr = netip.MustParseAddr(a) }
	}
	tests := []struct {
		name   string
		filing func(*policy.Filing)
		flow   *policy.Flow
		want   string // recipient country link
	}{
		{"exact name", nil, flow("api.example.sg"), "true true true"},
		{"another name", nil, flow("api.example.sg.evil.com"), "false false false"},
		{"a name that ends alike", nil, flow("evilapi.example.sg"), "false false false"},
		{"below the suffix", nil, flow("a.b.hr.example.sg"), "true true true"},
		{"the suffix itself", nil, flow("hr.example.sg"), "false false false"},
		{"pattern in capitals with a dot", func(f *policy.Filing) { f.Links[0].DstDomains = []string{"API.Example.SG."} }, flow("api.example.sg"), "true true true"},
		{"international name", func(f *policy.Filing) { f.Links[0].DstDomains = []string{"数据.example.sg"} }, flow("xn--vxup8b.example.sg"), "true true true"},
		{"below an international suffix", func(f *policy.Filing) { f.Links[0].DstDomains = []string{"*.数据.sg"} }, flow("a.xn--vxup8b.sg"), "true true true"},
		{"range written as IPv6", func(f *policy.Filing) {
			f.Links[0].DstDomains, f.Links[0].DstCIDRs = nil, []string{"::ffff:203.0.113.0/120"}
		}, flow("203.0.113.7"), "true true true"},
		{"another port", nil, flow("api.example.sg", func(f *policy.Flow) { f.Destination.Port = 8443 }), "true true false"},
		{"plain HTTP", nil, flow("api.example.sg", func(f *policy.Flow) { f.Scheme = "http" }), "true true false"},
		{"another direction", nil, flow("api.example.sg", func(f *policy.Flow) { f.Direction = policy.Pull }), "true true false"},
		{"address in the range", ranges, flow("203.0.113.7"), "true true true"},
		{"address outside the range", ranges, flow("203.0.114.7"), "false false false"},
		{"IPv6 in the range", ranges, flow("2001:db8::1"), "true true true"},
		{"name whose address is in the range", ranges, flow("any.example.com", at("203.0.113.7")), "true true true"},
		{"name not resolved yet", ranges, flow("any.example.com"), "false false false"},
		{"mapped address", ranges, flow("any.example.com", at("::ffff:203.0.113.7")), "true true true"},
		{"name and its address", both, flow("api.example.sg", at("203.0.113.7")), "true true true"},
		{"name with another address", both, flow("api.example.sg", at("198.51.100.1")), "true true false"},
		{"source inside", from, flow("api.example.sg"), "true true true"},
		{"source outside", from, flow("api.example.sg", func(f *policy.Flow) { f.Session.Client = netip.MustParseAddrPort("10.2.0.1:1") }), "true true false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := contract("F1")
			if tt.filing != nil {
				tt.filing(&f)
			}
			r, _ := fresh(t, f)
			c := look(t, r, tt.flow)[0]
			if got := fmt.Sprint(c.Recipient, c.Country, c.Link); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWindowsEndAtMidnightInShanghai(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	tests := []struct{ at, want string }{
		{"2025-12-31T23:59:59.999+08:00", "not_yet"},
		{"2025-12-31T16:00:00Z", "current"},
		{"2027-12-31T23:59:59.999+08:00", "current"},
		{"2027-12-31T16:00:00Z", "expired"},
	}
	for _, tt := range tests {
		when, err := time.Parse(time.RFC3339Nano, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		c := look(t, r, flow("api.example.sg", func(f *policy.Flow) { f.Time = when }))[0]
		if c.Time != tt.want {
			t.Errorf("%s: %s, want %s", tt.at, c.Time, tt.want)
		}
		end := time.Date(2028, 1, 1, 0, 0, 0, 0, policy.Shanghai)
		if tt.want == "current" && !c.ValidUntil.Equal(end) {
			t.Errorf("valid until %s, want %s", c.ValidUntil, end)
		}
	}
}

func TestIdentify(t *testing.T) {
	wide := contract("WIDE", func(f *policy.Filing) {
		f.Recipients = []policy.Recipient{{ID: "us", Country: "US"}}
		f.Links[0].ID, f.Links[0].DstDomains = "LW", []string{"*.example.sg"}
	})
	twin := contract("TWIN", func(f *policy.Filing) { f.Links[0].ID = "LT"; f.Purposes = []string{"hr.other"} })
	abroad := contract("ABROAD", func(f *policy.Filing) { f.Recipients = []policy.Recipient{{ID: "us", Country: "US"}} })
	late := contract("LATE", func(f *policy.Filing) { f.Valid.Expires = "2026-06-30" })
	two := contract("TWO", func(f *policy.Filing) { f.Purposes = append(f.Purposes, "retail.member") })
	draft := contract("DRAFT", func(f *policy.Filing) { f.Status = "draft" })
	claims := func(f *policy.Flow) {
		f.Declared = policy.Declared{Link: "L9", Purpose: "mine", Source: "client"}
	}
	tests := []struct {
		name    string
		filings []policy.Filing
		flow    *policy.Flow
		want    string // recipient country/source link purpose claim source
	}{
		{"one link", []policy.Filing{contract("F1")}, flow("api.example.sg"), "sg SG/filing L1 hr.group - filing"},
		{"no link", []policy.Filing{contract("F1")}, flow("example.com"), "- -/- - - - -"},
		{"the closer name decides", []policy.Filing{wide, contract("F1")}, flow("api.example.sg"), "sg SG/filing L1 hr.group - filing"},
		{"only the wider name fits", []policy.Filing{wide, contract("F1")}, flow("www.example.sg"), "us US/filing LW hr.group - filing"},
		{"two filings of the same name", []policy.Filing{contract("F1"), twin}, flow("api.example.sg"), "sg SG/filing - - - -"},
		{"two filings of the same name in two countries", []policy.Filing{contract("F1"), abroad}, flow("api.example.sg"), "- -/filing L1 hr.group - filing"},
		{"right recipient, wrong port", []policy.Filing{contract("F1")}, flow("api.example.sg", func(f *policy.Flow) { f.Destination.Port = 1 }), "sg SG/filing - - - -"},
		{"two purposes, none at the link", []policy.Filing{two}, flow("api.example.sg"), "sg SG/filing L1 - - filing"},
		{"an expired filing still knows its recipient", []policy.Filing{late}, flow("api.example.sg"), "sg SG/filing L1 hr.group - filing"},
		{"an expired filing does not cloud one in force", []policy.Filing{late, twin}, flow("api.example.sg"), "sg SG/filing LT hr.other - filing"},
		{"a draft knows nothing", []policy.Filing{draft}, flow("api.example.sg"), "- -/- - - - -"},
		{"an exemption claims", []policy.Filing{exemption("X1", "contract")}, flow("api.example.sg"), "sg SG/filing L1 hr.group EX_CONTRACT filing"},
		{"what the client declared stays", []policy.Filing{contract("F1")}, flow("api.example.sg", claims), "sg SG/filing L9 mine - client"},
		{"another exporter", []policy.Filing{contract("F1", func(f *policy.Filing) { f.Exporter.USCC = other })}, flow("api.example.sg"), "- -/- - - - -"},
		{"nobody", []policy.Filing{contract("F1")}, flow("api.example.sg", func(f *policy.Flow) { f.Session.Exporter = policy.Exporter{} }), "- -/- - - - -"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := fresh(t, tt.filings...)
			look(t, r, tt.flow)
			d, n := tt.flow.Destination, func(s string) string {
				if s == "" {
					return "-"
				}
				return s
			}
			got := strings.Join([]string{n(d.Recipient), n(d.Place.Country) + "/" + n(d.Place.Source), n(tt.flow.Declared.Link),
				n(tt.flow.Declared.Purpose), n(tt.flow.Declared.Claim), n(tt.flow.Declared.Source)}, " ")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	elsewhere := contract("ELSE", func(f *policy.Filing) { f.Links[0].DstDomains = []string{"api.example.de"} })
	late := contract("LATE", func(f *policy.Filing) { f.Valid.Expires = "2026-06-30" })
	group := contract("GROUP", func(f *policy.Filing) { f.Exporter.USCC, f.Exporter.GroupUSCCs = other, []string{uscc} })
	r, _ := fresh(t, elsewhere, late, group, contract("ONLY", func(f *policy.Filing) { f.Exporter.USCC = other }))
	var got []string
	for _, c := range look(t, r, flow("api.example.sg")) {
		got = append(got, fmt.Sprintf("%s:%s:%v", c.Filing, c.Time, c.Recipient))
	}
	if want := "GROUP:current:true LATE:expired:true ELSE:current:false"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestCandidateHoldsWhatWasFiled(t *testing.T) {
	f := contract("F1", func(f *policy.Filing) {
		f.Volume.TotalOverValidity = 5000
		f.Items = append(f.Items,
			policy.Item{ID: "3", PI: true, Categories: []inspect.Class{inspect.Email}, Approved: false},
			policy.Item{ID: "4", PI: true, Categories: []inspect.Class{inspect.IMEI, inspect.Name}, Approved: true, Processing: "deidentified"})
	})
	r, _ := fresh(t, f)
	c := look(t, r, flow("api.example.sg"))[0]
	for _, x := range []struct {
		name string
		got  []inspect.Class
		want string
	}{
		{"covers", c.Covers, "pi.contact.mobile pi.device.imei pi.finance.bankcard pi.name"},
		{"sensitive", c.Sensitive, "pi.finance.bankcard"},
		{"refused", c.Refused, "pi.contact.email"},
		{"deidentified", c.Deidentified, "pi.device.imei"},
		{"important", c.Important, ""},
	} {
		var s []string
		for _, k := range x.got {
			s = append(s, string(k))
		}
		if strings.Join(s, " ") != x.want {
			t.Errorf("%s: %v, want %s", x.name, s, x.want)
		}
	}
	want := []policy.Limit{{ID: "F1.ns", Kind: policy.CountNS, Max: 1000, Filing: "F1"},
		{ID: "F1.sp", Kind: policy.CountSP, Max: 10, Filing: "F1"},
		{ID: "F1.total", Kind: policy.CountAny, Max: 5000, Filing: "F1", Validity: true}}
	for i, l := range c.Limits {
		if l.ID != want[i].ID || l.Kind != want[i].Kind || l.Max != want[i].Max || l.Filing != want[i].Filing || l.Validity != want[i].Validity {
			t.Errorf("limit %+v, want %+v", l, want[i])
		}
	}
	if !slices.Equal(c.LimitIDs, []string{"F1.ns", "F1.sp", "F1.total"}) {
		t.Errorf("limit ids %v", c.LimitIDs)
	}
	if c.Purpose != "match" || c.LinkID != "L1" || c.RecipientID != "sg" || c.RecipientInfo.Name != "Example Pte" {
		t.Errorf("purpose %s, link %s, recipient %s", c.Purpose, c.LinkID, c.RecipientID)
	}
	x, _ := fresh(t, exemption("X1", "hr"))
	if c := look(t, x, flow("api.example.sg"))[0]; c.Claim != "EX_HR" || len(c.Limits) != 0 {
		t.Errorf("exemption: claim %s, limits %v", c.Claim, c.Limits)
	}
}

func TestPurpose(t *testing.T) {
	r, _ := fresh(t, contract("F1"))
	tests := []struct{ declared, want string }{{"hr.group", "match"}, {"ads", "mismatch"}}
	for _, tt := range tests {
		f := flow("api.example.sg", func(f *policy.Flow) { f.Declared.Purpose, f.Declared.Source = tt.declared, "client" })
		if got := look(t, r, f)[0].Purpose; got != tt.want {
			t.Errorf("%q: %s, want %s", tt.declared, got, tt.want)
		}
	}
	if got := look(t, r, flow("example.com"))[0].Purpose; got != "undeclared" {
		t.Errorf("nothing declared: %s", got)
	}
}

func TestAnExporterWithVeryManyFilings(t *testing.T) {
	var all []policy.Filing
	for i := range 40 {
		all = append(all, contract(fmt.Sprintf("A%02d", i), func(f *policy.Filing) {
			f.Links[0].DstDomains = []string{fmt.Sprintf("h%d.example.de", i)}
		}))
	}
	r, _ := fresh(t, append(all, contract("Z1"))...)
	cs := look(t, r, flow("api.example.sg"))
	if len(cs) != 32 || cs[0].Filing != "Z1" {
		t.Errorf("%d candidates, first %s; want 32 and the one that fits first", len(cs), cs[0].Filing)
	}
}

func BenchmarkCandidates(b *testing.B) {
	r, _ := fresh(b, contract("F1"), contract("F2"), contract("F3"))
	f := flow("api.example.sg")
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Identify(ctx, f); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Candidates(ctx, f); err != nil {
			b.Fatal(err)
		}
	}
}
