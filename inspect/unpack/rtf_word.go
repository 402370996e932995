package unpack

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// rtfText is what control words stand for.
var rtfText = map[string]string{
	"par": "\n", "line": "\n", "row": "\n", "nestrow": "\n", "sect": "\n", "page": "\n", "column": "\n", "softline": "\n", "softpage": "\n", "lbr": "\n",
	"cell": "\t", "nestcell": "\t", "tab": "\t", "emspace": " ", "enspace": " ", "qmspace": " ",
	"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}

// rtfAsides are destinations that may stand without \*.
var rtfAsides = nameSet("info title subject author manager company operator category keywords comment doccomm hlinkbase creatim revtim printim buptim " +
	"header headerl headerr headerf footer footerl footerr footerf footnote annotation fldinst stextflow " +
	"ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn bkmkstart bkmkend shptxt sp sn sv xe tc rxe txe objclass objname template " +
	"pntxta pntxtb levelnumbers leveltext listname private do dptxbxtext falt atnid atnauthor atrfstart atrfend")

// rtfInline are destinations that stand in the text even with \*.
var rtfInline = nameSet("shppict nonesttables fldrslt result")

var rtfHexes = map[string]string{
	"pict": "picture", "objdata": "object", "themedata": "object", "colorschememapping": "object", "datastore": "object",
	"datafield": "object", "fontemb": "object", "fontfile": "object",
}

// control takes what stands behind a backslash.
func (d *rtf) control() {
	if d.pos >= len(d.b) {
		return
	}
	from := d.pos
	for d.pos < len(d.b) && rtfLetter(d.b[d.pos]) {
		d.pos++
	}
	if d.pos == from {
		d.pos++
		d.symbol(d.b[from])
		return
	}
	word := string(d.b[from:d.pos])
	negative := d.pos+1 < len(d.b) && d.b[d.pos] == '-' && d.b[d.pos+1]-'0' <= 9
	if negative {
		d.pos++
	}
	n, digits := 0, 0
	for ; d.pos < len(d.b) && d.b[d.pos]-'0' <= 9; d.pos++ {
		n, digits = min(n*10+int(d.b[d.pos]-'0'), 1<<40), digits+1
	}
	if negative {
		n = -n
	}
	if d.pos < len(d.b) && d.b[d.pos] == ' ' {
		d.pos++
	}
	d.word(word, n, digits > 0)
	d.star, d.first = false, false
}

func rtfLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// symbol is a control word of one sign.
func (d *rtf) symbol(c byte) {
	if c == '*' {
		d.star = true
		return
	}
	d.first = false
	switch c {
	case '\'':
		if d.pos+1 < len(d.b) {
			hi, ok := rtfDigit(d.b[d.pos])
			lo, ok2 := rtfDigit(d.b[d.pos+1])
			if ok && ok2 {
				d.pos += 2
				d.char(hi<<4 | lo)
				return
			}
		}
		d.lack(inspect.GapBroken)
	case '\r', '\n':
		d.say("\n")
	case '~':
		d.say(" ")
	case '_':
		d.say("-")
	case '-', '|':
		d.skip = max(d.skip-1, 0)
	default:
		d.char(c)
	}
}

// say puts text that has no code page.
func (d *rtf) say(text string) {
	if d.skip > 0 {
		d.skip--
		return
	}
	s := d.at.sink
	if s.kind == rtfHex {
		return
	}
	if s.high != 0 {
		s.high = 0
		text = string(utf8.RuneError) + text
	}
	d.keep(s, text)
}

// word does what a control word says.
func (d *rtf) word(w string, n int, has bool) {
	if text, ok := rtfText[w]; ok {
		d.say(text)
		return
	}
	if w == "bin" {
		d.skip = max(d.skip-1, 0)
		d.bin(n)
		return
	}
	if w == "u" && has {
		d.skip = 0
		d.unicode(n)
		return
	}
	d.skip = max(d.skip-1, 0)
	if d.state(w, n, has) {
		return
	}
	_, aside := rtfAsides[w]
	_, inline := rtfInline[w]
	switch {
	case rtfHexes[w] != "":
		d.into(&rtfSink{kind: rtfHex, name: rtfHexes[w], from: d.pos, to: d.pos})
	case w == "fonttbl" || w == "colortbl" || w == "stylesheet":
		d.into(d.names)
	case d.star && !inline || aside && d.first:
		d.into(&rtfSink{kind: rtfAside})
	}
}

// into sends the text of this group elsewhere.
func (d *rtf) into(s *rtfSink) {
	if n := len(d.groups); n == 0 || d.over > 0 || d.at.sink != d.groups[n-1].sink {
		return // no group of its own: its text stays where it is
	}
	if old := d.at.sink; old.kind == rtfHex {
		d.thing(old) // its bytes lie where those of s may come
	}
	d.at.sink = s
}

// state does what changes how text is read.
func (d *rtf) state(w string, n int, has bool) bool {
	switch w {
	case "f":
		d.at.font = n
	case "plain":
		d.at.font = d.deff
	case "deff":
		d.deff, d.at.font = n, n
	case "uc":
		d.at.uc = min(max(n, 0), 4) // no character needs more
	case "ansicpg":
		if has && n > 0 {
			d.cp = n
		}
	case "mac":
		d.cp = 10000
	case "pc":
		d.cp = 437
	case "pca":
		d.cp = 850
	case "fcharset", "cpg":
		cp := rtfCharsets[n]
		if w == "cpg" {
			cp = n
		}
		if cp > 0 && len(d.fonts) < 1<<12 {
			d.fonts[d.at.font] = cp
		} else if cp > 0 {
			d.lack(inspect.GapLimitEntries)
		}
	default:
		return false
	}
	d.fresh = false
	return true
}

// unicode takes the number behind \u.
func (d *rtf) unicode(n int) {
	s := d.at.sink
	if s.kind != rtfHex {
		if n < 0 {
			n += 1 << 16
		}
		r := rune(min(max(n, 0), utf8.MaxRune+1))
		switch high := s.high; {
		case r >= 0xd800 && r < 0xdc00:
			s.high = r
		case high != 0 && r >= 0xdc00 && r < 0xe000:
			s.high = 0
			d.keep(s, string(utf16.DecodeRune(high, r)))
		default:
			d.say(string(r))
		}
	}
	d.skip = d.at.uc
}

// bin takes n bytes as they lie.
func (d *rtf) bin(n int) {
	if n <= 0 {
		return
	}
	if n > len(d.b)-d.pos {
		n = len(d.b) - d.pos
		d.lack(inspect.GapBroken)
	}
	data := d.b[d.pos : d.pos+n]
	d.pos += n
	if s := d.at.sink; s.kind == rtfHex {
		s.to += copy(d.b[s.to:], data)
		return
	}
	d.found(rtfThing{"object", data})
}

func rtfDigit(c byte) (byte, bool) {
	switch {
	case c-'0' <= 9:
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// hex takes a digit. Where it is none, what follows is text, and the answer is
// false.
func (d *rtf) hex(s *rtfSink, c byte) bool {
	v, ok := rtfDigit(c)
	switch {
	case ok && s.odd:
		d.b[s.to] = s.digit<<4 | v
		s.to++
		s.odd = false
	case ok:
		s.digit, s.odd = v, true
	case bytes.IndexByte([]byte(" \t\x00"), c) < 0:
		d.lack(inspect.GapBroken)
		d.thing(s)
		*s = rtfSink{kind: rtfAside}
		return false
	}
	return true
}

// thing ends bytes of hex digits; those to come are others.
func (d *rtf) thing(s *rtfSink) {
	if s.odd {
		s.odd = false
		d.b[s.to] = s.digit << 4
		s.to++
	}
	if s.to > s.from {
		d.found(rtfThing{s.name, d.b[s.from:s.to]})
	}
	s.from, s.to = d.pos, d.pos
}

// found keeps bytes for a part of their own.
func (d *rtf) found(t rtfThing) {
	if len(d.things) > d.entries {
		d.lack(inspect.GapLimitEntries)
	} else if d.room(64) {
		d.things = append(d.things, t)
	}
}
