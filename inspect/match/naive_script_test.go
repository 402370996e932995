package match_test

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var seventeen = regexp.MustCompile(`[0-9](?:[ .-]?[0-9]){16}$`)

var scriptFragments = append(strings.Fields(`٣ ٠٤ ۹ ߁ ३ ꘡ 𑁦 𝟑 𝐚 ① ② ⑴ ⒈ ³ ₂ 〡 〢 ㈠ ½ 1Х 11010519491231002Х 110105-19491231-002× 1234567890123456Ⅹ Ⅹ х Χ χ ✕ привет 。“ “ —
	壹 贰叁 壹贰叁肆伍陆柒捌玖零壹 零一二三四五六七八九零一 ・ ー`), "\u0336", "\u064b", "\u20dd", "\u202d", "\ufe0f", "\u20e3", "\u061c", "\u180e", "\u1160", "\u2800", "\u3164", "\uffa0", "\u2009",
	"\u2028", "\u205f", "\U000e0031", "\U000e0101", "\xd9", "\xa3", "\xf0\x9d\x9f", "\xcc\xa8",
	"\xd2\xbb\xc8\xfd\xb0\xc6\xc1\xe3\xc1\xe3\xe7\xdb\xc8\xfd\xb0\xcb\xc1\xe3\xa9\x96\xa1\xf0", "\xc1\xe3", "\xb6\xfe\xc2\xbd", "〇〇〇〇〇〇〇〇〇〇〇", strings.Repeat("\xa9\x96", 15), strings.Repeat("\xb7\xa1", 8))

// isNumber reports whether a character is a numeral of the sort that counts.
func isNumber(c rune) bool {
	switch {
	case c < 0x80:
		return isDigit(byte(max(c, 0)))
	case c < 0x800:
		return unicode.IsDigit(c) || strings.ContainsRune("¹²³", c)
	case unicode.Is(unicode.Lo, c), c == '〇':
		return false
	case c >= 0x3000 && c < 0x3400:
		return strings.ContainsRune("〡〢〣〤〥〦〧〨〩㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", c)
	}
	return unicode.IsNumber(c)
}

// naiveScript returns the length of a character of another script at i that
// counts.
func naiveScript(p text, i int) int {
	c, n := utf8.DecodeRune(p[i:])
	if n < 2 {
		return 0
	}
	before, k := utf8.DecodeLastRune(p[:i])
	if k == 1 && before == utf8.RuneError {
		before = 0
	}
	first, _ := utf8.DecodeLastRune(p[:i-k])
	after, k := utf8.DecodeRune(p[i+n:])
	second, _ := utf8.DecodeRune(p[i+n+k:])
	switch {
	case c >= 0x1d400 && c <= 0x1d7ff:
		return n
	case strings.ContainsRune("×ΧχХх╳✕✖⤫⤬⨯ⲬⲭꓫꞳⅩⅹ", c):
		if seventeen.Match(p[:i]) {
			return n
		}
		return 0
	case c >= 0xff00 && c <= 0xff5e:
		return 0
	}
	hides := func(c rune) bool {
		return c == 0x61c || c >= 0x300 && c <= 0x36f || c >= 0x64b && c <= 0x65f || strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", c) ||
			(c >= 0x800 && c < 0x3000 || c > 0xa000 && c != 0xfb1e) && unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf)
	}
	joins := c == 0xad || c == 0xfeff || c >= 0x200b && c <= 0x200f || c >= 0x2060 && c <= 0x2069 || c > 0x80 && c != 0x3000 && c != 0x1680 && unicode.Is(unicode.Zs, c) ||
		strings.ContainsRune("·•‧\u2028\u2029⁃∙⋅−・ー﹘﹣･‐‑‒–—―", c)
	left, right := isNumber(before), isNumber(after)
	switch {
	case joins && (left || right),
		isNumber(c) && (left && right || left && isNumber(first) || right && isNumber(second)),
		hides(c) && !joins && (left && right || left && hides(after) || right && hides(before)):
		return n
	}
	return 0
}

// naiveFormal returns 3 if a Chinese numeral stands at i in a run of eleven,
// and over the third of 32 bytes.
func naiveFormal(p text, i int) int {
	is := func(i int) bool {
		return i >= 0 && i+3 <= len(p) && p[i] >= 0xe3 && p[i] <= 0xe9 && strings.Contains("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸", string(p[i:i+3]))
	}
	if i%32 > 2 || !is(i) {
		return 0
	}
	n := 1
	for k := i - 3; is(k); k -= 3 {
		n++
	}
	for k := i + 3; is(k); k += 3 {
		n++
	}
	if n < 11 {
		return 0
	}
	return 3
}

// naiveGB returns 2 if a Chinese numeral in GB18030 stands at i in a run of
// eleven, and over the first of 16 bytes.
func naiveGB(p text, i int) int {
	is := func(i int) bool {
		at := -1
		if i >= 0 && i+2 <= len(p) {
			at = strings.Index("\xc1\xe3\xa9\x96\xa1\xf0\xd2\xbb\xd2\xbc\xe7\xdb\xb6\xfe\xb7\xa1\xc8\xfd\xc8\xfe\xcb\xc4\xcb\xc1\xce\xe5\xce\xe9\xc1\xf9\xc2\xbd\xc6\xdf\xc6\xe2\xb0\xcb\xb0\xc6\xbe\xc5\xbe\xc1", string(p[i:i+2]))
		}
		return at >= 0 && at%2 == 0
	}
	if (i+1)%16 > 1 || !is(i) {
		return 0
	}
	n := 1
	for k := i - 2; is(k); k -= 2 {
		n++
	}
	for k := i + 2; is(k); k += 2 {
		n++
	}
	foreign := func(c byte) bool { return c > 0xbf && c != 0xff && c != 0xef && (c < 0xe2 || c > 0xe9) }
	if n < 11 || !slices.ContainsFunc(p[max(i-24, 0):min(i+24, len(p))], foreign) {
		return 0
	}
	return 2
}
