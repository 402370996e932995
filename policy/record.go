package policy

import (
	"encoding/json"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// EntrySchema is the schema of log entries, RecordSchema that of records.
const (
	EntrySchema  = "dc.entry/1"
	RecordSchema = "dc.record/1"
)

// EntryKind says which step an entry makes durable.
type EntryKind string

// The kinds of entry. An intent whose enforced action releases nothing is
// complete by itself; any other is completed by an outcome.
const (
	KindIntent  EntryKind = "intent"
	KindGroup   EntryKind = "group" // windows or messages about to leave
	KindOutcome EntryKind = "outcome"
	KindAdmin   EntryKind = "admin" // filing changes, reloads, settlements
)

// Entry is one leaf of the log. Seq and the chain are the recorder's.
type Entry struct {
	Schema  string    `json:"schema"`
	Seq     uint64    `json:"seq"`
	Kind    EntryKind `json:"kind"`
	Node    string    `json:"node"`
	Time    time.Time `json:"time"`
	Flow    string    `json:"flow,omitempty"`
	Intent  *Intent   `json:"intent,omitempty"`
	Group   *Group    `json:"group,omitempty"`
	Outcome *Outcome  `json:"outcome,omitempty"`
	Admin   *Admin    `json:"admin,omitempty"`
}

// Intent is everything that was known when the flow was decided.
type Intent struct {
	Mode     string `json:"mode"`   // enforce or observe
	Judged   string `json:"judged"` // whole, window, message, head or unread
	Session  string `json:"session"`
	Door     string `json:"door"`
	Client   string `json:"client"` // pseudonym, or the address if so configured
	User     string `json:"user,omitempty"`
	Exporter string `json:"exporter,omitempty"`

	Direction Direction `json:"direction"`
	Protocol  string    `json:"protocol"`
	Scheme    string    `json:"scheme,omitempty"`
	Method    string    `json:"method,omitempty"`
	Host      string    `json:"host"` // withheld when the scanner finds anything in it
	Port      uint16    `json:"port,omitempty"`
	SNI       string    `json:"sni,omitempty"`
	Address   string    `json:"address,omitempty"`
	Place     Place     `json:"place"`
	Recipient string    `json:"recipient,omitempty"`
	Declared  Declared  `json:"declared"`

	Classes  []ClassCount     `json:"classes,omitempty"`
	Persons  PersonCount      `json:"persons"`
	Coverage inspect.Coverage `json:"coverage"`
	// Mismatches are the first of the contents that are of another format
	// than was said.
	Mismatches []inspect.Mismatch `json:"mismatches,omitempty"`

	// Stopped is the code of a refusal that no policy was asked about: of the
	// wire, a limit or a store. The verdict cannot be derived without it.
	Stopped  Code    `json:"stopped,omitempty"`
	Decided  Verdict `json:"decided"`
	Enforced Action  `json:"enforced"`
	Pack     PackID  `json:"pack"`
	Profile  string  `json:"profile"`
	Rules    string  `json:"rules"` // digest of the identifier catalogue
	// Policy is the digest of the policy that was asked last.
	Policy string `json:"policy,omitempty"`
	// Question is the canonical question, from which the verdict can be
	// derived again.
	Question    json.RawMessage `json:"question,omitempty"`
	Counters    []Counter       `json:"counters,omitempty"`
	Reservation *Reservation    `json:"reservation,omitempty"`
	Ticket      string          `json:"ticket,omitempty"` // of a held part
	Split       Split           `json:"split,omitzero"`   // the pieces it belongs with
	// Evidence is what was kept of a refused flow for the auditors, where that
	// is configured.
	Evidence *EvidenceRef `json:"evidence,omitempty"`

	ReadMicros  int64 `json:"read_us,omitempty"` // from the head to the last body byte
	JudgeMicros int64 `json:"judge_us"`          // from the last body byte to the verdict
	// Clock is what the system said of its clock: synced, unsynced or unknown.
	Clock string `json:"clock,omitempty"`
	// Places is the digest of the map and table that gave the country, where
	// no filing did.
	Places string `json:"places,omitempty"`
	Build  string `json:"build"`
}

// ClassCount is how much of one class was found, by confidence.
type ClassCount struct {
	Class  inspect.Class `json:"class"`
	Level  inspect.Level `json:"level"`
	Low    int64         `json:"low,omitempty"`
	Medium int64         `json:"medium,omitempty"`
	High   int64         `json:"high,omitempty"`
}

// PersonCount is how many distinct persons a flow carries.
type PersonCount struct {
	Total  int `json:"total"` // upper bound
	NS     int `json:"ns"`
	SP     int `json:"sp"`
	Minors int `json:"minors"`
	Linked int `json:"linked"` // estimate
}

// Counter is a snapshot of one limit around a flow.
type Counter struct {
	Limit  string    `json:"limit"`
	Kind   CountKind `json:"kind,omitempty"`
	Before int64     `json:"before"`
	After  int64     `json:"after"`
	Held   int64     `json:"held,omitempty"` // of After, by reservations that were open
	Max    int64     `json:"max"`
	// Refused says that the reservation found no place although the count
	// before it did.
	Refused bool `json:"refused,omitempty"`
}

// Group covers windows or messages that leave after this entry is durable.
type Group struct {
	Parts   int64   `json:"parts"`
	Bytes   int64   `json:"bytes"`
	Verdict Verdict `json:"verdict"`
	// Question is what the verdict answers, where it differs from the last one
	// asked about the flow.
	Question json.RawMessage `json:"question,omitempty"`
	// Reservation is of the persons that are new in these parts.
	Reservation *Reservation `json:"reservation,omitempty"`
}

// Sent says how much of a flow's governed bytes reached a socket.
type Sent string

// The answers. SentUnknown is what a crash leaves behind.
const (
	SentNone    Sent = "none"
	SentSome    Sent = "some"
	SentAll     Sent = "all"
	SentUnknown Sent = "unknown"
)

// Outcome is what happened to a released flow.
type Outcome struct {
	Sent Sent `json:"sent"`
	// Bytes counts request body bytes handed to the upstream connection;
	// Received counts response body bytes from it.
	Bytes    int64 `json:"bytes"`
	Received int64 `json:"received"`
	Status   int   `json:"status,omitempty"` // of the origin's response
	Attempts int   `json:"attempts,omitempty"`
	Fault    Code  `json:"fault,omitempty"`
	InDoubt  bool  `json:"in_doubt,omitempty"`
	// Origin is what the origin showed of itself before anything was sent.
	Origin *Origin `json:"origin,omitempty"`
	// Late is the verdict of observe mode, where the intent is written
	// before the flow was read, with what was found.
	Late       *Intent `json:"late,omitempty"`
	DurationMS int64   `json:"duration_ms"`
}

// Origin is the second look at a TLS connection: at the certificate and the
// terms that the origin answered with.
type Origin struct {
	Certificate string `json:"certificate,omitempty"` // SHA-256 of the leaf, hex
	Version     string `json:"version,omitempty"`     // TLS 1.2, TLS 1.3
	ALPN        string `json:"alpn,omitempty"`
	// Revocation is what was known of it: good (stapled), unknown (nothing
	// stapled, no list), or listed_good (by a list of the operator).
	Revocation string `json:"revocation,omitempty"`
	// Identity names our own client certificate, where one was shown.
	Identity string `json:"identity,omitempty"`
}

// Admin is an act of an operator or of the program itself.
type Admin struct {
	Act    string `json:"act"` // filing.add, reload, ledger.settle, ...
	Actor  string `json:"actor,omitempty"`
	Object string `json:"object,omitempty"`
	Digest string `json:"digest,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Record is the fold of a flow's entries: the one answer to what happened.
type Record struct {
	Schema   string    `json:"schema,omitempty"`
	ID       string    `json:"id"` // the flow's id
	First    uint64    `json:"first_seq"`
	Last     uint64    `json:"last_seq"`
	Node     string    `json:"node"`
	Time     time.Time `json:"time"`
	Complete bool      `json:"complete"` // nothing more will be added
	Intent   Intent    `json:"intent"`
	Groups   *Group    `json:"groups,omitempty"` // summed
	Outcome  *Outcome  `json:"outcome,omitempty"`
}
