package sniff

import (
	"io"
	"sync/atomic"
)

// Fault is the rule of HTTP/1 that a request broke. The set is closed, so it
// may be shown and counted; it never holds what the client sent.
type Fault string

// The faults.
const (
	FaultLine      Fault = "request-line"
	FaultTarget    Fault = "target"
	FaultVersion   Fault = "version"
	FaultLineEnd   Fault = "line-end" // a CR or an LF alone
	FaultFold      Fault = "folded-line"
	FaultField     Fault = "field" // its name, its colon or a byte of its value
	FaultHost      Fault = "host"
	FaultAuthority Fault = "authority" // Host and an absolute target disagree
	FaultLength    Fault = "content-length"
	FaultCoding    Fault = "transfer-encoding"
	FaultExpect    Fault = "expect"
	FaultTrailer   Fault = "trailer"
	FaultChunk     Fault = "chunk"
	FaultSize      Fault = "head-size"
)

// FaultHeader stands in the request that a Wire puts in the place of one that
// broke a rule.
const FaultHeader = "Customs-Wire"

// Limits of what is held until it is complete.
const (
	maxFields  = 1000
	maxTrailer = 4096 // what the server can look ahead
	maxEarly   = 16 << 10
	spare      = 4 << 10 // read at once while something is held
)

type wireState uint8

const (
	inHead    wireState = iota
	inBody              // left bytes of it to go by
	inSize              // of a chunk
	inData              // left bytes of a chunk to go by
	inDataEnd           // the CRLF after them
	inTrailer           // up to the empty line
	paused              // behind a request that may end HTTP on the connection
	aside               // HTTP has ended: everything goes by
	over                // nothing more comes
)

// Wire reads a connection for an HTTP/1 server and lets it see only requests
// that have one reading. A head, a chunk's size line and a trailer section are
// held until they are complete and right; bodies go by uncopied. In the place
// of a head that breaks a rule the server gets a harmless request with the
// FaultHeader, behind which the connection ends, so that the answer comes in
// its turn; in the place of broken framing, framing that it refuses too.
//
// One goroutine reads. Answered and Release are called while none does.
type Wire struct {
	// Began is called when a head came in part, in a Read that is no look ahead
	// of one byte: the time that it has begins. It may be nil.
	Began func()

	r     io.Reader
	limit int // of a head

	held []byte // read and not handed over
	fit  int    // bytes of held that may be handed over
	off  int    // bytes of held that were
	tail string // comes after held, in the place of what broke a rule
	told bool   // Began was called for this head

	state wireState
	left  int64 // of a body or a chunk
	unit  unit  // the head or the trailers being read
	post  bool  // the last request was one: old clients send a line end after it
	blank int   // such line ends

	fault atomic.Pointer[Fault] // of the head that was replaced
}

// NewWire reads r. headBytes is the most that a head may have.
func NewWire(r io.Reader, headBytes int) *Wire { return &Wire{r: r, limit: headBytes} }

// Replaced returns the rule that was broken by the head in whose place a
// request with these fields stands, or "". A nil Wire replaces nothing.
func (w *Wire) Replaced(h map[string][]string) Fault {
	said := h[FaultHeader]
	if w == nil || len(said) != 1 {
		return ""
	}
	if f := w.fault.Load(); f != nil && said[0] == string(*f) {
		return *f
	}
	return ""
}

// Answered tells that the server is done with a request and reads the next.
// What came before the answer to a request that could have ended HTTP was
// meant for one of two readers, so neither gets it.
func (w *Wire) Answered() {
	if w.state != paused {
		return
	}
	if w.state = inHead; len(w.held) > 0 {
		w.stop("")
	}
}

// Release ends the checking: what is read from now on is not HTTP.
func (w *Wire) Release() { w.state, w.fit, w.tail = aside, len(w.held), "" }

// Rest takes what was read and not handed over, after Release.
func (w *Wire) Rest() []byte {
	rest := w.held[w.off:w.fit]
	w.held, w.fit, w.off = nil, 0, 0
	return rest
}

// Read gives what may be seen.
func (w *Wire) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		switch {
		case w.off < w.fit:
			n := copy(p, w.held[w.off:w.fit])
			w.off += n
			w.compact()
			return n, nil
		case w.tail != "":
			n := copy(p, w.tail)
			w.tail = w.tail[n:]
			return n, nil
		case w.state == over:
			return 0, io.EOF
		case w.state == aside:
			return w.r.Read(p)
		case len(w.held) > 0 || w.state == paused:
			if err := w.more(len(p) > 1); err != nil {
				return 0, err
			}
		default:
			n, err := w.r.Read(p)
			fit := w.advance(p[:n])
			if w.state != over {
				w.held = append(w.held, p[fit:n]...)
			}
			if fit > 0 {
				return fit, nil // an error comes again
			}
			if err != nil && w.tail == "" {
				return 0, err // of a head that was begun the server hears nothing
			}
		}
	}
}

// more reads behind what is held, of which nothing is fit yet.
func (w *Wire) more(waits bool) error {
	if w.state == paused && len(w.held) >= maxEarly {
		w.stop("")
		return nil
	}
	if w.state == inHead && waits && !w.told && w.Began != nil {
		w.told = true
		w.Began()
	}
	n := len(w.held)
	if cap(w.held)-n < spare {
		w.held = append(w.held, make([]byte, max(spare, n))...)[:n]
	}
	got, err := w.r.Read(w.held[n:cap(w.held)])
	w.held = w.held[:n+got]
	if got > 0 && w.state != paused {
		w.fit = w.advance(w.held)
	}
	if w.fit > 0 || w.tail != "" {
		return nil
	}
	return err
}

// compact drops what was handed over, once that is all that may be.
func (w *Wire) compact() {
	if w.off < w.fit {
		return
	}
	w.held = w.held[:copy(w.held, w.held[w.fit:])]
	w.fit, w.off = 0, 0
	if len(w.held) == 0 && cap(w.held) > 4*spare {
		w.held = nil
	}
}

// refuse puts a stand-in in the place of a head.
func (w *Wire) refuse(f Fault) {
	w.fault.Store(&f)
	// With a body that never comes the server waits for the client to read the
	// answer before it closes.
	w.stop("OPTIONS * HTTP/1.1\r\nHost: invalid\r\nConnection: close\r\nContent-Length: 999999\r\n" +
		FaultHeader + ": " + string(f) + "\r\n\r\n")
}

// stop ends the connection after tail.
func (w *Wire) stop(tail string) { w.state, w.tail = over, tail }
