// Package match finds the places where an identifier may stand: bytes in,
// candidates out.
//
// The promise: it may report falsely, it may not miss. A candidate says only
// that bytes of the right kind stand there; package check decides. The unit of
// work is a Finder, one a stream, which sees the bytes in order and in any
// pieces: the candidates do not depend on how the stream was cut. It keeps
// about 450 bytes, allocates nothing but what the caller's slice needs to
// grow, and looks at no byte twice.
//
// What is found: digits in groups joined across one space or hyphen, ASCII or
// full-width (Digits); words of 18 letters and digits with a division code
// in them (Word), or of 19, where the first may be the second byte of a
// character in GBK; what stands
// around an at sign (At); the words of secrecy marks in UTF-8 and GB18030
// (Mark).
package match

// Kind says what a candidate could be.
type Kind uint8

// The kinds of candidate.
const (
	Digits Kind = iota // 11 to 21 digits in one or more groups
	Word               // 18 or 19 ASCII letters, digits or underscores with six digits near the start
	At                 // local part, '@' and domain
	Mark               // 绝密, 机密, 秘密 in UTF-8 or GB18030
)

// The bounds of candidates, in digits and bytes. A caller that keeps
// MaxLength bytes behind the newest one can always look at a candidate.
const (
	MinDigits = 11
	MaxDigits = 21
	WordLen   = 18
	MaxLocal  = 64
	MaxDomain = 253
	MaxLength = MaxLocal + 1 + MaxDomain
)

// A word is a candidate if as many digits as a division code has stand in it
// behind at most so many other bytes: two, or three with one that belongs to
// a character of GBK.
const (
	wordDigits = 6
	wordLead   = 3
)

// Candidate is a place in the stream, [From, To). A Digits candidate ends
// where a group of digits ends and begins with the earliest group that can
// belong to it; identifiers in it end at To and begin at one of its groups.
type Candidate struct {
	Kind     Kind
	From, To int64
}

type group struct {
	from int64
	n    int32
}

type state uint8

const (
	idle    state = iota // not in a number
	inside               // the last character was a digit
	between              // the last character was a separator behind a digit
)

// Finder is the state of one stream. The zero value is ready at offset 0.
type Finder struct {
	pos  int64 // bytes seen
	run  int64 // where the open run of ASCII digits began, +1; 0 when none is open
	word int64 // where the open word began, +1; 0 when none is open
	at   int64 // where the open address began
	sign int64 // where its '@' stands, +1; 0 when none is open

	state  state
	wide   uint8 // bytes of a full-width digit seen: EF, EF BC
	groups [MaxDigits]group
	n      int                // groups in use; the last is open in state inside
	tail   [MaxLocal + 8]byte // the last bytes before pos
}

// NewAt returns a Finder whose first byte stands at the given offset.
func NewAt(offset int64) Finder {
	return Finder{pos: offset}
}

// Pos returns the offset of the next byte.
func (f *Finder) Pos() int64 { return f.pos }

// Open returns the offset before which no later candidate can begin.
func (f *Finder) Open() int64 {
	low := f.pos - 6 // a mark of which all but the last byte was seen
	if low < 0 {
		low = 0
	}
	if f.word > 0 {
		low = min(low, f.word-1)
	}
	if f.run > 0 && f.pos-f.run <= WordLen {
		low = min(low, max(f.run-1-wordLead, 0))
	}
	if n := f.local(nil, 0); n <= MaxLocal {
		low = min(low, f.pos-int64(n))
	}
	if f.sign > 0 {
		low = min(low, f.at)
	}
	if f.state != idle {
		total := int32(0)
		for i := f.n - 1; i >= 0; i-- {
			if total += f.groups[i].n; total > MaxDigits {
				break
			}
			low = min(low, f.groups[i].from)
		}
	}
	return low
}

// End closes what is open at the end of the stream and appends the candidates.
func (f *Finder) End(dst []Candidate) []Candidate {
	end := f.pos
	dst = f.closeDigits(dst, end-int64(f.wide))
	f.n, f.state, f.wide = 0, idle, 0
	if f.run > 0 {
		f.closeRun(nil, 0)
	}
	dst = f.closeWord(dst, end)
	dst = f.closeAt(dst, end)
	clear(f.tail[:])
	return dst
}
