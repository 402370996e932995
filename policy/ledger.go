package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// CountKind is which persons a limit counts.
type CountKind string

// The kinds of count.
const (
	CountNS  CountKind = "ns"  // persons whose non-sensitive PI went out
	CountSP  CountKind = "sp"  // persons whose sensitive PI went out
	CountAny CountKind = "any" // persons of either kind
)

// Limit is the highest number of distinct persons that a scope may reach.
type Limit struct {
	ID   string    `json:"id"` // national.ns.100000, or FILING.sp
	Kind CountKind `json:"kind"`
	Max  int64     `json:"max"`
	// Filing scopes the count to one filing; empty counts the exporter.
	Filing string `json:"filing,omitempty"`
	// Validity counts over the filing's whole validity instead of the
	// calendar year.
	Validity bool `json:"validity,omitempty"`
	// Bases are the legal bases that are added up; empty means all. The
	// exempt ones are left out by the pack, not by the ledger.
	Bases []string `json:"bases,omitempty"`
}

// Bracket says on which side of a limit a flow falls.
type Bracket struct {
	Limit    string `json:"limit"`
	Exceeded bool   `json:"exceeded"` // the count after this flow is above Max, also when Held comes free
	Before   int64  `json:"-"`        // distinct persons now, open reservations included
	After    int64  `json:"-"`        // the same with this flow
	// Held is how many of After only open reservations count: they may come
	// free, and Reserve waits for them. It is zero where nobody can reserve.
	Held int64 `json:"-"`
	Max  int64 `json:"-"`
}

// Counted is one person of a flow, for counting.
type Counted struct {
	Subject inspect.Subject
	NS, SP  bool // has non-sensitive, has sensitive data in the flow
}

// BasisObserved is what persons count under who went out in observe mode
// without a basis that would have let them pass. It counts under every
// national limit.
const BasisObserved = "OBSERVED"

// Count is one flow's persons and what they are to be counted under.
type Count struct {
	Flow   string
	Entity string // the exporter's USCC
	// Members are the USCCs of the group that the exporter counts in, its own
	// included, sorted; nil for an exporter that counts alone. Limits that
	// name no filing then count the group, and the exporter's own year is
	// counted beside it.
	Members []string
	At      time.Time // first intent; its year in Asia/Shanghai counts
	Basis   string
	Filing  string
	Persons []Counted
	Limits  []Limit
	Observe bool // observe mode: limits are ignored, persons count as sent
}

// GroupID names a group by its members: another set of members is another
// group, which begins with what each of them counts by then.
func GroupID(members []string) string {
	sum := sha256.Sum256([]byte(strings.Join(members, "\n")))
	return "group-" + hex.EncodeToString(sum[:8])
}

// Counting returns the name under which the limits of a count's exporter are
// counted: its own, or its group's.
func (c *Count) Counting() string {
	if len(c.Members) == 0 {
		return c.Entity
	}
	return GroupID(c.Members)
}

// Reservation is a claim on places that is not settled yet. One of no persons,
// or only of persons who are final already, has an empty ID and needs no
// settling.
type Reservation struct {
	ID string `json:"id,omitempty"`
	// Commitment is SHA-256 over the scopes and the sorted scoped hashes that
	// the reservation adds to what was final: the audit log can prove the
	// ledger's journal by it.
	Commitment string    `json:"commitment,omitempty"`
	Flow       string    `json:"-"`
	Observed   bool      `json:"-"`      // reserved after it went out, in observe mode
	NewNS      int64     `json:"new_ns"` // persons new to the exporter's year
	NewSP      int64     `json:"new_sp"`
	Brackets   []Bracket `json:"-"`
}

// Ledger keeps the exact yearly counts of distinct persons. It is safe for
// concurrent use and never under-counts: a person is counted from Reserve
// on, and uncounted only by Release of the last reservation that claims it.
type Ledger interface {
	// Peek says where the persons would fall, without claiming anything.
	Peek(ctx context.Context, c Count) ([]Bracket, error)
	// Reserve claims all persons or none, in one step, and is durable when it
	// returns. It answers *LimitError when a limit would be passed,
	// *ContendedError when only open reservations stand in the way and none
	// settled in time, and ErrLedgerUnavailable when it cannot be sure.
	Reserve(ctx context.Context, c Count) (Reservation, error)
	// Commit makes a reservation final. inDoubt marks it as possibly unsent;
	// such persons stay counted until an operator settles them.
	Commit(ctx context.Context, id string, inDoubt bool) error
	// Release gives the places back. Only flows that sent nothing release.
	Release(ctx context.Context, id string) error
	// Unsettled returns the open reservations, oldest first.
	Unsettled(ctx context.Context) ([]Reservation, error)
	// Ready reports whether the ledger can reserve.
	Ready(ctx context.Context) error
}

// ErrLedgerUnavailable means that nothing can be reserved now.
var ErrLedgerUnavailable = errors.New("ledger unavailable")

// LimitError is the answer of Reserve when a limit would be passed.
type LimitError struct{ Bracket Bracket }

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit %s: %d persons would pass %d", e.Bracket.Limit, e.Bracket.After, e.Bracket.Max)
}

// ContendedError is the answer of Reserve when the last places of a limit are
// held by flows that are still open.
type ContendedError struct{ Limit string }

func (e *ContendedError) Error() string { return "limit " + e.Limit + " is held by open flows" }
