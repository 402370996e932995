package replay

import (
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Clause is the part of a filing that covered the flow, or came nearest to it.
type Clause struct {
	Filing      string                  `json:"filing"`
	Revision    int                     `json:"revision"`
	Covers      bool                    `json:"covers"`
	Missing     bool                    `json:"missing,omitempty"` // the revision is not in the register
	Pathway     policy.Pathway          `json:"pathway"`
	Article     string                  `json:"article,omitempty"`
	AuthorityNo string                  `json:"authority_no,omitempty"`
	Status      string                  `json:"status,omitempty"`
	Valid       policy.Validity         `json:"valid"`
	Recipient   *policy.Recipient       `json:"recipient,omitempty"` // that the flow's link leads to
	Link        string                  `json:"link,omitempty"`
	Purposes    []string                `json:"purposes,omitempty"`
	Items       []Row                   `json:"items,omitempty"`
	Volume      policy.Volume           `json:"volume"`
	Approvals   []policy.SectorApproval `json:"sector_approvals,omitempty"`
	// Fit says how the register compared it with the flow.
	Fit Fit `json:"fit"`
}

// Row is an item of the filing that names a class that was found. A class that
// no item names has a row without items.
type Row struct {
	Class      inspect.Class `json:"class"`
	Item       string        `json:"item,omitempty"`
	NameZH     string        `json:"name_zh,omitempty"`
	Approved   bool          `json:"approved"`
	Sensitive  bool          `json:"sensitive"`
	Level      inspect.Level `json:"level"`
	Processing string        `json:"processing,omitempty"`
}

// Fit is the comparison of a filing with a flow.
type Fit struct {
	Time      string `json:"time"`
	Recipient bool   `json:"recipient"`
	Country   bool   `json:"country"`
	Link      bool   `json:"link"`
	Purpose   string `json:"purpose"`
}

func clauseOf(d *Derivation, src Sources, p *pack) *Clause {
	v := &d.Verdict
	if v.Filing == "" {
		return nil
	}
	x := &Clause{Filing: v.Filing, Revision: v.Revision, Covers: v.Action.Releases(), Missing: true}
	for _, c := range d.Question.Candidates {
		if c.Filing != v.Filing || c.Revision != v.Revision {
			continue
		}
		x.Pathway, x.Status, x.Link, x.Recipient = c.Pathway, c.Status, c.LinkID, c.RecipientInfo
		x.Fit = Fit{c.Time, c.Recipient, c.Country, c.Link, c.Purpose}
	}
	f, ok := src.Filing(v.Filing, v.Revision)
	if !ok {
		return x
	}
	x.Missing, x.Pathway, x.Status = false, f.Pathway, f.Status
	x.Article, x.AuthorityNo, x.Valid = p.Pathways[string(f.Pathway)].Article, f.AuthorityNo, f.Valid
	x.Purposes, x.Volume, x.Approvals = f.Purposes, f.Volume, f.Approvals
	for _, found := range d.Question.Found {
		x.Items = append(x.Items, rowsOf(&f, found.Class)...)
	}
	return x
}

func rowsOf(f *policy.Filing, c inspect.Class) []Row {
	var out []Row
	for _, it := range f.Items {
		if slices.Contains(it.Categories, c) {
			out = append(out, Row{c, it.ID, it.NameZH, it.Approved, it.Sensitive, it.Level, it.Processing})
		}
	}
	if len(out) == 0 {
		out = []Row{{Class: c}}
	}
	return out
}

func wordsOf(r policy.Reason, lang string) Words {
	t := policy.ReasonWords(r, lang)
	return Words{t.Title, t.Detail, t.Remedy, t.Article}
}
