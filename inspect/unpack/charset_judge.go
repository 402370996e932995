package unpack

import (
	"encoding/binary"
	"unicode/utf8"
)

const (
	judgeLeast = 4    // pairs that a verdict needs at least
	judgeSure  = 1024 // pairs after which a verdict stands
	judgeBad   = 24   // among so many pairs one may be none of Big5
)

// Big5Judge tells whether a stream may be Big5 text, beside GB 18030, by what
// LooksBig5 goes by. It is pushed the bytes of the stream in order until it is
// sure, and takes little time for ASCII. The zero value is ready.
type Big5Judge struct {
	at    int64
	first int64 // one more than the offset of the first byte above 0x7f
	lead  byte  // of a pair whose other byte has not come
	pairs int
	bad   int
	votes votes
}

// votes are for one charset and for the other.
type votes struct{ big, gb int }

// Write takes the next bytes of the stream.
func (j *Big5Judge) Write(p []byte) {
	if j.Sure() {
		return
	}
	for i := 0; i < len(p); i++ {
		if j.lead == 0 {
			if i += plainLen(p[i:]); i == len(p) {
				break
			}
			if j.lead = p[i]; j.first == 0 {
				j.first = j.at + int64(i) + 1
			}
			continue
		}
		j.pairs++
		if !j.votes.pair(j.lead, p[i]) {
			if j.bad++; p[i] < utf8.RuneSelf {
				i-- // ASCII is never swallowed
			}
		}
		if j.lead = 0; j.Sure() {
			return
		}
	}
	j.at += int64(len(p))
}

// Big5 reports whether the stream looks like Big5 up to now.
func (j *Big5Judge) Big5() bool {
	return j.pairs >= judgeLeast && j.bad*judgeBad <= j.pairs && j.votes.big > j.votes.gb
}

// Sure reports whether more bytes will not be looked at.
func (j *Big5Judge) Sure() bool { return j.pairs >= judgeSure || j.bad > judgeSure/judgeBad }

// First is the offset of the first byte above 0x7f, where reading in another
// charset has to begin.
func (j *Big5Judge) First() (at int64, ok bool) { return j.first - 1, j.first > 0 }

// pair counts what a pair speaks for. It answers false if it is none of Big5,
// nor of HKSCS.
func (v *votes) pair(c, t byte) bool {
	low := t >= 0x40 && t < 0x7f
	switch {
	case c < 0x87 || c == 0xff || !low && t < 0xa1 || t == 0xff:
		return false
	case low && c >= 0xa4 && c <= 0xc6: // the frequent characters
		v.big += 2
	case low && c >= 0xa1 && c <= 0xa3, low && c >= 0xc9 && c <= 0xf9: // signs, and the others
		v.big++
	case c == 0xa3 && (t == 0xac || t == 0xba || t == 0xbb || t == 0xa8 || t == 0xa9), c == 0xa1 && (t == 0xa3 || t == 0xa2 || t == 0xb0 || t == 0xb1):
		v.gb += 2 // the comma, the full stop and their like
	case c > 0xc6 && c <= 0xd7:
		v.gb++ // frequent in GB 2312, rare in Big5
	}
	return true
}

// plainLen is how many bytes of ASCII p begins with.
func plainLen(p []byte) (n int) {
	const upper = 0x8080808080808080
	for ; len(p)-n >= 32; n += 32 {
		q := p[n : n+32]
		if (binary.LittleEndian.Uint64(q)|binary.LittleEndian.Uint64(q[8:])|binary.LittleEndian.Uint64(q[16:])|binary.LittleEndian.Uint64(q[24:]))&upper != 0 {
			break
		}
	}
	for n < len(p) && p[n] < utf8.RuneSelf {
		n++
	}
	return n
}
