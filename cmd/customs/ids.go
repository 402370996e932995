package main

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"os"
	"time"
)

// idAlphabet is Crockford's: it sorts like the bytes and has no letter that
// is read as a digit.
var idAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newID returns an id that is unique for ever and sorts by time: 48 bits of
// milliseconds, 80 random bits.
func newID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	rand.Read(b[6:])
	return idAlphabet.EncodeToString(b[:])
}

// nodeName is the identity of this gateway in the log.
func nodeName() string {
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "customs"
}
