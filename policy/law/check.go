package law

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/datacustoms/customs/policy"
)

// maxPack bounds a pack file; the default is about 6 KiB.
const maxPack = 4 << 20

// parse reads one pack and checks all of it. The error names every fault with
// its line and a caret.
func parse(name string, src []byte) (*Pack, error) {
	if len(src) > maxPack {
		return nil, fmt.Errorf("rule pack %s: larger than %d bytes", name, maxPack)
	}
	var p Pack
	dec := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict())
	if err := dec.Decode(&p); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("rule pack %s: empty file", name)
		}
		return nil, fmt.Errorf("rule pack %s: %s", name, yaml.FormatError(err, false, true))
	}
	var next any
	if err := dec.Decode(&next); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("rule pack %s: more than one document in the file", name)
	}
	c := checker{name: name, src: src}
	c.head(&p)
	c.thresholds(&p)
	c.lists(&p)
	c.pathways(&p)
	if len(c.faults) > 0 {
		return nil, errors.Join(c.faults...)
	}
	return &p, nil
}

// checker collects the faults of one file.
type checker struct {
	name   string
	src    []byte
	faults []error
}

// fault records what is wrong at a YAML path, with the line it stands on.
func (c *checker) fault(path, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	where := ""
	if p, err := yaml.PathString(path); err == nil {
		if s, err := p.AnnotateSource(c.src, false); err == nil {
			where = "\n" + string(s)
		}
	}
	c.faults = append(c.faults, fmt.Errorf("rule pack %s: %s: %s%s", c.name, strings.TrimPrefix(path, "$."), msg, where))
}

func (c *checker) head(p *Pack) {
	if p.Schema != Schema {
		c.fault("$.schema", "must be %s", Schema)
	}
	if p.ID == "" {
		c.fault("$.id", "must not be empty")
	}
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		c.fault("$.effective_from", "must be a date like 2024-03-22")
	}
	if p.To != "" {
		to, err := time.Parse(time.DateOnly, p.To)
		if err != nil {
			c.fault("$.effective_to", "must be a date like 2027-12-31, or absent")
		} else if to.Before(from) {
			c.fault("$.effective_to", "lies before effective_from %s", p.From)
		}
	}
	if p.MinorAge < 1 || p.MinorAge > 18 {
		c.fault("$.minor_age", "must be from 1 to 18")
	}
}

func (c *checker) thresholds(p *Pack) {
	needs := []string{policy.NeedSCOrCert.String(), policy.NeedSAVolume.String()}
	seen := map[string]bool{}
	lowest, highest := false, false
	for i, t := range p.Thresholds.National {
		at := fmt.Sprintf("$.thresholds.national[%d]", i)
		if !strings.HasPrefix(t.ID, "national.") || seen[t.ID] {
			c.fault(at+".id", "must be unique and begin with national.")
		}
		seen[t.ID] = true
		if t.Kind != string(policy.CountNS) && t.Kind != string(policy.CountSP) {
			c.fault(at+".kind", "must be ns or sp")
		}
		if t.Reach < 1 {
			c.fault(at+".reach", "must be 1 or more")
		}
		if !slices.Contains(needs, t.Need) {
			c.fault(at+".need", "must be one of %s", strings.Join(needs, ", "))
		}
		lowest = lowest || t.Kind == string(policy.CountNS) && t.Need == needs[0]
		highest = highest || t.Need == needs[1]
	}
	// Without both the policy could not tell a small volume from a large one.
	if !lowest || !highest {
		c.fault("$.thresholds.national", "needs at least one ns threshold with need sc_or_cert and one with need sa_volume")
	}
	if len(p.Thresholds.Bases) == 0 {
		c.fault("$.thresholds.bases", "must name the legal bases that are added up")
	}
}

func (c *checker) lists(p *Pack) {
	if len(p.Classes.Personal) == 0 {
		c.fault("$.classes.personal", "must not be empty")
	}
	if len(p.Classes.Secret) == 0 {
		c.fault("$.classes.secret", "must not be empty")
	}
	personal := map[string]bool{}
	for _, k := range p.Classes.Personal {
		personal[k] = true
	}
	for _, k := range p.Classes.Linked {
		if !personal[k] {
			c.fault("$.classes.linked", "class %s is not in classes.personal", k)
		}
	}
	for name, f := range p.Profiles {
		at := "$.profiles." + quoteKey(name)
		if len(f.Sensitive) == 0 && len(f.UnionOf) == 0 {
			c.fault(at, "must list sensitive classes or union_of")
		}
		for _, k := range f.Sensitive {
			if !personal[k] {
				c.fault(at+".sensitive", "class %s is not in classes.personal", k)
			}
		}
		for _, u := range f.UnionOf {
			if g, ok := p.Profiles[u]; !ok || len(g.UnionOf) > 0 {
				c.fault(at+".union_of", "%s must be a profile of this pack that lists its classes itself", u)
			}
		}
	}
	if len(p.Profiles) == 0 {
		c.fault("$.profiles", "must not be empty")
	}
	for i, h := range p.Denied.Hosts {
		if h != strings.ToLower(h) || strings.HasSuffix(h, ".") || h == "" || strings.ContainsAny(h, "/: \t") || !ascii(h) {
			c.fault(fmt.Sprintf("$.denied.hosts[%d]", i), "must be a lower-case name or *.suffix without port or trailing dot, in ASCII (xn--…)")
		}
	}
}

// ascii reports whether a name is in the form in which destinations are known.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func (c *checker) pathways(p *Pack) {
	for _, name := range []policy.Pathway{policy.SA, policy.SC, policy.CERT} {
		if _, ok := p.Pathways[string(name)]; !ok {
			c.fault("$.pathways", "%s is missing", name)
		}
	}
	for name, w := range p.Pathways {
		at := "$.pathways." + quoteKey(name)
		for _, s := range w.Satisfies {
			var n policy.Need
			if n.UnmarshalText([]byte(s)) != nil || n < policy.NeedSCOrCert {
				c.fault(at+".satisfies", "must list sc_or_cert, sa_volume or sa_hard")
			}
		}
		if w.Years < 0 || w.Years > 100 {
			c.fault(at+".years", "must be from 0 to 100")
		}
	}
	for name, e := range p.Exemptions {
		if !slices.Contains(exemptions, policy.Code(name)) {
			c.fault("$.exemptions."+quoteKey(name), "is no exemption that the policy knows")
		}
		if e.Article == "" {
			c.fault("$.exemptions."+quoteKey(name), "must cite an article")
		}
	}
}

// exemptions are those that the decision asks about.
var exemptions = []policy.Code{policy.ExNoPI, policy.ExTransit, policy.ExContract, policy.ExHR, policy.ExEmergency,
	policy.ExSmall, policy.ExLegalDuty}

// quoteKey writes a map key so that a YAML path takes it literally.
func quoteKey(k string) string { return "'" + strings.ReplaceAll(k, "'", `\'`) + "'" }
