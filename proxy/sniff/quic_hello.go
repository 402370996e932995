package sniff

import "golang.org/x/crypto/cryptobyte"

// Frames that a client's Initial packet may carry.
const (
	framePadding = 0x00
	framePing    = 0x01
	frameACK     = 0x02
	frameACKECN  = 0x03
	frameCrypto  = 0x06
	frameClose   = 0x1c
)

// QUICHello puts a ClientHello together from the CRYPTO frames of Initial
// packets, in any order and with overlaps. It holds no more than MaxHello. The
// zero value is ready.
type QUICHello struct {
	b    []byte
	have []bool
}

// Add takes the frames of a packet. ErrShort asks for more of them, ErrNotTLS
// says that no ClientHello will come of it.
func (q *QUICHello) Add(frames []byte) (*Hello, error) {
	s := cryptobyte.String(frames)
	for !s.Empty() {
		var kind, at, n uint64
		if !readVarint(&s, &kind) {
			return nil, ErrNotTLS
		}
		switch kind {
		case framePadding, framePing:
		case frameACK, frameACKECN:
			if !skipACK(&s, kind == frameACKECN) {
				return nil, ErrNotTLS
			}
		case frameCrypto:
			var data []byte
			if !readVarint(&s, &at) || !readVarint(&s, &n) || n > uint64(len(s)) || !s.ReadBytes(&data, int(n)) || at+n > MaxHello+4 {
				return nil, ErrNotTLS
			}
			if !q.put(int(at), data) {
				return nil, ErrNotTLS
			}
		default: // a close too: whoever goes away needs no answer
			return nil, ErrNotTLS
		}
	}
	return q.hello()
}

// put keeps a piece. Two pieces that say different things of one place could be
// read by one side only.
func (q *QUICHello) put(at int, data []byte) bool {
	if n := at + len(data); n > len(q.b) {
		q.b = append(q.b, make([]byte, n-len(q.b))...)
		q.have = append(q.have, make([]bool, n-len(q.have))...)
	}
	for i, c := range data {
		if q.have[at+i] && q.b[at+i] != c {
			return false
		}
		q.b[at+i], q.have[at+i] = c, true
	}
	return true
}

func (q *QUICHello) hello() (*Hello, error) {
	whole := 0
	for whole < len(q.have) && q.have[whole] {
		whole++
	}
	if whole > 0 && q.b[0] != 1 {
		return nil, ErrNotTLS
	}
	if whole < 4 {
		return nil, ErrShort
	}
	size := int(q.b[1])<<16 | int(q.b[2])<<8 | int(q.b[3])
	switch {
	case size > MaxHello:
		return nil, ErrNotTLS
	case whole < 4+size:
		return nil, ErrShort
	}
	return parseMessage(q.b[4 : 4+size])
}

// skipACK passes over the rest of an ACK frame.
func skipACK(s *cryptobyte.String, ecn bool) bool {
	var largest, delay, ranges, v uint64
	if !readVarint(s, &largest) || !readVarint(s, &delay) || !readVarint(s, &ranges) || ranges > uint64(len(*s)) {
		return false
	}
	more := 1 + 2*int(ranges)
	if ecn {
		more += 3
	}
	for range more {
		if !readVarint(s, &v) {
			return false
		}
	}
	return true
}

// JA4QUIC returns the JA4 fingerprint of a ClientHello in QUIC.
func (h *Hello) JA4QUIC() string { return "q" + h.JA4()[1:] }
