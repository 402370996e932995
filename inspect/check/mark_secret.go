package check

import "bytes"

// notSecret are words before a level that make it another kind of secret.
var notSecret = twins("商业", "商業", "工作", "保守", "个人", "國家", "国家")

var urgencies = twins("特急", "加急", "特提", "平急")

// confirmSecretMark looks at a level word (绝密, 机密, 秘密). A star makes it a
// mark of secrecy; without one the form of an official document does.
func confirmSecretMark(s *Sight) {
	if s.From == s.To { // a cell: the mark in it is a trigger of its own
		return
	}
	before, after, first, last := s.around()
	if len(after) == 0 && len(before) == 0 {
		return
	}
	for _, w := range notSecret {
		if bytes.HasSuffix(before, []byte(w)) {
			return
		}
	}
	gb := s.gb(s.Candidate())
	if m, ok := SecretMark(after, gb); ok {
		s.Add(s.From, s.To+m.Length, Nobody, nil)
		return
	}
	if classKey(before) && valueEnds(after) {
		s.Add(s.From, s.To, Nobody, nil).Lift = -1
		return
	}
	left, _ := leftEdge(before, first)
	right, _ := rightEdge(after, last, nil)
	if left != edgeLine || right != edgeLine {
		return
	}
	signs := 0
	if copyNumber(before) {
		signs++
	}
	if documentNumber(after, gb) {
		signs++
	}
	for _, w := range urgencies {
		if bytes.HasPrefix(bytes.TrimLeft(after, " \t\r\n"), []byte(w)) {
			signs++
		}
	}
	if signs > 0 {
		s.Add(s.From, s.To, Nobody, nil).Lift = min(signs, 2) - 2
	}
}

// copyNumber reports whether the line before the last begins with the number
// of a copy: six digits alone (GB/T 9704-2012 section 7.2.1).
func copyNumber(before []byte) bool {
	b := bytes.TrimRight(before, " \t\r\n")
	if len(b) < 6 || len(b) == len(before) || !Digits(b[len(b)-6:]) {
		return false
	}
	b = bytes.TrimRight(b[:len(b)-6], " \t")
	if len(b) == 0 || b[len(b)-1] == '\n' {
		return true
	}
	return bytes.HasSuffix(b, []byte("份号：")) || bytes.HasSuffix(b, []byte("No."))
}

// documentNumber reports whether the number of an official document stands in
// a text: 〔2024〕12号 (GB/T 9704-2012 section 7.2.5).
func documentNumber(b []byte, gb bool) bool {
	open, shut, number := "〔", "〕", "号"
	if gb {
		open, shut, number = "\xa1\xb2", "\xa1\xb3", "\xba\xc5"
	}
	_, rest, ok := bytes.Cut(b, []byte(open))
	n := 4 + len(shut)
	if !ok || len(rest) < n+1 || !Digits(rest[:4]) || string(rest[4:n]) != shut {
		return false
	}
	rest = bytes.TrimLeft(rest[n:], " ")
	i := 0
	for i < len(rest) && i < 5 && rest[i] >= '0' && rest[i] <= '9' {
		i++
	}
	return i > 0 && bytes.HasPrefix(rest[i:], []byte(number))
}
