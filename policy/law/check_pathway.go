package law

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// pathwayNames are those that filings can have and that satisfy a need.
var pathwayNames = []policy.Pathway{policy.SA, policy.SC, policy.CERT, policy.GBASC}

// exemptions are those that the decision asks about.
var exemptions = []policy.Code{policy.ExNoPI, policy.ExTransit, policy.ExContract, policy.ExHR, policy.ExEmergency,
	policy.ExSmall, policy.ExLegalDuty, policy.ExTreaty, policy.ExZoneOfflist, policy.ExZoneBelow, policy.ExZoneGeneral}

var (
	cityForm    = regexp.MustCompile(`^[1-9][0-9]{1,5}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	onwardForm  = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)
)

func (c *checker) pathways(p *Pack) {
	for _, name := range []policy.Pathway{policy.SA, policy.SC, policy.CERT} {
		if _, ok := p.Pathways[string(name)]; !ok {
			c.fault("$.pathways", "%s is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Pathways)) {
		w, at := p.Pathways[name], "$.pathways."+quoteKey(name)
		if !slices.Contains(pathwayNames, policy.Pathway(name)) {
			c.fault(at, "is no pathway that filings can have")
		}
		c.text(at+".article", w.Article, true)
		for i, s := range w.Satisfies {
			var n policy.Need
			if n.UnmarshalText([]byte(s)) != nil || n < policy.NeedSCOrCert {
				c.fault(fmt.Sprintf("%s.satisfies[%d]", at, i), "must be sc_or_cert, sa_volume or sa_hard")
			}
		}
		c.number(at+".years", w.Years, 100)
		c.number(at+".renew_working_days", w.Renew, 1000)
		c.number(at+".file_within_working_days", w.FileWithin, 1000)
		for i, d := range w.WarnDays {
			if d < 1 || d > 1000 || i > 0 && d >= w.WarnDays[i-1] {
				c.fault(fmt.Sprintf("%s.warn_working_days[%d]", at, i), "must be from 1 to 1000 and less than the one before")
			}
		}
		c.forms(at+".cities", w.Cities, cityForm, "a prefix of a GB/T 2260 code, as 4403")
		c.forms(at+".countries", w.Countries, countryForm, "a code of ISO 3166-1, as HK")
		c.forms(at+".onward", w.Onward, onwardForm, "a code of ISO 3166, as HK or CN-GD")
	}
}

// number checks a number that may be absent.
func (c *checker) number(path string, n, most int) {
	if n < 0 || n > most {
		c.fault(path, "must be from 0 to %d", most)
	}
}

func (c *checker) forms(path string, names []string, form *regexp.Regexp, want string) {
	for i, n := range names {
		if !form.MatchString(n) {
			c.fault(fmt.Sprintf("%s[%d]", path, i), "must be %s", want)
		}
	}
}

func (c *checker) exemptions(p *Pack) {
	for _, name := range slices.Sorted(maps.Keys(p.Exemptions)) {
		at := "$.exemptions." + quoteKey(name)
		if !slices.Contains(exemptions, policy.Code(name)) {
			c.fault(at, "is no exemption that the policy knows")
		}
		c.text(at+".article", p.Exemptions[name].Article, true)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Needs)) {
		at := "$.needs." + quoteKey(name)
		var n policy.Need
		if n.UnmarshalText([]byte(name)) != nil {
			c.fault(at, "is no need that the policy knows")
		}
		c.text(at+".article", p.Needs[name].Article, true)
	}
}
