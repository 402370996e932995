package registry

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// The statuses of a filing. Only an effective one covers anything; its dates
// say when.
const (
	statusDraft      = "draft"
	statusSubmitted  = "submitted"
	statusEffective  = "effective"
	statusSuspended  = "suspended"
	statusExpired    = "expired"
	statusRevoked    = "revoked"
	statusSuperseded = "superseded"
)

var (
	statuses = []string{statusDraft, statusSubmitted, statusEffective, statusSuspended, statusExpired, statusRevoked, statusSuperseded}
	pathways = []policy.Pathway{policy.SA, policy.SC, policy.CERT, policy.GBASC, policy.FTZList, policy.Exemption}
	forms    = []string{"", "raw", "deidentified", "anonymised", "aggregated"}
	roles    = []string{"", "controller", "processor", "group"}
	idForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	cityForm = regexp.MustCompile(`^[0-9]{4,6}$`)
	landForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// claims are the legal bases that can be registered as an exemption, with the
// codes they are claimed by.
var claims = map[string]policy.Code{"contract": policy.ExContract, "hr": policy.ExHR,
	"emergency": policy.ExEmergency, "legal_duty": policy.ExLegalDuty, "transit": policy.ExTransit}

// The bounds of a filing's lists.
const maxList = 2000

// validator collects the faults of one filing.
type validator struct {
	f      *policy.Filing
	law    law.Pathway
	faults []Fault
}

// Validate returns a *FaultError with every fault of the filing, or nil.
func Validate(f policy.Filing, terms Terms) error {
	v := validator{f: &f, law: terms.Pathway(f.Pathway, cmp.Or(f.Valid.Issued, f.Valid.Effective))}
	v.head()
	v.exporter()
	v.recipients()
	v.items()
	v.volume()
	v.links()
	v.dates()
	v.pathway()
	v.papers()
	if len(v.faults) == 0 {
		return nil
	}
	return &FaultError{Filing: f.ID, Faults: v.faults}
}

func (v *validator) fault(field, what, mend string) {
	v.faults = append(v.faults, Fault{field, what, mend})
}

func (v *validator) head() {
	if v.f.Schema != policy.FilingSchema {
		v.fault("schema", "is not "+policy.FilingSchema, "write "+policy.FilingSchema)
	}
	switch {
	case !idForm.MatchString(v.f.ID) || strings.HasPrefix(v.f.ID, "national."):
		v.fault("filing_id", "is not a proper id", "use 1 to 64 letters, digits, dots, dashes or underscores, and not national.")
	case longNumber(v.f.ID):
		v.fault("filing_id", "holds more than 10 digits in a row", "use an id without numbers of persons; it stands in logs and answers")
	}
	if !slices.Contains(pathways, v.f.Pathway) {
		v.fault("pathway", "is none that is known", "use SA, SC, CERT, GBA_SC, FTZ_LIST or EXEMPTION")
	}
	if !slices.Contains(statuses, v.f.Status) {
		v.fault("status", "is none that is known", "use "+strings.Join(statuses, ", "))
	}
	// A contract may be in force before its filing number is given.
	numbered := v.f.Pathway == policy.SA || v.f.Pathway == policy.CERT
	if numbered && v.f.Status == statusEffective && v.f.AuthorityNo == "" {
		v.fault("authority_no", "is missing", "give the number of the result notice or certificate")
	}
	if len(v.f.Purposes) == 0 {
		v.fault("purposes", "is empty", "name at least one filed purpose; flows must declare one of them")
	}
	for i, p := range v.f.Purposes {
		if strings.TrimSpace(p) == "" || len(p) > 200 {
			v.fault(fmt.Sprintf("purposes[%d]", i), "is empty or longer than 200 bytes", "give a purpose code")
		}
	}
}

func (v *validator) exporter() {
	e := &v.f.Exporter
	if !check.USCCString(e.USCC) {
		v.fault("exporter.uscc", "fails the GB 32100 check", "copy the 18 characters from the business licence")
	}
	for i, u := range e.GroupUSCCs {
		if !check.USCCString(u) {
			v.fault(fmt.Sprintf("exporter.group_usccs[%d]", i), "fails the GB 32100 check", "copy the 18 characters from the business licence")
		}
	}
	if e.CityCode != "" && !cityForm.MatchString(e.CityCode) {
		v.fault("exporter.city_code", "is no GB/T 2260 code", "give 4 to 6 digits, as 4403 for Shenzhen")
	}
}

func (v *validator) recipients() {
	if len(v.f.Recipients) == 0 || len(v.f.Recipients) > maxList {
		v.fault("recipients", "is empty or too long", fmt.Sprintf("name 1 to %d overseas recipients", maxList))
	}
	seen := map[string]bool{}
	for i, r := range v.f.Recipients {
		at := fmt.Sprintf("recipients[%d]", i)
		if !idForm.MatchString(r.ID) || seen[r.ID] {
			v.fault(at+".id", "is not a proper id or stands twice", "use 1 to 64 letters, digits, dots, dashes or underscores")
		}
		seen[r.ID] = true
		switch {
		case r.Country == "CN":
			v.fault(at+".country", "is CN, and a recipient in the mainland is no export", "give the recipient's own country; HK, MO and TW are codes of their own")
		case !landForm.MatchString(r.Country):
			v.fault(at+".country", "is no ISO 3166-1 alpha-2 code", "give two capital letters, as SG")
		}
		if !slices.Contains(roles, r.Role) {
			v.fault(at+".role", "is none that is known", "use controller, processor or group")
		}
	}
}

func (v *validator) items() {
	if len(v.f.Items) == 0 || len(v.f.Items) > maxList {
		v.fault("items", "is empty or too long", fmt.Sprintf("list 1 to %d data items", maxList))
	}
	seen := map[string]bool{}
	for i := range v.f.Items {
		it := &v.f.Items[i]
		at := fmt.Sprintf("items[%d]", i)
		if it.ID == "" || len(it.ID) > 64 || seen[it.ID] {
			v.fault(at+".item_id", "is empty, longer than 64 bytes or stands twice", "number the items")
		}
		seen[it.ID] = true
		if len(it.Categories) == 0 {
			v.fault(at+".categories", "is empty", "name the classes of data, as pi.contact.mobile")
		}
		for j, c := range it.Categories {
			if what, mend := classFault(c); what != "" {
				v.fault(fmt.Sprintf("%s.categories[%d]", at, j), what, mend)
			}
		}
		if it.Level == inspect.Core {
			v.fault(at+".level", "is core, and core data does not leave", "remove the item")
		}
		if it.Level == inspect.Important && v.f.Pathway != policy.SA {
			v.fault(at+".level", "is important, which only a security assessment covers", "use pathway SA or remove the item")
		}
		if it.Sensitive && !it.PI {
			v.fault(at+".pi", "is false for a sensitive item", "set pi to true")
		}
		if it.Sensitive && it.Approved && needsVolume(v.f.Pathway) && v.f.Volume.SPPerYear < 1 {
			v.fault("volume.subjects_sp_per_year", fmt.Sprintf("is 0 while %s is sensitive", at), "give the filed number of persons with sensitive data")
		}
		if !slices.Contains(forms, it.Processing) {
			v.fault(at+".processing", "is none that is known", "use raw, deidentified, anonymised or aggregated")
		}
	}
}

// needsVolume says whether a pathway is always bound to a number of persons.
func needsVolume(p policy.Pathway) bool {
	return p == policy.SA || p == policy.SC || p == policy.CERT || p == policy.GBASC
}

func (v *validator) volume() {
	n := &v.f.Volume
	for _, x := range []struct {
		field string
		n     int64
	}{{"subjects_ns_per_year", n.NSPerYear}, {"subjects_sp_per_year", n.SPPerYear}, {"subjects_total_over_validity", n.TotalOverValidity}} {
		if x.n < 0 {
			v.fault("volume."+x.field, "is negative", "give a number of persons")
		}
	}
	personal := slices.ContainsFunc(v.f.Items, func(i policy.Item) bool { return i.PI })
	if needsVolume(v.f.Pathway) && personal && n.NSPerYear <= 0 && n.SPPerYear <= 0 {
		v.fault("volume", "names no persons", "give the filed numbers of persons a year")
	}
	if n.Period != "" && n.Period != "calendar_year" {
		v.fault("volume.period", "is not calendar_year", "write calendar_year")
	}
	if n.TZ != "" && n.TZ != "Asia/Shanghai" {
		v.fault("volume.tz", "is not Asia/Shanghai", "write Asia/Shanghai")
	}
}

func (v *validator) dates() {
	d := &v.f.Valid
	days := map[string]time.Time{}
	for _, x := range []struct{ field, day string }{{"issued", d.Issued}, {"effective", d.Effective},
		{"expires", d.Expires}, {"extension_applied", d.ExtensionApplied}} {
		if x.day == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, x.day)
		if err != nil {
			v.fault("valid."+x.field, "is no date", "write it like 2026-11-22")
			continue
		}
		days[x.field] = t
	}
	start, begun := days["effective"]
	if !begun {
		start, begun = days["issued"]
	}
	end, ends := days["expires"]
	if begun && ends && end.Before(start) {
		v.fault("valid.expires", "lies before the first day", "correct the dates")
	}
	v.term(days)
}

