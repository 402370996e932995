// Package incident keeps what a person said about an incident, the clocks by
// which it is to be reported, and drafts the report from the audit log.
//
// An incident is a file of steps: opened, noted, reported, closed. It is
// written durably before the step goes into the audit log, so that a clock runs
// from the moment somebody said so; a step without the number of its entry is
// put into the log by the next command. The package decides nothing: whether
// and what to report stays a person's.
package incident

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// Schema is the schema of an incident's file.
const Schema = "dc.incident/1"

// Kind is what happened.
type Kind string

// The kinds.
const (
	Leak   Kind = "leak"   // data reached somebody who must not have it
	Bypass Kind = "bypass" // data went out past the gateway or its verdict
	Loss   Kind = "loss"   // data was lost, altered or destroyed
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{Leak, Bypass, Loss} }

// The acts, as they stand in the audit log.
const (
	ActOpen   = "incident.open"
	ActNote   = "incident.note"
	ActReport = "incident.report"
	ActClose  = "incident.close"
)

// Incident is one incident as its file holds it.
type Incident struct {
	Schema     string    `json:"schema"`
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	Level      string    `json:"level,omitempty"` // empty: nobody said, which counts as the highest
	Discovered time.Time `json:"discovered"`      // from here the clocks run
	Scope      Scope     `json:"scope"`
	// Exporters are those concerned, with their status when the incident was
	// opened; Body is the strictest of them.
	Exporters []Exporter `json:"exporters"`
	Body      string     `json:"body"`
	Pack      string     `json:"pack"` // whose clocks they are
	Article   string     `json:"article,omitempty"`
	Verified  bool       `json:"verified"` // the clocks were compared with the law's text
	Clocks    []Clock    `json:"clocks"`
	Steps     []Step     `json:"steps"`
}

// Scope says which records an incident is about: those named, or those of a
// time that fit. A zero scope is about none.
type Scope struct {
	Records   []string  `json:"records,omitempty"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"`
	Exporter  string    `json:"exporter,omitempty"`
	Recipient string    `json:"recipient,omitempty"`
	Class     string    `json:"class,omitempty"`
}

// Exporter is one that the incident concerns.
type Exporter struct {
	USCC string     `json:"uscc"`
	CIIO policy.Tri `json:"ciio,omitempty"` // empty: unknown, counted as yes
}

// Clock is a time by which the incident is to be reported.
type Clock struct {
	ID      string    `json:"id"`
	Minutes int       `json:"minutes"`
	Due     time.Time `json:"due"`
}

// Step is what one person did. Clock names the clock that a report stopped.
type Step struct {
	At    time.Time `json:"at"`
	Act   string    `json:"act"`
	By    string    `json:"by"`
	Text  string    `json:"text"`
	To    string    `json:"to,omitempty"`    // the authority that was told
	Clock string    `json:"clock,omitempty"` // of a report
	Entry uint64    `json:"entry,omitempty"` // of the audit log; 0: not there yet
}

// BodyOf is the strictest body of exporters: one whose status nobody stated
// counts as an operator of critical information infrastructure. central says
// that a central Party or state organ is concerned.
func BodyOf(exporters []Exporter, central bool) string {
	body := law.BodyOther
	for _, e := range exporters {
		if e.CIIO != policy.No {
			return law.BodyCIIO
		}
	}
	if len(exporters) == 0 {
		return law.BodyCIIO
	}
	if central {
		body = law.BodyCentral
	}
	return body
}

// Start sets body, clocks and what the pack says of them. No clock of the body
// at all leaves the incident without one; Clocks is empty then.
func (i *Incident) Start(in law.Incidents, pack string, central bool) {
	i.Body, i.Pack, i.Article, i.Verified = BodyOf(i.Exporters, central), pack, in.Article, in.Verified
	i.Clocks = []Clock{}
	for _, c := range in.Clocks {
		if c.Runs(i.Body, i.Level) {
			i.Clocks = append(i.Clocks, Clock{c.ID, c.Minutes, i.Discovered.Add(time.Duration(c.Minutes) * time.Minute)})
		}
	}
}

// Closed returns the step that closed the incident, or nil.
func (i *Incident) Closed() *Step {
	if n := len(i.Steps); n > 0 && i.Steps[n-1].Act == ActClose {
		return &i.Steps[n-1]
	}
	return nil
}

// Opened is when somebody opened the incident.
func (i *Incident) Opened() time.Time {
	if len(i.Steps) == 0 {
		return time.Time{}
	}
	return i.Steps[0].At
}

// ErrClosed means that nothing can be added any more.
var ErrClosed = errors.New("the incident is closed")

// Report notes that an authority was told, which stops a clock: the named one,
// or the only one that runs. Where none runs it is noted all the same.
func (i *Incident) Report(s Step) error {
	var running []string
	for _, c := range i.Clocks {
		if i.stopped(c.ID) == nil {
			running = append(running, c.ID)
		}
	}
	switch {
	case s.Clock != "" && !slices.ContainsFunc(i.Clocks, func(c Clock) bool { return c.ID == s.Clock }):
		return errors.New("the incident has no clock of that name; see customs incident show")
	case s.Clock == "" && len(running) > 1:
		return errors.New("several clocks run: name the one that this report stops, see customs incident show")
	case s.Clock == "" && len(running) == 1:
		s.Clock = running[0]
	}
	s.Act = ActReport
	return i.Add(s)
}

// Add puts a step to the end.
func (i *Incident) Add(s Step) error {
	if i.Closed() != nil {
		return ErrClosed
	}
	next := *i
	next.Steps = append(slices.Clone(i.Steps), s)
	if err := next.Sound(); err != nil {
		return err
	}
	*i = next
	return nil
}

// stopped returns the first report that stopped a clock, or nil.
func (i *Incident) stopped(clock string) *Step {
	for n := range i.Steps {
		if s := &i.Steps[n]; s.Act == ActReport && s.Clock == clock {
			return s
		}
	}
	return nil
}

// Pending returns the index of the first step that is not in the audit log,
// or -1.
func (i *Incident) Pending() int {
	return slices.IndexFunc(i.Steps, func(s Step) bool { return s.Entry == 0 })
}

// Digest is what the audit log says of a step: SHA-256 over the incident up to
// and with it, without the numbers of entries.
func (i *Incident) Digest(step int) string {
	c := *i
	c.Steps = slices.Clone(i.Steps[:step+1])
	for n := range c.Steps {
		c.Steps[n].Entry = 0
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings, numbers and times within their bounds
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Act is a step as an act of the audit log.
func (i *Incident) Act(step int) policy.Admin {
	s := i.Steps[step]
	object := i.ID
	if s.To != "" {
		object += " to " + s.To
	}
	return policy.Admin{Act: s.Act, Actor: s.By, Object: object, Digest: i.Digest(step), Note: s.Text}
}
