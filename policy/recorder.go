package policy

import (
	"context"
	"errors"
)

// Receipt names an entry that is durable.
type Receipt struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"` // hex SHA-256 of the entry's leaf
}

// Recorder is the log. It is safe for concurrent use.
type Recorder interface {
	// Append makes the entry durable and returns. Without a nil error the
	// entry may or may not be in the log, and the flow must not be released.
	Append(ctx context.Context, e Entry) (Receipt, error)
	// Open returns the records of flows that have a releasing intent and no
	// outcome, as found when the log was opened. It is for recovery, before
	// the first flow.
	Open(ctx context.Context) ([]Record, error)
	// Ready reports whether Append would be tried.
	Ready(ctx context.Context) error
}

// ErrRecorderUnavailable means that entries cannot be made durable now.
var ErrRecorderUnavailable = errors.New("recorder unavailable")
