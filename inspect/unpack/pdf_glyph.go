package unpack

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// pdfASCII are the names of the glyphs of ASCII from the space on, as the
// Adobe Glyph List has them.
const pdfASCII = "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash " +
	"zero one two three four five six seven eight nine colon semicolon less equal greater question at " +
	"A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore grave " +
	"a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde"

// pdfLatin are the names of the glyphs of Latin-1 from U+00A1 on.
const pdfLatin = "exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot softhyphen registered macron " +
	"degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown " +
	"Agrave Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis " +
	"Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls " +
	"agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis " +
	"eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis"

// pdfOther are further names that texts use.
const pdfOther = "quoteleft ‘ quoteright ’ quotedblleft “ quotedblright ” quotesinglbase ‚ quotedblbase „ endash – emdash — bullet • ellipsis … " +
	"dagger † daggerdbl ‡ perthousand ‰ guilsinglleft ‹ guilsinglright › trademark ™ fi fi fl fl ff ff ffi ffi ffl ffl minus - sfthyphen - " +
	"OE Œ oe œ Scaron Š scaron š Zcaron Ž zcaron ž Ydieresis Ÿ Lslash Ł lslash ł dotlessi ı florin ƒ circumflex ˆ tilde ˜ caron ˇ Euro € fraction ⁄ " +
	"visiblespace ␣ middot · dotlessj ȷ hungarumlaut ˝ ring ˚ breve ˘ dotaccent ˙ ogonek ˛ " +
	"arrowright → arrowleft ← arrowdblright ⇒ asteriskmath * periodinferior . openbullet ◦ square □ lozenge ◊ checkmark ✓"

// pdfGlyphs maps names of glyphs to text.
var pdfGlyphs = func() map[string]string {
	m := map[string]string{}
	for i, n := range strings.Fields(pdfASCII) {
		m[n] = string(rune(' ' + i))
	}
	for i, n := range strings.Fields(pdfLatin) {
		m[n] = string(rune(0xA1 + i))
	}
	for _, n := range []string{".notdef", "nbspace", "nonbreakingspace"} {
		m[n] = " "
	}
	pairs := strings.Fields(pdfOther)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}()

// glyphText gives the text of a glyph by its name: by the list, or as uniXXXX
// and uXXXXX spell it.
func glyphText(name string) (string, bool) {
	if i := strings.IndexByte(name, '.'); i > 0 {
		name = name[:i] // a variant, as one.oldstyle
	}
	if s, ok := pdfGlyphs[name]; ok {
		return s, true
	}
	if strings.Contains(name, "_") { // a ligature, as f_i
		var all string
		for _, part := range strings.SplitN(name, "_", 8) {
			s, ok := glyphText(part)
			if !ok || strings.Contains(part, "_") {
				return "", false
			}
			all += s
		}
		return all, true
	}
	digits, is := strings.CutPrefix(name, "uni")
	if !is {
		if digits, is = strings.CutPrefix(name, "u"); !is || len(digits) < 4 || len(digits) > 6 {
			return "", false
		}
	} else if len(digits) != 4 {
		return "", false
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	return string(rune(n)), true
}

// pdfBase gives the text of the codes of a named encoding.
func pdfBase(name pdfName) *[256]string {
	var t [256]string
	table := charmap.Windows1252
	if name == "MacRomanEncoding" {
		table = charmap.Macintosh
	}
	for i := range t {
		if r := table.DecodeByte(byte(i)); i < 0x20 {
			t[i] = " "
		} else if r != utf8.RuneError {
			t[i] = string(r)
		}
	}
	if name == "StandardEncoding" {
		for i := 0x80; i < 256; i++ {
			t[i] = ""
		}
		t['\''], t['`'] = "’", "‘"
		for code, s := range map[int]string{
			0xA1: "¡", 0xA2: "¢", 0xA3: "£", 0xA5: "¥", 0xA7: "§", 0xAA: "“", 0xAB: "«", 0xAE: "fi", 0xAF: "fl",
			0xB1: "–", 0xB2: "†", 0xB3: "‡", 0xB4: "·", 0xB6: "¶", 0xB7: "•", 0xBA: "”", 0xBB: "»", 0xBC: "…", 0xD0: "—", 0xE1: "Æ", 0xF1: "æ", 0xFB: "ß",
		} {
			t[code] = s
		}
	}
	return &t
}

// pdfDingbats gives the text of the codes of Zapf Dingbats: the digits in
// circles, and marks.
func pdfDingbats() *[256]string {
	var t [256]string
	for i := range t {
		switch {
		case i <= ' ':
			t[i] = " "
		case i >= 0xAC && i <= 0xD3:
			t[i] = strconv.Itoa((i-0xAC)%10 + 1)
		default:
			t[i] = "✓"
		}
	}
	return &t
}

// builtIn reads the encoding that the plain text head of a Type 1 font
// program spells: "dup 65 /A put".
func builtIn(program []byte, t *[256]string) (found bool) {
	at := bytes.Index(program, []byte("/Encoding"))
	if at < 0 {
		return false
	}
	program = program[at:]
	if end := bytes.Index(program, []byte("eexec")); end >= 0 {
		program = program[:end]
	}
	x := pdfLex{b: program}
	var code float64
	for {
		v, ok := x.value()
		switch v := v.(type) {
		case float64:
			code = v
		case pdfName:
			if s, known := glyphText(string(v)); known && code >= 0 && code < 256 {
				t[int(code)] = s
				found = true
			}
			code = -1
		case pdfOp:
			if v == "readonly" || v == "def" && found {
				return found
			}
		}
		if !ok {
			return found
		}
	}
}
