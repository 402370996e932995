package advise

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The bounds of what is told apart. Records beyond them are counted and said
// to be left out.
const (
	maxLines      = 20_000 // of all exporters
	maxLinesEach  = 4_000
	maxExporters  = 2_000
	maxClasses    = 64
	maxRecordText = 512 // of one name in a record
)

// Fate is what became of transfers.
type Fate string

// The fates. Observed is what went out in observe mode and would have been
// refused, and cut off what was refused when a part had left.
const (
	FateSent     Fate = "sent"
	FateRefused  Fate = "refused"
	FateObserved Fate = "observed"
	FateCutOff   Fate = "cut_off"
)

// lineKey is what is told apart of the records of an exporter.
type lineKey struct {
	exporter, recipient, country, host, address string
	port                                        uint16
	scheme, protocol                            string
	direction                                   policy.Direction
	declared                                    policy.Declared
	filing, basis, reasons                      string
	fate                                        Fate
	year                                        int
}

// line sums records that are alike.
type line struct {
	lineKey
	Sum
	items    []Item
	verdict  policy.Verdict // of the first
	record   string         // the latest
	newNS    int64          // persons new to the exporter's year
	newSP    int64
	biggest  [2]int64 // the largest transfer: non-sensitive, sensitive
	governed bool
}

// Sum adds up transfers. Persons are added flow by flow, so one who is in two
// flows counts twice: an upper bound.
type Sum struct {
	Transfers int64     `json:"transfers"`
	NS        int64     `json:"persons_ns_upper_bound"`
	SP        int64     `json:"persons_sp_upper_bound"`
	Total     int64     `json:"persons_upper_bound"`
	First     time.Time `json:"first,omitzero"`
	Last      time.Time `json:"last,omitzero"`
}

func (s *Sum) add(o Sum) {
	s.Transfers, s.NS, s.SP, s.Total = s.Transfers+o.Transfers, s.NS+o.NS, s.SP+o.SP, s.Total+o.Total
	if s.First.IsZero() || !o.First.IsZero() && o.First.Before(s.First) {
		s.First = o.First
	}
	if o.Last.After(s.Last) {
		s.Last = o.Last
	}
}

// Seen says how many records were read, and what of them is no matter here.
type Seen struct {
	Records  int64     `json:"records"`
	Before   int64     `json:"before_since,omitempty"` // older than what was asked for
	Domestic int64     `json:"domestic,omitempty"`
	Free     int64     `json:"without_personal_or_important_data,omitempty"` // and let go
	Unread   int64     `json:"passed_unread,omitempty"`
	Unjudged int64     `json:"unjudged,omitempty"` // observed, and the program ended before the verdict
	Later    int64     `json:"dated_after_now,omitempty"`
	Omitted  int64     `json:"omitted,omitempty"` // beyond the bounds
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
}

// Traffic sums records. It holds a bounded amount, whatever the log's length,
// and is used by one goroutine.
type Traffic struct {
	o       TrafficOptions
	seen    Seen
	parties map[string]*party
	lines   map[lineKey]*line
	bounds  [3]int // lines, lines of one exporter, exporters
}

// TrafficOptions are the settings of a Traffic.
type TrafficOptions struct {
	Rules *policy.Rules // which classes govern; those of today
	Now   time.Time
	Since time.Time // first instant that is looked at
	Only  []string  // exporters; empty takes all
}

// party is what is known of one exporter by its records.
type party struct {
	first, last time.Time
	lines       []*line
	omitted     Sum
	question    json.RawMessage // of its latest record
}

// NewTraffic returns an empty sum.
func NewTraffic(o TrafficOptions) *Traffic {
	return &Traffic{o: o, parties: map[string]*party{}, lines: map[lineKey]*line{}, bounds: [3]int{maxLines, maxLinesEach, maxExporters}}
}

// Add takes the next record.
func (t *Traffic) Add(r *policy.Record) {
	in := &r.Intent
	if len(t.o.Only) > 0 && !slices.Contains(t.o.Only, in.Exporter) {
		return
	}
	t.seen.Records++
	t.seen.First, t.seen.Last = earlier(t.seen.First, r.Time), later(t.seen.Last, r.Time)
	if r.Time.After(t.o.Now) {
		t.seen.Later++
	}
	if !in.Place.Overseas() {
		t.seen.Domestic++
		return
	}
	p := t.party(in.Exporter)
	if p != nil {
		p.first = earlier(p.first, r.Time)
		if !r.Time.Before(p.last) {
			p.last = r.Time
			if len(in.Question) > 0 && len(in.Question) < 1<<20 {
				p.question = append(p.question[:0], in.Question...)
			}
		}
	}
	if r.Time.Before(t.o.Since) {
		t.seen.Before++
		return
	}
	fate, ok := t.fate(r)
	if !ok {
		return
	}
	items := itemsOf(t.o.Rules, in)
	if len(items) == 0 && fate == FateSent {
		t.seen.Free++
		return
	}
	t.put(r, p, fate, items)
}

