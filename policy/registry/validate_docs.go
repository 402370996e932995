package registry

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
)

// The bounds of an exception.
const (
	maxWaives    = 100
	maxTransfers = 1_000_000
	maxPersons   = 1_000_000_000
	// exceptionYears is how long an exception may last. It is the house's own
	// rule and no law.
	exceptionYears = 1
)

// standings are the statuses of documents that are no filings.
var standings = []string{statusEffective, statusSuspended}

var (
	// ruleForm is that of rule ids, as policy/rego has it.
	ruleForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	// ownerForm is that of the names of keys, with which owners are compared.
	ownerForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
)

// faultList collects faults.
type faultList []Fault

func (l *faultList) add(bad bool, field, what, mend string) {
	if bad {
		*l = append(*l, Fault{field, what, mend})
	}
}

func (l *faultList) schema(got, want string) {
	l.add(got != want, "schema", "is not "+want, "write "+want)
}

func (l *faultList) status(s string) {
	l.add(!slices.Contains(standings, s), "status", "is none that is known", "use "+strings.Join(standings, " or "))
}

func (l *faultList) texts(most int, fields ...[2]string) {
	for _, f := range fields {
		l.add(len(f[1]) > most, f[0], fmt.Sprintf("is longer than %d bytes", most), "shorten it")
	}
}

// shown refuses text that could make a screen say something else: reviewers
// decide by what they see.
func (l *faultList) shown(field, text string) {
	hidden := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) })
	l.add(hidden, field, "holds a line end or a character that is not shown", "write it as one line of plain text")
}

func (l *faultList) tri(field string, t policy.Tri) {
	l.add(t != policy.Unknown && t != policy.Yes && t != policy.No, field, "is neither yes nor no", "write yes or no, or leave it out where it is unknown")
}

func (d ExporterDoc) faults() []Fault {
	var l faultList
	l.schema(d.Schema, ExporterSchema)
	l.add(!check.USCCString(d.USCC), "uscc", "fails the GB 32100 check", "copy the 18 characters from the business licence")
	l = append(l, groupFaults("group", d.USCC, d.Group)...)
	l.texts(500, [2]string{"name", d.Name})
	l.tri("ciio", d.CIIO)
	l.tri("zone_export", d.ZoneExport)
	l.add(d.Zone != "" && (!idForm.MatchString(d.Zone) || longNumber(d.Zone)), "registered_zone", "is no code of a zone",
		"write it as the zone lists do, as CN-SH-FTZ-LINGANG; see customs pack list")
	l.add(d.ZoneExport == policy.Yes && d.Zone == "", "zone_export", "is yes, and there is no registered_zone", "name the zone")
	l.add(d.City != "" && !cityForm.MatchString(d.City), "city_code", "is no GB/T 2260 code", "give 4 to 6 digits, as 4403 for Shenzhen")
	l.add(len(d.Clients) > maxList, "clients", "is too long", fmt.Sprintf("list at most %d networks", maxList))
	seen := map[string]bool{}
	for i, c := range d.Clients {
		at := fmt.Sprintf("clients[%d]", i)
		p, err := parseCIDR(c)
		l.add(err != nil, at, "is no address range", "write it like 10.1.0.0/16")
		l.add(err == nil && seen[p.String()], at, "stands twice", "name each network once")
		if q, qerr := netip.ParsePrefix(c); qerr == nil && err == nil {
			l.add(q != p, at, "has bits beyond its length, or is an IPv4 range written as IPv6", "write "+p.String())
		}
		seen[p.String()] = true
	}
	l.status(d.Status)
	return l
}

func (d RecipientDoc) faults() []Fault {
	var l faultList
	l.schema(d.Schema, RecipientSchema)
	l.add(!idForm.MatchString(d.ID) || longNumber(d.ID), "id", "is not a proper id", "use 1 to 64 letters, digits, dots, dashes or underscores, without long numbers")
	l = append(l, receiverFaults("", d.Country, d.Role, d.Onward)...)
	l.add(len(d.Onward) > maxList, "onward", "is too long", fmt.Sprintf("name at most %d", maxList))
	l.texts(500, [2]string{"name", d.Name}, [2]string{"address", d.Address}, [2]string{"contact", d.Contact})
	l.status(d.Status)
	return l
}

