package message

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// PrefixSize is the size of what stands before each gRPC message.
const PrefixSize = 5

// Prefix is what stands before a gRPC message.
type Prefix struct {
	Compressed bool
	Size       uint32
}

// Bytes writes the prefix as it goes over the wire.
func (p Prefix) Bytes() []byte {
	b := make([]byte, PrefixSize)
	if p.Compressed {
		b[0] = 1
	}
	binary.BigEndian.PutUint32(b[1:], p.Size)
	return b
}

// Stream reads the length-prefixed messages of one direction of a gRPC call.
type Stream struct {
	r io.Reader
	// coded says that the head names a coding, without which no message may be
	// compressed.
	coded bool
	left  uint32
	err   error
}

// NewStream reads messages; coding is the call's grpc-encoding.
func NewStream(r io.Reader, coding string) *Stream {
	return &Stream{r: r, coded: coding != "" && coding != "identity"}
}

// Next waits for the next message; the one before must have been read to its
// end. io.EOF is the end between two messages.
func (s *Stream) Next() (Prefix, error) {
	switch {
	case s.err != nil:
		return Prefix{}, s.err
	case s.left > 0:
		return Prefix{}, errors.New("message: the next one was asked for before the end of one")
	}
	var b [PrefixSize]byte
	if _, err := io.ReadFull(s.r, b[:]); err != nil {
		if err == io.ErrUnexpectedEOF {
			err = malformed("a gRPC stream that ends within a prefix")
		}
		s.err = err
		return Prefix{}, err
	}
	p, err := ParsePrefix(b, s.coded)
	s.left, s.err = p.Size, err
	return p, err
}

// ParsePrefix reads a prefix. coded says that messages may be compressed.
func ParsePrefix(b [PrefixSize]byte, coded bool) (Prefix, error) {
	switch {
	case b[0] > 1:
		return Prefix{}, malformed("a gRPC message with a flag that means nothing")
	case b[0] == 1 && !coded:
		return Prefix{}, malformed("a compressed gRPC message in a call without a coding")
	}
	return Prefix{Compressed: b[0] == 1, Size: binary.BigEndian.Uint32(b[1:])}, nil
}

// Read gives the message that Next found, as it came, and io.EOF at its end.
func (s *Stream) Read(p []byte) (int, error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case s.left == 0:
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(len(p), int(s.left))])
	s.left -= uint32(n)
	if err == io.EOF {
		err = nil // Next meets it again
		if s.left > 0 {
			err = malformed("a gRPC stream that ends within a message")
		}
	}
	s.err = err
	return n, err
}

// GRPC reads a Content-Type. ok says that it is of gRPC over HTTP/2, whose
// body is messages; format is how each is written, as proto. gRPC-Web, whose
// request is one body, is another type.
func GRPC(contentType string) (format string, ok bool) {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	rest, ok := strings.CutPrefix(strings.Trim(kind, " \t"), "application/grpc")
	switch {
	case !ok:
		return "", false
	case rest == "":
		return "proto", true
	case rest[0] != '+':
		return "", false
	}
	return rest[1:], true
}

// Boundary follows bytes of gRPC messages that go by, and says whether they
// stand between two.
type Boundary struct {
	prefix [PrefixSize]byte
	n      int // of prefix
	left   uint32
}

// Write follows p.
func (b *Boundary) Write(p []byte) {
	for len(p) > 0 {
		if b.left > 0 {
			k := min(len(p), int(b.left))
			b.left -= uint32(k)
			p = p[k:]
			continue
		}
		k := copy(b.prefix[b.n:], p)
		b.n += k
		p = p[k:]
		if b.n == PrefixSize {
			b.n, b.left = 0, binary.BigEndian.Uint32(b.prefix[1:])
		}
	}
}

// Between reports whether no message is under way.
func (b *Boundary) Between() bool { return b.n == 0 && b.left == 0 }
