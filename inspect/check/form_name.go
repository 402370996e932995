package check

import (
	"bytes"
	"slices"
)

// nameForms are the confirmers of names and addresses.
var nameForms = []Form{
	{"name", OnKey, confirmName},
	{"name_plain", OnKey, confirmNamePlain},
	{"address", OnKey, confirmAddress},
}

// confirmName looks for a person's name behind a key that stands for nothing
// else (姓名, 收件人, realName), or before a title (先生).
func confirmName(s *Sight) {
	if s.Cell == 0 && titles[string(s.Candidate())] != "" {
		titled(s)
		return
	}
	at, end, gap := s.behind()
	if !nameBegins(s.Text[at:end]) {
		if at < end && s.Text[at] < 0x80 {
			latinName(s, at, end)
		}
		return
	}
	n, fit, t := s.name(at, end)
	switch {
	case fit == NoName, s.Cell > 0 && !fills(s.Text[at+t.end[n-1]:end]):
		return
	case gap == gapNone && (fit != LikelyName || proseRoles[string(s.Candidate())] != ""):
		s.addName(at, &t, n).Lift = -1
	default:
		s.addName(at, &t, n)
	}
}

// proseRoles are keys that sentences are full of: there a name needs a sign
// before it.
var proseRoles = twinSet("员工", "職員", "客户", "客戶", "旅客", "乘客", "患者", "病人", "学员", "考生", "业主", "房主", "受试者", "负责人", "負責人",
	"所有人", "责任人", "代理人", "委托人", "受托人", "使用人", "权利人", "产权人", "司机", "驾驶员", "操作员", "质检员", "医生", "医师", "护士",
	"家属", "亲属", "配偶", "房东", "租客", "车主")

// confirmNamePlain looks behind the key "name", which things have as well as
// persons.
func confirmNamePlain(s *Sight) {
	at, end, gap := s.behind()
	if gap != gapSign || !nameBegins(s.Text[at:end]) {
		return
	}
	// What a longer key names, as file_name does, is a thing, or the key of a
	// person and a trigger of its own.
	if s.Cell == 0 && s.From > 0 && (Word(s.Text[s.From-1]) || s.Text[s.From-1] == '-') {
		return
	}
	n, fit, t := s.name(at, end)
	if fit == NoName || s.Cell > 0 && !fills(s.Text[at+t.end[n-1]:end]) {
		return
	}
	v := s.addName(at, &t, n)
	if fit != LikelyName || n > 2 && placeEnds.has(t.r[n-1]) || slices.ContainsFunc(t.r[:n], dot) {
		v.Lift = -1
	}
}

// placeEnds end the names of places and divisions, which are in lists under
// the key "name" too.
var placeEnds = hanSet("省市区县州盟旗镇乡村街路庄區縣鎮鄉莊")

// nameBegins refuses at once what cannot be a Chinese name.
func nameBegins(b []byte) bool {
	return len(b) >= 4 && b[0] >= 0x81 && b[0] != 0xff
}

// name reads a name at the beginning of [at, end).
func (s *Sight) name(at, end int) (n int, fit NameFit, t runeText) {
	b := s.Text[at:end]
	gb := s.gb(b)
	if gb && (!surnamePairs.has(b) && !hasDot(b) || !s.plainText(at)) {
		return 0, NoName, t
	}
	t = readRunes(b, gb, 24)
	n = t.han()
	switch {
	case n == 0:
		return 0, NoName, t
	case n > 1 && n < t.n && dot(t.r[n]):
		if n = DottedName(t.r[:t.n]); n == 0 {
			return 0, NoName, t
		}
		fit = LikelyName
	case n == 1:
		n, fit = padded(&t)
	default:
		n, fit = cutName(&t, n)
	}
	if n < 1 || n < t.n && t.r[n] < 0x80 && alpha(byte(t.r[n])) {
		return 0, NoName, t
	}
	return n, fit, t
}

// plainText reports whether what stands around a value in GB18030 can be text.
// In binary data a short key and two characters occur by chance.
func (s *Sight) plainText(at int) bool {
	if s.Cell > 0 || s.Text[s.From] >= 0x80 {
		return true
	}
	return at > s.To && Printable(s.Text[max(0, s.From-16):min(len(s.Text), at+24)])
}

// hasDot reports whether a middle dot of GB18030 stands in a text.
func hasDot(b []byte) bool {
	for i := 4; i+1 < len(b) && i < 18; i += 2 {
		if b[i] == 0xa1 && b[i+1] == 0xa4 {
			return true
		}
	}
	return false
}

// padded reads a name of two characters that spaces set apart, as they stand
// in tables.
func padded(t *runeText) (int, NameFit) {
	k := 1
	for k < t.n && k < 5 && (t.r[k] == ' ' || t.r[k] == '\u3000') {
		k++
	}
	if k == 1 || k >= t.n || !ideograph(t.r[k]) || k+1 < t.n && ideograph(t.r[k+1]) || t.r[k] == '男' || t.r[k] == '女' {
		return 0, NoName
	}
	if fitName([]rune{t.r[0], t.r[k]}) != LikelyName {
		return 0, NoName
	}
	return k + 1, LikelyName
}

// fills reports whether nothing but closing marks follows in a cell.
func fills(rest []byte) bool {
	for _, c := range rest {
		if behindMarks[c] != gapSpace && c != '\r' {
			return false
		}
	}
	return true
}

// addName notes the first n characters at an offset as a name. Its canonical
// form is UTF-8 without spaces, with one kind of dot.
func (s *Sight) addName(at int, t *runeText, n int) *Value {
	name := make([]rune, 0, len(t.r))
	for _, r := range t.r[:n] {
		switch {
		case dot(r):
			name = append(name, '·')
		case r != ' ' && r != '\u3000':
			name = append(name, r)
		}
	}
	return s.Add(at, at+t.end[n-1], KindFullName, []byte(string(name)))
}

var titles = twinSet("先生", "女士", "小姐", "太太", "女仕")

// titled looks for a name before a title. It is never more than a hint.
func titled(s *Sight) {
	title := s.Candidate()
	width := 3
	if len(title) == 4 {
		width = 2
	}
	for n := 3; n > 0; n-- {
		from := s.From - n*width
		if from < 0 {
			continue
		}
		t := readRunes(s.Text[from:s.From], width == 2, n)
		switch {
		case t.n != n || t.end[n-1] != n*width || t.han() != n:
		case n > 1 && fitName(t.r[:n]) == LikelyName:
			if before := s.Text[max(0, from-3):from]; hanBefore(before, behindSigns) == 0 && !bytes.HasSuffix(before, []byte(":")) {
				s.addName(from, &t, n).Low = true
			} // else the key before it brings the name
			return
		case n == 1 && surnameSet.has(t.r[0]):
			s.Add(from, s.To, Nobody, nil).Low = true
		}
	}
}
