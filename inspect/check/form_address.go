package check

import "bytes"

var (
	placeLeads = twinSet("省", "市", "区", "县", "州", "盟") // ends of the words in the catalogue that are places
	placeGoes  = twinSet("在", "住", "于", "到", "至", "，", "。", "；", "（")
	workWords  = twins("公司", "注册", "註冊", "办公", "辦公", "单位", "單位", "企业", "企業", "经营", "經營", "门店",
		"店铺", "仓库", "网点", "机构", "工厂", "学校")
)

// confirmAddress reads an address behind its key, or at the name of a province
// or city. Without a key it is only a hint.
func confirmAddress(s *Sight) {
	if s.Cell == 0 && s.From < s.To && s.Text[s.From] >= 0x80 && hanBefore(s.Candidate(), placeLeads) > 0 {
		placed(s)
		return
	}
	at, end, gap := s.behind()
	if end-at < 8 || s.Text[at] < '0' || s.Text[at] > '9' && s.Text[at] < 0x81 {
		return
	}
	if s.Text[at] < 0x80 && !bytes.ContainsFunc(s.Text[at:min(end, at+8)], func(r rune) bool { return r >= 0x80 }) {
		return // an address of a machine or in another language
	}
	a, t := s.address(at, end)
	if a.Depth < 2 {
		return
	}
	v := s.Add(at, at+t.end[a.Length-1], Nobody, nil)
	v.Low = !a.Known && gap == gapNone || ofWork(s)
	switch {
	case a.Depth < 3 || gap == gapNone && a.Depth < 4:
		v.Lift = -1
	case a.Depth > 3 && a.Known:
		v.Lift = 1
	}
}

// address reads an address at the beginning of [at, end).
func (s *Sight) address(at, end int) (AddressParts, runeText) {
	gb := s.gb(s.Text[at:end])
	if s.Text[at] < 0x80 && s.Cell > 0 {
		gb = !validRunes(s.Text[at:end])
	}
	t := readRunes(s.Text[at:end], gb, len(runeText{}.r))
	return Address(t.r[:t.n]), t
}

// validRunes reports whether a text is UTF-8, but for a character that is cut
// at its end.
func validRunes(b []byte) bool {
	t := readRunes(b, false, len(b))
	return t.n == len(t.r) || t.n > 0 && t.end[t.n-1] > len(b)-4
}

// ofWork reports whether the key names the address of a business.
func ofWork(s *Sight) bool {
	before := s.Text[max(0, s.From-6):s.From]
	for _, w := range workWords {
		if bytes.HasSuffix(before, []byte(w)) {
			return true
		}
	}
	return false
}

// placed reads an address that begins with a name of the catalogue.
func placed(s *Sight) {
	before := s.Text[max(0, s.From-12):s.From]
	n := len(before)
	if n > 1 && before[n-1] >= 0x80 {
		// In a word, behind a larger place, which is a candidate itself, or
		// behind the colon of a key, which reads on.
		if hanBefore(before, placeGoes) == 0 {
			return
		}
	} else if n > 0 && (before[n-1] == ',' || before[n-1] == '|' || before[n-1] == ';' || before[n-1] == '\t') {
		return // a cell of a table, which the head of its column brings
	} else if b := bytes.TrimRight(before, " \t\"'=:"); len(b) < len(before) && len(b) > 0 && (b[len(b)-1] >= 0x80 || alpha(b[len(b)-1])) {
		return // it may be the value of a key, which reads on
	}
	a, t := s.address(s.From, min(len(s.Text), s.To+ReachBytes))
	if a.Depth > 3 && a.Number {
		s.Add(s.From, s.From+t.end[a.Length-1], Nobody, nil).Low = true
	}
}
