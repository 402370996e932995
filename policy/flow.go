package policy

import (
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Tri is a fact that may be unknown. Unknown resolves to the stricter branch.
type Tri string

// The three states; the zero value is unknown.
const (
	Unknown Tri = ""
	No      Tri = "no"
	Yes     Tri = "yes"
)

// Exporter is who sends: a legal entity known by its unified social credit
// code. An empty USCC means that nobody could be made out.
type Exporter struct {
	USCC  string   `json:"uscc,omitempty"`
	Name  string   `json:"-"`
	Group []string `json:"group,omitempty"` // USCCs that file together with it
	CIIO  Tri      `json:"ciio,omitempty"`  // critical information infrastructure operator
	Zone  string   `json:"zone,omitempty"`  // free-trade zone it is registered in
	City  string   `json:"city,omitempty"`  // GB/T 2260, 4 to 6 digits
	// ZoneExport says whether it exports from the zone, as some lists ask.
	ZoneExport Tri `json:"zone_export,omitempty"`
}

// Known reports whether the exporter was made out.
func (e Exporter) Known() bool { return e.USCC != "" }

// Members are the codes that the exporter counts with, its own included,
// sorted: of its group, or its own alone.
func (e Exporter) Members() []string {
	all := append([]string{e.USCC}, e.Group...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Session is a client connection or tunnel. It is filled by a front door and
// not changed after its first flow began.
type Session struct {
	ID       string
	Door     string // front door: explicit, socks5, transparent, reverse, quic, tap
	Accepted time.Time
	Client   netip.AddrPort
	User     string // authenticated user, empty when none
	Exporter Exporter
	// MayDeclare lets the client's Customs-* headers set link, purpose and
	// claim. The headers are stripped from everybody's requests.
	MayDeclare bool

	// Host and Port are the authority of CONNECT, canonical; empty outside a
	// tunnel.
	Host string
	Port uint16
	SNI  string // canonical, empty when the client sent none
	ALPN string
	JA4  string
	ECH  bool // the ClientHello carries an encrypted_client_hello extension
}

// Place is how sure we are of where a destination is, and why.
type Place struct {
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2; HK, MO, TW are their own codes
	// Source is filing, config, table, mmdb, or empty when unknown.
	Source string `json:"source,omitempty"`
}

// Overseas reports whether data sent there leaves the mainland. Unknown is
// overseas.
func (p Place) Overseas() bool { return p.Country != "CN" }

// Destination is whither a flow goes. Host is canonical: lower case A-labels
// without a trailing dot, or an IP address without brackets or zone.
type Destination struct {
	Host string
	Port uint16
	// Addr is the address that was checked for this flow and is dialled.
	Addr      netip.Addr
	Place     Place
	Recipient string // id in the exporter's filings, empty when unknown
	// Denied says that the register has suspended the recipient.
	Denied bool
}

// Declared is what the sender or the filing's link table says of a flow.
type Declared struct {
	Link     string `json:"link,omitempty"`
	Purpose  string `json:"purpose,omitempty"`
	Scenario string `json:"scenario,omitempty"`
	Claim    string `json:"claim,omitempty"`  // exemption claimed, as EX_CONTRACT
	Source   string `json:"source,omitempty"` // filing or client
}

// Direction is how the data moves.
type Direction string

// The directions.
const (
	Push         Direction = "push"
	Pull         Direction = "pull"
	RemoteAccess Direction = "remote_access"
)

// Flow is one attempt to send data out: one HTTP exchange in the judged
// direction, or one WebSocket, stream or raw channel. It has no field for a
// path, a query or a header.
type Flow struct {
	ID          string
	Session     *Session
	Time        time.Time
	Direction   Direction
	Protocol    string // http/1.1, h2; of tunnels tls, ssh, smtp, ftp, tcp
	Method      string
	Scheme      string
	Destination Destination
	Declared    Declared
	// Unread are the reasons for which the operator lets content go to the
	// destination unread. The gateway fills it in from the Atlas.
	Unread []inspect.GapReason
	// PassThrough is the operator's entry that covers the flow, if any. The
	// gateway fills it in.
	PassThrough *PassThrough
	// Refused is why the front door does not take the flow, whatever the mode.
	Refused Code
}
