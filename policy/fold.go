package policy

import "fmt"

// Fold joins the entries of one flow, in log order, into its Record. It
// refuses entries of several flows, a second intent and anything after the
// outcome: a flow has exactly one Record.
func Fold(entries []Entry) (Record, error) {
	var r Record
	for i, e := range entries {
		if i == 0 {
			if e.Kind != KindIntent || e.Intent == nil {
				return r, fmt.Errorf("entry %d: flow begins with %s instead of an intent", e.Seq, e.Kind)
			}
			r = Record{Schema: RecordSchema, ID: e.Flow, First: e.Seq, Last: e.Seq, Node: e.Node, Time: e.Time, Intent: *e.Intent}
			r.Complete = !e.Intent.Enforced.Releases()
			continue
		}
		if e.Flow != r.ID {
			return r, fmt.Errorf("entry %d: belongs to another flow than entry %d", e.Seq, r.First)
		}
		if err := r.add(e); err != nil {
			return r, err
		}
	}
	if len(entries) == 0 {
		return r, fmt.Errorf("no entries to fold")
	}
	return r, nil
}

func (r *Record) add(e Entry) error {
	if r.Complete {
		return fmt.Errorf("entry %d: %s after flow was complete at entry %d", e.Seq, e.Kind, r.Last)
	}
	r.Last = e.Seq
	switch {
	case e.Kind == KindGroup && e.Group != nil:
		r.Groups = r.Groups.Join(e.Group)
	case e.Kind == KindOutcome && e.Outcome != nil:
		out := *e.Outcome
		if out.Late != nil {
			first := r.Intent
			r.Intent = *out.Late
			if first.Mode == ModeEnforce { // groups have what was reserved later
				r.Intent.Reservation = first.Reservation
			}
			out.Late = nil
		}
		r.Outcome, r.Complete = &out, true
	default:
		return fmt.Errorf("entry %d: unexpected %s inside flow", e.Seq, e.Kind)
	}
	return nil
}

// Verdict returns the decided verdict that governs the record.
func (r *Record) Verdict() *Verdict { return &r.Intent.Decided }

// SentBytes returns how many governed body bytes left, as far as is known: of
// a flow in parts without a known end, as many as were let go.
func (r *Record) SentBytes() int64 {
	var n int64
	if r.Outcome != nil {
		n = r.Outcome.Bytes
	}
	if r.Groups != nil && (r.Outcome == nil || r.Outcome.InDoubt || r.Outcome.Sent == SentUnknown) {
		n = max(n, r.Groups.Bytes)
	}
	return n
}
