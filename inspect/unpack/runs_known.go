package unpack

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect/decode"
)

// plausible reports whether decoded bytes begin a text or a known format.
func plausible(b []byte) bool { return isText(b, false) || isKnown(b) }

// secondOf gives what the second byte of formats with that first one may be.
var secondOf = [256]string{
	0x00: "\x00", 0x01: "\x00", 0x04: "\x22", 0x1f: "\x8b\x9d", 0x28: "\xb5", '0': "\x80\x82", '7': "z", '%': "P", 'B': "ZM", 'C': "r", 'G': "I",
	'I': "IDS", 'L': "UZ", 'M': "MS", 'O': "bg", 'P': "KA", 'R': "aI", 'S': "aQ", 'b': "p", 'h': "s", 'w': "O", 'x': "\x01\x5e\x9c\xdaa", 0x80: "\x04\x05",
	0x89: "P", 0xac: "\xed", 0xd0: "\xcf", 0xd9: "\xd9", 0xed: "\xab", 0xfd: "7", 0xff: "\x06\xd8\xfe", 0xfe: "\xff",
}

// magics are those that decode does not sniff.
var magics = [][]byte{
	[]byte("SQLite format 3\x00"), []byte("PAR1"), []byte("PARE"), []byte("bplist0"), []byte("\xd9\xd9\xf7"),
	[]byte("OggS\x00"), []byte("ID3\x03\x00"), []byte("ID3\x04\x00"), []byte("RIFF"),
}

// mayBeKnown is the look at the first two bytes.
func mayBeKnown(b []byte) bool { return len(b) > 1 && strings.IndexByte(secondOf[b[0]], b[1]) >= 0 }

// isKnown knows formats by their heads: those of decode and of containers,
// zlib, DER of some length, messages of gRPC, and objects of Java and Python.
func isKnown(b []byte) bool {
	switch {
	case len(b) < 9 || !mayBeKnown(b):
		return false
	case b[0] == 0x78 && b[1] != 'a':
		return decode.IsZlib(b) && inflates(bytes.Clone(b[2:]))
	case b[0] == 0x30 && b[1] == 0x82 && (b[4] == 0x30 || b[4] == 0x02 || b[4] == 0x06):
		return true
	case b[0] == 0x1f && b[1] == 0x9d: // compress, and how many bits it uses
		return b[2]&0x7f >= 9 && b[2]&0x7f <= 16
	case b[0] == 0x80:
		return b[2] == 0x95
	case b[0] == 0xac:
		return b[2] == 0 && b[3] == 5
	case b[0] <= 1 && b[1] == 0 && string(b[4:8]) != "ftyp": // gRPC: whether it is compressed, a length, a message
		return b[2] == 0 && b[5]&7 <= 5 && b[5] >= 8 && (b[0] == 1 || text8(b[5:], false))
	}
	for _, magic := range magics {
		if bytes.HasPrefix(b, magic) {
			return true
		}
	}
	switch decode.Sniff(b) {
	case decode.Plain, decode.UTF16LE, decode.UTF16BE: // that was for isText
		return false
	}
	return true
}

// inflates reports whether b may begin deflated content: that of random bytes
// soon refers to what was never there.
func inflates(b []byte) bool {
	var out [512]byte
	_, err := io.ReadFull(flate.NewReader(bytes.NewReader(b)), out[:])
	return err == nil || err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF)
}
