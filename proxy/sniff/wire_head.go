package sniff

import (
	"bytes"
	"net/netip"
)

// unit is a head or a trailer section while it is read line by line. Offsets
// count from its first byte.
type unit struct {
	at     int // of the next line
	seen   int // no line end before it, beyond at
	fields int

	lined   bool // the request line was read
	old     bool // HTTP/1.0
	post    bool
	connect bool
	star    bool
	mayEnd  bool // CONNECT or Upgrade: what follows may be something else
	chunked bool
	sized   bool
	length  int64
	hosts   int
	host    span // the value of Host
	target  span // the authority of an absolute target
	port    uint16
}

type span struct{ from, to int }

// begin starts the lines of another section.
func (u *unit) begin() { u.at, u.seen, u.fields = 0, 0, 0 }

// nextLine returns the next line without its CRLF. whole is false while its
// end did not come.
func (u *unit) nextLine(b []byte, limit int) (line []byte, whole bool, f Fault) {
	i := bytes.IndexByte(b[u.seen:], '\n')
	if i < 0 {
		if u.seen = len(b); len(b) > limit {
			return nil, false, FaultSize
		}
		return nil, false, ""
	}
	end := u.seen + i
	switch {
	case end >= limit:
		return nil, false, FaultSize
	case end == u.at || b[end-1] != '\r':
		return nil, false, FaultLineEnd
	}
	line = b[u.at : end-1]
	u.at, u.seen = end+1, end+1
	return line, true, ""
}

// head reads a head and returns its length once it is complete.
func (w *Wire) head(b []byte) int {
	u := &w.unit
	if !u.lined && len(b) > 0 && class[b[0]]&isToken == 0 && b[0] != '\r' {
		w.refuse(FaultLine) // a handshake, perhaps, which may have no line at all
		return 0
	}
	for {
		start := u.at
		line, whole, f := u.nextLine(b, w.limit)
		switch {
		case f != "":
		case !whole:
			return 0
		case !u.lined && len(line) == 0 && w.post && w.blank < 2:
			w.blank++
			u.begin()
			return 2
		case !u.lined:
			f = u.requestLine(line)
		case len(line) == 0:
			if f = u.finish(b); f == "" {
				n := u.at
				w.behind()
				return n
			}
		default:
			var name, value []byte
			if name, value, f = u.field(line); f == "" {
				f = u.known(name, value, start+len(line)-len(value))
			}
		}
		if f != "" {
			w.refuse(f)
			return 0
		}
	}
}

// behind says what comes after a head.
func (w *Wire) behind() {
	u := &w.unit
	switch {
	case u.chunked:
		w.state = inSize
	case u.length > 0:
		w.state, w.left = inBody, u.length
	default:
		w.next()
	}
}

// finish checks what only the whole head tells.
func (u *unit) finish(b []byte) Fault {
	switch {
	case u.hosts == 0 && !u.old && !u.connect:
		return FaultHost
	case u.chunked && (u.sized || u.old || u.connect):
		return FaultCoding
	case u.connect && u.length > 0:
		return FaultLength
	}
	host, target := b[u.host.from:u.host.to], b[u.target.from:u.target.to]
	if u.hosts == 0 || len(target) == 0 || bytes.Equal(host, target) {
		return ""
	}
	h1, p1, err1 := HostPort(string(host), u.port)
	h2, p2, err2 := HostPort(string(target), u.port)
	if err1 != nil || err2 != nil || h1 != h2 || p1 != p2 {
		return FaultAuthority
	}
	return ""
}

// requestLine checks METHOD SP target SP version.
func (u *unit) requestLine(line []byte) Fault {
	u.lined = true
	i := bytes.IndexByte(line, ' ')
	if i <= 0 || i > 32 {
		return FaultLine
	}
	method, rest := line[:i], line[i+1:]
	for _, c := range method {
		if class[c]&isToken == 0 {
			return FaultLine
		}
	}
	j := bytes.IndexByte(rest, ' ')
	if j <= 0 {
		return FaultLine
	}
	switch string(rest[j+1:]) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		u.old = true
	default:
		return FaultVersion
	}
	u.post, u.connect, u.star = string(method) == "POST", string(method) == "CONNECT", string(method) == "OPTIONS"
	u.mayEnd = u.connect
	return u.check(rest[:j], i+1)
}

// check takes a target in one of its four forms. from is where it begins.
func (u *unit) check(target []byte, from int) Fault {
	for _, c := range target {
		if class[c]&isTarget == 0 {
			return FaultTarget
		}
	}
	var scheme int
	switch {
	case u.connect:
		if !authority(target) {
			return FaultTarget
		}
		return ""
	case target[0] == '/':
		return path(target)
	case len(target) == 1 && target[0] == '*' && u.star:
		return ""
	case hasFold(target, "http://"):
		scheme, u.port = len("http://"), 80
	case hasFold(target, "https://"):
		scheme, u.port = len("https://"), 443
	default:
		return FaultTarget
	}
	rest := target[scheme:]
	end := bytes.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	if !authority(rest[:end]) {
		return FaultTarget
	}
	u.target = span{from + scheme, from + scheme + end}
	return path(rest[end:])
}

// path wants whole escapes in front of the query.
func path(p []byte) Fault {
	for {
		i := bytes.IndexAny(p, "%?")
		if i < 0 || p[i] == '?' {
			return ""
		}
		if p = p[i+1:]; len(p) < 2 || hexDigit[p[0]] == 0 || hexDigit[p[1]] == 0 {
			return FaultTarget
		}
		p = p[2:]
	}
}

// authority wants a name or an address in brackets, and perhaps a port. User
// info, escapes and zones are none.
func authority(a []byte) bool {
	host := a
	if i := bytes.LastIndexByte(a, ':'); i >= 0 && bytes.IndexByte(a[i:], ']') < 0 {
		host = a[:i]
		if port := a[i+1:]; len(port) == 0 || len(port) > 5 || len(bytes.Trim(port, "0123456789")) > 0 {
			return false
		}
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		addr, err := netip.ParseAddr(string(host[1 : len(host)-1]))
		return err == nil && addr.Is6() && addr.Zone() == ""
	}
	for _, c := range host {
		if class[c]&isName == 0 {
			return false
		}
	}
	return len(host) > 0
}
