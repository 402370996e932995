package intercept

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// locate finds a request's destination, and gives its Host the form that was
// judged: the origin must not see another name than the inspection did.
func (i *Interceptor) locate(r *http.Request, t *tunnel) (d policy.Destination, code policy.Code, ok bool) {
	d, code, ok = i.place(r, t)
	if ok && code == "" && !oneReading(r) {
		code = policy.BadRequest
	}
	if ok && code == "" {
		r.Host = written(r.Host, d.Host)
	}
	return d, code, ok
}

// written is a canonical host with the port that stood behind it, if one did:
// some clients sign the header, so a port is neither added nor taken away.
func written(as, host string) string {
	if strings.IndexByte(host, ':') >= 0 {
		host = "[" + host + "]"
	}
	if c := strings.LastIndexByte(as, ':'); c >= 0 && strings.IndexByte(as[c:], ']') < 0 {
		return host + as[c:]
	}
	return host
}

// framing are the fields that say where a request ends and whose it is.
var framing = [...]string{"Content-Length", "Transfer-Encoding", "Host", "Connection"}

// oneReading reports whether every origin reads the same in the target and in
// the names of the fields. HTTP/2 is held to what the checks of the wire ask
// of HTTP/1.
func oneReading(r *http.Request) bool {
	if r.ProtoMajor == 2 && (r.URL.IsAbs() || !oneLength(r)) || r.RequestURI == "*" && r.Method != http.MethodOptions {
		return false
	}
	for i := range len(r.RequestURI) {
		if c := r.RequestURI[i]; c <= ' ' || c == 0x7f || c == '#' {
			return false
		}
	}
	if _, ok := r.Header[sniff.FaultHeader]; ok {
		return false
	}
	for name := range r.Header {
		if strings.IndexByte(name, '_') < 0 {
			continue
		}
		// Gateways to programs write both as an underscore.
		for _, f := range framing {
			if strings.EqualFold(strings.ReplaceAll(name, "_", "-"), f) {
				return false
			}
		}
	}
	return true
}

// oneLength reports whether a stated length is one number, and the one that the
// server goes by: it takes the first of several, and 0 for what is none.
func oneLength(r *http.Request) bool {
	v, stated := r.Header["Content-Length"]
	return !stated || len(v) == 1 && v[0] == strconv.FormatInt(r.ContentLength, 10)
}

// beside are fields in which a proxy in front of an origin says what it was
// asked for. An origin behind such a proxy may believe them more than the
// target and the Host that were judged, so they do not travel.
var beside = [...]string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Scheme",
	"X-Forwarded-Prefix", "X-Forwarded-Path", "X-Forwarded-Uri", "X-Host", "X-Original-Host", "X-Http-Host-Override",
	"X-Original-Url", "X-Original-Uri", "X-Rewrite-Url"}

// stripBeside removes what names another host or target than the request.
func stripBeside(h http.Header) {
	for _, name := range beside {
		h.Del(name)
	}
	for _, v := range h["Forwarded"] {
		if v = strings.ToLower(v); strings.Contains(v, "host") || strings.Contains(v, "proto") {
			h.Del("Forwarded")
			return
		}
	}
}
