package policy

import (
	"encoding/json"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Stage says how much of the flow was read when the question is asked.
type Stage string

// The stages. A head question may end a flow early; a whole question decides.
const (
	StageHead   Stage = "head"
	StagePart   Stage = "part"
	StageWindow Stage = "window" // what came so far of a part that is sent in windows
)

// Question is what the decider is asked. Its JSON form is canonical: it holds
// no flow id, no free text and no exact counter, only on which side of each
// limit the persons fall, so equal questions have equal bytes and a decision
// can be replayed from them.
type Question struct {
	Stage       Stage         `json:"stage"`
	Date        string        `json:"date"` // civil date of the flow, Asia/Shanghai
	Direction   Direction     `json:"direction"`
	Protocol    string        `json:"protocol"`
	Destination AskedPlace    `json:"destination"`
	Exporter    Exporter      `json:"exporter"`
	Declared    Declared      `json:"declared"`
	Found       []Found       `json:"found"`
	Persons     AskedPersons  `json:"persons"`
	Coverage    AskedCoverage `json:"coverage"`
	Content     AskedContent  `json:"content,omitzero"`
	Link        AskedLink     `json:"link,omitzero"`
	Split       AskedSplit    `json:"split,omitzero"`
	Candidates  []Candidate   `json:"candidates"`
	Brackets    []Bracket     `json:"brackets"`
	Approval    *Approval     `json:"approval,omitempty"`
	Exceptions  []Exception   `json:"exceptions,omitempty"`
	Pack        PackID        `json:"pack"`
	Profile     string        `json:"profile"` // sensitivity profile
}

// AskedPlace is the destination without its name.
type AskedPlace struct {
	Place
	Overseas  bool   `json:"overseas"`
	Recipient string `json:"recipient,omitempty"`
	Denied    bool   `json:"denied"` // on the recipient deny-list or a foreign authority
}

// Found is one class of data in the flow, at medium confidence or above.
type Found struct {
	Class      inspect.Class      `json:"class"`
	Level      inspect.Level      `json:"level"`
	Confidence inspect.Confidence `json:"confidence"`
	// Magnitude is the number of decimal digits of the count: 1 for 1 to 9,
	// 2 for 10 to 99. Exact counts are in the record.
	Magnitude int  `json:"magnitude"`
	Personal  bool `json:"personal"`
	Sensitive bool `json:"sensitive"` // under the profile in force, or of a minor
}

// AskedPersons says which kinds of person counts the flow touches.
type AskedPersons struct {
	NonSensitive bool `json:"non_sensitive"`
	Sensitive    bool `json:"sensitive"`
	Minors       bool `json:"minors"`
}

// AskedCoverage is the coverage without byte counts.
type AskedCoverage struct {
	State inspect.CoverState  `json:"state"`
	Gaps  []inspect.GapReason `json:"gaps,omitempty"`
}

// PackID names the rule pack in force.
type PackID struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
}

// Candidate is one filing of the exporter with how far it fits the flow. The
// comparisons that need clocks, names and networks are done by the Register;
// the law's own questions (categories, need, strength) stay in the policy.
type Candidate struct {
	Filing    string  `json:"filing"`
	Revision  int     `json:"revision"`
	Pathway   Pathway `json:"pathway"`
	Status    string  `json:"status"`
	Time      string  `json:"time"` // current, not_yet or expired
	Recipient bool    `json:"recipient"`
	Country   bool    `json:"country"`
	Link      bool    `json:"link"`
	Purpose   string  `json:"purpose"` // match, mismatch or undeclared
	// Covers are the approved classes; Sensitive those approved as sensitive
	// items; Important those approved at level important; Refused those in an
	// item that was refused.
	Covers        []inspect.Class `json:"covers"`
	Sensitive     []inspect.Class `json:"sensitive,omitempty"`
	Important     []inspect.Class `json:"important,omitempty"`
	Refused       []inspect.Class `json:"refused,omitempty"`
	Deidentified  []inspect.Class `json:"deidentified,omitempty"` // approved only in a processed form
	Claim         string          `json:"claim,omitempty"`        // for EXEMPTION: the code, as EX_CONTRACT
	List          string          `json:"list,omitempty"`         // for FTZ_LIST: the zone list whose use is registered
	Window        bool            `json:"window,omitempty"`       // its link may be sent in windows
	Stop          []inspect.Class `json:"stop,omitempty"`         // but not these classes, sorted
	Approvals     []string        `json:"approvals,omitempty"`    // kinds of sector approvals in force, sorted
	LimitIDs      []string        `json:"limits,omitempty"`       // of Limits, for the policy to look up
	Limits        []Limit         `json:"-"`
	ValidUntil    time.Time       `json:"-"`
	RecipientID   string          `json:"-"`
	LinkID        string          `json:"-"`
	RecipientInfo *Recipient      `json:"-"`
}

// Approval is what reviewers answered to a held part: its release by two, which
// the register gives only while it is in force, or its refusal by one.
type Approval struct {
	Ticket    string   `json:"ticket"`
	Approvers []string `json:"approvers"` // names of their keys, sorted
	// Rules are those that the reviewers saw the part held by, sorted: rules of
	// the operator, and suspected.… . Another rule holds it again.
	Rules []string `json:"rules,omitempty"`
	// Denied says that a reviewer refused the part, which is final.
	Denied bool `json:"denied,omitempty"`
}

// Exception lifts rules that the operator made, for one exporter and
// destination. It never lifts what the law asks. The register gives those
// whose scope fits the flow.
type Exception struct {
	ID       string `json:"id"`
	Revision int    `json:"revision"`
	// State is current, or why it has no effect: unapproved, not_yet, expired,
	// used_up, suspended.
	State string `json:"state"`
	// Waives are ids of the operator's rules, require.… and suspected.… .
	Waives    []string        `json:"waives"`
	Classes   []inspect.Class `json:"classes,omitempty"` // that it is limited to; empty: any
	Approvers []string        `json:"approvers,omitempty"`
}

// Canonical returns the bytes that stand in the record and in cache keys.
// Slices must be sorted by whoever fills them.
func (q *Question) Canonical() ([]byte, error) { return json.Marshal(q) }
