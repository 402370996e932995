package advise

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// comparing is one filing while traffic is held against it.
type comparing struct {
	d    *Declared
	f    *policy.Filing
	used map[[2]string]bool // what of the filing was observed
}

// line holds one line against the filing. Where the destination is none of its
// recipients that is the difference, and nothing else is.
func (c *comparing) line(l *line, flow *policy.Flow, fit *policy.Candidate) {
	if l.fate == FateRefused {
		c.d.Refused.add(l.Sum)
	} else {
		c.d.Sent.add(l.Sum)
	}
	if !fit.Recipient {
		c.note(WhatRecipient, destinationOf(l), Bilingual{}, "", l)
		return
	}
	c.use(WhatRecipient, fit.RecipientID)
	filed := ""
	if fit.RecipientInfo != nil {
		filed = fit.RecipientInfo.Country
	}
	if !fit.Country {
		c.note(WhatCountry, cmp.Or(l.country, "?"), Bilingual{}, filed, l)
	} else {
		c.use(WhatCountry, filed)
	}
	if fit.Link {
		c.use(WhatLink, fit.LinkID)
	} else {
		c.note(WhatLink, linkOf(l), Bilingual{}, fit.LinkID, l)
	}
	switch purpose := flow.Declared.Purpose; fit.Purpose {
	case "match":
		c.use(WhatPurpose, purpose)
	case "undeclared":
		c.note(WhatPurpose, "", Bilingual{"未申明", "undeclared"}, "", l)
	default:
		c.note(WhatPurpose, cmp.Or(purpose, flow.Declared.Scenario), Bilingual{}, "", l)
	}
	for _, i := range l.items {
		c.item(l, &i, fit)
	}
	c.refused(l)
}

// item holds a class against the items of the filing.
func (c *comparing) item(l *line, i *Item, fit *policy.Candidate) {
	name := string(i.Class)
	switch {
	case slices.Contains(fit.Refused, i.Class):
		c.note(WhatCategory, name, Bilingual{i.Title.ZH + "（数据项未获准出境）", i.Title.EN + " (its item was refused)"}, "", l)
	case !slices.Contains(fit.Covers, i.Class):
		c.note(WhatCategory, name, i.Title, "", l)
	case i.Level == inspect.Important && !slices.Contains(fit.Important, i.Class):
		c.note(WhatCategory, name, Bilingual{i.Title.ZH + "（为重要数据，备案中不是）", i.Title.EN + " (important data, and filed as general)"}, "", l)
	case i.Sensitive && !slices.Contains(fit.Sensitive, i.Class):
		c.note(WhatCategory, name, Bilingual{i.Title.ZH + "（为敏感个人信息，备案中不是）", i.Title.EN + " (sensitive, and filed as plain)"}, "", l)
	default:
		c.use(WhatCategory, name)
	}
}

// refused names what no comparison shows: volume and time.
func (c *comparing) refused(l *line) {
	if l.filing != c.f.ID {
		return
	}
	for _, r := range l.verdict.Reasons {
		switch r.Code {
		case policy.VolumeExceeded:
			c.note(WhatVolume, cmp.Or(r.Limit, c.f.ID), Bilingual{"超出备案规模", "above the filed volume"}, "", l)
		case policy.FilingExpired, policy.FilingNotEffective, policy.FilingSuspended:
			zh, en := policy.Text(r.Code, policy.Chinese), policy.Text(r.Code, policy.English)
			c.note(WhatTime, string(r.Code), Bilingual{zh.Title, en.Title}, c.f.Valid.Expires, l)
		}
	}
}

func (c *comparing) use(what, value string) {
	c.used[[2]string{what, value}] = true
}

// note adds a line to a difference.
func (c *comparing) note(what, value string, title Bilingual, filed string, l *line) {
	at := slices.IndexFunc(c.d.Observed, func(d Difference) bool { return d.What == what && d.Value == value && d.Title == title })
	if at < 0 {
		if len(c.d.Observed) >= maxDifferences {
			c.d.Omitted++
			return
		}
		at = len(c.d.Observed)
		c.d.Observed = append(c.d.Observed, Difference{What: what, Value: value, Title: title, Filed: filed})
	}
	d := &c.d.Observed[at]
	d.Record = l.record
	switch l.fate {
	case FateRefused:
		d.Refused.add(l.Sum)
	case FateObserved:
		d.Observed.add(l.Sum)
	case FateCutOff:
		d.CutOff.add(l.Sum)
	default:
		d.Sent.add(l.Sum)
		if l.basis != "" && !slices.Contains(d.Bases, l.basis) {
			d.Bases = append(d.Bases, l.basis)
		}
	}
	d.Beyond = d.Beyond || beyond(l)
}

// beyond reports traffic that the filing forbids: what was refused for want of
// something in it, would have been in observe mode, or left under a pathway
// though it does not fit what is filed now.
func beyond(l *line) bool {
	if l.fate != FateSent {
		return wantsFiling(l.verdict)
	}
	return slices.Contains([]policy.Pathway{policy.SA, policy.SC, policy.CERT, policy.GBASC}, policy.Pathway(l.basis))
}

// volumes notes a count that is above what is filed.
func (c *comparing) volumes() {
	for _, v := range c.d.Volumes {
		if v.Persons > v.limit.Max && len(c.d.Observed) < maxDifferences {
			c.d.Observed = append(c.d.Observed, Difference{What: WhatVolume, Value: fmt.Sprintf("%d", v.Persons), Title: v.Title,
				Filed: strconv.FormatInt(v.limit.Max, 10), Beyond: true})
		}
	}
}

// unused names what the filing declares and nothing was observed of.
func (c *comparing) unused() {
	c.d.Unused = []Difference{}
	add := func(what, value string, title Bilingual) {
		if !c.used[[2]string{what, value}] && len(c.d.Unused) < maxDifferences &&
			!slices.ContainsFunc(c.d.Unused, func(d Difference) bool { return d.What == what && d.Value == value }) {
			c.d.Unused = append(c.d.Unused, Difference{What: what, Value: value, Title: title})
		}
	}
	for _, r := range c.f.Recipients {
		add(WhatRecipient, r.ID, Bilingual{r.Name, r.Name})
	}
	for _, r := range c.f.Recipients {
		add(WhatCountry, r.Country, Bilingual{})
	}
	for _, l := range c.f.Links {
		add(WhatLink, l.ID, Bilingual{})
	}
	for _, p := range c.f.Purposes {
		add(WhatPurpose, p, Bilingual{})
	}
	for _, i := range c.f.Items {
		for _, class := range i.Categories {
			add(WhatCategory, string(class), Bilingual{policy.ClassTitle(class, policy.Chinese), policy.ClassTitle(class, policy.English)})
		}
	}
	for _, v := range c.d.Volumes {
		if v.Persons == 0 {
			add(WhatVolume, v.Limit, v.Title)
		}
	}
}

// destinationOf names where a line goes.
func destinationOf(l *line) string {
	name := l.host
	if l.address != "" {
		name = l.address
	}
	return name + " (" + cmp.Or(l.country, "?") + ")"
}

// linkOf names how a line goes.
func linkOf(l *line) string {
	return fmt.Sprintf("%s %s %s:%d", cmp.Or(string(l.direction), "push"), cmp.Or(l.scheme, l.protocol), cmp.Or(l.address, l.host), l.port)
}
