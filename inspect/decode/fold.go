package decode

import "unicode/utf8"

const (
	// maxGap is how many source bytes of invisible characters one byte of
	// text covers. It bounds how far the text may lag behind its source.
	maxGap = 32
	// numeralRun is how many Chinese numerals in a row are a number; fewer
	// are words.
	numeralRun = 8
)

// fold brings characters to one notation. It waits with the few bytes whose
// meaning hangs on what follows: at most a run of numerals.
type fold struct {
	buf   [32]byte
	spans [32]Span
	n     int

	gap    Span // invisible characters that no byte covers yet
	hidden rune // the last of them

	prev   byte // the last byte given out
	run    run  // what it belongs to
	inside int  // bytes to come of a UTF-8 character that stays as it is
	odd    bool // an odd number of bytes since the last ASCII byte
}

// run is a row of characters in which one alone is enough.
type run uint8

const (
	noRun run = iota
	wideRun
	numbersRun
)

// verdict is what the first used bytes of a text stand for. None used is no
// verdict, and less than that one that needs more bytes.
type verdict struct {
	c    byte
	used int
	run  run
}

func (f *fold) idle() bool { return f.n == 0 && f.gap.To == 0 }

func (f *fold) begun() (int64, bool) {
	if f.n > 0 {
		return f.spans[0].From, true
	}
	return f.gap.From, f.gap.To > 0
}

// last is the last visible byte that was put in.
func (f *fold) last() byte {
	if f.n > 0 {
		return f.buf[f.n-1]
	}
	return f.prev
}

// put takes one byte.
func (f *fold) put(o *output, c byte, s Span) {
	if f.gap.To > 0 {
		s.From, f.gap = f.gap.From, Span{}
	}
	if f.n == 0 && c < utf8.RuneSelf {
		o.add(c, s)
		f.prev, f.run, f.inside, f.odd = c, noRun, 0, false
		return
	}
	f.buf[f.n], f.spans[f.n] = c, s
	f.n++
	if r, k := f.invisible(); k > 0 {
		if gap := (Span{f.spans[f.n-k].From, s.To}); gap.To-gap.From <= maxGap {
			f.n -= k
			f.gap, f.hidden = gap, r
			return
		}
	}
	if f.buf[0] < 0xe0 || f.n > 2 { // else it is a character of three bytes or four
		f.drain(o, false)
	}
}

// flush ends the text. Invisible characters at its end have no byte to cover
// them: the last stands for all.
func (f *fold) flush(o *output) {
	if f.gap.To > 0 {
		var b [utf8.UTFMax]byte
		for _, c := range b[:utf8.EncodeRune(b[:], f.hidden)] {
			f.buf[f.n], f.spans[f.n] = c, f.gap
			f.n++
		}
	}
	f.drain(o, true)
}

// drain gives out what is decided.
func (f *fold) drain(o *output, end bool) {
	i := 0
	for i < f.n {
		v := f.look(f.buf[i:f.n], end)
		if v.used < 0 {
			break
		}
		o.add(v.c, Span{f.spans[i].From, f.spans[i+v.used-1].To})
		if f.prev, f.run = v.c, v.run; f.buf[i] < utf8.RuneSelf {
			f.inside, f.odd = 0, false
		} else {
			f.inside, f.odd = max(f.inside-v.used, 0), f.odd != (v.used%2 == 1)
		}
		i += v.used
	}
	for k := i; k < f.n; k++ {
		f.buf[k-i], f.spans[k-i] = f.buf[k], f.spans[k]
	}
	f.n -= i
}

// look decides what b begins with. A character that stays as it is goes byte
// by byte, for in GB18030 text what reads as UTF-8 may end within a pair.
func (f *fold) look(b []byte, end bool) verdict {
	if b[0] < utf8.RuneSelf {
		return verdict{c: b[0], used: 1}
	}
	if v := f.gbNumber(b, end); v.used != 0 {
		return v
	}
	if v := f.gbWide(b, end); v.used != 0 {
		return v
	}
	if v := f.char(b, end); v.used != 0 {
		return v
	}
	return verdict{c: b[0], used: 1}
}
