package replay

import (
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// refile puts other filings over those of the record. What the record says of
// recipient, country and link stays unless one of them says it of the flow.
func (b *Rebuilt) refile(src Sources, given []policy.Filing) error {
	q := &b.Question
	if b.lost {
		return fmt.Errorf("a filing of the record is not in the register, so other filings cannot be put over it")
	}
	all := slices.DeleteFunc(slices.Clone(b.filings), func(f policy.Filing) bool {
		return slices.ContainsFunc(given, func(g policy.Filing) bool { return g.ID == f.ID })
	})
	var own []policy.Filing
	for _, f := range given {
		if holds(&f, q.Exporter.USCC) {
			own = append(own, f)
		}
	}
	if len(own) == 0 && len(all) == len(b.filings) {
		return nil // of another exporter
	}
	if err := b.settle(src, own); err != nil {
		return err
	}
	if q.Stage == policy.StageHead {
		return nil // filings are asked about once the content is read
	}
	all = append(all, own...)
	list, err := src.Match(all, b.flow())
	if err != nil {
		return fmt.Errorf("compare filings with the flow: %w", err)
	}
	recorded := q.Candidates
	q.Candidates = append([]policy.Candidate{}, list...)
	for i := range q.Candidates {
		b.link(i, all, recorded)
	}
	return nil
}

// link settles how a candidate's link table fits the flow where the record
// does not hold what to compare: as it was, or it cannot be told.
func (b *Rebuilt) link(i int, all []policy.Filing, recorded []policy.Candidate) {
	c := &b.Question.Candidates[i]
	of := slices.IndexFunc(all, func(f policy.Filing) bool { return f.ID == c.Filing })
	if of < 0 || b.tells(&all[of]) {
		return
	}
	was := slices.IndexFunc(recorded, func(r policy.Candidate) bool { return r.Filing == c.Filing })
	before := slices.IndexFunc(b.filings, func(f policy.Filing) bool { return f.ID == c.Filing })
	if was >= 0 && before >= 0 && sameLinks(&b.filings[before], &all[of]) {
		c.Recipient, c.Country, c.Link = recorded[was].Recipient, recorded[was].Country, recorded[was].Link
		return
	}
	if b.in.Host == withheld {
		b.open = append(b.open, open{"filing." + c.Filing + ".recipient", func(q *policy.Question, yes bool) {
			c := &q.Candidates[i]
			c.Recipient, c.Country, c.Link = yes, yes, yes
		}})
	} else if c.Recipient {
		b.open = append(b.open, open{"filing." + c.Filing + ".link", func(q *policy.Question, yes bool) { q.Candidates[i].Link = yes }})
	}
}

// sameLinks reports whether two filings have the same link table.
func sameLinks(a, b *policy.Filing) bool {
	return asText(a.Links) == asText(b.Links) && asText(a.Recipients) == asText(b.Recipients)
}

// settle takes recipient, country and what is declared from the filings in
// force that name the destination, as far as they agree.
func (b *Rebuilt) settle(src Sources, own []policy.Filing) error {
	q := &b.Question
	if len(own) == 0 || b.in.Host == withheld {
		return nil
	}
	list, err := src.Match(own, b.flow())
	if err != nil {
		return fmt.Errorf("compare filings with the flow: %w", err)
	}
	list = slices.DeleteFunc(list, func(c policy.Candidate) bool {
		return !c.Recipient || c.Time != "current" || c.Status != "effective" || c.RecipientInfo == nil
	})
	if len(list) == 0 {
		return nil
	}
	if id := agreed(list, func(c policy.Candidate) string { return c.RecipientID }); id != "" {
		q.Destination.Recipient = id
	}
	q.Destination.Place = policy.Place{Country: agreed(list, func(c policy.Candidate) string { return c.RecipientInfo.Country }), Source: "filing"}
	q.Destination.Overseas = q.Destination.Place.Overseas()
	if q.Declared.Source == "client" {
		return nil
	}
	fitting := slices.DeleteFunc(list, func(c policy.Candidate) bool { return !c.Link })
	set := func(field *string, value string) {
		if value != "" {
			*field, q.Declared.Source = value, "filing"
		}
	}
	set(&q.Declared.Link, agreed(fitting, func(c policy.Candidate) string { return c.LinkID }))
	set(&q.Declared.Purpose, agreed(fitting, func(c policy.Candidate) string { return purposeOf(own, c) }))
	set(&q.Declared.Claim, agreed(fitting, func(c policy.Candidate) string { return c.Claim }))
	return nil
}

// purposeOf is what a candidate's link is for: its own purpose, or the only one
// of its filing.
func purposeOf(own []policy.Filing, c policy.Candidate) string {
	for _, f := range own {
		if f.ID != c.Filing {
			continue
		}
		for _, l := range f.Links {
			if l.ID == c.LinkID && l.Purpose != "" {
				return l.Purpose
			}
		}
		if len(f.Purposes) == 1 {
			return f.Purposes[0]
		}
	}
	return ""
}

// agreed is the one value that all candidates give, or nothing.
func agreed(list []policy.Candidate, of func(policy.Candidate) string) string {
	if len(list) == 0 {
		return ""
	}
	v := of(list[0])
	for _, c := range list[1:] {
		if of(c) != v {
			return ""
		}
	}
	return v
}
