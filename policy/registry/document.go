package registry

import (
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// The schemas of the documents beside filings.
const (
	ExporterSchema  = "dc.exporter/1"
	RecipientSchema = "dc.recipient/1"
	ExceptionSchema = "dc.exception/1"
)

// Kind is what a change of the register is about.
type Kind string

// The kinds.
const (
	KindFiling    Kind = "filing"
	KindExporter  Kind = "exporter"
	KindRecipient Kind = "recipient"
	KindException Kind = "exception"
	KindReview    Kind = "review" // the answers to one ticket or exception
)

// Stamp is what the registry adds to a document. It is not read when a
// document is added.
type Stamp struct {
	Revision int    `json:"revision,omitempty"`
	PrevHash string `json:"prev_hash,omitempty"`
	Hash     string `json:"hash,omitempty"`
}

// ExporterDoc is an exporter as the register knows it, with how its clients
// are recognised. The configuration may name others.
type ExporterDoc struct {
	Schema string     `json:"schema"`
	USCC   string     `json:"uscc"`
	Name   string     `json:"name,omitempty"`
	Group  []string   `json:"group,omitempty"` // USCCs that file together with it
	CIIO   policy.Tri `json:"ciio,omitempty"`  // absent is unknown, and counts as yes
	Zone   string     `json:"registered_zone,omitempty"`
	// ZoneExport says whether it exports from the zone, as some lists ask.
	ZoneExport policy.Tri `json:"zone_export,omitempty"`
	City       string     `json:"city_code,omitempty"`
	Clients    []string   `json:"clients,omitempty"` // CIDRs; the longest wins
	MayDeclare bool       `json:"may_declare,omitempty"`
	Status     string     `json:"status"` // effective or suspended
	Stamp
}

// Exporter gives the facts that decisions ask for.
func (d ExporterDoc) Exporter() policy.Exporter {
	return policy.Exporter{USCC: d.USCC, Name: d.Name, Group: d.Group, CIIO: d.CIIO, Zone: d.Zone, City: d.City, ZoneExport: d.ZoneExport}
}

// RecipientDoc is an overseas receiver by the id that filings call it by. While
// it is suspended, nothing may be sent to it.
type RecipientDoc struct {
	Schema  string          `json:"schema"`
	ID      string          `json:"id"`
	Name    string          `json:"name,omitempty"`
	Country string          `json:"country"`
	Role    string          `json:"role,omitempty"`
	Address string          `json:"address,omitempty"`
	Contact string          `json:"contact,omitempty"`
	Onward  []policy.Onward `json:"onward,omitempty"`
	Status  string          `json:"status"` // effective or suspended
	Stamp
}

// ExceptionDoc asks to lift rules of the operator for one exporter and some
// destinations. It has no effect until two reviewers approved this revision.
type ExceptionDoc struct {
	Schema   string `json:"schema"`
	ID       string `json:"id"`
	Exporter string `json:"exporter"` // its USCC
	// Owner answers for it, and cannot be one of its reviewers.
	Owner  string `json:"owner"`
	Reason string `json:"reason"`
	// Recipients are ids in filings; Hosts names, *.suffix or CIDRs. One of
	// the two is given.
	Recipients []string        `json:"recipients,omitempty"`
	Hosts      []string        `json:"hosts,omitempty"`
	Classes    []inspect.Class `json:"classes,omitempty"` // empty: any
	Waives     []string        `json:"waives"`
	Quota      Quota           `json:"quota"`
	Effective  string          `json:"effective"`
	Expires    string          `json:"expires"` // its last day
	Status     string          `json:"status"`  // effective or suspended
	Stamp
}

// Quota is how much may go out in all.
type Quota struct {
	Transfers int64 `json:"transfers"`
	Persons   int64 `json:"persons"` // the same person in two transfers counts twice
}

// The verdicts of a reviewer.
const (
	Approve = "approve"
	Deny    = "deny"
)

// Answer is what a reviewer says to a ticket or an exception, and signs.
type Answer struct {
	Ticket string `json:"ticket"` // or the id of the exception
	// Object is TicketState.Object of what the reviewer was shown.
	Object   string    `json:"object"`
	Verdict  string    `json:"verdict"` // approve or deny
	Reviewer string    `json:"reviewer"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	// Expires, Transfers and Persons bound an approval: the earliest and the
	// smallest of all approvals hold.
	Expires   time.Time `json:"expires,omitzero"`
	Transfers int64     `json:"transfers,omitempty"`
	Persons   int64     `json:"persons,omitempty"`
}

// The states of a ticket or exception under review.
const (
	StateOpen     = "open"
	StateApproved = "approved"
	StateDenied   = "denied"
	StateExpired  = "expired"
	StateUsedUp   = "used_up"
)

// TicketState is a held transfer or an exception with its answers. For an
// exception Ticket holds only id, time and exporter.
type TicketState struct {
	Ticket    policy.Ticket `json:"ticket"`
	Exception *ExceptionDoc `json:"exception,omitempty"`
	// Object is the digest of what is shown here; an Answer names it.
	Object    string    `json:"object"`
	State     string    `json:"state"`
	Answers   []Answer  `json:"answers,omitempty"`
	Approvers []string  `json:"approvers,omitempty"` // whose approval counts now, sorted
	Expires   time.Time `json:"expires,omitzero"`    // of what was approved so far
	Quota     Quota     `json:"quota,omitzero"`
	// UsedTransfers and UsedPersons are what went out under it.
	UsedTransfers int64 `json:"used_transfers"`
	UsedPersons   int64 `json:"used_persons"`
}
