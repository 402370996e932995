package advise

import (
	"cmp"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// maxRefusals bounds what is shown of one exporter.
const maxRefusals = 100

// Refusal is what was refused to one recipient on the same grounds.
type Refusal struct {
	Recipient string `json:"recipient,omitempty"`
	Host      string `json:"host"`
	Country   string `json:"country,omitempty"`
	Purpose   string `json:"purpose,omitempty"`
	// Observed says that it went out all the same, in observe mode.
	Observed bool `json:"went_out_in_observe_mode,omitempty"`
	// CutOff says that a part had left when it was refused.
	CutOff bool `json:"cut_off,omitempty"`
	Sum
	Action  policy.Action   `json:"action"`
	Reasons []policy.Reason `json:"reasons"`
	Filing  string          `json:"filing,omitempty"` // that came nearest
	Record  string          `json:"record"`           // the latest of them
	// Mend says what would let it pass.
	Mend []Bilingual `json:"to_pass"`
}

// refusals are those of an exporter, the most frequent first.
func refusals(x *exporting) []Refusal {
	out := []Refusal{}
	for _, l := range x.lines {
		if l.fate == FateSent {
			continue
		}
		out = append(out, Refusal{Recipient: l.recipient, Host: l.host, Country: l.country, Purpose: l.declared.Purpose,
			Observed: l.fate == FateObserved, CutOff: l.fate == FateCutOff, Sum: l.Sum, Action: l.verdict.Action, Reasons: l.verdict.Reasons, Filing: l.filing,
			Record: l.record, Mend: append([]Bilingual{}, mends(&l.verdict)...)})
	}
	slices.SortStableFunc(out, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(b.Transfers, a.Transfers), cmp.Compare(b.Total, a.Total))
	})
	return out[:min(len(out), maxRefusals)]
}

// wantsFiling reports whether a verdict refuses for want of a filing, or of
// something in one.
func wantsFiling(v policy.Verdict) bool {
	return slices.ContainsFunc(v.Reasons, func(r policy.Reason) bool { return slices.Contains(filingCodes(), r.Code) })
}

// filingCodes are the grounds that lie in what is declared.
func filingCodes() []policy.Code {
	return []policy.Code{policy.FilingNotFound, policy.FilingNotEffective, policy.FilingExpired, policy.FilingSuspended,
		policy.RecipientMismatch, policy.CountryMismatch, policy.LinkNotFiled, policy.PurposeMismatch, policy.PurposeUndeclared,
		policy.CategoryNotCovered, policy.SPINotCovered, policy.ImportantNotCover, policy.ItemRefused, policy.DeidentMissing,
		policy.VolumeExceeded, policy.PathwayTooWeak, policy.ApprovalMissing}
}

// unknown is the traffic of exporters that nobody could make out, by host.
func (a *adviser) unknown() []Unknown {
	var out []Unknown
	if a.src.Only != "" {
		return nil
	}
	for _, l := range a.t.of("") {
		i := slices.IndexFunc(out, func(u Unknown) bool { return u.Host == l.host && u.Country == l.country })
		if i < 0 {
			if len(out) >= maxRefusals {
				continue
			}
			i = len(out)
			out = append(out, Unknown{Host: l.host, Country: l.country})
		}
		out[i].add(l.Sum)
		out[i].Record = l.record
	}
	return out
}
