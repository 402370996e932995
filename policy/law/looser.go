package law

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Looser says where the law of this book asks less than that of another one
// on the date of t, a line each. What only words or sources tell apart is no
// difference, and neither is what became stricter. Where it cannot tell, as
// for the rows of a zone list, a change counts as looser.
func (b *Book) Looser(than *Book, t time.Time) []string {
	was, is := than.on(t), b.on(t)
	if was == nil || is == nil {
		return nil
	}
	l := looser{}
	l.thresholds(&was.Thresholds, &is.Thresholds)
	l.incidents(&was.Incidents, &is.Incidents)
	l.missing("classes.personal: %s is left out", was.Classes.Personal, is.Classes.Personal)
	l.missing("classes.linked: %s counts only beside a person", is.Classes.Linked, was.Classes.Linked)
	l.missing("classes.domestic: %s is new", is.Classes.Domestic, was.Classes.Domestic)
	l.missing("classes.secret: %s is left out", was.Classes.Secret, is.Classes.Secret)
	l.missing("classes.core: %s is left out", was.Classes.Core, is.Classes.Core)
	l.missing("classes.important: %s is left out", was.Classes.Important, is.Classes.Important)
	l.missing("sensitive under the profile: %s is left out", was.sensitive(than.o.Profile), is.sensitive(b.o.Profile))
	l.missing("denied.hosts: %s is left out", was.Denied.Hosts, is.Denied.Hosts)
	l.missing("denied.recipients: %s is left out", was.Denied.Recipients, is.Denied.Recipients)
	l.missing("operator.may_relax: %s is new", is.Operator.MayRelax, was.Operator.MayRelax)
	if is.MinorAge < was.MinorAge {
		l.say("minor_age: from %d down to %d", was.MinorAge, is.MinorAge)
	}
	for name, e := range is.Exemptions {
		if e.Claimable && !was.Exemptions[name].Claimable {
			l.say("exemptions.%s: can be claimed now", name)
		}
	}
	for name, p := range is.Pathways {
		l.pathway(name, was.Pathways[name], p)
	}
	l.lists(was.Lists, is.Lists)
	l.marks(was.Marks, is.Marks)
	slices.Sort(l.out)
	return l.out
}

// on is the document in force on the date of t, or nil.
func (b *Book) on(t time.Time) *merged {
	s := b.state.Load()
	if p := s.page(t); p != nil {
		return p.doc
	}
	return nil
}

// sensitive are the classes of a profile with those that it unites.
func (m *merged) sensitive(profile string) []string {
	p := m.Profiles[profile]
	out := slices.Clone(p.Sensitive)
	for _, u := range p.UnionOf {
		out = append(out, m.Profiles[u].Sensitive...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// looser collects what asks less.
type looser struct{ out []string }

func (l *looser) say(format string, args ...any) { l.out = append(l.out, fmt.Sprintf(format, args...)) }

// missing tells each of some that is not among all.
func (l *looser) missing(format string, some, all []string) {
	for _, x := range some {
		if !slices.Contains(all, x) {
			l.say(format, x)
		}
	}
}

func (l *looser) thresholds(was, is *Thresholds) {
	for _, old := range was.National {
		if !slices.ContainsFunc(is.National, func(n Threshold) bool {
			return n.Kind == old.Kind && n.Reach <= old.Reach && needOf(n.Need) >= needOf(old.Need)
		}) {
			l.say("thresholds.national: nothing asks for %s from %d persons (%s) on any more", old.Need, old.Reach, old.Kind)
		}
	}
	if was.BothKinds && !is.BothKinds {
		l.say("thresholds.both_kinds: a person with sensitive data counts no more among the others")
	}
	switch {
	case is.Exempt == exemptIn:
	case was.Exempt == exemptIn:
		l.say("thresholds.exempt: what goes out under other bases counts no more")
	default:
		l.missing("thresholds.bases: %s counts no more", was.Bases, is.Bases)
	}
}

func needOf(name string) policy.Need {
	for n := policy.NeedNone; n <= policy.NeedSAHard; n++ {
		if n.String() == name {
			return n
		}
	}
	return policy.NeedUnknown
}

func (l *looser) pathway(name string, was, is Pathway) {
	at := "pathways." + name
	l.missing(at+".satisfies: %s is new", is.Satisfies, was.Satisfies)
	if was.Years > 0 && (is.Years == 0 || is.Years > was.Years) {
		l.say("%s.years: from %d to %d", at, was.Years, is.Years)
	}
	for _, x := range []struct {
		field   string
		was, is []string
	}{{"cities", was.Cities, is.Cities}, {"countries", was.Countries, is.Countries}, {"onward", was.Onward, is.Onward}} {
		if len(x.was) > 0 && len(x.is) == 0 {
			l.say("%s.%s: bounds nothing any more", at, x.field)
		} else if len(x.was) > 0 {
			l.missing(at+"."+x.field+": %s is new", x.is, x.was)
		}
	}
}

// lists tells verified lists of zones that are new or others: each of them
// frees something that the national rules would ask for.
func (l *looser) lists(was, is []*List) {
	for _, n := range is {
		i := slices.IndexFunc(was, func(o *List) bool { return o.ID == n.ID && o.Verified })
		switch {
		case !n.Verified:
		case i < 0:
			l.say("zone list %s is new", n.ID)
		case !alike(was[i], n):
			l.say("zone list %s is another than before", n.ID)
		}
	}
}

// marks tells verified marks that are gone or others: each of them only asks
// for more.
func (l *looser) marks(was, is []Mark) {
	for _, o := range was {
		i := slices.IndexFunc(is, func(n Mark) bool { return n.ID == o.ID })
		switch {
		case !o.Verified:
		case i < 0:
			l.say("mark %s is left out", o.ID)
		case !alike(o, is[i]):
			l.say("mark %s is another than before", o.ID)
		}
	}
}

func alike(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}
