package rules

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// normal appends the normal form of a value: UTF-8, upper case, full-width
// letters and digits as ASCII, without spaces, hyphens, dots, slashes and
// underscores. It stops behind so many bytes.
func normal(dst, b []byte, most int) []byte {
	if !utf8.Valid(b) {
		if out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil {
			b = out
		}
	}
	n := len(dst)
	for i := 0; i < len(b) && len(dst)-n <= most; {
		c, size := b[i], 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRune(b[i:]); r == '\u3000' {
				i += size
				continue
			}
			if r < 0xff01 || r > 0xff5e {
				dst = append(dst, b[i:i+size]...)
				i += size
				continue
			}
			c = byte(r - 0xff01 + '!')
		}
		i += size
		switch {
		case joins(c), c < ' ':
		case c >= 'a' && c <= 'z':
			dst = append(dst, c-'a'+'A')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// joins reports whether a byte may stand inside a value without being part of
// it.
func joins(c byte) bool { return c == ' ' || c == '-' || c == '.' || c == '/' || c == '_' }
