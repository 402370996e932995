package sniff

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/cryptobyte"
)

// The versions of QUIC whose Initial packets are read.
const (
	QUICv1 uint32 = 0x00000001 // RFC 9000
	QUICv2 uint32 = 0x6b3343cf // RFC 9369
)

// MinInitial is the least size of a datagram with a client's Initial packet; a
// server drops shorter ones.
const MinInitial = 1200

var (
	// ErrNotInitial means that a datagram does not begin with an Initial packet.
	ErrNotInitial = errors.New("not a QUIC Initial packet")
	// ErrQUICVersion means that it is of a version that is not read.
	ErrQUICVersion = errors.New("QUIC version is not read")
)

// quicForm is what differs between versions.
type quicForm struct {
	salt          []byte
	key, iv, hp   string
	initial       byte // type bits of an Initial packet
	client, serve string
}

var (
	quicForm1 = quicForm{salt: []byte("\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"),
		key: "quic key", iv: "quic iv", hp: "quic hp", initial: 0, client: "client in", serve: "server in"}
	quicForm2 = quicForm{salt: []byte("\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9"),
		key: "quicv2 key", iv: "quicv2 iv", hp: "quicv2 hp", initial: 1, client: "client in", serve: "server in"}
)

func formOf(version uint32) *quicForm {
	switch version {
	case QUICv1:
		return &quicForm1
	case QUICv2:
		return &quicForm2
	}
	return nil
}

// Initial is a QUIC Initial packet with its protection taken off.
type Initial struct {
	Version uint32
	DstID   []byte // chosen by the client in its first packets: the keys rest on it
	SrcID   []byte
	Number  uint64
	Frames  []byte
}

// initialKeys protect one direction of the Initial packets.
type initialKeys struct {
	aead cipher.AEAD
	iv   []byte
	hp   cipher.Block
}

func newInitialKeys(f *quicForm, dstID []byte, side string) (initialKeys, error) {
	secret, err := hkdf.Extract(sha256.New, dstID, f.salt)
	if err != nil {
		return initialKeys{}, err
	}
	if secret, err = expandLabel(secret, side, 32); err != nil {
		return initialKeys{}, err
	}
	key, err1 := expandLabel(secret, f.key, 16)
	iv, err2 := expandLabel(secret, f.iv, 12)
	hp, err3 := expandLabel(secret, f.hp, 16)
	if err := errors.Join(err1, err2, err3); err != nil {
		return initialKeys{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return initialKeys{}, err
	}
	k := initialKeys{iv: iv}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return initialKeys{}, err
	}
	k.hp, err = aes.NewCipher(hp)
	return k, err
}

// expandLabel is HKDF-Expand-Label of TLS 1.3 with an empty context.
func expandLabel(secret []byte, label string, n int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint16(uint16(n))
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte("tls13 " + label)) })
	b.AddUint8(0)
	return hkdf.Expand(sha256.New, secret, string(b.BytesOrPanic()), n)
}

func (k *initialKeys) nonce(number uint64) []byte {
	n := append([]byte(nil), k.iv...)
	binary.BigEndian.PutUint64(n[4:], binary.BigEndian.Uint64(n[4:])^number)
	return n
}

// ParseInitial reads the Initial packet that a client's datagram begins with,
// and returns what follows it in the datagram. It does not change the datagram.
func ParseInitial(datagram []byte) (*Initial, []byte, error) {
	s := cryptobyte.String(datagram)
	var first uint8
	p := &Initial{}
	var dst, src, token cryptobyte.String
	if !s.ReadUint8(&first) || first&0xc0 != 0xc0 || !s.ReadUint32(&p.Version) || p.Version == 0 {
		return nil, nil, ErrNotInitial
	}
	f := formOf(p.Version)
	if f == nil {
		return nil, nil, ErrQUICVersion
	}
	var tokens, size uint64
	if first>>4&3 != f.initial || !s.ReadUint8LengthPrefixed(&dst) || !s.ReadUint8LengthPrefixed(&src) ||
		len(dst) > 20 || len(src) > 20 || !readVarint(&s, &tokens) || tokens > uint64(len(s)) ||
		!s.ReadBytes((*[]byte)(&token), int(tokens)) || !readVarint(&s, &size) || size > uint64(len(s)) || size < 20 {
		return nil, nil, ErrNotInitial
	}
	p.DstID, p.SrcID = dst, src
	at := len(datagram) - len(s)
	packet, rest := datagram[:at+int(size)], datagram[at+int(size):]
	if err := p.open(f, packet, at); err != nil {
		return nil, nil, err
	}
	return p, rest, nil
}

// open takes the protection off a packet whose number stands at at.
func (p *Initial) open(f *quicForm, packet []byte, at int) error {
	keys, err := newInitialKeys(f, p.DstID, f.client)
	if err != nil {
		return ErrNotInitial
	}
	var mask [16]byte
	keys.hp.Encrypt(mask[:], packet[at+4:at+20])
	head := append([]byte(nil), packet[:at+4]...)
	head[0] ^= mask[0] & 0x0f
	n := int(head[0]&3) + 1
	for i := range n {
		head[at+i] ^= mask[1+i]
		p.Number = p.Number<<8 | uint64(head[at+i])
	}
	head = head[:at+n]
	if p.Frames, err = keys.aead.Open(nil, keys.nonce(p.Number), packet[at+n:], head); err != nil {
		return ErrNotInitial
	}
	return nil
}

// readVarint reads a variable-length integer of QUIC.
func readVarint(s *cryptobyte.String, v *uint64) bool {
	var first uint8
	if !s.ReadUint8(&first) {
		return false
	}
	*v = uint64(first & 0x3f)
	var more []byte
	if !s.ReadBytes(&more, 1<<(first>>6)-1) {
		return false
	}
	for _, b := range more {
		*v = *v<<8 | uint64(b)
	}
	return true
}
