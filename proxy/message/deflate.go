package message

import (
	"errors"
	"strconv"
	"strings"
)

// Deflate is what client and server agreed on for permessage-deflate. The
// zero value is no compression.
type Deflate struct {
	On              bool
	ServerNoContext bool // the server begins each message with an empty window
	ClientNoContext bool
	ServerBits      int // of the server's window, 8 to 15
	ClientBits      int
}

// fresh reports whether a side forgets its window after each message.
func (d Deflate) fresh(from Side) bool {
	return from == Client && d.ClientNoContext || from == Server && d.ServerNoContext
}

// extension is one offer or answer.
type extension struct {
	name   string
	params []param
}

type param struct{ name, value string }

const (
	deflateName = "permessage-deflate"
	noServer    = "server_no_context_takeover"
	noClient    = "client_no_context_takeover"
	bitsServer  = "server_max_window_bits"
	bitsClient  = "client_max_window_bits"
)

// maxExtensions bounds what is read of a Sec-WebSocket-Extensions header.
const maxExtensions = 4 << 10

// Offer rewrites the Sec-WebSocket-Extensions that a client sends to what the
// gateway can read: the well-formed offers of permessage-deflate, or "".
func Offer(values []string) string {
	all, err := parseExtensions(values)
	if err != nil {
		return ""
	}
	var out []string
	for _, e := range all {
		if _, err := e.deflate(true); err == nil {
			out = append(out, e.String())
		}
	}
	return strings.Join(out, ", ")
}

// Accept reads the Sec-WebSocket-Extensions that a server answered an offer
// with. Anything that was not offered is an error: neither side would know
// what the other's frames mean.
func Accept(offered string, values []string) (Deflate, error) {
	all, err := parseExtensions(values)
	if err != nil || len(all) == 0 {
		return Deflate{}, err
	}
	if len(all) > 1 {
		return Deflate{}, errors.New("message: more than one extension was accepted")
	}
	got, err := all[0].deflate(false)
	if err != nil {
		return Deflate{}, err
	}
	offers, err := parseExtensions([]string{offered})
	if err != nil {
		return Deflate{}, err
	}
	for _, e := range offers {
		if e.allows(all[0]) {
			return got, nil
		}
	}
	return Deflate{}, errors.New("message: an extension was accepted that was not offered")
}

// deflate reads an offer of permessage-deflate, or the answer to one.
func (e extension) deflate(offer bool) (Deflate, error) {
	d := Deflate{On: true, ServerBits: 15, ClientBits: 15}
	if e.name != deflateName {
		return Deflate{}, errors.New("message: an extension other than permessage-deflate")
	}
	seen := map[string]bool{}
	for _, p := range e.params {
		bits, ok := windowBits(p.value)
		switch {
		case seen[p.name]:
			ok = false
		case p.name == noServer:
			d.ServerNoContext, ok = true, p.value == ""
		case p.name == noClient:
			d.ClientNoContext, ok = true, p.value == ""
		case p.name == bitsServer && ok:
			d.ServerBits = bits
		case p.name == bitsClient && ok:
			d.ClientBits = bits
		case p.name == bitsClient && offer && p.value == "":
			ok = true
		default:
			ok = false
		}
		if !ok {
			return Deflate{}, errors.New("message: a parameter of permessage-deflate that makes no sense")
		}
		seen[p.name] = true
	}
	return d, nil
}

// windowBits reads 8 to 15, without sign or leading zero.
func windowBits(v string) (int, bool) {
	n, err := strconv.Atoi(v)
	return n, err == nil && n >= 8 && n <= 15 && strconv.Itoa(n) == v
}

// allows reports whether an answer fits an offer (RFC 7692, 7.1). Both are
// well formed.
func (e extension) allows(answer extension) bool {
	asked, _ := e.deflate(true)
	got, err := answer.deflate(false)
	return err == nil && asked.On && (!asked.ServerNoContext || got.ServerNoContext) &&
		(!answer.has(bitsClient) || e.has(bitsClient)) &&
		got.ServerBits <= asked.ServerBits
}

func (e extension) has(name string) bool {
	for _, p := range e.params {
		if p.name == name {
			return true
		}
	}
	return false
}

// String writes an extension as a header does.
func (e extension) String() string {
	var b strings.Builder
	b.WriteString(e.name)
	for _, p := range e.params {
		b.WriteString("; " + p.name)
		if p.value != "" {
			b.WriteString("=" + p.value)
		}
	}
	return b.String()
}

// parseExtensions reads a header of RFC 6455, 9.1.
func parseExtensions(values []string) ([]extension, error) {
	joined := strings.Join(values, ",")
	if len(joined) > maxExtensions {
		return nil, errors.New("message: a header of extensions that is too long")
	}
	var out []extension
	for item := range strings.SplitSeq(joined, ",") {
		if item = strings.Trim(item, " \t"); item == "" {
			continue // an empty element of a list means nothing
		}
		var e extension
		for i, part := range strings.Split(item, ";") {
			name, value, has := strings.Cut(part, "=")
			name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
			if len(value) > 2 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1] // it must be a token all the same
			}
			if !token(name) || has && (i == 0 || !token(value)) {
				return nil, errors.New("message: a header of extensions that makes no sense")
			}
			if i == 0 {
				e.name = strings.ToLower(name)
			} else {
				e.params = append(e.params, param{strings.ToLower(name), value})
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}
