package check

// What may stand between the name of a document and its number: closing and
// opening marks of JSON, XML and forms, and words such as "no" and 号码.
const paperGap = 64

var paperMarks = func() (t [256]bool) {
	for _, c := range []byte(" \t\"'`=:>([])#,|-._*/?!\\") {
		t[c] = true
	}
	return t
}()

var paperHan = twinSet("：", "（", "）", "，", "、", "\u3000", "【", "】", "“", "”", "「", "」", "为", "為", "是",
	"号", "號", "码", "碼", "编", "編", "证", "證", "証", "件", "身", "份", "分", "卡", "旧", "舊", "版", "新", "本", "字",
	"的", "我", "你", "您", "发", "發", "给", "給", "就", "这", "這", "个", "個", "填", "写", "寫", "如", "下", "有", "了", "吧", "呢", "哈", "哦", "嗯")

var paperFill = twinSet("no", "num", "number", "code", "id", "is", "of", "cert", "card", "certificate", "permit", "document",
	"doc", "value", "type", "the", "was", "ref", "old", "new", "identity", "residence", "resident", "residents", "holder", "holders",
	"for", "and", "hong", "kong", "macao", "macau", "taiwan", "mainland", "china", "chinese", "non", "citizens", "travel", "pass", "zj", "zjh", "zjhm", "hm", "haoma", "bh", "bianhao")

// hanAt returns how many bytes of one character of a set stand at the
// beginning of b, three in UTF-8 and two in GB18030.
func hanAt(b []byte, set map[string]string) int {
	for _, n := range [2]int{3, 2} {
		if len(b) >= n && b[0] >= 0x81 && set[string(b[:n])] != "" {
			return n
		}
	}
	return 0
}

// hanBefore is hanAt for the end of b.
func hanBefore(b []byte, set map[string]string) int {
	for _, n := range [2]int{3, 2} {
		if len(b) >= n && b[len(b)-n] >= 0x81 && set[string(b[len(b)-n:])] != "" {
			return n
		}
	}
	return 0
}

// fillWord returns the length of a word at the beginning of b that may stand
// between a name and a number. A word that digits follow belongs to the
// number.
func fillWord(b []byte) int {
	var low [12]byte
	n := 0
	for n < len(b) && n < len(low) && alpha(b[n]) && (n == 0 || lower(b[n]) || !lower(b[n-1])) {
		low[n] = fold(b[n])
		n++
	}
	if n < len(b) && b[n] >= '0' && b[n] <= '9' || paperFill[string(low[:n])] == "" {
		return 0
	}
	return n
}

// paperValue returns where the value of a trigger word may begin, and where
// the near text ends.
func paperValue(s *Sight) (i, end int) {
	i, end = s.Near()
	for stop := min(end, i+paperGap); i < stop; {
		c, n := s.Text[i], 0
		switch {
		case paperMarks[c]:
			n = 1
		case c == '<':
			n = tag(s.Text[i:end])
		case c >= 0x80:
			n = hanAt(s.Text[i:end], paperHan)
		default:
			n = fillWord(s.Text[i:end])
		}
		if n == 0 {
			break
		}
		i += n
	}
	return i, end
}

// tag returns the length of a short XML tag at the beginning of b.
func tag(b []byte) int {
	for i := 1; i < len(b) && i < 40; i++ {
		if b[i] == '>' {
			return i + 1
		}
	}
	return 0
}

// paperSpan is a piece of text.
type paperSpan struct{ from, to int }

// paperTokens returns the word that may be the value behind a trigger word,
// and the one before it where the trigger explains it in brackets, as in
// "12345678（台胞证）". Either may be empty.
func paperTokens(s *Sight) [2]paperSpan {
	i, end := paperValue(s)
	j := i
	for j < end && Word(s.Text[j]) {
		j++
	}
	out := [2]paperSpan{{i, j}}
	if s.Cell > 0 {
		return out
	}
	k, opened := s.From, false
	for k > 0 && s.From-k < 8 {
		if c := s.Text[k-1]; c == ' ' || c == '(' || c == '[' {
			opened = opened || c != ' '
			k--
		} else if n := hanBefore(s.Text[:k], paperOpen); n > 0 {
			opened = true
			k -= n
		} else {
			break
		}
	}
	if !opened {
		return out
	}
	from := k
	for from > 0 && k-from < 24 && Word(s.Text[from-1]) {
		from--
	}
	if OpenLeft(s.Text[:from]) {
		out[1] = paperSpan{from, k}
	}
	return out
}

var paperOpen = twinSet("（", "【", "「")

// value returns the upper-case letters and digits of a token if it has from
// min to max of them, all word bytes, and nothing after it belongs to it.
func (t paperSpan) value(s *Sight, buf *[24]byte, least, most int) []byte {
	n := t.to - t.from
	if n < least || n > most || n > len(buf) || !OpenRight(s.Text[t.to:]) {
		return nil
	}
	return Upper(buf[:0], s.Text[t.from:t.to])
}