// term checks the fixed term of a pathway, and that the date it runs from is
// there.
func (v *validator) term(days map[string]time.Time) {
	issued, has := days["issued"]
	_, effective := days["effective"]
	years := v.law.Years
	switch {
	case years > 0 && !has:
		v.fault("valid.issued", "is missing", fmt.Sprintf("give the date from which the %d years run", years))
	case years > 0:
		end := days["expires"]
		want := after(issued, years)
		extended := after(issued, 2*years)
		if !end.Equal(want) && (v.f.Valid.ExtensionApplied == "" || !end.Equal(extended)) {
			v.fault("valid.expires", fmt.Sprintf("is not %d years after valid.issued", years), "write "+want.Format(time.DateOnly)+", or give valid.extension_applied for a granted extension")
		}
	case (v.f.Pathway == policy.SC || v.f.Pathway == policy.GBASC) && !effective:
		v.fault("valid.effective", "is missing", "give the day on which the contract took effect")
	case !has && !effective:
		v.fault("valid.effective", "is missing", "give the first day")
	}
}

// after is the same day years later; 29 February becomes the 28th.
func after(d time.Time, years int) time.Time {
	t := d.AddDate(years, 0, 0)
	if t.Day() != d.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}

func (v *validator) pathway() {
	f := v.f
	if f.Exporter.CIIO && f.Pathway != policy.SA && f.Pathway != policy.Exemption {
		v.fault("pathway", "is not open to a critical information infrastructure operator", "use SA, or a registered exemption")
	}
	if f.Pathway == policy.Exemption {
		if _, ok := claims[f.LegalBasis]; !ok {
			v.fault("legal_basis", "is no exemption", "use contract, hr, emergency, legal_duty or transit")
		}
	}
	if f.Pathway == policy.FTZList && f.Exporter.Zone == "" {
		v.fault("exporter.registered_zone", "is missing", "name the zone whose list is used")
	}
	v.area()
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
	if v.f.Storage != nil && v.f.Storage.RetentionDays < 0 {
		v.fault("overseas_storage.retention_days", "is negative", "give a number of days")
	}
}
