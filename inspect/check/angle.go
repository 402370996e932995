package check

// Angle is a latitude or a longitude as it was written.
type Angle struct {
	Degrees    float64
	Decimals   int  // of the degrees, or what the minutes and seconds are worth
	Hemisphere byte // N, S, E or W; 0 where none is written
	Marked     bool // a sign for degrees is written
}

// The signs of degrees, minutes and seconds, in UTF-8 and in GB18030.
var (
	degreeSigns = [...]string{"°", "º", "度", "\xa1\xe3", "\xb6\xc8"}
	minuteSigns = [...]string{"'", "′", "’", "分", "\xa1\xe4", "\xa1\xaf", "\xb7\xd6"}
	secondSigns = [...]string{`"`, "″", "”", "''", `\"`, "秒", "\xa1\xe5", "\xa1\xb1", "\xc3\xeb"}
)

// What minutes and seconds are worth as decimals of a degree: a minute is
// 1.9 km, a second 31 m, and four decimals of a degree tell better than 50 m.
const (
	minuteDecimals = 2
	secondDecimals = 4
)

// ReadAngle reads the angle that b begins with: a decimal fraction of degrees,
// or degrees, minutes and seconds with their signs, with the hemisphere before
// or behind it. n is its length; 0 means that there is none.
func ReadAngle(b []byte) (a Angle, n int) {
	sign := 1.0
	if len(b) > 1 && hemisphere(b[0]) > 0 && (digit(b[1]) || b[1] == ' ') {
		a.Hemisphere = hemisphere(b[0])
		n = 1
		if b[1] == ' ' {
			n = 2
		}
	}
	if n < len(b) && (b[n] == '-' || b[n] == '+') {
		if b[n] == '-' {
			sign = -1
		}
		n++
	}
	v, decimals, m := fraction(b[n:], 3)
	if m == 0 {
		return Angle{}, 0
	}
	n += m
	a.Degrees, a.Decimals = v, decimals
	k := angleSign(b[n:], degreeSigns[:])
	if k > 0 {
		n += k
		a.Marked = true
		if decimals == 0 {
			n += a.minutes(b[n:])
		}
	}
	n += a.suffix(b[n:])
	if n < len(b) && (Word(b[n]) || b[n] == '.' && n+1 < len(b) && digit(b[n+1])) {
		return Angle{}, 0
	}
	if a.Hemisphere == 'S' || a.Hemisphere == 'W' {
		sign = -sign
	}
	a.Degrees *= sign
	return a, n
}

// suffix reads a hemisphere behind the angle.
func (a *Angle) suffix(b []byte) int {
	n := 0
	if n < len(b) && b[n] == ' ' {
		n++
	}
	if a.Hemisphere > 0 || n >= len(b) || hemisphere(b[n]) == 0 || n+1 < len(b) && Word(b[n+1]) {
		return 0
	}
	a.Hemisphere = hemisphere(b[n])
	return n + 1
}

// minutes reads what may follow the degrees.
func (a *Angle) minutes(b []byte) (n int) {
	v, decimals, next := sexagesimal(b, minuteSigns[:])
	if next == 0 {
		return 0
	}
	a.Degrees += v / 60
	a.Decimals = minuteDecimals + decimals
	v, decimals, m := sexagesimal(b[next:], secondSigns[:])
	if m == 0 {
		return next
	}
	a.Degrees += v / 3600
	a.Decimals = secondDecimals + decimals
	return next + m
}

// sexagesimal reads a number below 60 and the sign behind it.
func sexagesimal(b []byte, signs []string) (v float64, decimals, n int) {
	for n < len(b) && n < 2 && b[n] == ' ' {
		n++
	}
	v, decimals, m := fraction(b[n:], 2)
	if m == 0 || v >= 60 {
		return 0, 0, 0
	}
	n += m
	k := angleSign(b[n:], signs)
	if k == 0 {
		return 0, 0, 0
	}
	return v, decimals, n + k
}

func angleSign(b []byte, signs []string) int {
	for _, s := range signs {
		if starts(b, s) {
			return len(s)
		}
	}
	return 0
}

func hemisphere(c byte) byte {
	switch c {
	case 'N', 'S', 'E', 'W':
		return c
	}
	return 0
}

const maxDecimals = 20

var pow10 = func() (t [maxDecimals]float64) {
	p := 1.0
	for i := range t {
		t[i] = p
		p *= 10
	}
	return t
}()

// fraction reads digits, at most so many before the point, and the decimals
// behind it.
func fraction(b []byte, whole int) (v float64, decimals, n int) {
	u := uint64(0)
	for n < len(b) && digit(b[n]) {
		if n == whole {
			return 0, 0, 0
		}
		u = u*10 + uint64(b[n]-'0')
		n++
	}
	if n == 0 {
		return 0, 0, 0
	}
	if n+1 >= len(b) || b[n] != '.' || !digit(b[n+1]) {
		return float64(u), 0, n
	}
	used := 0
	for n++; n < len(b) && digit(b[n]); n++ {
		if decimals++; decimals >= maxDecimals {
			return 0, 0, 0
		}
		if used < 14 { // what is behind is smaller than an atom
			u = u*10 + uint64(b[n]-'0')
			used++
		}
	}
	return float64(u) / pow10[used], decimals, n
}
