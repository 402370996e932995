package check

import "bytes"

// levelKeys are the keys whose value is a data level of GB/T 43697.
var levelKeys = twins("数据级别", "數據級別", "数据分级", "数据等级", "数据安全级别", "安全级别", "数据定级", "级别", "分级", "等级", "数据类别")

// confirmImportant looks for data that is marked or catalogued as important.
func confirmImportant(s *Sight) { s.dataLevel("important", importantWords) }

// confirmCore looks for data that is marked or catalogued as core data.
func confirmCore(s *Sight) { s.dataLevel("core", coreWords) }

var (
	importantWords = twinSet("重要")
	coreWords      = twinSet("核心")
	dataWord       = twinSet("数据", "數據", "资料")
	yes            = twinSet("是")
)

// dataLevel looks at the words for a level, and at keys that a level stands
// behind: the word for it in English, or in Chinese.
func (s *Sight) dataLevel(english string, chinese map[string]string) {
	if s.From == s.To && s.Cell == 0 {
		return
	}
	if s.Cell == 0 && s.Text[s.From] >= 0x80 && hanBegins(s.Candidate(), chinese) > 0 {
		s.levelWord()
		return
	}
	at, end, gap := s.behind()
	b := s.Text[at:end]
	if gap != gapSign || len(b) == 0 {
		return
	}
	if b[0] < 0x80 {
		if len(b) >= len(english) && equalFold(b, english) && valueEnds(b[len(english):]) {
			s.Add(at, at+len(english), Nobody, nil)
		}
		return
	}
	n := hanBegins(b, chinese)
	if n == 0 {
		return
	}
	if k := hanBegins(b[n:], dataWord); s.Cell > 0 {
		n += k
	} else if k > 0 {
		return // the word in full is a candidate itself
	}
	if valueEnds(b[n:]) {
		s.Add(at, at+n, Nobody, nil)
	}
}

// hanBegins returns the length of the word of two characters that begins b.
func hanBegins(b []byte, words map[string]string) int {
	for _, n := range [2]int{6, 4} {
		if len(b) >= n && b[0] >= 0x81 && words[string(b[:n])] != "" {
			return n
		}
	}
	return 0
}

// levelWord confirms 重要数据 or 核心数据 as a mark or the value of a level.
func (s *Sight) levelWord() {
	before, after, first, last := s.around()
	if levelKey(before) && valueEnds(after) {
		s.Add(s.From, s.To, Nobody, nil)
		return
	}
	left, _ := leftEdge(before, first)
	right, n := rightEdge(after, last, markTails)
	if left == edgeText || right == edgeText || left == edgeTag && right != edgeTag {
		if !flagged(after) {
			s.Add(s.From, s.To, Nobody, nil).Lift = -1
			return
		}
		n = 0
	}
	s.Add(s.From, s.To+n, Nobody, nil)
}

// flagged reports whether a word is a key that says yes: 重要数据：是.
func flagged(after []byte) bool {
	i := bytes.IndexFunc(after, func(r rune) bool { return r != '"' && r != '\'' && r != ' ' && r != ':' && r != '=' && r != '：' })
	if i < 1 || i > 8 || hanAt(after[i:], yes) == 0 {
		return false
	}
	return bytes.ContainsAny(after[:i], ":=") || bytes.Contains(after[:i], []byte("："))
}

// levelKey reports whether a text ends with the key of a level and a sign.
func levelKey(before []byte) bool {
	before = before[max(0, len(before)-60):]
	n, sign := len(before), false
	for n > 0 {
		c := before[n-1]
		if c == ':' || c == '=' {
			sign = true
		} else if c != ' ' && c != '"' && c != '\'' && c != '\\' && c != '\t' {
			k := hanBefore(before[:n], behindSigns)
			if c < 0x80 || k == 0 {
				break
			}
			sign, n = true, n-k+1
		}
		n--
	}
	if !sign {
		return false
	}
	for _, w := range levelKeys {
		if bytes.HasSuffix(before[:n], []byte(w)) {
			return true
		}
	}
	key := bytes.ToLower(before[max(0, n-24):n])
	return bytes.HasSuffix(key, []byte("level")) || bytes.HasSuffix(key, []byte("class")) || bytes.HasSuffix(key, []byte("classification")) ||
		bytes.HasSuffix(key, []byte("category")) || bytes.HasSuffix(key, []byte("grade"))
}
