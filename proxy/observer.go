package proxy

import "github.com/datacustoms/customs/policy"

// Event is something that happens to a connection and is no flow.
type Event string

// The events. The set is closed, so it may label a metric.
const (
	EventSession         Event = "session"          // a client connection or tunnel was accepted
	EventIntercepted     Event = "intercepted"      // a TLS handshake with the client succeeded
	EventHandshakeFailed Event = "handshake_failed" // the client did not accept the leaf, or spoke nonsense
	EventLeafRefused     Event = "leaf_refused"     // the client did not take our certificate: it may pin another
	EventMalformed       Event = "malformed"        // a request that broke a rule of HTTP, or a fault of HTTP/2 that the server answered
	EventNotTLS          Event = "not_tls"          // a tunnel began with something else than TLS
	EventTimeout         Event = "timeout"          // a phase passed its deadline
	EventPanic           Event = "panic"            // a part panicked and was contained
	EventUnsettled       Event = "unsettled"        // a settlement failed and is left to recovery
	EventUnjoined        Event = "unjoined"         // the detector of splitting failed on a part, or to keep it
	EventAfterRelease    Event = "after_release"    // a flow was blocked after a part of it had left
)

// Observer is told what happened. It must not block and must not fail.
type Observer interface {
	// Closed is called once for each flow that was answered or released,
	// after its last entry. A record without First is of a flow refused while
	// the log was unavailable.
	Closed(r *policy.Record)
	Event(e Event)
}
