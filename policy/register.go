package policy

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Register knows the filings. It is safe for concurrent use, and a change
// that it accepted is seen by flows that begin a second later.
type Register interface {
	// Identify completes f.Destination.Recipient and Place and f.Declared
	// from the link tables of the exporter's effective filings. What the
	// client was allowed to declare is kept. A Place with a Source and without
	// a Country means that the filings disagree on where overseas it is. It
	// knows only names and addresses already in f and never resolves one.
	Identify(ctx context.Context, f *Flow) error
	// Candidates returns all filings of the exporter or its group, best fit
	// first, with how far each fits the flow.
	Candidates(ctx context.Context, f *Flow) ([]Candidate, error)
	// Exceptions returns those whose scope fits the flow, by id.
	Exceptions(ctx context.Context, f *Flow) ([]Exception, error)
	// Hold keeps a ticket for the reviewers, durably; one that is there stays.
	Hold(ctx context.Context, t Ticket) error
	// Approval returns the release of a ticket that is in force, or its
	// refusal, or nil.
	Approval(ctx context.Context, ticket string) (*Approval, error)
	// Use takes the quota of what a verdict rests on, durably, all or nothing.
	// The same flow takes it once. ErrUsedUp means that nothing is left.
	Use(ctx context.Context, u Use) error
	// Ready reports whether the store answers.
	Ready(ctx context.Context) error
}

// Atlas is the map of destinations: the country of one that no filing names,
// and what the operator set for it.
type Atlas interface {
	// Place looks in the operator's own map first, then in the country
	// table. host is canonical; addr may be invalid when nothing was
	// resolved. An unknown place is the zero Place.
	Place(host string, addr netip.Addr) Place
	// Unread returns the reasons for which the operator lets this exporter's
	// content go to the destination although it was not read, sorted. No
	// filing grants that.
	Unread(f *Flow) []inspect.GapReason
	// Digest identifies the data in use.
	Digest() string
}

// Law gives the rules in force at a time. It is safe for concurrent use.
type Law interface {
	// At returns the rules of the pack in force at t, or an error that names
	// the packs there are. The result is shared and must not be changed.
	At(t time.Time) (*Rules, error)
}

// Rules are the legal numbers and lists of one pack under one profile.
type Rules struct {
	Pack    PackID
	Profile string
	// Personal says which classes are personal information, besides all whose
	// name begins with pi.; Sensitive which of them are sensitive under the
	// profile.
	Personal  map[inspect.Class]bool
	Linked    map[inspect.Class]bool // personal only where a person is told beside
	Sensitive map[inspect.Class]bool
	// Secret, Core and Important are classes whose findings are state
	// secrets, core data or published important data by themselves.
	Secret    map[inspect.Class]bool
	Core      map[inspect.Class]bool
	Important map[inspect.Class]bool
	// MinorAge: all data of a person younger than this is sensitive.
	MinorAge int
	// National are the yearly limits of every exporter. Entity and period are
	// filled in by Count.
	National []Limit
	// Scale are limits beyond which data is suspected to be important by its
	// volume; Zone those of the lists of a zone, by its code.
	Scale []Limit
	Zone  map[string][]Limit
	// BothKinds counts a person with sensitive and other data in both sets.
	BothKinds bool
	// DeniedHosts and DeniedRecipients are the recipient deny-list.
	DeniedHosts      []string
	DeniedRecipients []string
	// Data is handed to the policy as data.pack; it is the pack's own JSON.
	Data map[string]any
}

// Limits returns the yearly limits that are asked about for an exporter.
func (r *Rules) Limits(e Exporter) []Limit {
	return slices.Concat(r.National, r.Scale, r.Zone[e.Zone])
}

// Denies reports whether the recipient deny-list names a destination, or the
// register suspended its recipient.
func (r *Rules) Denies(d *Destination) bool {
	if d.Denied || d.Recipient != "" && slices.Contains(r.DeniedRecipients, d.Recipient) {
		return true
	}
	return slices.ContainsFunc(r.DeniedHosts, func(h string) bool {
		suffix, any := strings.CutPrefix(h, "*")
		return d.Host == h || any && strings.HasSuffix(d.Host, suffix)
	})
}

// IsPersonal reports whether data of a class is personal information. A class
// of an operator that begins with pi. is, whether or not the pack knows it.
func (r *Rules) IsPersonal(c inspect.Class) bool {
	return r.Personal[c] || strings.HasPrefix(string(c), "pi.")
}

// PersonalIn is IsPersonal for a class found in a part.
func (r *Rules) PersonalIn(c inspect.Class, part *inspect.Report) bool {
	if !r.IsPersonal(c) {
		return false
	}
	if !r.Linked[c] || len(part.Persons) > 0 {
		return true
	}
	for _, t := range part.Tallies {
		if r.IsPersonal(t.Class) && !r.Linked[t.Class] && t.At(inspect.Medium) > 0 {
			return true // somebody is told, if not who
		}
	}
	return false
}
