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
	return round(d.digit[d.group[g]:d.n]) || operand(before, after) || sample(before, after) || row && inRow(before, after, day)
}

// rowReach is how far the neighbours in a row are looked for.
const rowReach = 48

// round reports whether a number of eleven digits counts bytes or units: it
// ends in six zeros, or is a multiple of 2^20.
func round(b []byte) bool {
	if len(b) > 18 {
		return false
	}
	n := uint64(0)
	for _, c := range b {
		n = n*10 + uint64(c-'0')
	}
	return n%1_000_000 == 0 || n%(1<<20) == 0
}

// operand reports whether a number stands in source text: behind an operator
// with a space, as the argument of a call, or before a statement's end.
func operand(before, after []byte) bool {
	n := len(before)
	if len(after) > 0 && after[0] == ';' && n > 0 && before[n-1] == ' ' {
		return true
	}
	switch {
	case n < 2:
		return false
	case before[n-1] == '(':
		return check.Word(before[n-2])
	case before[n-1] != ' ':
		return before[n-1] == '=' && (before[n-2] == '=' || before[n-2] == '!') || before[n-1] == '<' && n > 1 && before[n-2] == '<'
	}
	switch before[n-2] {
	case '=', '+', '*', '/', '<', '&', '^', '%':
		return true
	case '>': // an arrow or a tag before a space is none
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
const rowFields = 3

// inRow reports whether a field near the number in its row is a figure, and
// none that stands for something itself. A number that is alone on its line has
// the lines for fields; else the line ends the row.
func inRow(before, after []byte, day time.Time) bool {
	lines := ends(before, len(before)-1, -1) && ends(after, 0, 1)
	return figures(before, len(before)-1, -1, lines, day) || figures(after, 0, 1, lines, day)
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

// figures looks at the fields from i on, leftwards or rightwards.
func figures(b []byte, i, step int, lines bool, day time.Time) bool {
	for range rowFields {
		i = skip(b, i, step)
		if i < 0 || i >= len(b) || !(b[i] == ',' || b[i] == ';' || b[i] == '\t' || b[i] == '|' || lines && b[i] == '\n') {
			return false
		}
		i = skip(b, i+step, step)
		from := i
		for i >= 0 && i < len(b) && (digit(b[i]) || b[i] == '.' || b[i] == '-') {
			i += step
		}
		if out := i < 0 || i >= len(b); i == from || out && len(b) == rowReach {
			return false // there is none, or it may go on
		}
		field := b[min(from, i+1):max(from, i)]
		if step < 0 {
			field = b[i+1 : from+1]
		}
		if k := skip(b, i, step); k >= 0 && k < len(b) && (check.Word(b[k]) || b[k] >= 0x80 || b[k] == '+' || b[k] == '"' || b[k] == ' ') {
			return false
		}
		if figure(field) && !own(field, day) {
			return true
		}
	}
	return false
}

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
