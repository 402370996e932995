// Package advise says from what was observed which pathway each exporter needs
// now and by the end of the year, and drafts what would have to be filed.
//
// A Traffic sums records as they are read; Advise asks the Decider synthetic
// questions about what it saw, at the counts of now and of 31 December, and
// writes a draft for each recipient and purpose that nothing held covers.
// Compare sets each filing against the same traffic.
//
// The promise: every need and every "covered" is an answer of the Decider, and
// no number of the law stands here. What a record cannot know is marked for a
// person to fill in, and an upper bound is called one. A draft is a draft: it
// covers nothing until an authority has said so and somebody registers that.
package advise

import (
	"context"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// Schema is the schema of Advice.
const Schema = "dc.advice/1"

// Sources are what is asked beside the traffic.
type Sources struct {
	Now     time.Time
	Law     policy.Law
	Decider policy.Decider
	// Pathway gives the terms of a pathway on a day written 2006-01-02.
	Pathway func(w policy.Pathway, day string) law.Pathway
	// Register knows the filings; nil without any.
	Register Register
	// Match compares one filing with a flow as the register does.
	Match func(f policy.Filing, flow *policy.Flow) (policy.Candidate, error)
	// Counts are those of the ledger; nil without one.
	Counts Counts
	// Exporters are those known now; Filings all there are, newest revisions.
	Exporters []policy.Exporter
	Filings   []policy.Filing
	// Only limits the advice to one exporter.
	Only string
}

// Register is the part of policy.Register that is asked.
type Register interface {
	Identify(ctx context.Context, f *policy.Flow) error
	Candidates(ctx context.Context, f *policy.Flow) ([]policy.Candidate, error)
}

// Counts gives what the ledger counts.
type Counts interface {
	// Count is how many persons a limit counts for an exporter, or its group.
	Count(e policy.Exporter, year int, l policy.Limit) int64
	// Before is how many of an exporter's year, or its group's, were entered
	// from before the gateway, whatever they count towards.
	Before(e policy.Exporter, year int) int64
	// Entities are the exporters with a count in a year.
	Entities(year int) []string
}

// Bilingual is a sentence in Chinese and English.
type Bilingual struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the sentence in "zh" or "en".
func (b Bilingual) In(lang string) string {
	if lang == policy.Chinese {
		return b.ZH
	}
	return b.EN
}

// Advice is what to do, for all exporters.
type Advice struct {
	Schema    string        `json:"schema"`
	At        time.Time     `json:"at"`
	Since     time.Time     `json:"since"`
	Year      int           `json:"year"`
	YearEnd   string        `json:"year_end"`
	Pack      policy.PackID `json:"pack"`
	Profile   string        `json:"profile"`
	Policy    string        `json:"policy"`
	Seen      Seen          `json:"seen"`
	Unknown   []Unknown     `json:"unknown_exporters,omitempty"`
	Exporters []Exporter    `json:"exporters"`
	Notes     []Bilingual   `json:"notes"`
}

// Exporter is the advice for one exporter.
type Exporter struct {
	USCC  string     `json:"uscc"`
	Name  string     `json:"name,omitempty"`
	Group []string   `json:"group,omitempty"` // counted together with it
	CIIO  policy.Tri `json:"ciio,omitempty"`
	Zone  string     `json:"zone,omitempty"`
	City  string     `json:"city,omitempty"`
	// Facts says where the facts are from: known, record or nowhere.
	Facts  string    `json:"facts_from"`
	First  time.Time `json:"first_record,omitzero"`
	Last   time.Time `json:"last_record,omitzero"`
	Counts []Count   `json:"counts"`
	// Now and Then are the strongest needs of all that was observed, at the
	// counts of now and those projected to the end of the year; Asked is Then
	// with the persons of what was refused.
	Now       Need      `json:"need_now"`
	Then      Need      `json:"need_by_year_end"`
	Asked     Need      `json:"need_by_year_end_with_refused"`
	IfNotCIIO *Need     `json:"need_if_no_ciio,omitempty"` // where that is not known
	Held      []Held    `json:"held"`
	Ways      []Way     `json:"recipients"`
	Refused   []Refusal `json:"refused"`
	// Omitted are transfers beyond the bounds of what is told apart.
	Omitted Sum         `json:"omitted,omitzero"`
	Notes   []Bilingual `json:"notes,omitempty"`
}

// Need is what the policy answered that a pathway must be.
type Need struct {
	Need    policy.Need `json:"need"`
	Title   Bilingual   `json:"title"`
	Article string      `json:"article,omitempty"`
}

// Held is a filing that an exporter has.
type Held struct {
	Filing   string         `json:"filing"`
	Revision int            `json:"revision"`
	Pathway  policy.Pathway `json:"pathway"`
	Status   string         `json:"status"`
	Expires  string         `json:"expires,omitempty"`
	Ended    bool           `json:"ended,omitempty"`
	Volumes  []Count        `json:"volumes,omitempty"`
}

// Unknown is traffic of nobody who could be made out.
type Unknown struct {
	Host    string `json:"host"`
	Country string `json:"country,omitempty"`
	Sum
	Record string `json:"record"` // one of them
}
