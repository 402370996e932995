package law

import (
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// maxMarks bounds what one catalogue lists.
const maxMarks = 1000

func (c *checker) catalogue(k *Catalogue) {
	if len(k.Scenarios) > maxMarks || len(k.Important) > maxMarks {
		c.fault("$", "lists more than %d scenarios or marks; split it", maxMarks)
		return
	}
	if len(k.Scenarios) == 0 && len(k.Important) == 0 {
		c.fault("$", "must list scenarios or important")
	}
	codes := map[string]bool{}
	for i, s := range k.Scenarios {
		at := fmt.Sprintf("$.scenarios[%d]", i)
		if !named(scenarioForm, s.Code) || codes[s.Code] {
			c.fault(at+".code", "must be a code as icv.aftersales that no other scenario has")
		}
		codes[s.Code] = true
		c.text(at+".sector", s.Sector, true)
		c.text(at+".title_zh", s.TitleZH, true)
		c.text(at+".title_en", s.TitleEN, true)
		c.text(at+".source", s.Source, true)
	}
	ids := map[string]bool{}
	for i := range k.Important {
		m, at := &k.Important[i], fmt.Sprintf("$.important[%d]", i)
		c.mark(m, at)
		if ids[m.ID] {
			c.fault(at+".id", "another mark has this id")
		}
		ids[m.ID] = true
	}
}

func (c *checker) mark(m *Mark, at string) {
	c.id(at+".id", m.ID, markForm, "lower-case letters and digits with dots and dashes between")
	c.text(at+".title_zh", m.TitleZH, true)
	c.text(at+".title_en", m.TitleEN, true)
	c.text(at+".source", m.Source, true)
	c.text(at+".article", m.Article, false)
	c.classes(at+".classes", m.Classes)
	c.patterns(at+".scenarios", m.Scenarios)
	c.effect(m, at)
	if m.MinMagnitude < 0 || m.MinMagnitude > 18 {
		c.fault(at+".min_magnitude", "is a number of decimal digits: must be from 1 to 18, or absent")
	}
	if m.MinMagnitude > 0 && len(m.Classes) == 0 {
		c.fault(at+".min_magnitude", "needs classes: it is their count that has so many digits")
	}
	if s := m.Scale; s != nil {
		switch policy.CountKind(s.Kind) {
		case policy.CountNS, policy.CountSP, policy.CountAny:
		default:
			c.fault(at+".scale.kind", "must be ns, sp or any")
		}
		if s.Reach < 1 || s.Reach > maxReach {
			c.fault(at+".scale.reach", "must be 1 or more, and no more than mankind")
		}
	}
	if len(m.Classes) == 0 && len(m.Scenarios) == 0 && m.Scale == nil {
		c.fault(at, "must name classes, scenarios or a scale, or it would hold all that is sent")
	}
}

func (c *checker) effect(m *Mark, at string) {
	switch m.Effect {
	case effectApproval:
		if !approvalForm.MatchString(m.Approval) {
			c.fault(at+".approval", "must name the kind of approval, as hgr or geo")
		}
		return
	case effectPublished:
		// An assessment names the classes that it finds important, so there
		// must be one; what nobody verified waits for it.
		if m.Verified && len(m.Classes) == 0 {
			c.fault(at+".classes", "must not be empty: what is important is told by its class")
		}
	case effectSuspected:
	default:
		c.fault(at+".effect", "must be published, suspected or approval")
	}
	if m.Approval != "" {
		c.fault(at+".approval", "is only for effect approval")
	}
}
