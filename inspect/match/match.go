// Package match finds the places where an identifier may stand: bytes in,
// candidates out.
//
// The promise: it may report falsely, it may not miss. A candidate says only
// that bytes of the right kind stand there; package check decides. The unit of
// work is a Finder, one a stream, which sees the bytes in order and in any
// pieces: the candidates do not depend on how the stream was cut. It keeps
// about 300 bytes, allocates nothing but what the caller's slice needs to
// grow, and looks at no byte twice.
//
// What is found: digits in groups joined across one space or hyphen, ASCII or
// full-width (Digits); words of 18 letters and digits (Word); what stands
// around an at sign (At); the words of secrecy marks in UTF-8 and GB18030
// (Mark).
package match

// Kind says what a candidate could be.
type Kind uint8

// The kinds of candidate.
const (
	Digits Kind = iota // 11 to 21 digits in one or more groups
	Word               // exactly 18 ASCII letters, digits or underscores
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
	pos   int64 // bytes seen
	word  int64 // where the current run of word bytes began
	local int64 // where the current run of local-part bytes began
	at    int64 // where the open address began
	sign  int64 // where its '@' stands, +1; 0 when none is open

	state  state
	wide   uint8 // bytes of a full-width digit seen: EF, EF BC
	groups [MaxDigits]group
	n      int     // groups in use; the last is open in state inside
	tail   [8]byte // the last bytes before pos, for marks
}

// NewAt returns a Finder whose first byte stands at the given offset.
func NewAt(offset int64) Finder {
	return Finder{pos: offset, word: offset, local: offset}
}

// Pos returns the offset of the next byte.
func (f *Finder) Pos() int64 { return f.pos }

// Open returns the offset before which no later candidate can begin.
func (f *Finder) Open() int64 {
	low := f.pos - 6 // a mark of which all but the last byte was seen
	if low < 0 {
		low = 0
	}
	if f.pos-f.word <= WordLen {
		low = min(low, f.word)
	}
	if f.pos-f.local <= MaxLocal {
		low = min(low, f.local)
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
	dst = f.closeWord(dst, end)
	dst = f.closeAt(dst, end)
	f.word, f.local = end, end
	return dst
}
