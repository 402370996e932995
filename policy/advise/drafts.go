package advise

import (
	"strings"

	"github.com/datacustoms/customs/policy"
)

// Drafts are all drafts of an advice, as they can be imported.
func (a *Advice) Drafts() []policy.Filing {
	out := []policy.Filing{}
	for i := range a.Exporters {
		for j := range a.Exporters[i].Ways {
			if f := a.Exporters[i].Ways[j].Draft; f != nil {
				out = append(out, *f)
			}
		}
	}
	return out
}

// TakeBack removes a draft that could not be imported, and says what of it.
func (w *Way) TakeBack(fields []string) {
	w.Draft, w.FillIn, w.Changes = nil, nil, ""
	what := strings.Join(fields, "; ")
	w.Notes = append(w.Notes, Bilingual{"没有起草：登记簿不接受（" + what + "）。请手工填写。", "No draft: the register would not take it (" + what + "). Write it by hand."})
}
