package check

import "strings"

// pinyinNames are surnames in pinyin, and in the spellings of Hong Kong and
// Taiwan that are frequent.
var pinyinNames = wordSet("wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song " +
	"tang han feng deng cao peng zeng xiao tian dong yuan pan yu jiang cai du ye cheng su wei lv lyu lu ding ren shen yao " +
	"cui zhong tan fan jin shi liao jia xia fu fang bai zou meng xiong qin qiu yin xue yan duan lei hou long tao qian " +
	"kang mao hao gong shao wan qiao lai ge pang ouyang shangguan sima zhuge chan wong cheung leung lam ng lau tsang kwok yeung")

const (
	initials = "zh ch sh b p m f d t n l g k h j q x r z c s y w"
	finals   = "iang uang iong ang eng ing ong ian uan uai iao ai ei ui ao ou iu ie ue er an en in un ia ua uo a o e i u v"
)

// PinyinName reports whether two or three words are a Chinese name in Latin
// letters, the surname first: a known surname, and syllables.
func PinyinName(b []byte) bool {
	family, given, ok := strings.Cut(string(Lower(nil, b)), " ")
	family = strings.TrimSuffix(family, ",")
	return ok && pinyinNames[family] && syllables(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\'' {
			return -1
		}
		return r
	}, given), 1)
}

// syllables reports whether a word is at most three syllables of pinyin; n is
// the one that begins it.
func syllables(w string, n int) bool {
	if w == "" {
		return n > 1
	}
	if n > 3 {
		return false
	}
	rest := w
	for i := range strings.FieldsSeq(initials) {
		if r, ok := strings.CutPrefix(w, i); ok {
			rest = r
			break
		}
	}
	for f := range strings.FieldsSeq(finals) {
		if r, ok := strings.CutPrefix(rest, f); ok && syllables(r, n+1) {
			return true
		}
	}
	return false
}

// latinName looks for a name in Latin letters behind a key that stands for a
// person's name.
func latinName(s *Sight, at, end int) {
	if c := s.Text[at]; c < 'A' || c > 'Z' {
		return
	}
	i, words := at, 1
	for i < end && i-at < 30 {
		c := s.Text[i]
		if c == ' ' {
			if i+1 == end || !alpha(s.Text[i+1]) || words == 3 {
				break
			}
			words++
		} else if !alpha(c) && !(i > at && (c == ',' || c == '-' || c == '\'')) {
			break
		}
		i++
	}
	for i > at && !alpha(s.Text[i-1]) {
		i--
	}
	if words < 2 || i < end && (Word(s.Text[i]) || s.Text[i] >= 0x80) || !PinyinName(s.Text[at:i]) {
		return
	}
	s.Add(at, i, KindFullName, Upper(nil, s.Text[at:i])).Low = true
}
