package sniff

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// MaxHello is the most bytes a ClientHello may take, records included.
const MaxHello = 16 << 10

var (
	// ErrShort means that the bytes so far may become a ClientHello.
	ErrShort = errors.New("client hello is not complete")
	// ErrNotTLS means that they cannot.
	ErrNotTLS = errors.New("not a TLS client hello")
)

// Extensions that are read.
const (
	extSNI       = 0x0000
	extSigAlgs   = 0x000d
	extALPN      = 0x0010
	extVersions  = 0x002b
	extECH       = 0xfe0d
	recHandshake = 22
)

// Hello is what a ClientHello says. GREASE values are left out everywhere.
type Hello struct {
	SNI        string // as sent, not yet canonical
	ALPN       []string
	Version    uint16   // highest offered
	Versions   []uint16 // of supported_versions, nil when it was not sent
	Ciphers    []uint16
	Extensions []uint16 // in the order of the wire
	SigAlgs    []uint16
	ECH        bool // encrypted_client_hello was offered, possibly as grease
}

// ParseHello reads a ClientHello from the first bytes of a connection. It may
// span several records. ErrShort asks for more bytes.
func ParseHello(b []byte) (*Hello, error) {
	msg, err := unrecord(b)
	if err != nil {
		return nil, err
	}
	return parseMessage(msg)
}

// unrecord joins the records that carry the hello's handshake message.
func unrecord(b []byte) ([]byte, error) {
	var msg []byte
	for taken := 0; ; {
		rest := b[taken:]
		if len(rest) > 0 && rest[0] != recHandshake || len(rest) > 1 && rest[1] != 3 {
			return nil, ErrNotTLS
		}
		if len(rest) < 5 {
			return nil, tooLong(len(b))
		}
		n := int(rest[3])<<8 | int(rest[4])
		if n == 0 || n > 16<<10 {
			return nil, ErrNotTLS
		}
		fragment := rest[5:min(5+n, len(rest))]
		if taken == 0 {
			msg = fragment[:len(fragment):len(fragment)]
		} else {
			msg = append(msg, fragment...)
		}
		if len(msg) > 0 && msg[0] != 1 {
			return nil, ErrNotTLS
		}
		if len(msg) >= 4 {
			size := int(msg[1])<<16 | int(msg[2])<<8 | int(msg[3])
			if size > MaxHello {
				return nil, ErrNotTLS
			}
			if len(msg) >= 4+size {
				return msg[4 : 4+size], nil
			}
		}
		if len(fragment) < n {
			return nil, tooLong(len(b))
		}
		taken += 5 + n
	}
}

func tooLong(n int) error {
	if n >= MaxHello {
		return ErrNotTLS
	}
	return ErrShort
}

func parseMessage(msg []byte) (*Hello, error) {
	s := cryptobyte.String(msg)
	var h Hello
	var session, ciphers, compression, extensions cryptobyte.String
	if !s.ReadUint16(&h.Version) || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16LengthPrefixed(&ciphers) || !s.ReadUint8LengthPrefixed(&compression) {
		return nil, ErrNotTLS
	}
	var ok bool
	if h.Ciphers, ok = readUint16s(ciphers); !ok || len(ciphers) == 0 {
		return nil, ErrNotTLS
	}
	if s.Empty() {
		return &h, nil
	}
	if !s.ReadUint16LengthPrefixed(&extensions) || !s.Empty() {
		return nil, ErrNotTLS
	}
	for !extensions.Empty() {
		var kind uint16
		var body cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&body) {
			return nil, ErrNotTLS
		}
		if grease(kind) {
			continue
		}
		// A second extension of a kind could be read by one side only.
		if slices.Contains(h.Extensions, kind) || !h.extension(kind, body) {
			return nil, ErrNotTLS
		}
		h.Extensions = append(h.Extensions, kind)
	}
	return &h, nil
}

func (h *Hello) extension(kind uint16, body cryptobyte.String) bool {
	ok := true
	switch kind {
	case extSNI:
		return h.readSNI(body)
	case extALPN:
		return h.readALPN(body)
	case extSigAlgs:
		var list cryptobyte.String
		if !body.ReadUint16LengthPrefixed(&list) || !body.Empty() {
			return false
		}
		h.SigAlgs, ok = readUint16s(list)
	case extVersions:
		var list cryptobyte.String
		if !body.ReadUint8LengthPrefixed(&list) || !body.Empty() {
			return false
		}
		if h.Versions, ok = readUint16s(list); ok && len(h.Versions) > 0 {
			h.Version = slices.Max(h.Versions)
		}
	case extECH:
		h.ECH = true
	}
	return ok
}

func (h *Hello) readSNI(body cryptobyte.String) bool {
	var list, name cryptobyte.String
	if body.Empty() {
		return true
	}
	if !body.ReadUint16LengthPrefixed(&list) || !body.Empty() {
		return false
	}
	for !list.Empty() {
		var kind uint8
		if !list.ReadUint8(&kind) || !list.ReadUint16LengthPrefixed(&name) {
			return false
		}
		if kind != 0 {
			continue
		}
		if h.SNI != "" || len(name) == 0 {
			return false
		}
		h.SNI = string(name)
	}
	return true
}

func (h *Hello) readALPN(body cryptobyte.String) bool {
	var list, proto cryptobyte.String
	if !body.ReadUint16LengthPrefixed(&list) || !body.Empty() {
		return false
	}
	for !list.Empty() {
		if !list.ReadUint8LengthPrefixed(&proto) || proto.Empty() {
			return false
		}
		if len(proto) == 2 && proto[0] == proto[1] && proto[0]&0x0f == 0x0a {
			continue
		}
		h.ALPN = append(h.ALPN, string(proto))
	}
	return true
}

func readUint16s(s cryptobyte.String) ([]uint16, bool) {
	if len(s)%2 != 0 {
		return nil, false
	}
	out := make([]uint16, 0, len(s)/2)
	for !s.Empty() {
		var v uint16
		s.ReadUint16(&v)
		if !grease(v) {
			out = append(out, v)
		}
	}
	return out, true
}

// grease reports whether v is one of the values of RFC 8701.
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }
