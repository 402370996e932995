package replay

import (
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Parties is what Sources may know besides of exporters and exceptions. What
// it cannot tell is taken from the record, and said to be.
type Parties interface {
	// Exporters returns the facts of an exporter that the configuration gives
	// and that the register had until then. all says that there were no others.
	Exporters(uscc string, until time.Time) (known []policy.Exporter, all bool)
	// Exception returns what a revision of an exception lifts, and of which
	// exporter. known says that there is a register to look in.
	Exception(id string, revision int) (e policy.Exception, exporter string, found, known bool)
}

// ownParties compares exporter and exceptions of the question with the
// register, as far as that can be done, and names what stands nowhere else.
func (b *Rebuilt) ownParties(src Sources, until time.Time) {
	q := &b.Question
	p, _ := src.(Parties)
	b.ownExporter(p, until)
	for _, e := range q.Exceptions {
		b.ownException(p, e)
	}
	if a := q.Approval; a != nil {
		b.text("approval.ticket", a.Ticket, b.in.Ticket)
		b.Taken = append(b.Taken, "approval")
	}
	if len(q.Link.Unread) > 0 {
		b.Taken = append(b.Taken, "link.unread")
	}
}

func (b *Rebuilt) ownExporter(p Parties, until time.Time) {
	e := b.Question.Exporter
	if !e.Known() {
		return
	}
	var known []policy.Exporter
	all := false
	if p != nil {
		known, all = p.Exporters(e.USCC, until)
	}
	was := asText(e)
	if slices.ContainsFunc(known, func(k policy.Exporter) bool { return asText(k) == was }) {
		return
	}
	if all {
		b.text("exporter.facts", was, "none of the facts that the register ever had")
		return
	}
	b.Taken = append(b.Taken, "exporter.facts")
}

// ownException compares what an exception lifts. Whether it was in force then
// rests on reviewers and quota of that time.
func (b *Rebuilt) ownException(p Parties, e policy.Exception) {
	name := "exception." + e.ID
	var is policy.Exception
	exporter, found, known := "", false, false
	if p != nil {
		is, exporter, found, known = p.Exception(e.ID, e.Revision)
	}
	switch {
	case !known:
		b.Taken = append(b.Taken, name)
		return
	case !found:
		b.text(name, fmt.Sprintf("revision %d", e.Revision), "no such revision in the register")
		return
	}
	b.text(name+".exporter", b.Question.Exporter.USCC, exporter)
	b.same(name+".waives", e.Waives, is.Waives)
	b.same(name+".classes", e.Classes, is.Classes)
	b.Taken = append(b.Taken, name+".state")
}
