package check

import "golang.org/x/text/encoding/simplifiedchinese"

// Families of identity documents. Their numbers look alike, so a number whose
// own key names one family is not taken for another: in
// {"hkid":"P1032651","passportNo":"E12345678"} the first is no passport.
const (
	paperPassport uint = iota
	paperPermit
	paperIdentity
	paperBirth
	paperDriving // not a family of numbers: see confirmDriver
)

var paperWords = func() Lexicon {
	var entries []Entry
	for group, words := range [][]string{
		paperPassport: {"护照", "護照", "passport", "passportno", "passportnumber", "passportnum", "pspt", "huzhao", "huzhaohao",
			"hzh", "hzhm"},
		paperPermit: {"通行证", "通行證", "通行証", "回乡证", "回鄉證", "回鄉証", "回乡卡", "台胞证", "台胞證", "臺胞證", "permit",
			"permitno", "txz", "txzh", "hxz", "hxzh", "home_return", "homereturn", "home return", "eep", "eepno", "mtp", "mtpno",
			"compatriot"},
		paperIdentity: {"身份证", "身份證", "身份証", "身分證", "身分証", "居留证", "居留證", "居留証", "hkid", "hkidno", "hkic", "identity", "id card", "id_card",
			"idcard", "id_hk", "id_tw", "twid", "arc_no", "sfz", "sfzh"},
		paperBirth: {"出生医学", "出生醫學", "出生证", "出生證", "出生証", "birth", "birthcert", "csyxzm", "cszmbh"},
		paperDriving: {"驾驶", "駕駛", "驾照", "駕照", "机动车", "機動車", "准驾", "準駕", "司机", "司機", "driver", "drivers", "driving",
			"driverlicense", "driverlicence", "jsz", "jszh", "jiashizheng", "jiazhao"},
	} {
		for _, w := range twins(words...) {
			entries = append(entries, Entry{Word: w, Group: uint(group)})
		}
	}
	l, err := NewLexicon(entries)
	if err != nil {
		panic("check: words of documents: " + err.Error())
	}
	return l
}()

// twins returns the words, and behind each that is not ASCII its form in
// GB18030.
func twins(words ...string) (out []string) {
	for _, w := range words {
		out = append(out, w)
		if gb, err := simplifiedchinese.GB18030.NewEncoder().String(w); err == nil && gb != w {
			out = append(out, gb)
		}
	}
	return out
}

// twinSet is twins as a set; each word stands for its form in UTF-8.
func twinSet(words ...string) map[string]string {
	set := map[string]string{}
	for _, w := range words {
		for _, t := range twins(w) {
			set[t] = w
		}
	}
	return set
}

// claimedElsewhere reports whether the key of the field in which a value
// stands, or the words since the number before it, name other documents only.
func claimedElsewhere(s *Sight, from int, own uint) bool {
	field := Field(Before(s.Text[:from]))
	run := 0
	for i := len(field) - 1; i >= 0 && run < 6; i-- {
		if run++; field[i] < '0' || field[i] > '9' {
			run = 0
		} else if run == 6 {
			field = field[i+run:]
		}
	}
	if len(field) == 0 {
		return false
	}
	groups := paperWords.Groups(field)
	for g := range paperDriving {
		if g != own && groups.Has(g) {
			return !groups.Has(own)
		}
	}
	return false
}

// serialLen is the most letters and digits an OnSerial candidate has.
const serialLen = 3 + 9

// letterAt reports whether a number of an OnSerial candidate could begin at i:
// the letters before it may belong to a character of GBK or an escape.
func letterAt(s *Sight, i int) bool { return i < s.To && alpha(s.Text[i]) }

// serialInitials is a set of letters.
type serialInitials uint32

const serialAny serialInitials = 1<<27 - 2

func serialInitialsOf(letters string) (set serialInitials) {
	for _, c := range []byte(letters) {
		set |= 1 << (c & 31)
	}
	return set
}

// serial copies the letters and digits of the candidate from i on, in upper
// case, if they are of the right number and begin with one of the letters.
func serial(s *Sight, i int, buf *[serialLen]byte, set serialInitials, least, most int) []byte {
	if n := s.To - i; n < least || n > most || set>>(s.Text[i]&31)&1 == 0 {
		return nil
	}
	return Upper(buf[:0], s.Text[i:s.To])
}

// takePaper adds a number at [from, to) if it stands alone and no other document
// claims it. It is asked last: the form refuses faster.
func takePaper(s *Sight, from, to int, k Kind, own uint, canonical []byte) bool {
	if !OpenLeft(s.Text[:from]) || !OpenRight(s.Text[to:]) || claimedElsewhere(s, from, own) {
		return false
	}
	s.Add(from, to, k, canonical)
	return true
}

// lettersDigits reports whether b is n letters and m digits, upper-case.
func lettersDigits(b []byte, n, m int) bool {
	if len(b) != n+m {
		return false
	}
	for _, c := range b[:n] {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return Digits(b[n:])
}

// serialLetter reports whether c is used in series of numbers that leave out
// I and O.
func serialLetter(c byte) bool { return c >= 'A' && c <= 'Z' && c != 'I' && c != 'O' }

// calendarDay reports whether eight digits are a day such as 20240131, which
// stands behind the name of a document as its day of issue or expiry.
func calendarDay(b []byte) bool {
	if len(b) != 8 || !Digits(b) {
		return false
	}
	year := two(b)*100 + two(b[2:])
	if year < 1900 || year > 2099 {
		return false
	}
	m, d := two(b[4:]), two(b[6:])
	return m >= 1 && m <= 12 && d >= 1 && d <= monthDays[m]
}
