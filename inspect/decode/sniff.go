package decode

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// SniffLen is how many bytes Sniff wants to see.
const SniffLen = 64

// Format is what the first bytes of a stream say it is.
type Format uint8

// The formats. Plain is text or binary that is scanned as it is; Opaque is a
// known container that is not read.
const (
	Plain Format = iota
	Gzip
	Zlib
	RawDeflate // cannot be sniffed, only claimed
	UTF16LE
	UTF16BE
	Opaque
)

// String names the format as it stands in a finding's path.
func (f Format) String() string {
	return [...]string{"plain", "gzip", "deflate", "deflate", "utf-16le", "utf-16be", "opaque"}[f]
}

var opaque = [][]byte{
	[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08"), // zip, OOXML, ODF
	[]byte("7z\xbc\xaf\x27\x1c"),
	[]byte("Rar!\x1a\x07"),
	[]byte("\xfd7zXZ\x00"),
	[]byte("BZh"),
	[]byte("\x28\xb5\x2f\xfd"), // zstd
	[]byte("\x04\x22\x4d\x18"), // lz4
	[]byte("%PDF-"),
	[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), // OLE: doc, xls, ppt, msg
}

// Sniff tells the format of a stream by its first bytes, at most SniffLen.
func Sniff(head []byte) Format {
	if len(head) >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 {
		return Gzip
	}
	for _, magic := range opaque {
		if bytes.HasPrefix(head, magic) {
			return Opaque
		}
	}
	if len(head) >= 2 {
		switch {
		case head[0] == 0xff && head[1] == 0xfe:
			return UTF16LE
		case head[0] == 0xfe && head[1] == 0xff:
			return UTF16BE
		}
	}
	return utf16ByNUL(head)
}

// utf16ByNUL recognises text without a byte order mark by ASCII characters,
// whose other byte is NUL.
func utf16ByNUL(head []byte) Format {
	if len(head) < 8 {
		return Plain
	}
	var nul, text [2]int
	for i, c := range head[:len(head)&^1] {
		if c == 0 {
			nul[i&1]++
		} else if c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t' {
			text[i&1]++
		}
	}
	units := len(head) / 2
	switch {
	case nul[0] == 0 && nul[1] >= units/4+1 && text[0] >= nul[1]*3/4:
		return UTF16LE
	case nul[1] == 0 && nul[0] >= units/4+1 && text[1] >= nul[0]*3/4:
		return UTF16BE
	}
	return Plain
}

// IsZlib reports whether a stream that claims deflate begins as zlib, which
// is what the claim means; many senders send the raw form.
func IsZlib(head []byte) bool {
	return len(head) >= 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// Codings splits a Content-Encoding into names, outermost first, without
// identity.
func Codings(header string) (out []string) {
	for name := range strings.SplitSeq(header, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && name != "identity" {
			out = append([]string{name}, out...)
		}
	}
	return out
}

// IsJSON reports whether text begins as a JSON object or array.
func IsJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[')
}

// IsForm reports whether text begins as name=value&…, as urlencoded forms do.
func IsForm(head []byte) bool {
	eq := bytes.IndexByte(head, '=')
	if eq < 1 || bytes.IndexByte(head, '&') < eq && len(head) >= SniffLen {
		return false
	}
	for _, c := range head {
		if c <= ' ' || c >= utf8.RuneSelf || strings.IndexByte("<>\"{}\\^`|,;", c) >= 0 {
			return false
		}
	}
	return bytes.IndexByte(head, '&') > eq
}
