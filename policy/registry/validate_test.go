package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

func faults(err error) []string {
	var e *registry.FaultError
	if !errors.As(err, &e) {
		return nil
	}
	var out []string
	for _, f := range e.Faults {
		out = append(out, f.Field)
	}
	slices.Sort(out)
	return out
}

func TestValidate(t *testing.T) {
	terms, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		filing policy.Filing
		want   string // fields, sorted
	}{
		{"contract", contract("F"), ""},
		{"contract whose number is pending", contract("F", func(f *policy.Filing) { f.AuthorityNo = "" }), ""},
		{"contract without end", contract("F", func(f *policy.Filing) { f.Valid.Expires = "" }), ""},
		{"assessment", assessment("F"), ""},
		{"bay area", bayArea("F"), ""},
		{"exemption", exemption("F", "hr"), ""},
		{"extended assessment", assessment("F", func(f *policy.Filing) { f.Valid.Expires, f.Valid.ExtensionApplied = "2032-01-01", "2028-06-01" }), ""},
		{"assessment from a leap day", assessment("F", func(f *policy.Filing) { f.Valid.Issued, f.Valid.Expires = "2024-02-29", "2027-02-28" }), ""},
		{"important item under an assessment", assessment("F", func(f *policy.Filing) { f.Items[0].Level = inspect.Important }), ""},
		{"bad USCC, SA of four years, country CN", assessment("F", func(f *policy.Filing) {
			f.Exporter.USCC, f.Valid.Expires, f.Recipients[0].Country = "91310115MA1K3ABC98", "2030-01-01", "CN"
		}), "exporter.uscc recipients[0].country valid.expires"},
		{"extension not applied for", assessment("F", func(f *policy.Filing) { f.Valid.Expires = "2032-01-01" }), "valid.expires"},
		{"assessment without date", assessment("F", func(f *policy.Filing) { f.Valid = policy.Validity{} }), "valid.issued"},
		{"assessment without number", assessment("F", func(f *policy.Filing) { f.AuthorityNo = "" }), "authority_no"},
		{"contract without effect", contract("F", func(f *policy.Filing) { f.Valid.Effective, f.Valid.Issued = "", "2026-01-01" }), "valid.effective"},
		{"ends before it begins", contract("F", func(f *policy.Filing) { f.Valid.Expires = "2025-01-01" }), "valid.expires"},
		{"improper date", contract("F", func(f *policy.Filing) { f.Valid.Expires = "2027-02-30" }), "valid.expires"},
		{"important item under a contract", contract("F", func(f *policy.Filing) { f.Items[0].Level = inspect.Important }), "items[0].level"},
		{"core item", assessment("F", func(f *policy.Filing) { f.Items[0].Level = inspect.Core }), "items[0].level"},
		{"sensitive item without volume", contract("F", func(f *policy.Filing) { f.Volume.SPPerYear = 0 }), "volume.subjects_sp_per_year"},
		{"no volume at all", contract("F", func(f *policy.Filing) { f.Volume, f.Items = policy.Volume{}, f.Items[:1] }), "volume"},
		{"negative volume", contract("F", func(f *policy.Filing) { f.Volume.TotalOverValidity = -1 }), "volume.subjects_total_over_validity"},
		{"contract of a CIIO", contract("F", func(f *policy.Filing) { f.Exporter.CIIO = true }), "pathway"},
		{"assessment of a CIIO", assessment("F", func(f *policy.Filing) { f.Exporter.CIIO = true }), ""},
		{"bay area contract from Shanghai", bayArea("F", func(f *policy.Filing) { f.Exporter.CityCode = "310115" }), "exporter.city_code"},
		{"bay area contract to Singapore", bayArea("F", func(f *policy.Filing) { f.Recipients[0].Country = "SG" }), "recipients[0].country"},
		{"bay area contract passed on to the USA", bayArea("F", func(f *policy.Filing) { f.Recipients[0].Onward = []policy.Onward{{Country: "CN-GD"}, {Country: "US"}} }), "recipients[0].onward[1].country"},
		{"exemption by consent", exemption("F", "consent"), "legal_basis"},
		{"wrong schema", contract("F", func(f *policy.Filing) { f.Schema = "dc.filing/9" }), "schema"},
		{"id of a national limit", contract("national.ns"), "filing_id"},
		{"id with a slash", contract("a/b"), "filing_id"},
		{"unknown pathway and status", contract("F", func(f *policy.Filing) { f.Pathway, f.Status = "LETTER", "fine" }), "pathway status"},
		{"id that may be a number", contract("SC-13800138000"), "filing_id"},
		{"id of ten digits", contract("SC-2026001234"), ""},
		{"id of 65 characters", contract(strings.Repeat("a", 65)), "filing_id"},
		{"class with a typing error", contract("F", func(f *policy.Filing) { f.Items[0].Categories = []inspect.Class{"pi.contact.moblie"} }), "items[0].categories[0]"},
		{"class of the operator", contract("F", func(f *policy.Filing) { f.Items[0].Categories = []inspect.Class{"x.badge"} }), ""},
		{"nobody to receive", contract("F", func(f *policy.Filing) { f.Recipients = nil }), "recipients"},
		{"country by name", contract("F", func(f *policy.Filing) { f.Recipients[0].Country = "Singapore" }), "recipients[0].country"},
		{"link to nobody", contract("F", func(f *policy.Filing) { f.Links[0].Recipient = "hk" }), "links[0].recipient"},
		{"no links, no items, no purposes", contract("F", func(f *policy.Filing) { f.Links, f.Items, f.Purposes = nil, nil, nil }), "items links purposes"},
		{"link to everything", contract("F", func(f *policy.Filing) { f.Links[0].DstDomains = []string{"*", "*.sg", "a.*.sg", "1.2.3.4", ""} }),
			"links[0].dst_domains[0] links[0].dst_domains[1] links[0].dst_domains[2] links[0].dst_domains[3] links[0].dst_domains[4]"},
		{"improper range, port and protocol", contract("F", func(f *policy.Filing) {
			f.Links[0].DstCIDRs, f.Links[0].Ports, f.Links[0].Protocol, f.Links[0].Direction = []string{"10.0.0.0/33"}, []uint16{0}, "pigeon", "up"
		}), "links[0].direction links[0].dst_cidrs[0] links[0].ports links[0].protocol"},
		{"purpose of a link not filed", contract("F", func(f *policy.Filing) { f.Links[0].Purpose = "ads" }), "links[0].purpose"},
		{"class without family", contract("F", func(f *policy.Filing) { f.Items[0].Categories = []inspect.Class{"mobile"} }), "items[0].categories[0]"},
		{"sensitive but not personal", contract("F", func(f *policy.Filing) { f.Items[1].PI = false }), "items[1].pi"},
		{"blanks of a draft", contract("F", func(f *policy.Filing) {
			f.Recipients[0].Name, f.Recipients[0].Country, f.Links[0].DstDomains[0] = "待填写 (to be filled in)", "ZZ", "a.to-be-filled-in.invalid"
		}), "links[0].dst_domains[0] recipients[0].country recipients[0].name"},
		{"the same in a draft", contract("F", func(f *policy.Filing) { f.Status, f.Recipients[0].Name = "draft", "待填写 (to be filled in)" }), ""},
		{"evidence without digest", contract("F", func(f *policy.Filing) { f.Evidence = []policy.Evidence{{SHA256: "abc"}} }), "evidence[0].sha256"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := registry.Validate(tt.filing, terms)
			if got := strings.Join(faults(err), " "); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("got %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
}

func TestFaultsSayWhatWhereAndHowToMendAndNothingIsStored(t *testing.T) {
	r, _ := fresh(t)
	bad := assessment("F", func(f *policy.Filing) {
		f.Exporter.USCC, f.Valid.Expires, f.Recipients[0].Country = "110105194912310021", "2030-01-01", "CN"
	})
	_, err := r.Add(context.Background(), bad)
	var e *registry.FaultError
	if !errors.As(err, &e) || len(e.Faults) != 3 {
		t.Fatalf("got %v, want three faults", err)
	}
	for _, f := range e.Faults {
		if f.Field == "" || f.What == "" || f.Mend == "" || !strings.Contains(err.Error(), f.Field) {
			t.Errorf("fault is not told in full: %+v", f)
		}
	}
	if strings.Contains(err.Error(), "110105194912310021") {
		t.Error("the error repeats a value of the filing")
	}
	if list, err := r.List(context.Background()); err != nil || len(list) != 0 {
		t.Errorf("stored %d filings, %v", len(list), err)
	}
}

// An unknown class is named with the nearest one, unless it may be a number.
func TestClassFaults(t *testing.T) {
	terms, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for class, want := range map[inspect.Class]string{
		"pi.contact.moblie": "items[0].categories[0]: names the class pi.contact.moblie, which is none that is known; did you mean pi.contact.mobile?",
		"pi.shoe.size.left": "begin the name of your own with x.",
		"pi.13800138000":    "is no class name",
	} {
		f := contract("SC-1", func(f *policy.Filing) { f.Items[0].Categories = []inspect.Class{class} })
		err := registry.Validate(f, terms)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "filing SC-1 has 1 fault\n") {
			t.Errorf("%s: %v", class, err)
		}
		if strings.Contains(err.Error(), "13800138000") {
			t.Error("the error repeats a number")
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "ends too early"},
		{"cut off", `{"schema": "dc.filing/1"`, "ends too early"},
		{"not JSON", "{\n\"schema\": dc}", "line 2: is not JSON"},
		{"unknown field", "{\n\"recipents\": []}", "recipents: is no field of a filing"},
		{"wrong type", `{"volume": {"subjects_ns_per_year": "many"}}`, "volume.subjects_ns_per_year: has the wrong type"},
		{"a link that asks to go unread", `{"links": [{"unread": {"allow": ["encrypted"]}}]}`, "links[0].unread: is no field of a filing"},
		{"unknown level", `{"items": [{"level": "secret"}]}`, "outside its set"},
		{"two filings", "{}\n{}", "something follows"},
		{"a list", `[]`, "one JSON object"},
		{"unknown field with its line", "{\n\"filing_id\": \"F1\",\n\"links\": [{},\n{\"prots\": [443]}],\n\"pia\": null\n}", "filing F1 has 1 fault\n  links[1].prots: is no field of a filing, on line 4; did you mean ports?"},
		{"known elsewhere only", "{\n\"purpose\": \"x\"}", "purpose: is no field of a filing, on line 2; did you mean purposes?"},
		{"unknown field that may be a number", "{\"13800138000\": 1}", "line 1: has a field that is none of a filing"},
	}
	for _, tt := range tests {
		_, err := registry.Parse(strings.NewReader(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		if strings.Contains(err.Error(), "many") || strings.Contains(err.Error(), "13800138000") {
			t.Errorf("%s: the error repeats a value", tt.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema":"dc.filing/1","filing_id":"F","items":[{"level":"core"}],"links":[{"dst_domains":["*.a.b"],"ports":[1]}]}`))
	f.Add([]byte(`{"valid":{"issued":"2024-02-29"},"pathway":"SA"}`))
	terms, err := law.Open(law.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		filing, err := registry.Parse(strings.NewReader(string(b)))
		if err != nil {
			return
		}
		if registry.Validate(filing, terms) != nil {
			return
		}
		// What is valid can be matched: nothing that the store takes may
		// break the view.
		if err := registry.Compiles(filing); err != nil {
			t.Fatal(err)
		}
	})
}
