package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect/decode"
)

// Plain turns a short text in UTF-16 or Big5, with or without a mark, into
// UTF-8. It returns nil for what is neither, which reads as UTF-8 or GB 18030
// as it lies. Big5 is told by likelihood: such text is to be read as it lies
// as well.
func Plain(b []byte) []byte {
	if valid8(b) && bytes.IndexByte(b, 0) < 0 {
		return nil
	}
	big := decode.LooksUTF16(b, true)
	switch {
	case big || decode.LooksUTF16(b, false):
		u := decode.UTF16{Big: big}
		text, _ := u.Append(nil, nil, b, 0)
		return text
	case LooksBig5(b):
		c := Charset{Coding: Big5}
		text, spans := c.Append(nil, nil, b, 0)
		text, _ = c.Flush(text, spans)
		return text
	}
	return nil
}
