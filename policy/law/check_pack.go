package law

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// maxReach bounds a number of persons.
const maxReach = 10_000_000_000

func (c *checker) pack(p *Pack) {
	if p.MinorAge < 1 || p.MinorAge > 18 {
		c.fault("$.minor_age", "must be from 1 to 18")
	}
	c.thresholds(p)
	c.classLists(p)
	c.profiles(p)
	c.denied(&p.Denied)
	c.pathways(p)
	c.exemptions(p)
	c.operator(p)
	c.incidents(&p.Incidents)
	c.number("$.records.keep_years", p.Records.KeepYears, 100)
	c.text("$.records.article", p.Records.Article, p.Records.KeepYears > 0)
	c.days("$.calendar.holidays", p.Calendar.Holidays)
	c.days("$.calendar.workdays", p.Calendar.Workdays)
	for i, d := range p.Calendar.Workdays {
		if slices.Contains(p.Calendar.Holidays, d) {
			c.fault(fmt.Sprintf("$.calendar.workdays[%d]", i), "is a holiday too")
		}
	}
	c.text("$.calendar.source", p.Calendar.Source, p.Calendar.Verified)
}

func (c *checker) thresholds(p *Pack) {
	needs := []string{policy.NeedSCOrCert.String(), policy.NeedSAVolume.String()}
	seen := map[string]bool{}
	lowest, highest := false, false
	for i, t := range p.Thresholds.National {
		at := fmt.Sprintf("$.thresholds.national[%d]", i)
		if !named(nationalForm, t.ID) || seen[t.ID] {
			c.fault(at+".id", "must be unique and begin with national.")
		}
		seen[t.ID] = true
		if t.Kind != string(policy.CountNS) && t.Kind != string(policy.CountSP) {
			c.fault(at+".kind", "must be ns or sp")
		}
		if t.Reach < 1 || t.Reach > maxReach {
			c.fault(at+".reach", "must be 1 or more, and no more than mankind")
		}
		if !slices.Contains(needs, t.Need) {
			c.fault(at+".need", "must be one of %s", strings.Join(needs, ", "))
		}
		c.text(at+".article", t.Article, true)
		lowest = lowest || t.Kind == string(policy.CountNS) && t.Need == needs[0]
		highest = highest || t.Need == needs[1]
	}
	// Without both the policy could not tell a small volume from a large one.
	if !lowest || !highest {
		c.fault("$.thresholds.national", "needs at least one ns threshold with need sc_or_cert and one with need sa_volume")
	}
	if !slices.Contains([]string{"", exemptIn, exemptOut}, p.Thresholds.Exempt) {
		c.fault("$.thresholds.exempt", "must be in or out")
	}
	if len(p.Thresholds.Bases) == 0 {
		c.fault("$.thresholds.bases", "must name the legal bases that are added up")
	}
	for i, b := range p.Thresholds.Bases {
		if _, ok := p.Pathways[b]; !ok && !slices.Contains(exemptions, policy.Code(b)) {
			c.fault(fmt.Sprintf("$.thresholds.bases[%d]", i), "must be a pathway of this pack or an exemption")
		}
	}
}

func (c *checker) classLists(p *Pack) {
	if len(p.Classes.Personal) == 0 {
		c.fault("$.classes.personal", "must not be empty")
	}
	if len(p.Classes.Secret) == 0 {
		c.fault("$.classes.secret", "must not be empty")
	}
	c.classes("$.classes.personal", p.Classes.Personal)
	c.classes("$.classes.domestic", p.Classes.Domestic)
	c.classes("$.classes.secret", p.Classes.Secret)
	c.classes("$.classes.core", p.Classes.Core)
	c.classes("$.classes.important", p.Classes.Important)
	for i, k := range p.Classes.Linked {
		if !slices.Contains(p.Classes.Personal, k) {
			c.fault(fmt.Sprintf("$.classes.linked[%d]", i), "class %s is not in classes.personal", k)
		}
	}
}

func (c *checker) profiles(p *Pack) {
	for _, name := range slices.Sorted(maps.Keys(p.Profiles)) {
		f, at := p.Profiles[name], "$.profiles."+quoteKey(name)
		if len(f.Sensitive) == 0 && len(f.UnionOf) == 0 {
			c.fault(at, "must list sensitive classes or union_of")
		}
		c.text(at+".source", f.Source, false)
		for i, k := range f.Sensitive {
			if !slices.Contains(p.Classes.Personal, k) {
				c.fault(fmt.Sprintf("%s.sensitive[%d]", at, i), "class %s is not in classes.personal", k)
			}
		}
		for i, u := range f.UnionOf {
			if g, ok := p.Profiles[u]; !ok || len(g.UnionOf) > 0 {
				c.fault(fmt.Sprintf("%s.union_of[%d]", at, i), "%s must be a profile of this pack that lists its classes itself", u)
			}
		}
	}
	if len(p.Profiles) == 0 {
		c.fault("$.profiles", "must not be empty")
	}
}

func (c *checker) denied(d *Denied) {
	for i, h := range d.Hosts {
		if h != strings.ToLower(h) || strings.HasSuffix(h, ".") || h == "" || strings.ContainsAny(h, "/: \t") || !ascii(h) {
			c.fault(fmt.Sprintf("$.denied.hosts[%d]", i), "must be a lower-case name or *.suffix without port or trailing dot, in ASCII (xn--…)")
		}
	}
	for i, r := range d.Recipients {
		if r == "" || longNumber(r) || len(r) > maxName || control(r) {
			c.fault(fmt.Sprintf("$.denied.recipients[%d]", i), "must be the id of a recipient of the filings")
		}
	}
}

// ascii reports whether a name is in the form in which destinations are known.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func (c *checker) operator(p *Pack) {
	for i, code := range p.Operator.MayRelax {
		if !slices.Contains(RelaxableCodes(), policy.Code(code)) {
			c.fault(fmt.Sprintf("$.operator.may_relax[%d]", i), "must be one of %s; nothing else can be relaxed", joined(RelaxableCodes()))
		}
	}
}

func joined(codes []policy.Code) string {
	var out []string
	for _, c := range codes {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}
