package decode

import "unicode"

// The class of a character says what it is folded to: an ASCII character, or
// one of these.
const (
	// beside marks what is folded to the ASCII character in the other bits if
	// the characters beside it allow that. See fold.beside.
	beside = 0x80
	// hidden is shown by nothing, or laid over what stands before it; hiddenMark
	// too, but only behind an ASCII letter or digit: elsewhere it belongs to a
	// word, or is a character of GB18030.
	hidden, hiddenMark = 0xff, 0xfe
)

// class is the class of a character, or 0 if it stays as it is.
func class(r rune) byte { return classes.blocks[classes.pages[r>>8]][byte(r)] }

// row is characters in a row, of classes in a row from one on.
type row struct {
	first, last rune
	class       byte
}

// classRows are the rows that no table of the unicode package gives (Unicode
// Character Database; for the X: UTS 39, confusables). What has two bytes in
// UTF-8 may be a character of GB18030, so it is folded beside digits alone.
var classRows = []row{
	{0xff01, 0xff5e, '!'}, // full-width forms

	// Digits in figures (numbers of the category No, and Nl for the Roman).
	{0xb2, 0xb3, beside | '2'}, {0xb9, 0xb9, beside | '1'}, {0x2070, 0x2070, '0'}, {0x2074, 0x2079, '4'}, {0x2080, 0x2089, '0'},
	{0x2160, 0x2168, '1'}, {0x2170, 0x2178, '1'}, // Roman
	{0x2460, 0x2468, '1'}, {0x2474, 0x247c, '1'}, {0x2488, 0x2490, '1'}, {0x24ea, 0x24ea, '0'}, {0x24f5, 0x24fd, '1'}, {0x24ff, 0x24ff, '0'},
	{0x2776, 0x277e, '1'}, {0x2780, 0x2788, '1'}, {0x278a, 0x2792, '1'},
	{0x3021, 0x3029, '1'}, // Suzhou
	{0x3220, 0x3228, '1'}, {0x3280, 0x3288, '1'},
	{0x1369, 0x1371, '1'}, {0x10e60, 0x10e68, '1'}, {0x1d360, 0x1d368, '1'}, // Ethiopic, Rumi, counting rods
	{0x1ccf0, 0x1ccf9, '0'}, {0x1f100, 0x1f100, '0'}, {0x1f101, 0x1f10a, '0'}, {0x1f10b, 0x1f10b, '0'}, {0x1f10c, 0x1f10c, '0'}, {0x1fbf0, 0x1fbf9, '0'},

	// Letters in figures. The mathematical alphabets are added below.
	{0x249c, 0x24b5, 'a'}, {0x24b6, 0x24cf, 'A'}, {0x24d0, 0x24e9, 'a'},
	{0x1f110, 0x1f129, 'A'}, {0x1f130, 0x1f149, 'A'}, {0x1f150, 0x1f169, 'A'}, {0x1f170, 0x1f189, 'A'},

	// What looks like the X that ends an identity number: the times sign,
	// Greek, Cyrillic, Coptic, Lisu, drawn crosses; and the Roman ten.
	{0xd7, 0xd7, beside | 'X'}, {0x3a7, 0x3a7, beside | 'X'}, {0x3c7, 0x3c7, beside | 'X'}, {0x425, 0x425, beside | 'X'}, {0x445, 0x445, beside | 'X'},
	{0x2573, 0x2573, beside | 'X'}, {0x2715, 0x2715, beside | 'X'}, {0x2716, 0x2716, beside | 'X'}, {0x292b, 0x292b, beside | 'X'}, {0x292c, 0x292c, beside | 'X'},
	{0x2a2f, 0x2a2f, beside | 'X'}, {0x2cac, 0x2cac, beside | 'X'}, {0x2cad, 0x2cad, beside | 'X'}, {0xa4eb, 0xa4eb, beside | 'X'}, {0xa7b3, 0xa7b3, beside | 'X'},
	{0x2169, 0x2169, 'X'}, {0x2179, 0x2179, 'X'},
}

