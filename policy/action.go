// Package policy is the contract of decision: the words in which a transfer
// is asked about, answered, counted and recorded.
//
// One flow's walk through it: a Register names the filings that may cover the
// flow, a Ledger says on which side of each limit its persons would fall, a
// Decider turns the Question into a Verdict, the Ledger reserves the persons,
// and a Recorder makes the intent durable before the first governed byte
// leaves. The outcome follows, and Fold makes the one Record of a flow.
//
// The promise: the zero Verdict is Block, doubt is Block with a named Reason,
// and nothing in this package has a field for a scanned value. The gateway
// enforces and evidences; a Pass is never an approval.
package policy

import "fmt"

// Action is what the gate does with a part. The zero value is Block, so a
// verdict nobody filled in stops the traffic.
type Action uint8

// The actions.
const (
	Block      Action = iota // refuse, and tell the client why
	Hold                     // refuse for now, with a ticket a reviewer can approve
	Redact                   // rewrite, scan again, ask again
	Pass                     // let the bytes go
	PassUnread               // let the flow go without reading it; still recorded
)

var actionNames = [...]string{"block", "hold", "redact", "pass", "pass_unread"}

func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return "block"
}

// Releases reports whether bytes may leave under this action.
func (a Action) Releases() bool { return a == Pass || a == PassUnread }

// MarshalText gives the public name; a value outside the set is "block".
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText takes the public name. On error the action is Block.
func (a *Action) UnmarshalText(b []byte) error {
	*a = Block
	for i, n := range actionNames {
		if n == string(b) {
			*a = Action(i)
			return nil
		}
	}
	return fmt.Errorf("policy: action must be one of %v", actionNames)
}

// Need is the pathway that the law asks of a transfer.
type Need uint8

// The needs, weakest first. SAHard comes from important data or a CIIO and
// is not lowered by any exemption of art. 5 or a zone list.
const (
	NeedUnknown Need = iota
	NeedNone
	NeedSCOrCert
	NeedSAVolume
	NeedSAHard
)

var needNames = [...]string{"unknown", "none", "sc_or_cert", "sa_volume", "sa_hard"}

func (n Need) String() string {
	if int(n) < len(needNames) {
		return needNames[n]
	}
	return needNames[0]
}

// MarshalText gives the public name.
func (n Need) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText takes the public name; anything else is an error.
func (n *Need) UnmarshalText(b []byte) error {
	*n = NeedUnknown
	for i, s := range needNames {
		if s == string(b) {
			*n = Need(i)
			return nil
		}
	}
	return fmt.Errorf("policy: need must be one of %v", needNames)
}
