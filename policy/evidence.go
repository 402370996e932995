package policy

import (
	"context"
	"io"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Sealer keeps for the auditors a little of what a refused flow held, so
// that no one alone can read it. It is safe for concurrent use.
type Sealer interface {
	// Keep is called once for each refused or held flow, before the entry of
	// its verdict. No verdict hangs on it: what goes wrong is a fault in the
	// answer. nil says that nothing was to be kept.
	Keep(ctx context.Context, s Sealing) *EvidenceRef
}

// Sealing is what evidence is taken from. All of it is valid during the call
// only, and Texts and Body are in clear.
type Sealing struct {
	Flow   string
	Client string // as the record shows it
	Time   time.Time
	Action Action
	Meta   inspect.Meta // of the body
	// Heads are the reports of the names, of the head and of the trailers,
	// and Texts what was scanned for them.
	Heads []inspect.Report
	Texts [][]byte
	// Found lists the findings of the heads, in their order, and then those
	// of the body.
	Found []inspect.Finding
	Body  io.ReaderAt // nil without a body
	Size  int64       // of the body, as far as it came
}

// InBody returns the findings of the body.
func (s *Sealing) InBody() []inspect.Finding {
	heads := 0
	for i := range s.Heads {
		heads += len(s.Heads[i].Findings)
	}
	return s.Found[min(heads, len(s.Found)):]
}

// EvidenceRef says in a record what was kept for the auditors.
type EvidenceRef struct {
	Digest  string        `json:"digest,omitempty"`  // SHA-256 of the sealed file, hex; empty when none was kept
	Samples int           `json:"samples,omitempty"` // findings in it
	Fault   EvidenceFault `json:"fault,omitempty"`   // why there is none
}

// EvidenceFault says why no evidence was kept. The set is closed.
type EvidenceFault string

// The faults.
const (
	EvidenceFull   EvidenceFault = "full"   // the store, or the client's share of it today, has no room
	EvidenceFailed EvidenceFault = "failed" // it could not be sealed or written
	EvidenceUnread EvidenceFault = "unread" // no finding could be shown: not listed, or its text could not be read again in time
)
