package sniff

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
)

// connectionRefused is the error CONNECTION_REFUSED of RFC 9000, section 20.1.
const connectionRefused = 0x02

// maxQUICReason keeps an answer far below the datagram that it answers.
const maxQUICReason = 200

// RefuseInitial is the datagram with which a server refuses the connection of a
// client's Initial packet: an Initial packet of its own whose one frame closes
// the connection at once. It is shorter than MinInitial. The reason is cut to
// 200 bytes and should be ASCII.
func RefuseInitial(p *Initial, reason string) ([]byte, error) {
	f := formOf(p.Version)
	if f == nil {
		return nil, ErrQUICVersion
	}
	keys, err := newInitialKeys(f, p.DstID, f.serve)
	if err != nil {
		return nil, err
	}
	reason = reason[:min(len(reason), maxQUICReason)]
	frame := []byte{frameClose, connectionRefused, framePadding}
	frame = append(frame, 0x40|byte(len(reason)>>8), byte(len(reason)))
	frame = append(frame, reason...)

	const numberLen = 4
	size := numberLen + len(frame) + keys.aead.Overhead()
	var b cryptobyte.Builder
	b.AddUint8(0xc0 | f.initial<<4 | numberLen - 1)
	b.AddUint32(p.Version)
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(p.SrcID) })
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(p.DstID) }) // ours may be any
	b.AddUint8(0)                                                                 // no token
	b.AddUint16(0x4000 | uint16(size))
	b.AddUint32(0) // the packet's number
	head, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	out := keys.aead.Seal(head, keys.nonce(0), frame, head)
	at := len(head) - numberLen
	var mask [16]byte
	keys.hp.Encrypt(mask[:], out[at+4:at+20])
	out[0] ^= mask[0] & 0x0f
	word := binary.BigEndian.Uint32(out[at:]) ^ binary.BigEndian.Uint32(mask[1:])
	binary.BigEndian.PutUint32(out[at:], word)
	return out, nil
}
