package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

func TestWarnings(t *testing.T) {
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	calendar := law.Calendar{}
	day := func(text string, n int) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, text, policy.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return calendar.Add(d, n)
	}
	end := assessment("F").Valid.Expires
	tests := []struct {
		name string
		docs []any
		day  time.Time
		want string
	}{
		{"an assessment long before its end", []any{assessment("F")}, day(end, -121), ""},
		{"120 working days before", []any{assessment("F")}, day(end, -120), "renewal 60, expiry 120"},
		{"60 working days before", []any{assessment("F")}, day(end, -60), "renewal 0, expiry 60"},
		{"too late to apply", []any{assessment("F")}, day(end, -59), "renewal -1, expiry 59"},
		{"applied for", []any{assessment("F", func(f *policy.Filing) { f.Valid.ExtensionApplied = "2028-01-01" })}, day(end, -59), "expiry 59"},
		{"a suspended one", []any{assessment("F", func(f *policy.Filing) { f.Status = "suspended" })}, day(end, -59), ""},
		{"a contract", []any{contract("F")}, day("2027-12-31", -90), "contract_end 90"},
		{"a contract that ended", []any{contract("F")}, day("2027-12-31", 3), "contract_end -3"},
		{"a contract without number, in its ninth day", []any{contract("F", unnumbered)}, day("2026-06-01", 9), ""},
		{"a contract without number, in its tenth day", []any{contract("F", unnumbered)}, day("2026-06-01", 10), "authority_no 0"},
		{"a contract without number, later", []any{contract("F", unnumbered)}, day("2026-06-01", 25), "authority_no -15"},
		{"an exemption", []any{exemption("F", "hr")}, day("2027-12-31", -30), "claim_expiry 30"},
		{"a sector approval", []any{contract("F", func(f *policy.Filing) {
			f.Approvals = []policy.SectorApproval{{Kind: "hgr", No: "1", Expires: "2026-12-31"}}
		})}, day("2026-12-31", -10), "approval_expiry 10"},
		{"an exception that waits", []any{exception("E")}, day("2026-12-31", -10), "exception_open 10"},
		{"another country than the register's", []any{contract("F"), recipient("sg", "MY")}, day("2026-12-31", 0), "recipient_country 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := fresh(t)
			put(t, r, tt.docs...)
			all, err := r.Warnings(ctx, tt.day, calendar)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range all {
				got = append(got, fmt.Sprint(w.What, " ", w.Left))
				if w.ZH == "" || w.EN == "" || w.Object == "" || w.Date == "" || w.Kind == "" {
					t.Errorf("%+v", w)
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
	// The numbers are the pack's.
	if w := b.Pathway(policy.SA, "2026-01-01"); w.Renew != 60 || fmt.Sprint(w.WarnDays) != "[120 90 60]" {
		t.Errorf("%+v", w)
	}
}

func unnumbered(f *policy.Filing) {
	f.AuthorityNo, f.Valid.Effective, f.Valid.Expires = "", "2026-06-01", ""
}

func TestWarningsOfExceptions(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	put(t, r, exception("E1"), exception("E2"))
	p.approve(t, r, c, "E1", "ann", "bob")
	for _, who := range []string{"ann", "bob"} {
		if _, err := p.answer(t, r, c, "E2", who, func(a *registry.Answer) { a.Expires = c.Now().Add(72 * time.Hour) }); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.Warnings(ctx, c.Now(), law.Calendar{})
	if err != nil || len(all) != 2 || all[0].Object != "E2" || all[0].Date != "2026-11-25" || all[1].Object != "E1" || all[1].Date != "2026-12-31" {
		t.Errorf("%+v, %v", all, err)
	}
}
