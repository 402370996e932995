package advise

import (
	"math"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Scale is how many persons a filing would have to name. The distinct persons
// of one recipient are not counted anywhere: Least and Most bound them.
type Scale struct {
	Year int     `json:"year"` // that was looked at
	Days float64 `json:"days_observed"`
	// Least is the largest single transfer, or the persons who were new to the
	// exporter's year where these are more; Most the persons of all transfers
	// that left, but not more than the exporter's whole count, and of all that
	// were refused.
	LeastNS int64 `json:"observed_ns_at_least"`
	LeastSP int64 `json:"observed_sp_at_least"`
	MostNS  int64 `json:"observed_ns_at_most"`
	MostSP  int64 `json:"observed_sp_at_most"`
	// NSPerYear and SPPerYear are Most over a whole year, rounded up: below a
	// hundred to the next ten, above to two figures.
	NSPerYear int64     `json:"subjects_ns_per_year"`
	SPPerYear int64     `json:"subjects_sp_per_year"`
	Total     int64     `json:"subjects_total_over_validity,omitempty"`
	Years     int       `json:"validity_years,omitempty"`
	Rough     bool      `json:"rough,omitempty"` // too few days to go by
	How       Bilingual `json:"how"`
	any       int64
}

// scale bounds the persons of a way and projects them over a year.
func (a *adviser) scale(x *exporting, w *Way) Scale {
	p := &x.pace
	s := Scale{Year: p.year, Days: p.days}
	if !hasYear(w, s.Year) || p.days < fewDays && p.lastYear >= fewDays && hasYear(w, p.year-1) {
		s.Year, s.Days = p.year-1, math.Max(1, p.lastYear)
	}
	begin := time.Date(s.Year, 1, 1, 0, 0, 0, 0, policy.Shanghai)
	if since := a.t.o.Since; since.After(begin) && since.After(p.start) {
		end := p.now
		if s.Year < p.year {
			end = begin.AddDate(1, 0, 0)
		}
		s.Days = math.Max(1, math.Min(s.Days, days(end.Sub(since))))
	}
	s.LeastNS, s.MostNS = a.bounds(x, w, s.Year, policy.CountNS)
	s.LeastSP, s.MostSP = a.bounds(x, w, s.Year, policy.CountSP)
	_, anyone := a.bounds(x, w, s.Year, policy.CountAny)
	s.Rough = s.Days < fewDays
	s.NSPerYear, s.SPPerYear, s.any = aYear(s.MostNS, s.Days), aYear(s.MostSP, s.Days), aYear(anyone, s.Days)
	for _, i := range w.Items {
		if i.Sensitive {
			s.SPPerYear = max(s.SPPerYear, leastFiled)
		} else if i.Personal {
			s.NSPerYear = max(s.NSPerYear, leastFiled)
		}
	}
	s.any = max(s.any, s.NSPerYear, s.SPPerYear)
	s.How = scaleHow(&s)
	return s
}

// leastFiled is named where personal data was found and nobody told apart.
const leastFiled = 10

func hasYear(w *Way, year int) bool {
	for _, l := range w.lines {
		if l.year == year {
			return true
		}
	}
	return false
}

// bounds are how many persons of a kind went this way in a year, or were to.
func (a *adviser) bounds(x *exporting, w *Way, year int, k policy.CountKind) (least, most int64) {
	var sent, refused, fresh int64
	for _, l := range w.lines {
		if l.year != year {
			continue
		}
		n, biggest, added := l.Total, max(l.biggest[0], l.biggest[1]), max(l.newNS, l.newSP)
		switch k {
		case policy.CountNS:
			n, biggest, added = l.NS, l.biggest[0], l.newNS
		case policy.CountSP:
			n, biggest, added = l.SP, l.biggest[1], l.newSP
		}
		least, fresh = max(least, biggest), fresh+added
		if l.fate == FateRefused {
			refused += n
		} else {
			sent += n
		}
	}
	if a.src.Counts != nil {
		sent = min(sent, max(a.counted(x.facts, year, policy.Limit{Kind: k}), least))
	}
	most = sent + refused
	return min(max(least, fresh), most), most
}

// aYear projects over 365 days and rounds up.
func aYear(n int64, observed float64) int64 {
	if n == 0 {
		return 0
	}
	return roundUp(int64(math.Ceil(float64(n) * math.Max(1, 365/observed))))
}

// roundUp rounds to the next ten below a hundred, and to two figures above.
func roundUp(n int64) int64 {
	step := int64(10)
	for n/step >= 100 {
		step *= 10
	}
	return (n + step - 1) / step * step
}
