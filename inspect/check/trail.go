package check

import "bytes"

// trail reads what stands behind a trigger word: the rest of the key, what
// separates, and the value. It knows UTF-8 and GB18030 side by side.
type trail struct {
	text []byte // up to the end of what is near
	at   int    // where the value begins
	sign bool   // a colon, an equals sign, a verb or a tag stands before it
	tail bool   // a word such as 号 or id went on with the key
}

// maxTrail is how many pieces may stand between a trigger word and its value.
const maxTrail = 16

// follow returns the trail behind the candidate, at the value.
func follow(s *Sight) trail {
	from, to := s.Near()
	t := trail{text: s.Text[:to], at: from, sign: s.Cell > 0}
	for range maxTrail {
		n := t.piece()
		if n == 0 {
			break
		}
		t.at += n
	}
	return t
}

// piece returns how many bytes of the text at the value belong to the key or
// to what separates.
func (t *trail) piece() int {
	b := t.text[t.at:]
	if len(b) == 0 {
		return 0
	}
	switch c := b[0]; {
	case c == ':' || c == '=' || c == '>':
		t.sign = true
		return 1
	case c == '<':
		return t.tag(b)
	case c == ';':
		return parameters(b)
	case c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == '(' || c == '[' || c == '#' || c == '|' || c == ',' || c == '_' || c == '-':
		return 1
	case c == '\\': // of a quote inside a string
		if len(b) > 1 && (b[1] == '"' || b[1] == '\\') {
			return 1
		}
	case c >= 0x80:
		if n := twinAt(b, wideSigns); n > 0 {
			t.sign = true
			return n
		}
		if n := twinAt(b, wideGaps); n > 0 {
			return n
		}
		n := twinAt(b, keyTails)
		t.tail = t.tail || n > 0
		return n
	case alpha(c):
		n := tailWord(b)
		if t.sign && !keyEnds(b[n:]) {
			return 0
		}
		t.tail = t.tail || n > 0
		return n
	case t.at > 0 && alpha(t.text[t.at-1]):
		return ordinal(b)
	}
	return 0
}

// tag passes a tag of markup.
func (t *trail) tag(b []byte) int {
	n := bytes.IndexByte(b[:min(len(b), 40)], '>')
	if n > 0 {
		t.sign = true
	}
	return n + 1
}

// parameters passes those of a line in a vCard, up to its colon:
// TEL;TYPE=WORK,VOICE:
func parameters(b []byte) int {
	n, equals := 1, false
	for n < len(b) && n < 40 && (isAlnum(b[n]) || b[n] == '=' || b[n] == ',' || b[n] == ';' || b[n] == '-' || b[n] == '"') {
		equals = equals || b[n] == '='
		n++
	}
	if n > 1 && n < len(b) && b[n] == ':' && equals {
		return n
	}
	return 0
}

// ordinal passes the number of a key such as imei1.
func ordinal(b []byte) int {
	if !isDigit(b[0]) || !keyEnds(b[1:]) {
		return 0
	}
	return 1
}

// keyEnds reports whether the end of a key stands at the start of b.
func keyEnds(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case '"', '\'', ':', '=', '\\', '>':
		return true
	}
	return twinAt(b, wideSigns) > 0
}

// tailWords are the words of ASCII letters that go on with a key.
var tailWords = [...]string{"accounts", "account", "address", "acct", "addr", "code", "ids", "id", "is", "list", "nos", "no",
	"numbers", "number", "num", "str", "string", "value", "val", "text", "s"}

// tailWord returns the length of a word that goes on with a key.
func tailWord(b []byte) int {
	for _, w := range tailWords {
		if matches(b, 0, w) && (len(b) == len(w) || b[len(w)] < '0' || b[len(w)] > '9') {
			return len(w)
		}
	}
	return 0
}

// twin is a word in UTF-8 and in GB18030.
type twin struct{ utf8, gb string }

