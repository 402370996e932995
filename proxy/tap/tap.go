// Package tap reads captured traffic and says which flows there were. It is
// the front door that only looks: it finds traffic that goes around the
// gateway.
//
// TLS is not decrypted: a flow shows its addresses, its volume, and what its
// ClientHello says in clear. A capture is outside data of the worst kind, cut
// off and hostile: every table and buffer is bounded, and what cannot be read
// ends in an error that names the packet, never in a crash.
package tap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// Flow is one conversation as it was seen on the wire. Out is from client to
// server; the client is who sent the first SYN, or, where the capture begins
// later, who uses the higher port.
type Flow struct {
	Start      time.Time  `json:"start"`
	End        time.Time  `json:"end"`
	Transport  string     `json:"transport"` // tcp or udp
	Protocol   string     `json:"protocol"`  // tls, http/1, http/2, dns, quic, or unknown
	Client     netip.Addr `json:"client"`
	ClientPort uint16     `json:"client_port"`
	Server     netip.Addr `json:"server"`
	ServerPort uint16     `json:"server_port"`
	SNI        string     `json:"sni,omitempty"` // canonical
	// Withheld says that there is an SNI and that it may hold personal data.
	Withheld bool     `json:"sni_withheld,omitempty"`
	ALPN     []string `json:"alpn,omitempty"`
	JA4      string   `json:"ja4,omitempty"`
	ECH      bool     `json:"ech,omitempty"`
	// Bytes are payload bytes, a retransmission once; Missing were sent but
	// are not in the capture.
	BytesOut   int64 `json:"bytes_out"`
	BytesIn    int64 `json:"bytes_in"`
	Missing    int64 `json:"bytes_missing,omitempty"`
	PacketsOut int64 `json:"packets_out"`
	PacketsIn  int64 `json:"packets_in"`
	Midstream  bool  `json:"midstream,omitempty"` // its beginning is not in the capture
}

// Stats says what a capture held besides flows.
type Stats struct {
	Packets   int64 `json:"packets"`
	Undecoded int64 `json:"packets_undecoded"` // no IP, or damaged
	Fragments int64 `json:"packets_fragments"` // of IP; not put together
	Other     int64 `json:"packets_other"`     // IP, but neither TCP nor UDP
	Flows     int64 `json:"flows"`
	Forced    int64 `json:"flows_cut"` // split because the flow table was full
	QUIC      int64 `json:"flows_quic"`
	QUICOut   int64 `json:"quic_bytes_out"` // of them, by clients: what went round the gateway, unless it was the gateway that refused it
}

// Options bound a reading. The zero value has sensible limits.
type Options struct {
	// Private reports whether a host name may hold personal data; such a name
	// is withheld. Nil withholds all names.
	Private func(name string) bool
	// MaxFlows is how many flows may be open at once; 0 is 65536.
	MaxFlows int
	// Idle ends a flow that has been silent, in time of the capture; 0 is two
	// minutes.
	Idle time.Duration
}

// Error is a capture that cannot be read further.
type Error struct {
	Packet int64 // how many packets were read before
	Offset int64 // about how many bytes
	Err    error
}

func (e *Error) Error() string {
	return fmt.Sprintf("capture: after packet %d, near byte %d: %v", e.Packet, e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// ReadFile reads a pcap or pcapng capture and calls emit for each flow, as it
// ends. When the capture breaks off, the flows so far are emitted, and then
// the error is an *Error. An error of emit ends the reading.
func ReadFile(ctx context.Context, r io.Reader, o Options, emit func(Flow) error) (Stats, error) {
	if o.MaxFlows <= 0 {
		o.MaxFlows = 1 << 16
	}
	if o.Idle <= 0 {
		o.Idle = 2 * time.Minute
	}
	src := &source{in: &counting{r: r}}
	t := newTable(o, emit)
	err := walk(ctx, src, t)
	if errors.Is(err, errBroken) {
		return t.stats, src.fail(err) // its locks may be held: the table is not touched again
	}
	if ferr := t.finish(); err == nil || ferr != nil {
		return t.stats, ferr
	}
	return t.stats, err
}

// errBroken is a panic of the capture or reassembly library.
var errBroken = errors.New("the packet broke its reader; cut it out (editcap) and read the rest")

// walk feeds each packet to the table.
func walk(ctx context.Context, src *source, t *table) (err error) {
	defer func() {
		if recover() != nil {
			err = errBroken
		}
	}()
	if err := src.open(); err != nil {
		return src.fail(err)
	}
	for {
		if t.stats.Packets%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p, err := src.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return src.fail(err)
		}
		if err := t.packet(p); err != nil {
			return err
		}
	}
}
