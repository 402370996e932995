package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// withheld stands in a record for a name in which the scanner found data.
const withheld = "withheld"

// Rebuilt is a question made again.
type Rebuilt struct {
	Question    policy.Question
	Rules       *policy.Rules // that it is asked under
	Differences []Difference
	Assumed     []string
	Taken       []string // facts that nothing beside the question tells
	open        []open

	in      *policy.Intent
	own     *policy.Rules      // of the record
	was     []policy.Candidate // of the record, with their limits
	lost    bool               // a filing of the record was not found
	filings []policy.Filing    // of the record
	comparison
}

// Rebuild makes the question of a record again: as it was, or under What.
func Rebuild(r policy.Record, src Sources, w What) (*Rebuilt, error) {
	b := &Rebuilt{in: &r.Intent}
	if err := b.basis(&r); err != nil {
		return nil, err
	}
	q := &b.Question
	var err error
	if b.own, err = src.Rules(b.in.Pack, b.in.Profile); err != nil {
		return nil, fmt.Errorf("rule pack of the record: %w", err)
	}
	b.facts(&r)
	b.checkFound()
	b.ownParties(src, r.Time)
	b.ownCandidates(src)
	b.ownBrackets()
	b.Rules = b.own
	denied := q.Destination.Denied
	b.Differences = b.out
	if w.None() {
		return b, nil
	}
	if w.Rules != nil {
		if b.Rules, err = w.Rules(q.Profile, q.Date); err != nil {
			return nil, fmt.Errorf("rule pack to ask under: %w", err)
		}
		q.Pack, q.Profile = b.Rules.Pack, b.Rules.Profile
	}
	if len(w.Filings) > 0 {
		if err := b.refile(src, w.Filings); err != nil {
			return nil, err
		}
	}
	b.foundUnder()
	b.deniedUnder(denied)
	if w.Rules != nil || len(w.Filings) > 0 {
		b.bracketsUnder()
	}
	return b, nil
}

// basis reads the question of the record.
func (b *Rebuilt) basis(r *policy.Record) error {
	if len(r.Intent.Question) == 0 {
		return ErrNoQuestion
	}
	dec := json.NewDecoder(bytes.NewReader(r.Intent.Question))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b.Question); err != nil {
		// What the text is stays unsaid: it may be anybody's.
		return errors.New("the record's question is not one that this program can read: it was changed, or is of another release")
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("the record's question has something after its end")
	}
	if _, err := b.day(); err != nil {
		return errors.New("the record's question has no date")
	}
	return nil
}

func (b *Rebuilt) day() (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, b.Question.Date, policy.Shanghai)
}

// facts compares what stands both in the question and beside it, and takes
// what stands beside it.
func (b *Rebuilt) facts(r *policy.Record) {
	q, in := &b.Question, b.in
	b.same("pack", q.Pack, in.Pack)
	b.text("profile", q.Profile, in.Profile)
	b.same("pack.found", in.Pack, b.own.Pack)
	b.text("exporter", q.Exporter.USCC, in.Exporter)
	b.text("direction", string(q.Direction), string(in.Direction))
	b.text("protocol", q.Protocol, in.Protocol)
	b.same("place", q.Destination.Place, in.Place)
	b.same("place.overseas", q.Destination.Overseas, in.Place.Overseas())
	b.text("recipient", q.Destination.Recipient, in.Recipient)
	b.same("declared", q.Declared, in.Declared)
	b.same("coverage", q.Coverage, policy.AskCoverage(in.Coverage))
	b.same("content", q.Content, policy.AskContent(in.Mismatches))
	if q.Stage != policy.StageHead { // nobody looks at a head
		b.same("split", q.Split, in.Split.Asked())
		q.Split = in.Split.Asked()
	}
	if last := r.Time.In(policy.Shanghai).Format(time.DateOnly); !r.Time.IsZero() && q.Date > last {
		b.text("date", q.Date, last)
	}
	if q.Stage != stageOf(in) && !unjudged(in, q) {
		b.text("stage", string(q.Stage), in.Judged)
	}
	q.Pack, q.Profile, q.Exporter.USCC = in.Pack, in.Profile, in.Exporter
	q.Direction, q.Protocol, q.Declared = in.Direction, in.Protocol, in.Declared
	q.Destination.Place, q.Destination.Overseas, q.Destination.Recipient = in.Place, in.Place.Overseas(), in.Recipient
	q.Coverage, q.Content = policy.AskCoverage(in.Coverage), policy.AskContent(in.Mismatches)
	// The register may have suspended the recipient; the record keeps only that
	// it was denied.
	denied := q.Destination.Denied || b.own.Denies(b.named())
	if denied && !b.own.Denies(b.named()) {
		b.Taken = append(b.Taken, "destination.denied")
	}
	b.same("destination.denied", q.Destination.Denied, denied)
	q.Destination.Denied = denied
}

// named is the destination as the deny-list names it.
func (b *Rebuilt) named() *policy.Destination {
	return &policy.Destination{Host: b.in.Host, Recipient: b.Question.Destination.Recipient}
}

// deniedUnder asks the deny-list of other rules. A name that is withheld was
// compared then and cannot be now.
func (b *Rebuilt) deniedUnder(before bool) {
	d := &b.Question.Destination
	d.Denied = b.Rules.Denies(b.named())
	hidden := b.in.Host == withheld && len(b.own.DeniedHosts)+len(b.Rules.DeniedHosts) > 0
	listed := b.own.Denies(&policy.Destination{Host: b.in.Host, Recipient: b.in.Recipient})
	switch {
	case d.Denied:
	case before && !listed && !hidden: // by the register
		d.Denied = true
	case hidden && slices.Equal(b.own.DeniedHosts, b.Rules.DeniedHosts):
		d.Denied = before
	case hidden:
		b.open = append(b.open, open{"destination.denied", func(q *policy.Question, yes bool) { q.Destination.Denied = yes }})
	}
}

// flow is what the record tells of the flow, for matching filings.
func (b *Rebuilt) flow() *policy.Flow {
	q, in := &b.Question, b.in
	s := &policy.Session{Door: in.Door, Exporter: q.Exporter, SNI: in.SNI}
	if a, err := netip.ParseAddr(in.Client); err == nil {
		s.Client = netip.AddrPortFrom(a, 0)
	}
	addr, _ := netip.ParseAddr(in.Address)
	day, _ := b.day() // basis saw to it
	return &policy.Flow{Session: s, Time: day.Add(12 * time.Hour), Direction: in.Direction, Protocol: in.Protocol,
		Method: in.Method, Scheme: in.Scheme, Declared: q.Declared, Unread: q.Link.Unread,
		Destination: policy.Destination{Host: in.Host, Port: in.Port, Addr: addr, Place: q.Destination.Place,
			Recipient: q.Destination.Recipient}}
}
