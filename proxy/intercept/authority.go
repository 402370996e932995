package intercept

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// place finds a request's destination. In a
// tunnel every name that the client gave must be the same one; a tunnel that
// was opened to an address binds the address that is dialled, and the names
// inside must agree with each other. ok is false where there is no
// destination to speak of.
func (i *Interceptor) place(r *http.Request, t *tunnel) (d policy.Destination, code policy.Code, ok bool) {
	s := t.session
	if s.Host == "" {
		host, port, err := sniff.HostPort(r.URL.Host, 80)
		if err != nil || r.URL.Scheme != "http" || r.URL.User != nil || r.URL.Opaque != "" || r.Method == http.MethodConnect {
			return d, policy.BadRequest, false
		}
		return policy.Destination{Host: host, Port: port}, "", true
	}
	d = policy.Destination{Host: s.Host, Port: s.Port}
	usual := uint16(443)
	if t.plain {
		usual = 80
	}
	host, port, err := sniff.HostPort(r.Host, usual)
	switch {
	case t.refused != "":
		return d, t.refused, true
	case t.mixed, r.URL.IsAbs() && r.URL.Scheme != t.scheme() || r.URL.User != nil:
		return d, policy.AuthorityMismatch, true
	case r.Method == http.MethodConnect, r.URL.Opaque != "":
		return d, policy.BadRequest, true
	case err != nil, port != s.Port, s.SNI != "" && host != s.SNI, !agree(r.Header["Host"], host, port, usual):
		return d, policy.AuthorityMismatch, true
	case host == s.Host:
		return d, "", true
	}
	// Without TLS nothing proves that an address is that of a name.
	if _, err := netip.ParseAddr(s.Host); err != nil || t.plain {
		return d, policy.AuthorityMismatch, true
	}
	return i.bind(r.Context(), d, host)
}

// agree reports whether each Host header beside an :authority names the same.
func agree(beside []string, host string, port, usual uint16) bool {
	for _, v := range beside {
		if h, p, err := sniff.HostPort(v, usual); err != nil || h != host || p != port {
			return false
		}
	}
	return true
}

// bind gives an address its name after the address was checked. A refused
// address stays the destination, so that the exchange itself refuses it.
func (i *Interceptor) bind(ctx context.Context, d policy.Destination, host string) (policy.Destination, policy.Code, bool) {
	a, err := i.o.Resolver.Resolve(ctx, d.Host, d.Port)
	if err != nil {
		return d, "", true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return d, policy.AuthorityMismatch, true
	}
	d.Host, d.Addr = host, a
	return d, "", true
}

// declared takes what the client says of its flow, if it may say so. The
// values come to stand in records, so they must look like identifiers.
func declared(h http.Header, may bool) (policy.Declared, policy.Code) {
	d := policy.Declared{Link: h.Get("Customs-Link"), Purpose: h.Get("Customs-Purpose"),
		Scenario: h.Get("Customs-Scenario"), Claim: h.Get("Customs-Claim"), Source: "client"}
	for _, name := range []string{"Customs-Link", "Customs-Purpose", "Customs-Scenario", "Customs-Claim"} {
		h.Del(name)
	}
	if !may || d == (policy.Declared{Source: "client"}) {
		return policy.Declared{}, ""
	}
	for _, v := range []string{d.Link, d.Purpose, d.Scenario, d.Claim} {
		if !identifier(v) {
			return policy.Declared{}, policy.BadRequest
		}
	}
	return d, ""
}

// identifier reports whether v is at most 64 letters, digits and marks,
// without a run of digits as long as a telephone number.
func identifier(v string) bool {
	run := 0
	for i := range len(v) {
		c := v[i]
		switch {
		case c >= '0' && c <= '9':
			run++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_', c == '.', c == ':':
			run = 0
		default:
			return false
		}
		if run > 10 {
			return false
		}
	}
	return len(v) <= 64
}

// knownMethod gives the method as it may stand in a record.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE",
		"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH":
		return m
	}
	return "OTHER"
}

// stripRequest removes what does not travel on, and reports whether the
// client asks to switch to another protocol. An offer of h2c, which Java makes
// with each plain request, is declined.
func stripRequest(h http.Header) (upgrade bool) {
	upgrade = h.Get("Upgrade") != "" && !strings.EqualFold(h.Get("Upgrade"), "h2c") && hasToken(h["Connection"], "upgrade")
	trailers := hasToken(h["Te"], "trailers")
	kind := h.Get("Upgrade")
	stripHop(h)
	stripBeside(h)
	for _, name := range []string{"Expect", "Host", "Http2-Settings", "Proxy-Authorization"} {
		h.Del(name)
	}
	if trailers {
		h.Set("Te", "trailers")
	}
	if upgrade {
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", kind)
	}
	return upgrade
}

// stripResponse removes what does not travel on, what would lead clients past
// the gateway, and what only the gateway may say.
func stripResponse(h http.Header, switched bool) {
	kind := h.Get("Upgrade")
	stripHop(h)
	for name := range h {
		if strings.HasPrefix(name, "X-Customs-") || name == "Alt-Svc" {
			delete(h, name)
		}
	}
	if switched {
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", kind)
	}
	// The server would make these up.
	for _, name := range []string{"Content-Type", "Date"} {
		if _, ok := h[name]; !ok {
			h[name] = nil
		}
	}
}

func stripHop(h http.Header) {
	for _, v := range h["Connection"] {
		for name := range strings.SplitSeq(v, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Te",
		"Trailer", "Transfer-Encoding", "Upgrade"} {
		h.Del(name)
	}
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}
