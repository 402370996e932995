package unpack

import "github.com/datacustoms/customs/inspect/decode"

// runLong is how many characters are too many for a key or a signature. Of
// hexadecimal and base32, which keys are longer in, it takes twice as many.
const runLong = 2048

// refuse begins to hold what was refused at place i.
func (r *Runs) refuse(i int) {
	r.mode, r.skip, r.width, r.fresh, r.nhold = runRefused, 0, 0, false, 0
	r.whole = r.off + int64(i)
}

// pass goes over what was refused, and its lines. It looks again now and then.
func (r *Runs) pass(p []byte, i int, end bool) int {
	for i < len(p) {
		if r.fresh || r.skip == runAgain {
			if len(p)-i < runAhead && !end {
				return ^i
			}
			if kind, at := r.again(p[i:min(i+runAhead, len(p))]); kind != notRun {
				return r.begin(runChars, kind, i+at)
			}
			r.fresh, r.skip = false, 0
		}
		if n := r.take(p[i:]); n > 0 {
			if i += n; r.nhold%runLong == 0 && r.tooLong(i) {
				return i
			}
			continue
		}
		s := breakAt(p[i:])
		switch {
		case s.n < 0 && !end:
			return ^i
		case s.joins(r.width):
			if r.digest() { // a list of them is no long run
				r.refuse(i + s.n)
			}
			r.width, r.fresh = 0, true
			i += s.n
			continue
		case s.n > 0 && s.c != 0 && runClass[s.c]&isRun != 0:
			r.hold[r.nhold] = s.c
			r.nhold, r.width, r.skip = r.nhold+1, r.width+1, r.skip+1
			if i += s.n; r.nhold%runLong == 0 && r.tooLong(i) {
				return i
			}
			continue
		}
		r.mode = runIdle
		return max(i, i+s.n)
	}
	return i
}

// mostDigests is how many digests may stand in a list, a line each.
const mostDigests = 1 << 10

// digest reports whether the line in hand is a digest in hexadecimal by its
// length.
func (r *Runs) digest() bool {
	switch r.width {
	case 32, 40, 56, 64, 96, 128:
	default:
		return false
	}
	if r.nhold != r.width || r.digests >= mostDigests || countIn(r.hold[:r.nhold], runHex) != r.nhold {
		return false
	}
	r.digests++
	return true
}

// again looks at the line that begins in p, or into the middle of one.
func (r *Runs) again(p []byte) (kind runKind, at int) {
	if r.fresh {
		_, kind, at = look(p)
		return kind, at
	}
	n, _ := glance(p)
	v := judgeAnywhere(p[:n])
	return v.kind, v.from
}

// take holds the characters at the start of p, up to where something is to be
// looked at.
func (r *Runs) take(p []byte) int {
	most := min(len(p), runAgain-r.skip, runLong-r.nhold%runLong)
	n := 0
	for n < most && runClass[p[n]]&isRun != 0 {
		n++
	}
	copy(r.hold[r.nhold:], p[:n])
	r.nhold, r.width, r.skip = r.nhold+n, r.width+n, r.skip+n
	return n
}

// tooLong gives out what is held if that is no longer a key or a signature.
// Place i is behind it. What is held of filler is dropped by halves.
func (r *Runs) tooLong(i int) bool {
	at := r.off + int64(i)
	kind := longKind(r.hold[:r.nhold])
	if kind != notRun {
		b := decodeHead(r.hold[:], r.hold[:r.nhold], kind)
		width := r.width
		r.begin(runChars, kind, i)
		r.width = width
		r.emit(kind.String(), decode.Span{From: r.whole, To: at}, b, false)
		return true
	}
	if r.nhold == len(r.hold) {
		r.nhold = copy(r.hold[:], r.hold[runLong:])
		r.whole = r.half
	}
	r.half = at
	return false
}

// longKind tells the alphabet of a long run of what may be anything. Filler,
// numbers and long words are nothing.
func longKind(b []byte) runKind {
	var all uint8
	hex, digits := true, false
	kind := runBase64
	for _, c := range b {
		class := runClass[c]
		all |= class
		hex = hex && class&isHex != 0
		digits = digits || class&(isUpper|isLower|isSign) == 0
		if c == '-' || c == '_' {
			kind = runBase64URL
		}
	}
	switch {
	case !digits || all&(isUpper|isLower) == 0:
		return notRun
	case !hex && all&(isUpper|isLower) == isUpper|isLower:
		return kind
	case len(b) < 2*runLong:
		return notRun
	case hex:
		return runHex
	}
	for _, kind := range [...]runKind{runBase32, runBase32Hex} {
		if countIn(b, kind) == len(b) {
			return kind
		}
	}
	return notRun
}
