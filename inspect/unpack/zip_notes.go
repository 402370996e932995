package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect/decode"
)

// notes gives out the comments and telling extra fields of the central
// directory, a line each, as one part without a name.
func (z *zipArchive) notes(end zipEnd, stop int64) {
	open := false
	line := func(b []byte) {
		if len(b) == 0 || z.m.stopped {
			return
		}
		if !open {
			open = z.m.Begin(nil, decode.Span{From: end.from, To: end.to})
		}
		z.m.Write(b)
		z.m.text("\n")
	}
	end.to = stop
	z.eachListed(end, func(_ zipEnd, e *zipEntry) bool {
		line(e.comment)
		eachZipField(e.extra, func(id uint16, b []byte) {
			if zipTells(id, b) {
				line(b)
			}
		})
		return !z.m.stopped
	})
}

// zipQuiet holds the longest each extra field may be that keeps times, owners
// or sizes and nothing else (APPNOTE.TXT 4.5 and 4.6, and Info-ZIP's list).
var zipQuiet = map[uint16]int{
	0x0001: 28, // zip64
	0x000a: 32, // NTFS times
	0x5455: 13, // times
	0x5855: 12, // times and owner of old
	0x7855: 4,  // owner
	0x7875: 11, // owner
	0x9901: 7,  // AES
	0xcafe: 0,  // jar
}

// zipTelling tells whether extra fields may hold a text.
func zipTelling(extra []byte) (yes bool) {
	eachZipField(extra, func(id uint16, b []byte) { yes = yes || zipTells(id, b) })
	return yes
}

// zipTells tells whether an extra field may hold a text: it is none of the
// quiet ones, or has more in it than binary numbers, and is not mere padding.
func zipTells(id uint16, b []byte) bool {
	longest, quiet := zipQuiet[id]
	return len(bytes.Trim(b, "\x00")) > 0 && (!quiet || len(b) > longest || textRun(b) > 8)
}

// textRun is the length of the longest run of printable characters, of one
// byte or two.
func textRun(b []byte) (longest int) {
	run := 0
	for i, c := range b {
		if c == 0 && i > 0 && b[i-1] != 0 {
			continue
		}
		if run++; c < ' ' || c > '~' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
