package decode

import (
	"strings"
	"unicode/utf8"
)

// references are the named character references that are undone: those of
// XML, and those of HTML that stand for characters of identifiers, separators
// or nothing visible (HTML Living Standard section 13.5).
var references = [...]struct {
	name string
	r    rune
}{
	{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''},
	{"commat", '@'}, {"period", '.'}, {"colon", ':'}, {"semi", ';'}, {"comma", ','}, {"plus", '+'}, {"equals", '='},
	{"sol", '/'}, {"bsol", '\\'}, {"lowbar", '_'}, {"num", '#'}, {"lpar", '('}, {"rpar", ')'}, {"percnt", '%'},
	{"lsqb", '['}, {"rsqb", ']'}, {"lbrack", '['}, {"rbrack", ']'}, {"Tab", '\t'}, {"NewLine", '\n'},
	{"nbsp", 0xa0}, {"ensp", 0x2002}, {"emsp", 0x2003}, {"numsp", 0x2007}, {"puncsp", 0x2008}, {"thinsp", 0x2009}, {"hairsp", 0x200a},
	{"hyphen", 0x2010}, {"dash", 0x2010}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"horbar", 0x2015}, {"minus", 0x2212},
	{"middot", 0xb7}, {"centerdot", 0xb7}, {"bull", 0x2022}, {"bullet", 0x2022},
	{"shy", 0xad}, {"ZeroWidthSpace", 0x200b}, {"zwnj", 0x200c}, {"zwj", 0x200d}, {"lrm", 0x200e}, {"rlm", 0x200f}, {"NoBreak", 0x2060},
}

// reference reads a character reference of at most maxReference bytes. A number
// need not end in a semicolon, as browsers read it; a name must.
func reference(b []byte, end bool) escape {
	if len(b) < 2 {
		return escape{more: true}
	}
	if b[1] == '#' {
		return numeric(b, end)
	}
	name := b[1:]
	for i, c := range name {
		if c == ';' {
			return named(string(name[:i]))
		}
	}
	for i := range references {
		if n := references[i].name; n[0] == name[0] && strings.HasPrefix(n, string(name)) {
			return escape{more: true}
		}
	}
	return escape{}
}

func named(name string) escape {
	for i := range references {
		if references[i].name == name {
			return escape{r: references[i].r, used: len(name) + 2}
		}
	}
	return escape{}
}

func numeric(b []byte, end bool) escape {
	from, base := 2, 10
	if len(b) > 2 && b[2]|0x20 == 'x' {
		from, base = 3, 16
	}
	r, i := 0, from
	for ; i < len(b) && i < maxReference; i++ {
		d := nibble(b[i])
		if d < 0 || d >= base {
			break
		}
		r = min(r*base+d, utf8.MaxRune+1)
	}
	switch {
	case i == len(b) && i < maxReference && !end:
		return escape{more: true}
	case i == from || i == maxReference || r == 0 || !utf8.ValidRune(rune(r)):
		return escape{}
	case i < len(b) && b[i] == ';':
		i++
	}
	return escape{r: rune(r), used: i}
}
