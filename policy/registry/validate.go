package registry

import (
	"cmp"
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
	partForm = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)
	codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)
	kindForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	// ticketForm is that of the gateway's tickets, whose digits are of a digest.
	ticketForm = regexp.MustCompile(`^t-[0-9a-f]{16}$`)
)

// bases are the legal bases that a filing may name.
var bases = []string{"", "consent", "contract", "hr", "legal_duty", "emergency", "treaty", "transit", "other"}

// claims are the legal bases that can be registered as an exemption, with the
// codes they are claimed by.
var claims = map[string]policy.Code{"contract": policy.ExContract, "hr": policy.ExHR,
	"emergency": policy.ExEmergency, "legal_duty": policy.ExLegalDuty, "treaty": policy.ExTreaty, "transit": policy.ExTransit}

const numberIn = "holds more than 10 digits in a row or in groups"

// The bounds of a filing's lists.
const maxList = 2000

// validator collects the faults of one filing.
type validator struct {
	f      *policy.Filing
	law    law.Pathway
	keep   int // years that the report of an assessment is kept
	keepBy string
	faults []Fault
}

// Validate returns a *FaultError with every fault that a filing has by itself,
// or nil. What it must agree on with other documents, Registry.Check tells.
func Validate(f policy.Filing, terms Terms) error {
	faults := validate(f, terms, time.Now())
	if len(faults) == 0 {
		return nil
	}
	return &FaultError{Filing: f.ID, Kind: KindFiling, Faults: faults}
}

func validate(f policy.Filing, terms Terms, now time.Time) []Fault {
	v := validator{f: &f, law: terms.Pathway(f.Pathway, cmp.Or(f.Valid.Issued, f.Valid.Effective))}
	v.head()
	v.exporter()
	v.recipients()
	if rules, err := terms.At(now); err != nil {
		v.fault("recipients", "cannot be compared with the recipient deny-list: no rule pack is in force today", "add a pack for today; see customs pack list")
	} else {
		v.denied(rules)
		v.keep, v.keepBy = keepYears(rules)
	}
	v.items()
	v.volume()
	v.links()
	v.dates()
	v.pathway()
	v.papers()
	v.approvals()
	v.filled()
	return v.faults
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
		} else if personNumber(p) {
			v.fault(fmt.Sprintf("purposes[%d]", i), numberIn, "leave out numbers of persons; it stands in records")
		}
	}
	if s := v.f.Scenario; s != "" && (!codeForm.MatchString(s) || len(s) > 64 || longNumber(s)) {
		v.fault("scenario", "is no code of a scenario", "write a code like icv.aftersales; see customs pack list")
	}
	if !slices.Contains(bases, v.f.LegalBasis) && v.f.Pathway != policy.Exemption {
		v.fault("legal_basis", "is none that is known", "use consent, contract, hr, legal_duty, emergency, treaty or other")
	}
}

func (v *validator) exporter() {
	e := &v.f.Exporter
	if !check.USCCString(e.USCC) {
		v.fault("exporter.uscc", "fails the GB 32100 check", "copy the 18 characters from the business licence")
	}
	v.faults = append(v.faults, groupFaults("exporter.group_usccs", e.USCC, e.GroupUSCCs)...)
	if e.Zone != "" && (!idForm.MatchString(e.Zone) || longNumber(e.Zone)) {
		v.fault("exporter.registered_zone", "is no code of a zone", "write it as the zone lists do, as CN-SH-FTZ-LINGANG; see customs pack list")
	}
	if e.CityCode != "" && !cityForm.MatchString(e.CityCode) {
		v.fault("exporter.city_code", "is no GB/T 2260 code", "give 4 to 6 digits, as 4403 for Shenzhen")
	}
}

// groupFaults checks the codes of companies that file together with one.
func groupFaults(field, self string, group []string) []Fault {
	var out []Fault
	if len(group) > maxList {
		return []Fault{{field, "is too long", fmt.Sprintf("name at most %d companies", maxList)}}
	}
	for i, u := range group {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case !check.USCCString(u):
			out = append(out, Fault{at, "fails the GB 32100 check", "copy the 18 characters from the business licence"})
		case u == self || slices.Contains(group[:i], u):
			out = append(out, Fault{at, "stands twice", "name each other company once"})
		}
	}
	return out
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
		} else if longNumber(r.ID) {
			v.fault(at+".id", numberIn, "use an id without numbers of persons; it stands in records")
		}
		seen[r.ID] = true
		v.faults = append(v.faults, receiverFaults(at+".", r.Country, r.Role, r.Onward)...)
	}
}

// receiverFaults checks what a recipient is, in a filing or by itself.
func receiverFaults(at, country, role string, onward []policy.Onward) []Fault {
	var out []Fault
	switch {
	case country == "CN":
		out = append(out, Fault{at + "country", "is CN, and a recipient in the mainland is no export", "give the recipient's own country; HK, MO and TW are codes of their own"})
	case !landForm.MatchString(country):
		out = append(out, Fault{at + "country", "is no ISO 3166-1 alpha-2 code", "give two capital letters, as SG"})
	}
	if !slices.Contains(roles, role) {
		out = append(out, Fault{at + "role", "is none that is known", "use controller, processor or group"})
	}
	for j, o := range onward {
		if !partForm.MatchString(o.Country) {
			out = append(out, Fault{fmt.Sprintf("%sonward[%d].country", at, j), "is no ISO 3166 code", "give two capital letters, as SG, or a part as CN-GD"})
		}
	}
	return out
}

// denied checks the deny-list of today, whatever day the filing is of.
func (v *validator) denied(rules *policy.Rules) {
	for i, r := range v.f.Recipients {
		if rules.Denies(&policy.Destination{Recipient: r.ID}) {
			v.fault(fmt.Sprintf("recipients[%d].id", i), "is on the recipient deny-list", "remove the recipient; nothing may be provided to it")
		}
	}
	for i, l := range v.f.Links {
		for j, d := range l.DstDomains {
			if p, err := parsePattern(d); err == nil && rules.Denies(&policy.Destination{Host: p.example()}) {
				v.fault(fmt.Sprintf("links[%d].dst_domains[%d]", i, j), "is on the recipient deny-list", "remove the destination; nothing may be provided to it")
			}
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
