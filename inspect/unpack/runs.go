package unpack

import "github.com/datacustoms/customs/inspect/decode"

const (
	runMin   = 22  // characters that make a run: 24 of base64 with its padding, a telephone number in hexadecimal
	runHead  = 96  // characters that a run is judged by, at most
	runAhead = 192 // bytes that hold them, with line breaks between
	runLine  = 48  // a line that is shorter stands for itself
	runAgain = 256 // how far into what was refused another look is taken
)

// RunAhead is how many bytes behind the last one of a stretch a Runs must see
// to have judged all that begins in it.
const RunAhead = runAhead

// Runs finds base64, base64url, base32, base32hex and hexadecimal within a
// text that is pushed into it, and gives out what they stand for.
//
// A run is runMin characters of an alphabet. Hexadecimal may have delimiters:
// "48 65 6c", "48:65:6c", "\x48\x65", "0x48, 0x65", "\110\145", and it may be
// the rows of od, xxd and hexdump. Lines of runLine characters and more are
// joined, be they broken as in mail, in PEM or by the escapes of JSON, and so
// are strings that a program adds up, and labels of a host. Its first bytes
// decide: only what decodes to text in UTF-8, GB 2312, Big5 or UTF-16 or begins
// as a known format is given out. A run with a word before it, such as a path, is found behind '/', '-',
// '_' and '+'; in a long one that was refused another look is taken every
// runAgain characters, and what is too long for a key or a signature is given
// out whatever it is. Memory is fixed.
type Runs struct {
	emit func(kind string, at decode.Span, b []byte, last bool)

	off   int64 // of the first byte of carry, or of what comes next
	carry [2 * runAhead]byte
	n     int

	mode  runMode
	kind  runKind
	width int  // characters of the line in hand
	skip  int  // characters since the last look at what was refused
	fresh bool // a line of it begins

	hold  [2 * runLong]byte // characters of what was refused
	nhold int
	whole int64 // the source offset of the first of them
	half  int64 // and of the one at runLong

	digests int // that stood in lines of their own

	bits  uint32
	have  uint
	style pairStyle
	from  int64
	out   [318]byte // whole groups of each alphabet but base32
	nout  int
}

type runMode uint8

const (
	runIdle runMode = iota
	runRefused
	runChars // in a run of an alphabet
	runPairs // in delimited hexadecimal
)

// NewRuns returns a Runs that calls emit with the pieces of each run in turn:
// its alphabet, the bytes of the source that the piece comes from, and what
// they stand for. b is only valid during the call; last ends the run.
func NewRuns(emit func(kind string, at decode.Span, b []byte, last bool)) *Runs {
	return &Runs{emit: emit}
}

// Held is the offset in the text from which nothing was given out yet that may
// still come.
func (r *Runs) Held() int64 {
	if r.mode == runChars || r.mode == runPairs {
		return min(r.from, r.off)
	}
	if r.nhold > 0 { // what was refused is kept for the case that it is long
		return min(r.whole, r.off)
	}
	return r.off
}

// Write takes the next bytes of the text.
func (r *Runs) Write(p []byte) {
	for r.n > 0 && len(p) > 0 {
		held := r.n
		k := copy(r.carry[held:], p)
		used := r.scan(r.carry[:held+k], false)
		r.off += int64(used)
		if used >= held {
			p, r.n = p[used-held:], 0
			break
		}
		copy(r.carry[:], r.carry[used:held+k])
		if used == 0 || k == len(p) {
			r.n, p = held+k-used, p[k:]
			continue
		}
		r.n = held - used
	}
	if len(p) == 0 {
		return
	}
	used := r.scan(p, false)
	r.off += int64(used)
	r.n = copy(r.carry[:], p[used:])
}

// Reset forgets all and goes on at an offset of the source, as if the text
// began there.
func (r *Runs) Reset(at int64) {
	r.off, r.n, r.mode, r.nout, r.nhold = at, 0, runIdle, 0, 0
}

// Idle reports whether nothing is in hand: no run goes on. What begins in the
// last RunAhead bytes may not be judged yet.
func (r *Runs) Idle() bool { return r.mode == runIdle }

// Close ends the text.
func (r *Runs) Close() {
	used := r.scan(r.carry[:r.n], true)
	r.off += int64(used)
	r.n = 0
	if r.mode == runChars || r.mode == runPairs {
		r.finish(r.off)
	}
	*r = Runs{emit: r.emit}
}

// scan reads p and says how much of it is done with. Unless this is the end
// it leaves no more than runAhead bytes.
func (r *Runs) scan(p []byte, end bool) int {
	for i := 0; i < len(p); {
		next := 0
		switch r.mode {
		case runIdle:
			next = r.find(p, i, end)
		case runRefused:
			next = r.pass(p, i, end)
		case runChars:
			next = r.chars(p, i, end)
		case runPairs:
			next = r.pairs(p, i, end)
		}
		if next < 0 {
			return ^next
		}
		i = next
	}
	return len(p)
}

// find looks for the next run from i on. Most text is stepped over: a run of
// runMin characters has one of them at each multiple of that.
func (r *Runs) find(p []byte, i int, end bool) int {
	for {
		k := i + runMin - 1
		if k+pairsLen > len(p) && !end {
			return ^i
		}
		if k >= len(p) {
			return len(p)
		}
		class := runClass[p[k]]
		if class&isPair != 0 {
			if at, ok := findPairs(p, i, k); ok {
				if len(p)-at < runAhead && !end {
					return ^i
				}
				return r.startPairs(p, at)
			}
		}
		if class&isRun == 0 && !isEscaped(p[k:]) {
			i = k + 1
			continue
		}
		j := k
		for j > i {
			n := 1
			if runClass[p[j-1]]&isRun == 0 && !isEscaped(p[j-1:]) {
				n = referenceBefore(p[i:j])
			}
			if n == 0 {
				break
			}
			j -= n
		}
		if j == i {
			return r.start(p, i, end)
		}
		i = j
	}
}

// start judges the run that begins at i.
func (r *Runs) start(p []byte, i int, end bool) int {
	if len(p)-i < runAhead && !end {
		return ^i
	}
	n, v, at := look(p[i:min(i+runAhead, len(p))])
	if v != notRun {
		return r.begin(runChars, v, i+at)
	}
	if k := pairsWithin(p[i:], n); k < n {
		return i + k
	}
	if n < runHead && (i+n == len(p) || runClass[p[i+n]]&isSeam == 0) {
		return i + n
	}
	r.refuse(i)
	return i
}

// look judges the run that p begins with. It returns how many characters stand
// together, and the alphabet and where it begins if it is to be given out.
func look(p []byte) (n int, kind runKind, at int) {
	n, mixed := glance(p)
	if !mixed {
		return n, notRun, 0
	}
	var buf [runHead]byte
	v := judge(headOf(&buf, p, n))
	if v.kind == notRun {
		return n, notRun, 0
	}
	return n, v.kind, placeOf(p, v.from)
}

// begin enters a run at place i.
func (r *Runs) begin(mode runMode, kind runKind, i int) int {
	r.mode, r.kind = mode, kind
	r.bits, r.have, r.width, r.nout = 0, 0, 0, 0
	r.from = r.off + int64(i)
	return i
}

// RunMin is how many characters make a run at least.
const RunMin = runMin
