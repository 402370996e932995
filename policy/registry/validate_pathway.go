package registry

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

func (v *validator) pathway() {
	f := v.f
	if f.Exporter.CIIO && f.Pathway != policy.SA && f.Pathway != policy.Exemption {
		v.fault("pathway", "is not open to a critical information infrastructure operator", "use SA, or a registered exemption")
	}
	if f.Pathway == policy.Exemption {
		if _, ok := claims[f.LegalBasis]; !ok {
			v.fault("legal_basis", "is no exemption", "use contract, hr, emergency, legal_duty, treaty or transit")
		}
	}
	if lawful := []policy.Pathway{policy.SA, policy.SC, policy.CERT, policy.GBASC}; slices.Contains(lawful, f.Pathway) && v.law.Article == "" {
		v.fault("pathway", "is not known to the rule pack of its first day", "use a pathway of that day's law; see customs pack show")
	}
	v.zone()
	v.area()
}

// zone checks the registration of a zone list.
func (v *validator) zone() {
	f := v.f
	switch {
	case f.Pathway != policy.FTZList && f.List != "":
		v.fault("list_id", "is given, and only FTZ_LIST registers a list", "leave it out, or use pathway FTZ_LIST")
		return
	case f.Pathway != policy.FTZList:
		return
	case !idForm.MatchString(f.List) || longNumber(f.List):
		v.fault("list_id", "is missing or no proper id", "name the zone list whose use is registered; see customs pack list")
	}
	if f.Exporter.Zone == "" {
		v.fault("exporter.registered_zone", "is missing", "name the zone whose list is used")
	}
}

// area checks a pathway that is open only to some places, as the contract of
// the Greater Bay Area.
func (v *validator) area() {
	w := &v.law
	in := func(prefix string) bool { return strings.HasPrefix(v.f.Exporter.CityCode, prefix) }
	if len(w.Cities) > 0 && !slices.ContainsFunc(w.Cities, in) {
		v.fault("exporter.city_code", "is in none of the cities of this pathway", "use another pathway, or give the code of "+strings.Join(w.Cities, ", "))
	}
	for i, r := range v.f.Recipients {
		if len(w.Countries) > 0 && !slices.Contains(w.Countries, r.Country) {
			v.fault(fmt.Sprintf("recipients[%d].country", i), "is not open to this pathway", "use another pathway for this recipient; this one allows "+strings.Join(w.Countries, ", "))
		}
		for j, o := range r.Onward {
			if len(w.Onward) > 0 && !slices.Contains(w.Onward, o.Country) {
				v.fault(fmt.Sprintf("recipients[%d].onward[%d].country", i, j), "lies outside the area of this pathway", "remove the onward recipient; only "+strings.Join(w.Onward, ", ")+" are allowed")
			}
		}
	}
}

func (v *validator) papers() {
	for i, e := range v.f.Evidence {
		if b, err := hex.DecodeString(e.SHA256); e.SHA256 != "" && (err != nil || len(b) != 32) {
			v.fault(fmt.Sprintf("evidence[%d].sha256", i), "is no SHA-256", "give 64 hexadecimal digits")
		}
	}
	if s := v.f.Storage; s != nil {
		if s.RetentionDays < 0 {
			v.fault("overseas_storage.retention_days", "is negative", "give a number of days")
		}
		for i, c := range s.Countries {
			if c == "CN" || !landForm.MatchString(c) {
				v.fault(fmt.Sprintf("overseas_storage.countries[%d]", i), "is no overseas ISO 3166-1 alpha-2 code", "give two capital letters, as SG")
			}
		}
	}
	v.assessment()
}

// assessment checks the dates of the protection impact assessment.
func (v *validator) assessment() {
	p := v.f.PIA
	if p == nil {
		return
	}
	made, keep := v.day("pia.date", p.Date), v.day("pia.keep_until", p.KeepUntil)
	if !keep.IsZero() && made.IsZero() && p.Date == "" {
		v.fault("pia.date", "is missing", "give the day of the report, from which it is kept")
	}
	if !made.IsZero() && !keep.IsZero() && keep.Before(after(made, v.keep)) {
		v.fault("pia.keep_until", fmt.Sprintf("is less than %d years after pia.date", v.keep), "write "+after(made, v.keep).Format(time.DateOnly)+" or later ("+v.keepBy+")")
	}
}

// keepYears is for how many years the pack asks that reports are kept, and by
// which article.
func keepYears(rules *policy.Rules) (int, string) {
	records, _ := rules.Data["records"].(map[string]any)
	years, _ := records["keep_years"].(float64)
	article, _ := records["article"].(string)
	return int(years), article
}

// approvals checks what other authorities granted.
func (v *validator) approvals() {
	if len(v.f.Approvals) > maxList {
		v.fault("sector_approvals", "is too long", fmt.Sprintf("list at most %d approvals", maxList))
	}
	for i, a := range v.f.Approvals {
		at := fmt.Sprintf("sector_approvals[%d]", i)
		if !kindForm.MatchString(a.Kind) {
			v.fault(at+".kind", "is no kind of approval", "write it as the catalogue of the rule pack does, as hgr or geo")
		}
		if strings.TrimSpace(a.No) == "" || len(a.No) > 200 {
			v.fault(at+".approval_no", "is empty or longer than 200 bytes", "give the number of the approval")
		}
		v.day(at+".expires", a.Expires)
	}
}
