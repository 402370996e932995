package check

import "bytes"

// markReach is how far around a word its line is read.
const markReach = ReachBytes

// openers and closers are the brackets that set a mark off.
var (
	markOpeners = twinSet("【", "（", "《", "〔", "［", "「", "『", "〖")
	markClosers = twinSet("】", "）", "》", "〕", "］", "」", "』", "〗")
	markRules   = twinSet("★", "☆", "＊", "—", "─", "━", "═", "■", "◆", "●", "※", "·", "\u3000", "－", "！", "。", "、", "，", "；", "：", "丨", "｜")
)

// edge says what stands at one side of a mark.
type edge uint8

const (
	edgeText    edge = iota // more text: the word stands in a sentence
	edgeLine                // the border of the line or of the text
	edgeBracket             // a bracket
	edgeTag                 // the tag of a document's text run or property
	edgeKey                 // a key that names a classification
)

// markRun are the elements that hold the text and properties of documents, and
// the head and foot of pages.
var markRun = [][]byte{[]byte("w:t"), []byte("a:t"), []byte("t"), []byte("dc:"), []byte("cp:"), []byte("text:p"), []byte("oddHeader"),
	[]byte("oddFooter"), []byte("vt:"), []byte("text:span"), []byte("meta:"), []byte("header"), []byte("footer"), []byte("title"), []byte("h1"), []byte("h2")}

// leftEdge returns what stands before b's end, and how many bytes of
// decoration lie between.
func leftEdge(b []byte, full bool) (e edge, decor int) {
	n := len(b)
	for n > 0 {
		c := b[n-1]
		switch {
		case c == '\n' || c == '\r' || c == '\f':
			return edgeLine, len(b) - n
		case c == '[' || c == '(':
			return edgeBracket, len(b) - n
		case c == '>':
			if i := bytes.LastIndexByte(b[:n], '<'); i >= 0 && textRun(b[i+1:n-1]) {
				return edgeTag, len(b) - n
			}
			return edgeText, 0
		case c == ' ' || c == '\t' || c == '*' || c == '-' || c == '=' || c == '_' || c == '~' || c == '#' || c == '|':
			n--
		case c >= 0x80 && hanBefore(b[:n], markOpeners) > 0:
			return edgeBracket, len(b) - n
		case c >= 0x80 && hanBefore(b[:n], markRules) > 0:
			n -= hanBefore(b[:n], markRules)
		default:
			return edgeText, 0
		}
	}
	if full {
		return edgeLine, len(b)
	}
	return edgeText, 0
}

// textRun reports whether a tag is one of markRun.
func textRun(name []byte) bool {
	for _, w := range markRun {
		if bytes.HasPrefix(name, w) && (len(name) == len(w) || w[len(w)-1] == ':' || name[len(w)] == ' ') {
			return true
		}
	}
	return false
}

// rightEdge returns what stands behind the beginning of b and how many bytes
// belong to the mark: decoration, and words that go on with it.
func rightEdge(b []byte, full bool, tails map[string]string) (e edge, n int) {
	star := 0
	for n < len(b) {
		c := b[n]
		switch {
		case c == '\n' || c == '\r' || c == '\f':
			return edgeLine, star
		case c == ']' || c == ')':
			return edgeBracket, star
		case c == '<':
			return edgeTag, star
		case c == ' ' || c == '\t' || c == '*' || c == '-' || c == '=' || c == '_' || c == '~' || c == '#' || c == '|' || c == '!' || c == '.':
			n++
		case c >= 0x80 && hanAt(b[n:], markClosers) > 0:
			return edgeBracket, star
		case c >= 0x80 && hanAt(b[n:], markRules) > 0:
			n += hanAt(b[n:], markRules)
		case c >= '0' && c <= '9' && tails != nil:
			n++
		default:
			k := tailAt(b[n:], tails)
			if k == 0 {
				return edgeText, star
			}
			n += k
			star = n
		}
	}
	if full {
		return edgeLine, star
	}
	return edgeText, star
}

// tailAt returns the length of the word of a set that begins b: up to four
// Chinese characters.
func tailAt(b []byte, tails map[string]string) int {
	for _, n := range [...]int{12, 9, 8, 6, 4, 3, 2} {
		if len(b) >= n && b[0] >= 0x81 && tails[string(b[:n])] != "" {
			return n
		}
	}
	return 0
}

// around returns the text of a candidate's line on both sides, as far as it
// may be read, and whether the stream begins and ends with it.
func (s *Sight) around() (before, after []byte, first, last bool) {
	from, to := max(0, s.From-markReach), min(len(s.Text), s.To+markReach)
	return s.Text[from:s.From], s.Text[s.To:to], from == 0 && s.From < markReach, to == len(s.Text) && to < s.To+markReach
}

// classKeys are the keys whose value is the classification of a document.
var classKeys = twins("密级", "密級", "保密级别", "保密等级", "涉密等级", "文件等级", "信息分类", "数据密级", "密级标识", "页眉", "页脚", "水印",
	"classification", "sensitivity", "confidentiality", "security_level", "securitylevel", "security level", "secrecy", "doc_class",
	"secret_level", "secretlevel", "header", "footer", "watermark", "miji", "protective_marking", "protective marking")

// classKey reports whether a text ends with the key of a classification.
func classKey(before []byte) bool {
	before = before[max(0, len(before)-48):]
	n, sign := len(before), false
	for n > 0 {
		c := before[n-1]
		if c == ':' || c == '=' {
			sign = true
		} else if c != ' ' && c != '"' && c != '\'' && c != '\t' && c != '\\' {
			k := hanBefore(before[:n], behindSigns)
			if c < 0x80 || k == 0 {
				break
			}
			sign = true
			n -= k - 1
		}
		n--
	}
	if !sign {
		return false
	}
	for _, w := range classKeys {
		if n >= len(w) && (n == len(w) || w[0] >= 0x80 || !alpha(before[n-len(w)-1]) || before[n-len(w)] < 'a') && equalFold(before[n-len(w):n], w) {
			return true
		}
	}
	return false
}

func equalFold(b []byte, lower string) bool {
	for i := range lower {
		if fold(b[i]) != lower[i] {
			return false
		}
	}
	return true
}

// valueEnds reports whether the value of a key may end before b.
func valueEnds(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	switch b[0] {
	case '"', '\'', ' ', '\n', '\r', '\t', ',', ';', '<', '}', '\\', '&', ')', ']':
		return true
	}
	return b[0] >= 0x80 && (hanAt(b, markRules) > 0 && hanAt(b, choiceSigns) == 0 || hanAt(b, markClosers) > 0)
}

// choiceSigns stands between the choices of a form: 公开、内部、秘密.
var choiceSigns = twinSet("、", "／")
