package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// looker validates documents against what is stored. Within one transaction
// it reads each object once.
type looker struct {
	r     *Registry
	q     querier
	known map[key]*row
}

func (r *Registry) looker(q querier) *looker {
	return &looker{r: r, q: q, known: map[key]*row{}}
}

// newest returns the newest revision of an object, or the zero row.
func (l *looker) newest(ctx context.Context, k key) (*row, error) {
	if row := l.known[k]; row != nil {
		return row, nil
	}
	row, err := readNewest(ctx, l.q, k)
	if err == nil {
		l.known[k] = row
	}
	return row, err
}

// Check returns a *FaultError with every fault of a document, also of what it
// must agree on with those that are stored, or nil. It stores nothing.
func (r *Registry) Check(ctx context.Context, doc any) error {
	d, err := asDocument(doc)
	if err != nil {
		return err
	}
	if err := r.present(); err != nil {
		return err
	}
	faults, err := r.looker(r.reading(r.db)).faults(ctx, d)
	switch {
	case err != nil:
		return fmt.Errorf("check %s: %w", NamedKind(d.key().kind, d.key().id), damaged(r.path, err))
	case len(faults) > 0:
		return &FaultError{Filing: d.key().id, Kind: d.key().kind, Faults: faults}
	}
	return nil
}

// ValidateDocument is Validate for any kind.
func ValidateDocument(doc any, terms Terms) error {
	d, err := asDocument(doc)
	if err != nil {
		return err
	}
	f, ok := d.(filing)
	if ok {
		return Validate(policy.Filing(f), terms)
	}
	if faults := alone(d); len(faults) > 0 {
		return &FaultError{Filing: d.key().id, Kind: d.key().kind, Faults: faults}
	}
	return nil
}

// alone returns the faults that a document other than a filing has by itself.
func alone(d document) []Fault {
	switch d := d.(type) {
	case ExporterDoc:
		return d.faults()
	case RecipientDoc:
		return d.faults()
	case ExceptionDoc:
		return d.faults()
	}
	return nil
}

// faults returns all faults of a document.
func (l *looker) faults(ctx context.Context, d document) ([]Fault, error) {
	switch d := d.(type) {
	case filing:
		out := validate(policy.Filing(d), l.r.o.Law, l.r.o.Now())
		more, err := l.filing(ctx, (*policy.Filing)(&d))
		return append(out, more...), err
	case RecipientDoc:
		return append(d.faults(), l.recipient(&d)...), nil
	case ExceptionDoc:
		more, err := l.exception(ctx, &d)
		return append(d.faults(), more...), err
	}
	return alone(d), nil
}

// filing checks what a filing must agree on with exporters and recipients.
func (l *looker) filing(ctx context.Context, f *policy.Filing) ([]Fault, error) {
	var out []Fault
	for i, r := range f.Recipients {
		row, err := l.newest(ctx, key{KindRecipient, r.ID})
		if err != nil {
			return nil, err
		}
		if d, ok := row.doc.(RecipientDoc); ok && d.Country != r.Country {
			out = append(out, Fault{fmt.Sprintf("recipients[%d].country", i), "differs from " + d.Country + ", which is registered for this recipient",
				"correct it, or give another body another id"})
		}
	}
	bound := f.Pathway != policy.SA && f.Pathway != policy.Exemption && !f.Exporter.CIIO
	row, err := l.newest(ctx, key{KindExporter, f.Exporter.USCC})
	if err != nil || !bound {
		return out, err
	}
	d, registered := row.doc.(ExporterDoc)
	configured := l.r.o.Exporters != nil && slices.ContainsFunc(l.r.o.Exporters(), func(e policy.Exporter) bool {
		return e.USCC == f.Exporter.USCC && e.CIIO == policy.Yes
	})
	if registered && d.CIIO == policy.Yes || configured {
		out = append(out, Fault{"pathway", "is not open to a critical information infrastructure operator, as which the exporter is known here", "use SA, or a registered exemption"})
	}
	return out, nil
}

// recipient refuses to take up one that is on the deny-list.
func (l *looker) recipient(d *RecipientDoc) []Fault {
	rules, err := l.r.o.Law.At(l.r.o.Now())
	if err == nil && d.Status == statusEffective && rules.Denies(&policy.Destination{Recipient: d.ID}) {
		return []Fault{{"status", "is effective, and the recipient is on the deny-list", "write suspended; nothing may be provided to it"}}
	}
	return nil
}

// exception keeps the ids of tickets and of exceptions apart: answers name
// either.
func (l *looker) exception(ctx context.Context, d *ExceptionDoc) ([]Fault, error) {
	_, err := readTicket(ctx, l.q, d.ID)
	if err == nil {
		return []Fault{{"id", "is that of a ticket", "use another id"}}, nil
	}
	return nil, notMissing(err)
}
