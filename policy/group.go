package policy

// The modes of Intent.Mode.
const (
	ModeEnforce = "enforce"
	ModeObserve = "observe"
)

// The ways of Intent.Judged.
const (
	JudgedWhole   = "whole"
	JudgedWindow  = "window"  // what came so far, again with each window
	JudgedMessage = "message" // the head first, then each message
	JudgedHead    = "head"
	JudgedUnread  = "unread"
)

// InParts reports whether the flow left part by part, each after a verdict of
// its own.
func (in *Intent) InParts() bool { return in.Judged == JudgedWindow || in.Judged == JudgedMessage }

// Join returns what two groups of one flow come to, the earlier one first: the
// sums, and the last verdict and question. Either may be nil. Of reservations
// only the numbers are left; their ids stand in the entries.
func (g *Group) Join(next *Group) *Group {
	if next == nil {
		g, next = nil, g
	}
	if next == nil {
		return nil
	}
	out := *next
	out.Reservation = g.reserved().plus(next.reserved())
	if g == nil {
		return &out
	}
	out.Parts += g.Parts
	out.Bytes += g.Bytes
	if len(out.Question) == 0 {
		out.Question = g.Question
	}
	return &out
}

func (g *Group) reserved() *Reservation {
	if g == nil {
		return nil
	}
	return g.Reservation
}

func (r *Reservation) plus(next *Reservation) *Reservation {
	if r == nil && next == nil {
		return nil
	}
	var out Reservation
	for _, x := range []*Reservation{r, next} {
		if x != nil {
			out.NewNS, out.NewSP = out.NewNS+x.NewNS, out.NewSP+x.NewSP
		}
	}
	return &out
}

// Claims returns the reservations that an entry names.
func (e *Entry) Claims() []*Reservation {
	var out []*Reservation
	add := func(r *Reservation) {
		if r != nil && r.ID != "" {
			out = append(out, r)
		}
	}
	if e.Intent != nil {
		add(e.Intent.Reservation)
	}
	if e.Group != nil {
		add(e.Group.Reservation)
	}
	if e.Outcome != nil && e.Outcome.Late != nil {
		add(e.Outcome.Late.Reservation)
	}
	return out
}

// Reserved returns how many persons were new with the flow: those of its first
// verdict and those of every group.
func (r *Record) Reserved() (ns, sp int64) {
	add := func(held *Reservation) {
		if held != nil {
			ns, sp = ns+held.NewNS, sp+held.NewSP
		}
	}
	add(r.Intent.Reservation)
	if r.Groups != nil {
		add(r.Groups.Reservation)
	}
	return ns, sp
}

// CutOff reports whether the flow was refused after a part of it had left. Its
// verdict is that of the refusal, and it counts as sent in part.
func (r *Record) CutOff() bool {
	return r.Intent.Mode == ModeEnforce && r.Intent.InParts() && r.Intent.Enforced.Releases() && !r.Intent.Decided.Action.Releases()
}

// Grounds returns the verdict under which went what left of the flow: that of
// its last group, where it was cut off.
func (r *Record) Grounds() *Verdict {
	if r.CutOff() && r.Groups != nil {
		return &r.Groups.Verdict
	}
	return r.Verdict()
}

// Asked returns the verdict as the policy gave it: a refusal after a part had
// left says so before the reasons of the policy.
func (v Verdict) Asked() Verdict {
	if v.Action == Block && len(v.Reasons) > 1 && v.Reasons[0].Code == AfterRelease {
		v.Reasons = v.Reasons[1:]
	}
	return v
}
