// Package stream ships what the log holds to systems of the operator: NATS
// JetStream, Kafka, or syslog over TLS.
//
// The log itself is the spool. It is durable and in order, and retention keeps
// each segment that a stream still needs. A stream adds one small file: its
// position, the last entry that it has scanned and the flows that were open
// there. Nothing waits for a stream: a Shipper reads files, and what a receiver
// does not take stays where it is. When too much waits, State says so.
//
// The unit of work is a Message: the record of a flow, once it is complete, or
// an act. The promise: every one of them is sent at least once, and the
// position passes it only after the receiver has acknowledged it. After a
// failure or a crash some are sent again, under the same ID; a consumer that
// keeps one of each ID has every message exactly once. An entry that the log
// has not made durable yet is never sent. Entries that were deleted before they
// were sent are counted and told of.
//
// The package logs nothing. No text of a receiver gets into an error or a
// state, only its Class.
package stream

import (
	"context"
	"time"
)

// Kind is what a message holds.
type Kind string

// The kinds.
const (
	Record Kind = "record" // a flow's complete record
	Act    Kind = "act"    // an act of a person or of the program
	Trial  Kind = "test"   // somebody tries the receiver
)

// Message is what a receiver gets. Its ID is the flow's id, or node/number for
// an act: the same thing has the same ID however often it is sent.
type Message struct {
	ID   string
	Kind Kind
	Time time.Time
	Body []byte
}

// Sink is a way to a receiver. It is used by one goroutine at a time, connects
// when it has to, and keeps nothing back after Send has returned.
type Sink interface {
	// Send returns nil only after the receiver has acknowledged every message
	// of the batch. After an error any part of it may have arrived, and the
	// whole batch is sent again. The Sink keeps no reference to the batch.
	Send(ctx context.Context, batch []Message) error
	// Close gives up the connection.
	Close() error
}

// Log tells how far the log is durable. *audit.Log is one.
type Log interface {
	Last() uint64
	Grown(after uint64) <-chan struct{}
}

// What an Event tells of.
const (
	Failing   = "failing"   // the first failure in a row
	Recovered = "recovered" // a batch arrived after failures
	Lost      = "lost"      // entries are no longer in the log
	Damaged   = "damaged"   // the position cannot be read; all is sent again
	Replayed  = "replayed"  // the position was moved back
	BadOrder  = "bad_order" // an order to go back cannot be read
)

// Event is something that a person may want to know.
type Event struct {
	What     string
	Class    Class  // of Failing
	From, To uint64 // entries, of Lost and Replayed
	Tries    int    // before Recovered
}

// State is how a stream stands.
type State struct {
	Name    string    `json:"name"`
	Last    uint64    `json:"log_last"`       // newest durable entry of the log
	Scanned uint64    `json:"scanned"`        // all up to it has arrived
	Behind  uint64    `json:"behind_entries"` // Last - Scanned
	Bytes   int64     `json:"behind_bytes"`   // by the mean size of the entries read so far
	Seconds float64   `json:"behind_seconds"` // age of the oldest that waits, where it is known
	Open    int       `json:"open_flows"`
	Records uint64    `json:"records"`
	Acts    uint64    `json:"acts"`
	Failed  uint64    `json:"failures"`
	Gone    uint64    `json:"lost_entries"` // deleted before they were sent
	Broken  uint64    `json:"lost_records"` // that could not be put together
	Shipped time.Time `json:"shipped_at,omitzero"`
	Over    time.Time `json:"over_since,omitzero"` // the backlog is above its bound
	Fault   Class     `json:"fault,omitempty"`     // of the last try; empty when it arrived
	FaultAt time.Time `json:"fault_at,omitzero"`
}
