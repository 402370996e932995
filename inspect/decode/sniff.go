package decode

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// SniffLen is how many bytes Sniff wants to see.
const SniffLen = 64

// Format is what the first bytes of a stream say it is.
type Format uint8

// The formats. Plain is text or binary that is scanned as it is. Opaque is a
// known container that is not read, Encrypted one that cannot be. Image and
// Tar are scanned as they lie, which leaves unread what they compress.
const (
	Plain Format = iota
	Gzip
	Zlib
	RawDeflate // cannot be sniffed, only claimed
	UTF16LE
	UTF16BE
	Opaque
	Encrypted
	Image
	Tar
	Brotli // cannot be sniffed, only claimed
	Zstd
	Bzip2
	XZ
	LZ4
)

// String names the format as it stands in a finding's path.
func (f Format) String() string {
	return [...]string{"plain", "gzip", "deflate", "deflate", "utf-16le", "utf-16be", "opaque", "encrypted", "image", "tar", "br", "zstd", "bz2", "xz", "lz4"}[f]
}

// Sniff tells the format of a stream by its first bytes: SniffLen of them, or
// TarLen where tar is to be told.
func Sniff(head []byte) Format {
	if len(head) >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 {
		return Gzip
	}
	if f := coded(head); f != Plain {
		return f
	}
	switch {
	case isZlibStream(head):
		return Zlib
	case beginsWith(head, containers), isLHA(head), isLZMA(head), isCompressedPGP(head):
		return Opaque
	case isEncrypted(head):
		return Encrypted
	case isImage(head):
		return Image
	case IsTar(head):
		return Tar
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
	case han(head, 1):
		return UTF16LE
	case han(head, 0):
		return UTF16BE
	case nul[0] == 0 && nul[1] >= units/4+1 && text[0] >= nul[1]*3/4:
		return UTF16LE
	case nul[1] == 0 && nul[0] >= units/4+1 && text[1] >= nul[0]*3/4:
		return UTF16BE
	case len(head) < sniffWide || text8(head):
		return Plain
	case LooksUTF16(head, false):
		return UTF16LE
	case LooksUTF16(head, true):
		return UTF16BE
	}
	return Plain
}

// sniffWide is how many bytes must look like UTF-16 where nothing else tells.
const sniffWide = 16

// han recognises Chinese text in UTF-16, whose bytes at one place of each pair
// are the upper halves of ideographs, punctuation and ASCII, and which is not
// UTF-8 as a whole.
func han(head []byte, high int) bool {
	units, fit, ideographs := len(head)/2, 0, 0
	for i := range units {
		switch h, l := head[2*i+high], head[2*i+1-high]; {
		case h >= 0x4e && h <= 0x9f:
			ideographs++
			fit++
		case h == 0 && (l >= ' ' && l < 0x7f || l == '\n' || l == '\r' || l == '\t'), h == 0x30 && l < 0x40, h == 0xff, h == 0x20 && l < 0x70:
			fit++
		}
	}
	return ideographs >= 2 && fit >= units-units/16 && !text8(head)
}

// text8 reports whether b is UTF-8 without control characters, but for a
// character cut off at the end.
func text8(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return len(b) < utf8.UTFMax && b[0] >= 0xc0
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[n:]
	}
	return true
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

const blank = " \t\r\n"

// IsJSON reports whether text begins as a JSON object or array. A log line
// that begins with a time or level in brackets does not.
func IsJSON(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), blank)
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	rest := bytes.TrimLeft(head[1:], blank)
	switch {
	case len(rest) == 0:
		return true
	case head[0] == '{':
		return rest[0] == '"' || rest[0] == '}'
	case strings.IndexByte("{[\"]", rest[0]) >= 0:
		return true
	}
	word := rest[:len(rest)-len(bytes.TrimLeft(rest, "-+.0123456789eEtrufalsn"))]
	rest = bytes.TrimLeft(rest[len(word):], blank)
	return len(word) > 0 && (json.Valid(word) && (len(rest) == 0 || rest[0] == ',' || rest[0] == ']'))
}

// IsMarkup reports whether text begins as XML or HTML.
func IsMarkup(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), blank)
	return len(head) > 1 && head[0] == '<' && (head[1] >= 'A' && head[1] <= 'Z' || head[1] >= 'a' && head[1] <= 'z' || head[1] == '?' || head[1] == '!' || head[1] >= utf8.RuneSelf)
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
