package check

// militaryUnits are the words before 字 in numbers of officers, soldiers and
// civil staff: 军 士 兵 文 for the person, the other words for the command or
// service that issued it.
var militaryUnits = twinSet("军", "軍", "兵", "士", "文", "职", "職", "广", "廣", "南", "北", "沈", "瀋", "兰", "蘭",
	"成", "济", "濟", "京", "武", "海", "空", "装", "裝", "后", "後", "政", "警")

// militaryFold takes the traditional to the simplified form.
var militaryFold = map[string]string{"軍": "军", "職": "职", "廣": "广", "瀋": "沈", "蘭": "兰", "濟": "济", "裝": "装", "後": "后"}

var (
	militaryWord = twinSet("字")
	militaryNth  = twinSet("第")
	militaryEnd  = twinSet("号", "號")
)

// militaryLen is a character of a unit and eight digits.
const militaryLen = 3 + 8

// militaryKey is what a number's key is made of: the unit in UTF-8, if it has
// one, and the digits.
func militaryKey(buf *[militaryLen]byte, unit string, digits []byte) []byte {
	if simple := militaryFold[unit]; simple != "" {
		unit = simple
	}
	return append(append(buf[:0], unit...), digits...)
}

// digitRun returns where the digits end that begin at i, or i if they are not
// least to most in number.
func digitRun(text []byte, i, least, most int) int {
	j := i
	for j < len(text) && j-i <= most && text[j] >= '0' && text[j] <= '9' {
		j++
	}
	if j-i < least || j-i > most {
		return i
	}
	return j
}

// confirmMilitary stands at 字第 and wants a unit before it and four to eight
// digits behind, as in 南字第01234567号. Many letters and permits are numbered
// so; what stands near must say which.
func confirmMilitary(s *Sight) {
	n := (s.To - s.From) / 2 // bytes a character: three in UTF-8, two in GB18030
	if n > s.From {
		return
	}
	unit := militaryUnits[string(s.Text[s.From-n:s.From])]
	if unit == "" {
		return
	}
	i := s.To
	if i < len(s.Text) && s.Text[i] == ' ' {
		i++
	}
	j := digitRun(s.Text, i, 4, 8)
	if j == i || !OpenRight(s.Text[j:]) {
		return
	}
	var buf [militaryLen]byte
	key := militaryKey(&buf, unit, s.Text[i:j])
	if j < len(s.Text) && s.Text[j] == ' ' && hanAt(s.Text[j+1:], militaryEnd) > 0 {
		j++
	}
	j += hanAt(s.Text[j:], militaryEnd)
	s.Add(s.From-n, j, KindMilitaryID, key)
}

// confirmMilitaryKey takes behind the name of a card what confirmMilitary does
// not see: six to eight digits, or four and more behind a unit without 第.
func confirmMilitaryKey(s *Sight) {
	i, end := paperValue(s)
	from, unit, least := i, "", 6
	if n := hanAt(s.Text[i:end], militaryUnits); n > 0 {
		unit, least = militaryUnits[string(s.Text[i:i+n])], 4
		i += n
		n = hanAt(s.Text[i:end], militaryWord)
		if n == 0 || hanAt(s.Text[i+n:end], militaryNth) > 0 {
			return
		}
		i += n
	}
	j := digitRun(s.Text, i, least, 8)
	if j == i || j > end || !OpenRight(s.Text[j:]) || unit == "" && calendarDay(s.Text[i:j]) {
		return
	}
	var buf [militaryLen]byte
	key := militaryKey(&buf, unit, s.Text[i:j])
	s.Add(from, j+hanAt(s.Text[j:end], militaryEnd), KindMilitaryID, key)
}
