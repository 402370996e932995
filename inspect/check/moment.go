package check

// timed reports whether a time stands with the value at [from, to): in the
// same object, or on the same line. A time of which the key says that it is
// that of a record, as updated_at, is no time of a place.
func timed(text []byte, from, to int) bool {
	low, high := max(0, from-ReachBytes/2), min(len(text), to+ReachBytes/2)
	for i := from; i > low; i-- {
		if c := text[i-1]; c == '{' || c == '}' || c == '\n' && !goesOn(text[i:from]) {
			low = i
		}
	}
	for i := to; i < high; i++ {
		if c := text[i]; c == '{' || c == '}' || c == '\n' && !goesOn(text[i+1:high]) {
			high = i
		}
	}
	return moment(text[low:from]) || moment(text[to:high])
}

// goesOn reports whether the line with which b begins is one of the same
// object: a key or an element, and not a row of its own.
func goesOn(b []byte) bool {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i < len(b) && (b[i] == '"' && i > 0 || b[i] == '<')
}

// moment reports whether a time stands in b.
func moment(b []byte) bool {
	for i := 0; i < len(b); {
		if !digit(b[i]) {
			i++
			continue
		}
		n := i
		for n < len(b) && digit(b[n]) {
			n++
		}
		if (i == 0 || b[i-1] != '.' && !letter(b[i-1])) && instant(b[i:], n-i, b[:i]) {
			return true
		}
		i = n
	}
	return false
}

// instant reports whether b begins with a time whose first group has so many
// digits: a date with a time, a time of day, or seconds or milliseconds since
// 1970, which need a word for time before them or stand in a row.
func instant(b []byte, group int, before []byte) bool {
	rest := b[group:]
	switch group {
	case 2:
		return clock(b) && !ofRecord(before)
	case 4:
		return len(rest) >= 9 && (rest[0] == '-' || rest[0] == '/') && Digits(rest[1:3]) && rest[3] == rest[0] &&
			Digits(rest[4:6]) && (rest[6] == 'T' || rest[6] == ' ' || rest[6] == '+') && Digits(rest[7:9]) && !ofRecord(before)
	case 8, 14:
		return b[0] == '2' && b[1] == '0' && (group == 14 || len(rest) > 2 && rest[0] == 'T' && Digits(rest[1:3])) && !ofRecord(before)
	case 10, 13:
		return b[0] == '1' && (b[1] > '4' || ofTime(before)) && (ofTime(before) || rowStart(before)) && !ofRecord(before)
	}
	return false
}

// clock reports whether b begins with hours, minutes and seconds.
func clock(b []byte) bool {
	return len(b) >= 8 && b[0] <= '2' && b[2] == ':' && Digits(b[3:5]) && b[3] <= '5' && b[5] == ':' && Digits(b[6:8]) && b[6] <= '5'
}

func rowStart(before []byte) bool {
	n := len(before)
	return n == 0 || before[n-1] == ',' || before[n-1] == '\t' || before[n-1] == '\n' || before[n-1] == ';'
}

var (
	timeWords   = [...]string{"time", "stamp", "\"ts", "date", "_ts", " ts", ",ts", "_at", "时间", "時間", "\xca\xb1\xbc\xe4"}
	recordWords = [...]string{"creat", "updat", "modif", "open", "clos", "birth", "regist", "expir", "insert", "edit", "publish"}
)

func ofTime(before []byte) bool   { return holdsAny(keyOf(before), timeWords[:]) }
func ofRecord(before []byte) bool { return holdsAny(keyOf(before), recordWords[:]) }

func holdsAny(b []byte, words []string) bool {
	for _, w := range words {
		if holdsFold(b, w) {
			return true
		}
	}
	return false
}

// keyOf returns the end of b that can be the key of what follows.
func keyOf(b []byte) []byte {
	i := len(b)
	for i > 0 && len(b)-i < maxKeyGap {
		if c := b[i-1]; c == ',' && i < len(b) || c == '{' || c == '}' || c == '\n' || c == ';' || c == '&' {
			break
		}
		i--
	}
	if i > 0 && b[i-1] == ',' {
		i--
	}
	return b[i:]
}
