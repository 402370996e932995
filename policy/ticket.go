package policy

import (
	"errors"
	"time"
)

// Ticket is what a reviewer is shown of a held transfer: what it is, never
// what is in it. Nothing of the body is kept; the id stands for exporter,
// recipient, host, what was found and a digest of the body, so a transfer of
// the same content meets its approval and any other does not.
type Ticket struct {
	ID        string       `json:"ticket"`
	At        time.Time    `json:"at"`
	Flow      string       `json:"record"` // of the held transfer
	Exporter  string       `json:"exporter"`
	Recipient string       `json:"recipient,omitempty"`
	Host      string       `json:"host"` // withheld when the scanner finds anything in it
	Country   string       `json:"country,omitempty"`
	Purpose   string       `json:"purpose,omitempty"`
	Filing    string       `json:"filing,omitempty"`
	Bytes     int64        `json:"bytes"`
	Reasons   []Reason     `json:"reasons"`
	Classes   []ClassCount `json:"classes,omitempty"`
	Persons   PersonCount  `json:"persons"`
	Policy    string       `json:"policy,omitempty"`
	Pack      PackID       `json:"pack"`
}

// Use is what one flow takes of the quota of approvals and exceptions.
type Use struct {
	Flow    string
	At      time.Time
	IDs     []string // of tickets and exceptions
	Persons int64    // of the flow; the same person in two flows is taken twice
}

// ErrUsedUp means that an approval or exception has no quota left, or is not
// in force any more.
var ErrUsedUp = errors.New("quota is used up")