// classSets are the characters of one class.
var classSets = []struct {
	class byte
	set   []rune
}{
	{' ', []rune{0xa0, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x202f, 0x205f, 0x3000}},
	{'\n', []rune{0x2028, 0x2029}},
	{'-', []rune{0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xfe58, 0xfe63}},
	// Dots at middle height, and the katakana length mark, which is typed for
	// a dash. Elsewhere they belong to names and words.
	{beside | '-', []rune{0xb7, 0x2022, 0x2027, 0x2043, 0x2219, 0x22c5, 0x30fb, 0x30fc, 0xff65}},
	// Letters that show nothing.
	{hiddenMark, []rune{0x115f, 0x1160, 0x3164, 0xffa0}},
	{hidden, []rune{0x2800}},
}

// mathLetters are the letters of the mathematical alphabets that have places
// of their own (Unicode block Letterlike Symbols).
const mathLetters = "ℂCℊgℋHℌHℍHℎhℐIℑIℒLℓlℕNℙPℚQℛRℜRℝRℤZℨZℬBℭCℯeℰEℱFℳMℴo"

type classTable struct {
	pages  [unicode.MaxRune>>8 + 1]uint8
	blocks [][256]byte
}

var classes = func() *classTable {
	t := &classTable{blocks: make([][256]byte, 1, 128)}
	for _, marks := range []*unicode.RangeTable{unicode.Mn, unicode.Me, unicode.Cf} {
		each(marks, func(first, last rune) {
			for r := first; r <= last; r++ {
				t.set(r, hiddenClass(r))
			}
		})
	}
	each(unicode.Nd, func(first, last rune) {
		for r := first; r <= last && r >= 0x80; r++ { // each ten begin with the zero
			c := '0' + byte((r-first)%10)
			if r < 0x800 {
				c |= beside
			}
			t.set(r, c)
		}
	})
	for r := rune(0x1d400); r <= 0x1d6a3; r++ { // thirteen alphabets
		if i := byte((r - 0x1d400) % 52); i < 26 {
			t.set(r, 'A'+i)
		} else {
			t.set(r, 'a'+i-26)
		}
	}
	for letters := []rune(mathLetters); len(letters) > 0; letters = letters[2:] {
		t.set(letters[0], byte(letters[1]))
	}
	for _, x := range classRows {
		for r := x.first; r <= x.last; r++ {
			t.set(r, x.class+byte(r-x.first))
		}
	}
	for _, x := range classSets {
		for _, r := range x.set {
			t.set(r, x.class)
		}
	}
	return t
}()

// hiddenClass tells the signs that are there to be unseen, which no text
// misses, from the marks of scripts.
func hiddenClass(r rune) byte {
	switch {
	case r == 0xad, r >= 0x200b && r <= 0x206f, r >= 0x20d0 && r <= 0x20ff, r >= 0xfe00 && r <= 0xfe2f, r == 0xfeff:
		return hidden
	}
	return hiddenMark
}

func each(t *unicode.RangeTable, take func(first, last rune)) {
	for _, x := range t.R16 {
		step(rune(x.Lo), rune(x.Hi), rune(x.Stride), take)
	}
	for _, x := range t.R32 {
		step(rune(x.Lo), rune(x.Hi), rune(x.Stride), take)
	}
}

func step(lo, hi, stride rune, take func(first, last rune)) {
	if stride == 1 {
		take(lo, hi)
		return
	}
	for r := lo; r <= hi; r += stride {
		take(r, r)
	}
}

func (t *classTable) set(r rune, class byte) {
	page := &t.pages[r>>8]
	if *page == 0 {
		if len(t.blocks) > 255 {
			panic("decode: too many blocks of characters")
		}
		*page = uint8(len(t.blocks))
		t.blocks = append(t.blocks, [256]byte{})
	}
	t.blocks[*page][byte(r)] = class
}