// fate says what became of a flow, and whether it is of any matter.
func (t *Traffic) fate(r *policy.Record) (Fate, bool) {
	in := &r.Intent
	switch {
	case r.CutOff() && r.Groups == nil: // its first message did not leave
		return FateRefused, true
	case r.CutOff():
		return FateCutOff, true
	case in.Judged == "unread" && in.Enforced.Releases():
		t.seen.Unread++
		return "", false
	case !in.Enforced.Releases():
		return FateRefused, true
	case in.Decided.Action.Releases():
		return FateSent, true
	case len(in.Decided.Reasons) == 0: // observed, and never judged
		t.seen.Unjudged++
		return "", false
	}
	return FateObserved, true
}

func (t *Traffic) party(uscc string) *party {
	p := t.parties[uscc]
	if p == nil && len(t.parties) < t.bounds[2] {
		p = &party{}
		t.parties[strings.Clone(uscc)] = p
	}
	return p
}

func (t *Traffic) put(r *policy.Record, p *party, fate Fate, items []Item) {
	sum, in := sumOf(r), &r.Intent
	k := keyOf(r, fate)
	l := t.lines[k]
	switch {
	case l != nil:
	case p == nil || len(t.lines) >= t.bounds[0] || len(p.lines) >= t.bounds[1]:
		t.seen.Omitted++
		if p != nil {
			p.omitted.add(sum)
		}
		return
	default:
		l = &line{lineKey: k, verdict: in.Decided}
		t.lines[k] = l
		p.lines = append(p.lines, l)
	}
	l.add(sum)
	l.record = r.ID
	l.biggest[0], l.biggest[1] = max(l.biggest[0], sum.NS), max(l.biggest[1], sum.SP)
	if fate != FateRefused {
		ns, sp := r.Reserved()
		l.newNS, l.newSP = l.newNS+ns, l.newSP+sp
	}
	l.items = mergeItems(l.items, items)
	l.governed = l.governed || len(items) > 0
}

func sumOf(r *policy.Record) Sum {
	n := r.Intent.Persons
	return Sum{1, int64(max(0, n.NS)), int64(max(0, n.SP)), int64(max(0, n.Total)), r.Time, r.Time}
}

func keyOf(r *policy.Record, fate Fate) lineKey {
	in := &r.Intent
	var reasons strings.Builder
	for _, x := range in.Decided.Reasons {
		reasons.WriteString(x.String())
		reasons.WriteByte(' ')
	}
	d := in.Declared
	return lineKey{exporter: cut(in.Exporter), recipient: cut(in.Recipient), country: cut(in.Place.Country), host: cut(in.Host), address: addressOf(in),
		port: in.Port, scheme: cut(in.Scheme), protocol: cut(in.Protocol), direction: policy.Direction(cut(string(in.Direction))),
		declared: policy.Declared{Link: cut(d.Link), Purpose: cut(d.Purpose), Scenario: cut(d.Scenario), Claim: cut(d.Claim), Source: cut(d.Source)},
		filing:   cut(in.Decided.Filing), basis: cut(r.Grounds().Basis), reasons: cut(reasons.String()), fate: fate,
		year: r.Time.In(policy.Shanghai).Year()}
}

// addressOf keeps the address only where it has to stand for the name.
func addressOf(in *policy.Intent) string {
	if in.Host == withheld {
		return cut(in.Address)
	}
	return ""
}

// cut copies a name, so that a line does not keep its whole record.
func cut(s string) string { return strings.Clone(s[:min(len(s), maxRecordText)]) }

// withheld stands in a record for a name in which the scanner found data.
const withheld = "withheld"

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// facts are those of an exporter in the question of its latest record.
func (p *party) facts(uscc string) (policy.Exporter, bool) {
	var q struct {
		Exporter policy.Exporter `json:"exporter"`
	}
	if p == nil || json.NewDecoder(bytes.NewReader(p.question)).Decode(&q) != nil || q.Exporter.USCC != uscc {
		return policy.Exporter{USCC: uscc}, false
	}
	return q.Exporter, true
}

// of returns the lines of an exporter in a stable order.
func (t *Traffic) of(uscc string) []*line {
	p := t.parties[uscc]
	if p == nil {
		return nil
	}
	out := slices.Clone(p.lines)
	slices.SortStableFunc(out, func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.recipient, b.recipient), cmp.Compare(a.country, b.country), cmp.Compare(a.host, b.host), cmp.Compare(a.port, b.port), a.First.Compare(b.First))
	})
	return out
}
