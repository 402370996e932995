package engine

import (
	"time"

	"github.com/datacustoms/customs/inspect/check"
)

// figure reports whether an unbroken number stands where figures do: in
// arithmetic, as a sample of a metric, or as a round number; in a row of other
// figures too, if that counts. Nothing need name it to be doubted then.
func (d *number) figure(g int, row bool, day time.Time) bool {
	if d.groups-g > 1 {
		return false
	}
	from := d.from(g)
	before, after := d.v.slice(from-rowReach, from), d.v.slice(d.end, d.end+rowReach)
	return round(d.digit[d.group[g]:d.n]) || operand(before) || sample(before, after) || row && inRow(before, after, day)
}

// rowReach is how far the neighbours in a row are looked for.
const rowReach = 96

// round reports whether a number counts bytes: it is a multiple of 2^20.
func round(b []byte) bool {
	if len(b) > 18 {
		return false
	}
	n := uint64(0)
	for _, c := range b {
		n = n*10 + uint64(c-'0')
	}
	return n%(1<<20) == 0
}

// operand reports whether a number stands behind an operator and a space, as
// in source text.
func operand(before []byte) bool {
	n := len(before)
	if n < 2 || before[n-1] != ' ' {
		return n > 1 && before[n-1] == '=' && (before[n-2] == '=' || before[n-2] == '!')
	}
	switch before[n-2] {
	case '=', '+', '*', '/', '<', '^':
		return true
	case '>', '&', '%': // an arrow, a tag or an escape before a space is none
		return n > 2 && before[n-3] == ' '
	}
	return false
}

// sample reports whether a number ends a line that is the name of a metric.
func sample(before, after []byte) bool {
	if len(after) > 0 && after[0] != '\n' && after[0] != '\r' && after[0] != ' ' {
		return false
	}
	n := len(before) - 1
	if n < 1 || before[n] != ' ' {
		return false
	}
	if before[n-1] == '}' {
		return true
	}
	under := false
	for n--; n >= 0 && (check.Word(before[n]) || before[n] == ':'); n-- {
		under = under || before[n] == '_'
	}
	return under && (n < 0 || before[n] == '\n')
}

// rowFields is how many fields of a row are looked at on each side.
const rowFields = 6

// inRow reports whether the number stands in a row of figures: two of the
// fields near it are, or one and no identifier, and none is text, as there is in
// the rows of persons. Beside a word in ASCII three are. A number
// that is alone on its line has the lines for fields; else the line ends the
// row.
func inRow(before, after []byte, day time.Time) bool {
	lines := ends(before, len(before)-1, -1) && ends(after, 0, 1)
	var r row
	if !r.figures(before, len(before)-1, -1, lines, day) || !r.figures(after, 0, 1, lines, day) {
		return false
	}
	if r.word {
		return r.figure > 2
	}
	return r.figure > 1 || r.figure > r.own
}

// ends reports whether a line ends at i, or the text does.
func ends(b []byte, i, step int) bool {
	i = skip(b, i, step)
	return i < 0 || i >= len(b) || b[i] == '\n'
}

// skip passes spaces.
func skip(b []byte, i, step int) int {
	for i >= 0 && i < len(b) && (b[i] == ' ' || b[i] == '\r') {
		i += step
	}
	return i
}

// row counts the fields around a number.
type row struct {
	figure, own int
	word        bool // letters alone: a name, or a code
}

// figures counts the fields from i on, leftwards or rightwards. It answers
// false where one of them is text.
func (r *row) figures(b []byte, i, step int, lines bool, day time.Time) bool {
	for range rowFields {
		i = skip(b, i, step)
		if i < 0 || i >= len(b) || !(b[i] == ',' || b[i] == ';' || b[i] == '\t' || b[i] == '|' || lines && b[i] == '\n') {
			return true
		}
		i = skip(b, i+step, step)
		from := i
		for i >= 0 && i < len(b) && (digit(b[i]) || b[i] == '.' || b[i] == '-') {
			i += step
		}
		if out := i < 0 || i >= len(b); out && (len(b) == rowReach || i == from) {
			return true // there is none, or it may go on
		}
		if i == from {
			return r.text(b, i, step)
		}
		field := b[min(from, i+1):max(from, i)]
		if step < 0 {
			field = b[i+1 : from+1]
		}
		switch k := skip(b, i, step); {
		case k >= 0 && k < len(b) && (check.Word(b[k]) || others(b[k])):
			return r.text(b, k, step) // a number in groups, or a code
		case own(field, day):
			r.own++
		case figure(field):
			r.figure++
		}
	}
	return true
}

// text notes what stands at i, up to the next sign: a code of letters and
// digits is nothing, an ASCII word may be a code. It answers false for text.
func (r *row) text(b []byte, i, step int) bool {
	if others(b[i]) {
		return false
	}
	digits, n := false, 0
	for ; i >= 0 && i < len(b) && check.Word(b[i]); i += step {
		digits = digits || digit(b[i])
		n++
	}
	r.word = r.word || n > 0 && !digits
	return true
}

// others reports whether a byte begins what no figure and no code does.
func others(c byte) bool { return c >= 0x80 || c == '+' || c == '"' || c == '\'' }

// figure reports whether a field is a number: digits, with a sign and a
// fraction.
func figure(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	dots := 0
	for _, c := range b {
		if c == '-' {
			return false
		}
		if c == '.' {
			dots++
		}
	}
	return len(b) > dots && dots < 2
}