func (d ExceptionDoc) faults() []Fault {
	var l faultList
	l.schema(d.Schema, ExceptionSchema)
	l.add(!idForm.MatchString(d.ID) || longNumber(d.ID) || strings.HasPrefix(d.ID, "t-"), "id", "is not a proper id",
		"use 1 to 64 letters, digits, dots, dashes or underscores, without long numbers; t- begins the ids of tickets")
	l.add(!check.USCCString(d.Exporter), "exporter", "fails the GB 32100 check", "copy the 18 characters from the business licence")
	l.add(!ownerForm.MatchString(d.Owner) || longNumber(d.Owner), "owner", "is no name as keys have",
		"use 1 to 64 lower-case letters, digits, dots, dashes or underscores; an owner cannot be a reviewer and is compared with them")
	l.add(strings.TrimSpace(d.Reason) == "" || len(d.Reason) > maxNote || personNumber(d.Reason), "reason", "is empty, too long or holds more than 10 digits in a row or in groups",
		fmt.Sprintf("give a reason of 1 to %d bytes without numbers of persons", maxNote))
	l.shown("reason", d.Reason)
	d.scope(&l)
	d.lifts(&l)
	l.add(d.Quota.Transfers < 1 || d.Quota.Transfers > maxTransfers, "quota.transfers", "is missing or out of range", fmt.Sprintf("give 1 to %d", maxTransfers))
	l.add(d.Quota.Persons < 1 || d.Quota.Persons > maxPersons, "quota.persons", "is missing or out of range", fmt.Sprintf("give 1 to %d", maxPersons))
	d.time(&l)
	l.status(d.Status)
	return l
}

// scope checks where an exception holds.
func (d ExceptionDoc) scope(l *faultList) {
	l.add((len(d.Recipients) == 0) == (len(d.Hosts) == 0), "recipients", "must be given, or hosts, and not both", "name the recipients by their ids in filings, or the hosts")
	l.add(len(d.Recipients) > maxList, "recipients", "is too long", fmt.Sprintf("name at most %d", maxList))
	l.add(len(d.Hosts) > maxList, "hosts", "is too long", fmt.Sprintf("name at most %d", maxList))
	for i, r := range d.Recipients {
		l.add(!idForm.MatchString(r) || longNumber(r), fmt.Sprintf("recipients[%d]", i), "is not a proper id", "use the id of a recipient of a filing")
	}
	for i, h := range d.Hosts {
		l.add(strings.TrimSpace(h) != h, fmt.Sprintf("hosts[%d]", i), "has blanks around it", "leave them out")
		if _, err := parseCIDR(h); err == nil {
			continue
		}
		_, err := parsePattern(h)
		l.add(err != nil, fmt.Sprintf("hosts[%d]", i), "is neither a host name nor an address range", "write api.example.sg, *.example.sg or 203.0.113.0/24")
	}
}

// lifts checks what an exception waives.
func (d ExceptionDoc) lifts(l *faultList) {
	for i, c := range d.Classes {
		if what, mend := classFault(c); what != "" {
			l.add(true, fmt.Sprintf("classes[%d]", i), what, mend)
		}
	}
	l.add(len(d.Classes) > maxList, "classes", "is too long", fmt.Sprintf("name at most %d", maxList))
	l.add(len(d.Waives) == 0 || len(d.Waives) > maxWaives, "waives", "is empty or too long", fmt.Sprintf("name 1 to %d rules, as require.link or suspected.auto.charging", maxWaives))
	for i, w := range d.Waives {
		at := fmt.Sprintf("waives[%d]", i)
		l.add(!ruleForm.MatchString(w) || longNumber(w), at, "is no id of a rule", "use the id of an operator's rule, require.… or suspected.…")
		l.add(slices.Contains(d.Waives[:i], w), at, "stands twice", "name each rule once")
	}
}

// time checks when an exception holds. None is for good.
func (d ExceptionDoc) time(l *faultList) {
	from, bad := civil("effective", d.Effective)
	*l = append(*l, bad...)
	to, worse := civil("expires", d.Expires)
	*l = append(*l, worse...)
	l.add(d.Effective == "", "effective", "is missing", "give the first day")
	l.add(d.Expires == "", "expires", "is missing", fmt.Sprintf("give the last day, at most %d year after the first", exceptionYears))
	if from.IsZero() || to.IsZero() {
		return
	}
	l.add(to.Before(from), "expires", "lies before the first day", "correct the dates")
	l.add(to.After(after(from, exceptionYears)), "expires", fmt.Sprintf("is more than %d year after effective", exceptionYears), "write "+after(from, exceptionYears).Format("2006-01-02")+" or earlier, and ask again then")
}
