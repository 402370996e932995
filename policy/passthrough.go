package policy

// PassThrough is an operator's entry that lets a destination pass unread, as
// a question shows it. The entry's state is of the moment that it was asked.
type PassThrough struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Category string `json:"category,omitempty"` // of kind private: banking, health, personal
	State    string `json:"state"`              // current, expired, used_up
}

// The kinds of pass-through. Pinned and private are of TLS that is not
// decrypted, raw of a protocol that is not read.
const (
	PassPinned  = "pinned"
	PassPrivate = "private"
	PassRaw     = "raw"
)

// The states of an entry. Only a current one lets anything pass.
const (
	PassCurrent = "current"
	PassExpired = "expired"
	PassUsedUp  = "used_up"
)

// PassThroughs are the entries that the operator made. It is safe for
// concurrent use.
type PassThroughs interface {
	// Covering returns the entry under which a flow would pass, in the state
	// that it has now, or nil. Flows that are read are told only of an entry
	// that is over, for what was not to be read is not read because it ended.
	Covering(f *Flow) *PassThrough
	// Lease begins a tunnel of a flow under the entry that covers it. The
	// second answer is false when the entry is over or gone.
	Lease(f *Flow) (Lease, bool)
}

// Lease is one tunnel under an entry. Charge may be called concurrently.
type Lease interface {
	// Charge takes n bytes from the entry's budget before they are moved, and
	// returns how many of them may move. What was granted is durable as used.
	Charge(n int) int
	// Over is closed when the entry expired or was taken away.
	Over() <-chan struct{}
	// Close ends the tunnel. It comes once.
	Close()
}
