package index

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Row is what the index keeps of a flow's record.
type Row struct {
	ID          string // the flow's
	First, Last uint64 // entries
	Time        time.Time

	Exporter, Recipient, Country, Host string
	Action, Enforced                   policy.Action
	// Reasons are the codes of the decided verdict, each with what narrows it
	// but the class, as policy.Reason prints it.
	Reasons  []string
	Classes  []string
	Filing   string
	Persons  int
	Sent     policy.Sent // "" while there is no outcome
	Bytes    int64
	Complete bool
	InDoubt  bool

	parts []uint64 // entries between the first and the last, of this reading
}

// RowOf is the row of a record.
func RowOf(r policy.Record) Row {
	v := r.Verdict()
	row := Row{ID: r.ID, First: r.First, Last: r.Last, Time: r.Time, Complete: r.Complete}
	classes := make([]string, len(r.Intent.Classes))
	for i, c := range r.Intent.Classes {
		classes[i] = string(c.Class)
	}
	row.fill(intent{Exporter: r.Intent.Exporter, Recipient: r.Intent.Recipient, Host: r.Intent.Host, Country: r.Intent.Place.Country,
		Action: v.Action, Reasons: v.Reasons, Filing: v.Filing, Enforced: r.Intent.Enforced, Classes: classes, Persons: r.Intent.Persons.Total})
	if r.Outcome != nil {
		row.Sent, row.Bytes, row.InDoubt = r.Outcome.Sent, r.Outcome.Bytes, r.Outcome.InDoubt
		row.cutOff(r.Outcome.Fault)
	}
	return row
}

// intent is the part of an intent that a row is made of.
type intent struct {
	Exporter, Recipient, Host, Country string
	Action, Enforced                   policy.Action
	Reasons                            []policy.Reason
	Filing                             string
	Classes                            []string
	Persons                            int
}

func (r *Row) fill(i intent) {
	r.Exporter, r.Recipient, r.Host, r.Country = i.Exporter, i.Recipient, i.Host, i.Country
	r.Action, r.Enforced, r.Filing, r.Persons = i.Action, i.Enforced, i.Filing, i.Persons
	r.Reasons, r.Classes = nil, nil
	for _, reason := range i.Reasons {
		reason.Class = ""
		r.Reasons = append(r.Reasons, reason.String())
	}
	for _, c := range i.Classes {
		if !slices.Contains(r.Classes, c) {
			r.Classes = append(r.Classes, c)
		}
	}
	slices.Sort(r.Classes)
}

// cutOff puts the fault of a flow that was refused after a part had left among
// the reasons, where its last verdict does not say so.
func (r *Row) cutOff(fault policy.Code) {
	if name := string(policy.AfterRelease); fault == policy.AfterRelease && !slices.Contains(r.Reasons, name) {
		r.Reasons = slices.Insert(r.Reasons, 0, name)
	}
}

// glance is the part of an entry that is decoded. Questions, which are most of
// it, are skipped.
type glance struct {
	Kind    policy.EntryKind `json:"kind"`
	Time    time.Time        `json:"time"`
	Flow    string           `json:"flow"`
	Intent  *glanceIntent    `json:"intent"`
	Outcome *struct {
		Sent    policy.Sent   `json:"sent"`
		Bytes   int64         `json:"bytes"`
		InDoubt bool          `json:"in_doubt"`
		Fault   policy.Code   `json:"fault"`
		Late    *glanceIntent `json:"late"`
	} `json:"outcome"`
	Admin *policy.Admin `json:"admin"`
}

type glanceIntent struct {
	Exporter  string `json:"exporter"`
	Host      string `json:"host"`
	Recipient string `json:"recipient"`
	Place     struct {
		Country string `json:"country"`
	} `json:"place"`
	Classes []struct {
		Class string `json:"class"`
	} `json:"classes"`
	Persons struct {
		Total int `json:"total"`
	} `json:"persons"`
	Decided struct {
		Action  policy.Action   `json:"action"`
		Reasons []policy.Reason `json:"reasons"`
		Filing  string          `json:"filing"`
	} `json:"decided"`
	Enforced policy.Action `json:"enforced"`
}

func (g *glanceIntent) intent() intent {
	i := intent{Exporter: g.Exporter, Recipient: g.Recipient, Host: g.Host, Country: g.Place.Country, Action: g.Decided.Action,
		Enforced: g.Enforced, Reasons: g.Decided.Reasons, Filing: g.Decided.Filing, Persons: g.Persons.Total}
	for _, c := range g.Classes {
		i.Classes = append(i.Classes, c.Class)
	}
	return i
}

// event is a decoded entry.
type event struct {
	seq  uint64
	leaf [32]byte
	g    glance
}

func decode(seq uint64, leaf [32]byte, b []byte) (event, error) {
	e := event{seq: seq, leaf: leaf}
	if len(b) == 0 {
		return e, nil // deleted under retention
	}
	if e.g.quick(b) == nil {
		return e, nil
	}
	e.g = glance{}
	if err := json.Unmarshal(b, &e.g); err != nil {
		return e, fmt.Errorf("entry %d is not readable: %w", seq, err)
	}
	return e, nil
}

// begin is the row that an intent opens.
func (e *event) begin() *Row {
	r := &Row{ID: e.g.Flow, First: e.seq, Last: e.seq, Time: e.g.Time, Complete: !e.g.Intent.Enforced.Releases()}
	r.fill(e.g.Intent.intent())
	return r
}

// onto adds a later entry of the flow to its row.
func (e *event) onto(r *Row) {
	if r.Last > r.First && r.Last < e.seq {
		r.parts = append(r.parts, r.Last)
	}
	r.Last = e.seq
	if out := e.g.Outcome; out != nil {
		r.Sent, r.Bytes, r.InDoubt, r.Complete = out.Sent, out.Bytes, out.InDoubt, true
		if out.Late != nil {
			r.fill(out.Late.intent())
		}
		r.cutOff(out.Fault)
	}
}

// seqs returns the numbers of a row's entries.
func (r *Row) seqs() []uint64 {
	out := append([]uint64{r.First}, r.parts...)
	if r.Last > r.First {
		out = append(out, r.Last)
	}
	return out
}
