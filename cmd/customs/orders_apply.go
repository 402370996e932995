package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

// admit looks whether an order can be done at all, before it is taken up. A
// zero Code says yes.
func (d *orderDesk) admit(o order) orderAnswer {
	totals, pending := d.ledger.Show()
	a := orderAnswer{Order: o.ID}
	for _, id := range o.Settle {
		i := slices.IndexFunc(pending, func(p ledger.Pending) bool { return p.ID == id })
		switch {
		case i < 0:
			a.Code = saidUnknown
		case !pending[i].InDoubt:
			a.Code = saidOpen
		}
		if a.Code != "" {
			a.Which = id
			return a
		}
	}
	if s := o.Destroy; s != nil {
		a.Which = s.String()
		switch {
		case s.Year >= yearOf(d.now()):
			a.Code = saidThisYear
		case len(s.of(totals)) == 0:
			a.Code = saidNobody
		case slices.ContainsFunc(pending, s.holds):
			a.Code = saidUnsettled
		}
	}
	return a
}

// of returns the totals of the scopes that are meant.
func (s ledgerScope) of(totals []ledger.Total) []ledger.Total {
	var out []ledger.Total
	for _, t := range totals {
		if s.Filing != "" && t.Filing == s.Filing || s.Filing == "" && t.Filing == "" && t.Year == s.Year && (s.Exporter == "" || t.Entity == s.Exporter) {
			out = append(out, t)
		}
	}
	return out
}

// holds reports whether a reservation claims persons of the scope.
func (s ledgerScope) holds(p ledger.Pending) bool {
	if s.Filing != "" {
		return p.Filing == s.Filing
	}
	return yearOf(p.At) == s.Year && (s.Exporter == "" || s.Exporter == p.Exporter || groupForm.MatchString(s.Exporter))
}

// apply does an order. Done again it changes nothing and answers the same.
func (d *orderDesk) apply(ctx context.Context, o order, fresh bool) (orderAnswer, []policy.Admin, error) {
	switch o.Act {
	case actSettle:
		return d.settle(ctx, o, fresh)
	case actPreset:
		return d.preset(ctx, o, fresh)
	case actDestroy:
		return d.destroy(ctx, o)
	}
	return d.perform(ctx, o, fresh)
}

func (o order) act(object, note string) policy.Admin {
	if o.Reason != "" {
		note += ": " + o.Reason
	}
	return policy.Admin{Act: o.Act, Actor: o.By, Object: object, Digest: o.digest, Note: note}
}

// How the note of a settlement begins, by which rebuild reads it.
const (
	notedSent    = "sent"
	notedNotSent = "not sent"
)

// settledBy reads from the note of a settlement how it was settled.
func settledBy(note string) policy.Sent {
	switch word, _, _ := strings.Cut(strings.Replace(note, ":", ",", 1), ","); word {
	case notedSent:
		return policy.SentAll
	case notedNotSent:
		return policy.SentNone
	}
	return policy.SentUnknown
}

// settle settles every reservation again when it is repeated: only then is it
// sure that the ledger's disk knows of it.
func (d *orderDesk) settle(ctx context.Context, o order, fresh bool) (a orderAnswer, acts []policy.Admin, err error) {
	a = orderAnswer{Order: o.ID, Code: saidDone}
	for _, id := range o.Settle {
		p, err := d.ledger.Settle(ctx, id, o.Sent)
		// What was taken up was in doubt then: gone now, it is settled already.
		if err != nil && (fresh || !errors.Is(err, ledger.ErrNotInDoubt)) {
			return a, nil, err
		}
		note := notedNotSent
		if o.Sent {
			note = notedSent
		}
		if p.Persons > 0 {
			a.Persons += int64(p.Persons)
			note += fmt.Sprintf(", %d persons of record %s", p.Persons, p.Flow)
		}
		acts = append(acts, o.act(id, note))
	}
	return a, acts, nil
}

// preset enters a balance. A balance of a known name is not entered again,
// which must not look like success.
func (d *orderDesk) preset(ctx context.Context, o order, fresh bool) (orderAnswer, []policy.Admin, error) {
	b := *o.Opening
	totals, _ := d.ledger.Show()
	before := openingsOf(totals, b)
	if err := d.ledger.Preset(ctx, b); err != nil {
		return orderAnswer{}, nil, err
	}
	totals, _ = d.ledger.Show()
	a := orderAnswer{Order: o.ID, Code: saidDone, Persons: b.Persons, Total: openingsOf(totals, b)}
	if fresh && a.Total == before {
		a.Code, a.Which = saidKnown, b.ID
		return a, nil, nil
	}
	note := fmt.Sprintf("%d persons (%s) from before the gateway as balance %s", b.Persons, b.Kind, b.ID)
	if b.Basis != "" {
		note += ", basis " + b.Basis
	}
	if b.Filing != "" {
		note += ", filing " + b.Filing
	}
	return a, []policy.Admin{o.act(ledgerScope{Exporter: b.Entity, Year: b.Year}.String(), note)}, nil
}

// openingsOf returns how many persons stand in an exporter's year from before the
// gateway.
func openingsOf(totals []ledger.Total, o ledger.Opening) int64 {
	for _, t := range totals {
		if t.Entity == o.Entity && t.Filing == "" && t.Year == o.Year {
			return t.Opening
		}
	}
	return 0
}

func (d *orderDesk) destroy(ctx context.Context, o order) (a orderAnswer, acts []policy.Admin, err error) {
	totals, _ := d.ledger.Show()
	a = orderAnswer{Order: o.ID, Code: saidDone, Which: o.Destroy.String()}
	done := map[ledger.ScopeRef]bool{}
	for _, t := range o.Destroy.of(totals) {
		ref := ledger.ScopeRef{Entity: t.Entity, Year: t.Year, Filing: t.Filing}
		if t.Filing != "" {
			ref.Year = 0 // its years and its validity are one set of persons
		}
		if done[ref] {
			continue
		}
		if err := d.ledger.Destroy(ctx, ref); err != nil {
			return a, nil, err
		}
		done[ref] = true
	}
	a.Scopes = len(done)
	if o.Destroy.Filing == "" && o.Destroy.Exporter == "" && d.forget != nil {
		if err := d.forget(o.Destroy.Year); err != nil {
			return a, nil, err
		}
	}
	return a, []policy.Admin{o.act(a.Which, fmt.Sprintf("keys of %d sets of persons removed, the totals stay", a.Scopes))}, nil
}
