package registry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

// TestEachConstraintNamesItsField has one bad filing for each constraint of
// REGULATION 2.1 and of what the register adds to it.
func TestEachConstraintNamesItsField(t *testing.T) {
	terms, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	certificate := func(change func(*policy.Filing)) policy.Filing {
		return assessment("F", func(f *policy.Filing) { f.Pathway = policy.CERT }, change)
	}
	zone := func(change func(*policy.Filing)) policy.Filing {
		return contract("F", func(f *policy.Filing) {
			f.Pathway, f.List, f.Exporter.Zone = policy.FTZList, "CN-SH-2024", "CN-SH-FTZ"
		}, change)
	}
	tests := []struct {
		name   string
		filing policy.Filing
		want   string
	}{
		{"USCC off by one", contract("F", func(f *policy.Filing) { f.Exporter.USCC = "91310115MA1K3ABC98" }), "exporter.uscc"},
		{"USCC of the group", contract("F", func(f *policy.Filing) { f.Exporter.GroupUSCCs = []string{"x"} }), "exporter.group_usccs[0]"},
		{"the exporter in its own group", contract("F", func(f *policy.Filing) { f.Exporter.GroupUSCCs = []string{uscc} }), "exporter.group_usccs[0]"},
		{"a group member twice", contract("F", func(f *policy.Filing) { f.Exporter.GroupUSCCs = []string{other, other} }), "exporter.group_usccs[1]"},
		{"a number as the id of a recipient", contract("F", func(f *policy.Filing) { f.Recipients[0].ID = "13800138000" }), "recipients[0].id"},
		{"a number as the id of a link", contract("F", func(f *policy.Filing) { f.Links[0].ID = "13800138000" }), "links[0].link_id"},
		{"a number in a purpose", contract("F", func(f *policy.Filing) { f.Purposes = append(f.Purposes, "138 0013 8000") }), "purposes[1]"},
		{"recipient in the mainland", contract("F", func(f *policy.Filing) { f.Recipients[0].Country = "CN" }), "recipients[0].country"},
		{"assessment a day short", assessment("F", func(f *policy.Filing) { f.Valid.Expires = "2028-12-31" }), "valid.expires"},
		{"assessment a day long", assessment("F", func(f *policy.Filing) { f.Valid.Expires = "2029-01-02" }), "valid.expires"},
		{"extension of four years", assessment("F", func(f *policy.Filing) { f.Valid.Expires, f.Valid.ExtensionApplied = "2033-01-01", "2028-01-01" }), "valid.expires"},
		{"extension of three years", assessment("F", func(f *policy.Filing) { f.Valid.Expires, f.Valid.ExtensionApplied = "2032-01-01", "2028-01-01" }), ""},
		{"extension applied for after the end", assessment("F", func(f *policy.Filing) { f.Valid.ExtensionApplied = "2029-01-02" }), "valid.extension_applied"},
		{"certificate of two years", certificate(func(f *policy.Filing) { f.Valid.Expires = "2028-01-01" }), "valid.expires"},
		{"certificate without date", certificate(func(f *policy.Filing) { f.Valid = policy.Validity{Effective: "2026-01-01"} }), "valid.issued"},
		{"certificate", certificate(func(*policy.Filing) {}), ""},
		{"contract without effect", contract("F", func(f *policy.Filing) { f.Valid = policy.Validity{Issued: "2026-01-01"} }), "valid.effective"},
		{"bay area contract without effect", bayArea("F", func(f *policy.Filing) { f.Valid = policy.Validity{Issued: "2026-01-01"} }), "valid.effective"},
		{"important item in a certificate", certificate(func(f *policy.Filing) { f.Items[0].Level = inspect.Important }), "items[0].level"},
		{"important item in the bay area", bayArea("F", func(f *policy.Filing) { f.Items[0].Level = inspect.Important }), "items[0].level"},
		{"bay area from Beijing", bayArea("F", func(f *policy.Filing) { f.Exporter.CityCode = "110105" }), "exporter.city_code"},
		{"bay area to Taiwan", bayArea("F", func(f *policy.Filing) { f.Recipients[0].Country = "TW" }), "recipients[0].country"},
		{"bay area onward to Singapore", bayArea("F", func(f *policy.Filing) { f.Recipients[0].Onward = []policy.Onward{{Country: "SG"}} }), "recipients[0].onward[0].country"},
		{"bay area onward to Guangdong", bayArea("F", func(f *policy.Filing) { f.Recipients[0].Onward = []policy.Onward{{Country: "CN-GD"}} }), ""},
		{"CIIO with a certificate", certificate(func(f *policy.Filing) { f.Exporter.CIIO = true }), "pathway"},
		{"CIIO with a zone list", zone(func(f *policy.Filing) { f.Exporter.CIIO = true }), "pathway"},
		{"CIIO with an exemption", exemption("F", "hr", func(f *policy.Filing) { f.Exporter.CIIO = true }), ""},
		{"sensitive without persons", assessment("F", func(f *policy.Filing) { f.Volume.SPPerYear = 0 }), "volume.subjects_sp_per_year"},
		{"scenario in words", contract("F", func(f *policy.Filing) { f.Scenario = "After Sales" }), "scenario"},
		{"scenario", contract("F", func(f *policy.Filing) { f.Scenario = "icv.aftersales" }), ""},
		{"legal basis unknown", contract("F", func(f *policy.Filing) { f.LegalBasis = "habit" }), "legal_basis"},
		{"zone list without its id", zone(func(f *policy.Filing) { f.List = "" }), "list_id"},
		{"zone list without a zone", zone(func(f *policy.Filing) { f.Exporter.Zone = "" }), "exporter.registered_zone"},
		{"zone list", zone(func(*policy.Filing) {}), ""},
		{"list of a contract", contract("F", func(f *policy.Filing) { f.List = "CN-SH-2024" }), "list_id"},
		{"zone in words", contract("F", func(f *policy.Filing) { f.Exporter.Zone = "Lingang area" }), "exporter.registered_zone"},
		{"approval without kind, number and date", contract("F", func(f *policy.Filing) {
			f.Approvals = []policy.SectorApproval{{Kind: "HGR", No: " ", Expires: "soon"}}
		}), "sector_approvals[0].approval_no sector_approvals[0].expires sector_approvals[0].kind"},
		{"report of no day", contract("F", func(f *policy.Filing) { f.PIA = &policy.PIA{Date: "yesterday", KeepUntil: "2030-13-01"} }), "pia.date pia.keep_until"},
		{"report kept from no day", contract("F", func(f *policy.Filing) { f.PIA = &policy.PIA{KeepUntil: "2030-01-01"} }), "pia.date"},
		{"report kept for less than three years", contract("F", func(f *policy.Filing) { f.PIA = &policy.PIA{Date: "2026-01-01", KeepUntil: "2028-12-31"} }), "pia.keep_until"},
		{"report kept for three years", contract("F", func(f *policy.Filing) { f.PIA = &policy.PIA{Date: "2026-01-01", KeepUntil: "2029-01-01"} }), ""},
		{"retention below nothing", contract("F", func(f *policy.Filing) { f.Storage = &policy.Storage{RetentionDays: -1} }), "overseas_storage.retention_days"},
		{"stored overseas at home", contract("F", func(f *policy.Filing) { f.Storage = &policy.Storage{Countries: []string{"CN", "Japan"}} }), "overseas_storage.countries[0] overseas_storage.countries[1]"},
		{"onward by name", contract("F", func(f *policy.Filing) { f.Recipients[0].Onward = []policy.Onward{{Country: "Japan"}} }), "recipients[0].onward[0].country"},
		{"date before dates", contract("F", func(f *policy.Filing) { f.Valid.Effective = "0001-01-01" }), "valid.effective valid.effective"},
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

// denying is the built-in law with a deny-list.
type denying struct{ *law.Book }

func (denying) At(time.Time) (*policy.Rules, error) {
	return &policy.Rules{DeniedRecipients: []string{"sg"}, DeniedHosts: []string{"api.example.sg", "*.hr.example.sg"}}, nil
}

func TestNothingIsFiledForTheDenied(t *testing.T) {
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = registry.Validate(contract("F"), denying{b})
	if got := strings.Join(faults(err), " "); got != "links[0].dst_domains[0] links[0].dst_domains[1] recipients[0].id" {
		t.Errorf("got %q (%v)", got, err)
	}
	free := contract("F", func(f *policy.Filing) { f.Recipients[0].ID, f.Links[0].DstDomains = "x", []string{"*.example.de"} })
	if err := registry.Validate(free, denying{b}); err != nil {
		t.Error(err)
	}
}

func TestAddAllStoresAllOrNothing(t *testing.T) {
	r, _ := fresh(t, contract("OLD"))
	if _, err := r.Revoke(ctx, "OLD", "ended"); err != nil {
		t.Fatal(err)
	}
	bad := []policy.Filing{contract("A"), contract("B", func(f *policy.Filing) { f.Recipients[0].Country, f.Status = "CN", "fine" }),
		contract("A"), contract("OLD"), contract("C")}
	_, err := r.AddAll(ctx, bad)
	var e *registry.BatchError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range e.Faults {
		got = append(got, string(rune('0'+f.Index))+f.Field)
		if f.What == "" || f.Mend == "" || f.Filing != bad[f.Index].ID {
			t.Errorf("%+v", f)
		}
	}
	if want := "1status 1recipients[0].country 2filing_id 3filing_id"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if !strings.Contains(err.Error(), "4 faults, and nothing is stored\n  2 (filing B): status: is none that is known") {
		t.Errorf("told as %v", err)
	}
	if err := r.CheckAll(ctx, bad); !errors.As(err, &e) || len(e.Faults) != 4 {
		t.Errorf("checked: %v", err)
	}
	if all, err := r.Since(ctx, 0); err != nil || len(all) != 2 {
		t.Errorf("%d changes, %v", len(all), err)
	}
	changes, err := r.AddAll(ctx, []policy.Filing{contract("A"), contract("C")})
	if err != nil || len(changes) != 2 || changes[1].Seq != 4 || changes[1].Filing != "C" {
		t.Errorf("%+v, %v", changes, err)
	}
	changes, err = r.AddAll(ctx, []policy.Filing{contract("A"), contract("D")})
	if err != nil || !changes[0].Same || changes[1].Same {
		t.Errorf("%+v, %v", changes, err)
	}
}
