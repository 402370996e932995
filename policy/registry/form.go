package registry

import (
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// form fills in the part of a candidate that every flow sees alike.
func form(f *policy.Filing, claim policy.Code) policy.Candidate {
	c := policy.Candidate{Filing: f.ID, Revision: f.Revision, Pathway: f.Pathway, Status: f.Status,
		Claim: string(claim), List: f.List, Covers: []inspect.Class{}}
	raw := map[inspect.Class]bool{}
	for _, it := range f.Items {
		for _, class := range it.Categories {
			if !it.Approved {
				c.Refused = append(c.Refused, class)
				continue
			}
			c.Covers = append(c.Covers, class)
			if it.Sensitive {
				c.Sensitive = append(c.Sensitive, class)
			}
			if it.Level == inspect.Important {
				c.Important = append(c.Important, class)
			}
			if it.Processing == "" || it.Processing == "raw" {
				raw[class] = true
			}
		}
	}
	for _, list := range []*[]inspect.Class{&c.Covers, &c.Sensitive, &c.Important, &c.Refused} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	// A class that some item covers raw may go raw.
	for _, class := range c.Covers {
		if !raw[class] {
			c.Deidentified = append(c.Deidentified, class)
		}
	}
	c.Limits = limits(f)
	for _, l := range c.Limits {
		c.LimitIDs = append(c.LimitIDs, l.ID)
	}
	return c
}

// limits are the filed volumes. A pathway that is always bound to a volume is
// bound also to one of zero; an exemption only to one that was set.
func limits(f *policy.Filing) []policy.Limit {
	var out []policy.Limit
	bound := needsVolume(f.Pathway)
	if n := f.Volume.NSPerYear; bound || n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".ns", Kind: policy.CountNS, Max: n, Filing: f.ID})
	}
	if n := f.Volume.SPPerYear; bound || n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".sp", Kind: policy.CountSP, Max: n, Filing: f.ID})
	}
	if n := f.Volume.TotalOverValidity; n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".total", Kind: policy.CountAny, Max: n, Filing: f.ID, Validity: true})
	}
	return out
}
