package advise

import (
	"math"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Count is one limit with how far it is used and when it would be reached.
type Count struct {
	Limit   string           `json:"limit"`
	Title   Bilingual        `json:"title"`
	Kind    policy.CountKind `json:"kind"`
	Persons int64            `json:"persons"`
	// Opening says that persons from before the gateway are among them.
	Opening   bool    `json:"with_opening_balance,omitempty"`
	Reach     int64   `json:"reach"` // the number from which on more is needed, or that may not be passed
	Left      int64   `json:"left"`
	Percent   float64 `json:"percent"`
	PerDay    float64 `json:"per_day"`
	Projected int64   `json:"projected_by_year_end"`
	// Date is the day on which it is reached at this rate, empty if not this
	// year or reached already.
	Date    string      `json:"reached_on,omitempty"`
	Reached bool        `json:"reached"`
	Need    policy.Need `json:"need_from_there"`
	Article string      `json:"article,omitempty"`
	Line    Bilingual   `json:"line"`
	limit   policy.Limit
	asked   int64 // projected with what was refused
}

// few is how many days have to be observed for a rate to be worth its name.
const fewDays = 30

// pace is how fast an exporter's counts grew.
type pace struct {
	year     int
	now, end time.Time // end is the first instant of the next year
	start    time.Time // of the observation within the year
	days     float64
	watched  float64 // of them, those whose records were looked at
	lastYear float64 // days observed in the year before, 0 for none
}

func paceOf(now, first, since time.Time) pace {
	now = now.In(policy.Shanghai)
	p := pace{year: now.Year(), now: now}
	begin := time.Date(p.year, 1, 1, 0, 0, 0, 0, policy.Shanghai)
	p.end = time.Date(p.year+1, 1, 1, 0, 0, 0, 0, policy.Shanghai)
	p.start = begin
	if !first.IsZero() && first.After(begin) {
		p.start = first
	}
	p.days = math.Max(1, days(now.Sub(p.start)))
	p.watched = math.Max(1, days(now.Sub(later(p.start, since))))
	if before := begin.AddDate(-1, 0, 0); !first.IsZero() && first.Before(begin) {
		p.lastYear = days(begin.Sub(later(before, first)))
	}
	return p
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

// left are the days until the end of the year.
func (p *pace) left() float64 { return math.Max(0, days(p.end.Sub(p.now))) }

// rough says that too little was observed for the rate to mean much.
func (p *pace) rough() bool { return p.days < fewDays && p.lastYear < fewDays }

// byLastYear says that the year is too young, and the one before tells more.
func (p *pace) byLastYear() bool { return p.days < fewDays && p.lastYear >= fewDays }

// count says where an exporter stands at a limit.
func (a *adviser) count(x *exporting, l policy.Limit) Count {
	p := &x.pace
	c := Count{Limit: l.ID, Title: limitTitle(l, a.now.pack.entry(l.ID)), Kind: l.Kind, limit: l}
	c.Persons = a.counted(x.facts, p.year, l)
	c.Opening = a.before(x.facts, p.year) > 0
	c.PerDay = a.grown(x, p.year, l, c.Persons, p.days)
	if p.byLastYear() {
		last := a.counted(x.facts, p.year-1, l)
		c.PerDay = math.Max(c.PerDay, a.grown(x, p.year-1, l, last, p.lastYear))
	}
	c.Reach = l.Max
	if l.Filing == "" { // a legal number includes itself
		c.Reach = l.Max + 1
	}
	c.Left = max(0, c.Reach-c.Persons)
	c.Reached = c.Persons >= c.Reach
	c.Percent = math.Round(float64(c.Persons)*1000/float64(max(1, c.Reach))) / 10
	c.Projected = c.Persons + ahead(c.PerDay, p.left())
	c.asked = c.Projected
	if l.Filing == "" {
		waiting := x.waiting(l.Kind)
		c.asked += waiting + ahead(float64(waiting)/p.watched, p.left())
	}
	switch {
	case c.Reached:
	case c.PerDay > 0 && float64(c.Left)/c.PerDay < p.left():
		c.Date = p.now.Add(time.Duration(float64(c.Left) / c.PerDay * 24 * float64(time.Hour))).Format(time.DateOnly)
	}
	need, article := a.now.pack.limit(l.ID)
	c.Need, c.Article = needOf(need), article
	c.Line = countLine(&c)
	return c
}

// ahead is a rate over days, rounded up.
func ahead(perDay, left float64) int64 { return int64(math.Ceil(perDay*left - 1e-9)) }

func (a *adviser) counted(e policy.Exporter, year int, l policy.Limit) int64 {
	if a.src.Counts == nil {
		return 0
	}
	return a.src.Counts.Count(e, year, l)
}

func (a *adviser) before(e policy.Exporter, year int) int64 {
	if a.src.Counts == nil {
		return 0
	}
	return a.src.Counts.Before(e, year)
}

// grown is how many persons a day a limit counted flow by flow. With an
// opening balance among them the records tell: it was entered at once and is
// no rate.
func (a *adviser) grown(x *exporting, year int, l policy.Limit, n int64, over float64) float64 {
	if a.before(x.facts, year) == 0 {
		return float64(n) / over
	}
	if year == x.pace.year {
		over = x.pace.watched
	}
	var seen int64
	for _, r := range x.together {
		if r.year != year || l.Filing != "" && r.filing != l.Filing || len(l.Bases) > 0 && !slices.Contains(l.Bases, basisOf(r)) {
			continue
		}
		switch l.Kind {
		case policy.CountNS:
			seen += r.newNS
		case policy.CountSP:
			seen += r.newSP
		default:
			seen += max(r.newNS, r.newSP)
		}
	}
	return float64(min(n, seen)) / over
}

func basisOf(l *line) string {
	if l.fate == FateObserved {
		return policy.BasisObserved
	}
	return l.basis
}

// waiting are the persons of a kind in what was refused this year for want of
// a filing; one who was refused twice counts twice.
func (x *exporting) waiting(k policy.CountKind) int64 {
	var n int64
	for _, l := range x.together {
		if l.fate != FateRefused || l.year != x.pace.year || !wantsFiling(l.verdict) {
			continue
		}
		switch k {
		case policy.CountNS:
			n += l.NS
		case policy.CountSP:
			n += l.SP
		default:
			n += l.Total
		}
	}
	return n
}

// needOf reads what the pack says a limit leads to.
func needOf(s string) policy.Need {
	switch s {
	case "SA":
		return policy.NeedSAVolume
	case "SC_OR_CERT":
		return policy.NeedSCOrCert
	case "NONE":
		return policy.NeedNone
	}
	var n policy.Need
	if n.UnmarshalText([]byte(s)) != nil {
		return policy.NeedUnknown
	}
	return n
}