var wideSigns = []twin{{"：", "\xa3\xba"}, {"＝", "\xa3\xbd"}, {"是", "\xca\xc7"}, {"为", "\xce\xaa"}, {"為", "\x9e\xe9"}}

var wideGaps = []twin{{"（", "\xa3\xa8"}, {"【", "\xa1\xbe"}, {"「", "\xa1\xb8"}, {"“", "\xa1\xb0"}, {"‘", "\xa1\xae"},
	{"　", "\xa1\xa1"}, {"，", "\xa3\xac"}, {"、", "\xa1\xa2"}, {"）", "\xa3\xa9"}, {"”", "\xa1\xb1"}, {"】", "\xa1\xbf"}}

var keyTails = []twin{{"号", "\xba\xc5"}, {"號", "\xcc\x96"}, {"码", "\xc2\xeb"}, {"碼", "\xb4\x61"}, {"编", "\xb1\xe0"},
	{"账", "\xd5\xcb"}, {"帐", "\xd5\xca"}, {"帳", "\x8e\xa4"}, {"户", "\xbb\xa7"}, {"戶", "\x91\xf4"}, {"卡", "\xbf\xa8"},
	{"证", "\xd6\xa4"}, {"證", "\xd7\x43"}, {"代", "\xb4\xfa"}, {"地址", "\xb5\xd8\xd6\xb7"}, {"联系方式", "\xc1\xaa\xcf\xb5\xb7\xbd\xca\xbd"}}

// twinAt returns the length of the word of a list at the start of b, or 0.
func twinAt(b []byte, list []twin) int {
	if len(b) < 2 || b[0] < 0x80 {
		return 0
	}
	for i := range list {
		w := &list[i]
		if b[0] == w.utf8[0] && bytes.HasPrefix(b, []byte(w.utf8)) {
			return len(w.utf8)
		}
		if b[0] == w.gb[0] && bytes.HasPrefix(b, []byte(w.gb)) {
			return len(w.gb)
		}
	}
	return 0
}

// narrow returns the ASCII character at the start of b, be it full-width, and
// its length; 0 where there is none.
func narrow(b []byte) (c byte, n int) {
	switch {
	case len(b) == 0:
		return 0, 0
	case b[0] < 0x80:
		return b[0], 1
	case b[0] == 0xa3 && len(b) > 1 && b[1] > 0xa0 && b[1] < 0xff:
		return b[1] & 0x7f, 2
	case b[0] == 0xef && len(b) > 2 && b[1] == 0xbc && b[2] > 0x80:
		return b[2] - 0x80 + ' ', 3
	case b[0] == 0xef && len(b) > 2 && b[1] == 0xbd && b[2] >= 0x80 && b[2] < 0x9f:
		return b[2] - 0x80 + '`', 3
	}
	return 0, 0
}

// take reads characters of a kind at the value into buf and returns how many,
// and where in the text they end; 0 if they go on as a longer word.
func (t *trail) take(buf []byte, kind func(byte) bool) (n, end int) {
	end = t.at
	for {
		c, w := narrow(t.text[end:])
		if w == 0 || !kind(c) {
			break
		}
		if n == len(buf) {
			return 0, end
		}
		buf[n] = c
		n, end = n+1, end+w
	}
	if c, _ := narrow(t.text[end:]); Word(c) || !OpenRight(t.text[end:]) {
		return 0, end
	}
	return n, end
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool  { return isDigit(c) || alpha(c) }
func isHex(c byte) bool    { return isDigit(c) || fold(c) >= 'a' && fold(c) <= 'f' }
func isHandle(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }

// upper turns ASCII letters to upper case in place.
func upper(b []byte) []byte {
	for i, c := range b {
		if lower(c) {
			b[i] = c - 'a' + 'A'
		}
	}
	return b
}

// latinKey reports whether the trigger word ends with an ASCII letter.
func latinKey(s *Sight) bool { return s.To > 0 && alpha(s.Text[s.To-1]) }
