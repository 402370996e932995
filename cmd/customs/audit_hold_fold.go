package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/index"
)

// hold keeps records from being deleted: those of a time, and of one exporter
// or of all. Holds are what the acts in the log say, and nothing else.
type hold struct {
	ID       string    `json:"id"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"` // not included
	Exporter string    `json:"exporter,omitempty"`
	Case     string    `json:"case,omitempty"`
	By       string    `json:"by"`
	Reason   string    `json:"reason"`
	Entry    uint64    `json:"entry"` // of hold.add
	Since    time.Time `json:"since"`

	Released     uint64    `json:"released,omitempty"` // the entry that ended it
	ReleasedBy   string    `json:"released_by,omitempty"`
	ReleasedAt   time.Time `json:"released_at,omitzero"`
	ReleasedNote string    `json:"released_reason,omitempty"`
}

var (
	caseForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	holdObject = regexp.MustCompile(`^hold ([0-9a-hjkmnp-tv-z]{26}) from (\S{20,35}) to (\S{20,35})(?: exporter ([0-9A-Z]{18}))?(?: case (\S{1,64}))?$`)
)

// object is how the act names a hold, from which it is read again.
func (h hold) object() string {
	out := fmt.Sprintf("hold %s from %s to %s", h.ID, h.From.UTC().Format(time.RFC3339), h.To.UTC().Format(time.RFC3339))
	if h.Exporter != "" {
		out += " exporter " + h.Exporter
	}
	if h.Case != "" {
		out += " case " + h.Case
	}
	return out
}

// parseHold reads a hold from what its act is about.
func parseHold(object string) (h hold, err error) {
	m := holdObject.FindStringSubmatch(object)
	if m == nil {
		return h, errors.New("it names no hold")
	}
	h = hold{ID: m[1], Exporter: m[4], Case: m[5]}
	if h.From, err = time.Parse(time.RFC3339, m[2]); err == nil {
		h.To, err = time.Parse(time.RFC3339, m[3])
	}
	switch {
	case err != nil || !h.From.Before(h.To):
		return hold{}, errors.New("its time cannot be read")
	case h.Exporter != "" && !check.USCCString(h.Exporter):
		return hold{}, errors.New("its exporter is no USCC")
	case h.Case != "" && !properName(caseForm, h.Case):
		return hold{}, errors.New("its case cannot be read")
	}
	return h, nil
}

// foldHolds makes the holds from their acts. An act that cannot be read is an
// error: what it holds is not known.
func foldHolds(acts []index.Act) ([]hold, error) {
	var out []hold
	for _, a := range acts {
		switch a.Act {
		case actHoldAdd:
			h, err := parseHold(a.Object)
			if err != nil {
				return nil, fmt.Errorf("the hold of entry %d: %w", a.Seq, err)
			}
			if slices.ContainsFunc(out, func(o hold) bool { return o.ID == h.ID }) {
				continue
			}
			h.By, h.Reason, h.Entry, h.Since = a.Actor, a.Note, a.Seq, a.Time
			out = append(out, h)
		case actHoldRelease:
			id := strings.TrimPrefix(a.Object, "hold ")
			for i := range out {
				if h := &out[i]; h.ID == id && h.Released == 0 {
					h.Released, h.ReleasedBy, h.ReleasedAt, h.ReleasedNote = a.Seq, a.Actor, a.Time, a.Note
				}
			}
		}
	}
	return out, nil
}

// readHolds folds the holds of a log.
func readHolds(ctx context.Context, r *index.Reader) ([]hold, error) {
	var acts []index.Act
	err := r.Acts(ctx, "hold", "", func(a index.Act) error { acts = append(acts, a); return nil })
	if err != nil {
		return nil, err
	}
	return foldHolds(acts)
}

// open reports whether a hold still holds.
func (h hold) open() bool { return h.Released == 0 }

// covers reports whether a hold is about an entry of that time and exporter. An
// exporter that is not known may be any.
func (h hold) covers(at time.Time, exporter string) bool {
	return !at.Before(h.From) && at.Before(h.To) && (h.Exporter == "" || exporter == "" || exporter == h.Exporter)
}

// releasable is the deed of hold.release: only what holds can be released.
func releasable(read func() *index.Reader) deed {
	return deed{do: func(ctx context.Context, o order, fresh bool) (orderAnswer, []policy.Admin, error) {
		a := orderAnswer{Order: o.ID, Code: saidDone}
		r := read()
		defer r.Close()
		holds, err := readHolds(ctx, r)
		if err != nil {
			return a, nil, fmt.Errorf("the holds cannot be read: %w", err)
		}
		id := strings.TrimPrefix(o.Subject.Object, "hold ")
		if fresh && !slices.ContainsFunc(holds, func(h hold) bool { return h.ID == id && h.open() }) {
			a.Code, a.Which = saidNoHold, id
			return a, nil, nil
		}
		return a, []policy.Admin{o.subjectAct()}, nil
	}}
}

// addable is the deed of hold.add: what could not be read again is refused.
func addable() deed {
	return deed{do: func(_ context.Context, o order, _ bool) (orderAnswer, []policy.Admin, error) {
		if _, err := parseHold(o.Subject.Object); err != nil {
			return orderAnswer{}, nil, err
		}
		return orderAnswer{Order: o.ID, Code: saidDone}, []policy.Admin{o.subjectAct()}, nil
	}}
}
