package alert

import (
	"slices"
	"time"
)

// Progress is how far an alert came with one receiver.
type Progress string

// The states. Waiting is the only one that is not final.
const (
	Waiting Progress = "waiting"
	Sent    Progress = "sent"
	Refused Progress = "refused" // the receiver will never take it
	Expired Progress = "expired" // it was tried for a week
	Dropped Progress = "dropped" // too many waited for the receiver
)

// Delivery is an alert on its way to one receiver.
type Delivery struct {
	To    string    `json:"to"`
	State Progress  `json:"state"`
	Since time.Time `json:"since"`       // when it was put up for delivery
	At    time.Time `json:"at,omitzero"` // of the last try
	Tries int       `json:"tries,omitempty"`
	Fault string    `json:"fault,omitempty"` // of the last try, in words of this package
}

// State is an alert with what became of it.
type State struct {
	Alert Alert `json:"alert"`
	// Covers are ids of what this alert tells too, so that it is not raised.
	Covers     []string   `json:"covers,omitempty"`
	Deliveries []Delivery `json:"deliveries"`
}

// open reports whether somebody still waits for the alert.
func (s *State) open() bool {
	return slices.ContainsFunc(s.Deliveries, func(d Delivery) bool { return d.State == Waiting })
}

func (s *State) delivery(to string) *Delivery {
	for i := range s.Deliveries {
		if s.Deliveries[i].To == to {
			return &s.Deliveries[i]
		}
	}
	return nil
}

// clone shares nothing that changes with s.
func (s *State) clone() State {
	return State{s.Alert, slices.Clone(s.Covers), slices.Clone(s.Deliveries)}
}

// shelf is what the outbox holds, in memory.
type shelf struct {
	states []*State          // in the order of raising
	known  map[string]*State // by id, and by what is covered
}

func newShelf() *shelf { return &shelf{known: map[string]*State{}} }

func (b *shelf) add(s *State) {
	b.states = append(b.states, s)
	b.known[s.Alert.ID] = s
	for _, id := range s.Covers {
		if b.known[id] == nil {
			b.known[id] = s
		}
	}
}

// put sets what is known of one delivery.
func (b *shelf) put(id string, d Delivery) {
	s := b.known[id]
	if s == nil || s.Alert.ID != id {
		return
	}
	if old := s.delivery(d.To); old != nil {
		*old = d
	} else if len(s.Deliveries) < maxReceivers {
		s.Deliveries = append(s.Deliveries, d)
	}
}

// forget drops what nobody waits for and is older than a year and a month, or
// more than can be kept, the oldest first.
func (b *shelf) forget(now time.Time) {
	excess := len(b.states) - maxKept
	kept := newShelf()
	for _, s := range b.states {
		old := excess > 0 || now.Sub(s.Alert.Time) > keepFor
		if old && !s.open() || old && now.Sub(s.Alert.Time) > 2*keepFor {
			excess--
			continue
		}
		kept.add(s)
	}
	*b = *kept
}

const (
	// keepFor is longer than the period of any mark.
	keepFor      = 400 * 24 * time.Hour
	maxKept      = 50_000
	maxReceivers = 64   // deliveries of one alert
	maxCovers    = 2000 // ids that one alert tells too
)
