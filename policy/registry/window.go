package registry

import (
	"fmt"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// window checks on what terms a link's content may leave before all of it was
// read. A class that nobody can find would stop nothing.
func (v *validator) window(at string, w *policy.Window) {
	if w == nil {
		return
	}
	if v.f.Pathway == policy.FTZList || v.f.Pathway == policy.Exemption {
		v.fault(at, "is given, and "+string(v.f.Pathway)+" opens no window", "leave it out; only SA, SC, CERT and GBA_SC approve of what is still to come")
	}
	if len(w.Stop) > maxList {
		v.fault(at+".stop", "is too long", fmt.Sprintf("list at most %d classes", maxList))
		return
	}
	for i, c := range w.Stop {
		field := fmt.Sprintf("%s.stop[%d]", at, i)
		if what, mend := classFault(c); what != "" {
			v.fault(field, what, mend)
		} else if slices.Contains(w.Stop[:i], c) {
			v.fault(field, "stands twice", "name each class once")
		}
	}
}

// opening is what the links that fit a flow best say of windows: where several
// do, all have to open one, and each of them may stop it.
type opening struct {
	open bool
	stop []inspect.Class
}

func (o *opening) of(w *policy.Window) {
	*o = opening{open: w != nil}
	o.narrow(w)
}

func (o *opening) narrow(w *policy.Window) {
	if w == nil {
		o.open = false
		return
	}
	o.stop = slices.Concat(o.stop, w.Stop)
}

// set puts it into a candidate.
func (o *opening) set(c *policy.Candidate) {
	if !o.open || !c.Link {
		return
	}
	slices.Sort(o.stop)
	c.Window, c.Stop = true, slices.Compact(o.stop)
}
