package engine

import (
	"time"

	"github.com/datacustoms/customs/inspect/check"
)

// neighbour is how much of what stands beside a separator is looked at: the
// longest identifier and what bounds it.
const neighbour = 24

// joined reports whether the digits from group g on go on to either side
// across a separator: then they may be a part of something longer. A
// neighbour that is an identifier of its own makes the two a list.
func (d *number) joined(g int, day time.Time) bool {
	from := d.from(g)
	before, after := d.v.slice(from-neighbour, from), d.v.slice(d.end, d.end+neighbour)
	grouped := d.groups-g > 1
	if n := len(before); n > 1 && check.Word(before[n-2]) {
		glued := before[n-1] == '-' || grouped && before[n-1] == ' ' && before[n-2] <= '9'
		if glued && !ownLeft(before[:n-1], day) {
			return true
		}
	}
	if len(after) > 1 && check.Word(after[1]) {
		glued := after[0] == '-' || grouped && after[0] == ' ' && after[1] <= '9'
		return glued && !ownRight(after[1:], day)
	}
	return false
}

// ownLeft reports whether a text ends with an identifier.
func ownLeft(b []byte, day time.Time) bool {
	i := len(b)
	if i > 0 && (b[i-1] == 'X' || b[i-1] == 'x') {
		i--
	}
	for i > 0 && digit(b[i-1]) {
		i--
	}
	if check.OpenLeft(b[max(i-4, 0):i]) && own(b[i:], day) {
		return true
	}
	n := len(b) - len("138-0013-8000")
	return n >= 0 && (n == 0 || !digit(b[n-1])) && threeFourFour(b[n:])
}

// ownRight reports whether a text begins with an identifier.
func ownRight(b []byte, day time.Time) bool {
	i := 0
	for i < len(b) && digit(b[i]) {
		i++
	}
	if i == 17 && i < len(b) && (b[i] == 'X' || b[i] == 'x') {
		i++
	}
	if check.OpenRight(b[i:]) && own(b[:i], day) {
		return true
	}
	n := len("138-0013-8000")
	return len(b) >= n && (len(b) == n || !digit(b[n])) && threeFourFour(b[:n])
}

// own reports whether digits in one piece are an identifier.
func own(b []byte, day time.Time) bool {
	switch n := len(b); {
	case n == 11:
		return check.Mobile(b)
	case n == 13 && string(b[:2]) == "86":
		return check.Mobile(b[2:])
	case n == 18:
		var id [18]byte
		if _, ok := check.ResidentID(check.Upper(id[:0], b), day); ok {
			return true
		}
	}
	return check.BankCard(b)
}

// threeFourFour reports whether b is a mobile number in its usual groups.
func threeFourFour(b []byte) bool {
	if (b[3] != '-' && b[3] != ' ') || b[8] != b[3] {
		return false
	}
	var d [11]byte
	return check.Mobile(append(append(append(d[:0], b[:3]...), b[4:8]...), b[9:]...))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// archived reports whether the digits are the time in a tar header: octal,
// NUL on both sides, then the check sum in the form that all writers use.
func (d *number) archived() bool {
	before, after := d.v.slice(d.start[0]-2, d.start[0]), d.v.slice(d.end, d.end+9)
	if len(before) < 2 || before[1] != 0 || !digit(before[0]) || len(after) < 9 || after[0] != 0 {
		return false
	}
	for _, c := range after[1:7] {
		if c < '0' || c > '7' {
			return false
		}
	}
	return after[7] == 0 && after[8] == ' '
}

// mobileLast reports whether the last group alone is a mobile number.
func (d *number) mobileLast() bool {
	return check.Mobile(d.digit[d.group[d.groups-1]:d.n])
}

// cardShape reports whether the groups from g on are those in which people
// write card numbers: fours, or a first group of four, six or eight.
func (d *number) cardShape(g int) bool {
	if g == d.groups-1 {
		return true
	}
	for i := g; i < d.groups; i++ {
		end := d.n
		if i+1 < d.groups {
			end = d.group[i+1]
		}
		switch n := end - d.group[i]; {
		case i == g && n != 4 && n != 6 && n != 8:
			return false
		case i < d.groups-1 && n < 4, n > 13:
			return false
		}
	}
	return true
}
