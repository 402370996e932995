package check

import "strings"

// NameFit says how well characters fit the name of a person.
type NameFit uint8

// The fits.
const (
	NoName     NameFit = iota
	MaybeName          // a surname, and one or two characters more
	LikelyName         // these are characters of given names, and the whole is no common word
)

var (
	surnameSet   = hanSet(surnames)
	surnamePairs = pairSet(surnames + firstCompound())
	givenSet     = hanSet(givenChars)
	commonSet    = wordSet(commonWords)
	fieldSet     = wordSet(fieldWords)
)

// fieldWords are what stands where a name should: other names of fields, and
// verbs behind the name of a role.
const fieldWords = "单位 时间 成绩 项目 简历 简介 简称 班级 应聘 全部 全称 方式 安全 查询 查看 查验 房号 房间 党员 管理 管理员 何时 " +
	"万元 方法 石油 白色 黄金 任何 金额 任职 连接 支付 程序 容量 封面 路径 符号 顾客 顾问 景点 解释 宣传 边框 计划 司机 文件 文档 文本 文字 费用 麻烦 许可 " +
	"毕业 范例 章节 席位 余额 官方 车牌 车辆 车型 都是 应当 应该 应在 应为 于是 方可 须知 支持 申请 高兴 尚未 单号 房东 关系 " +
	"关联 关于 商户 商家 商品 成员 都有 明细 水平 季度 安排 危险 程度 高级 高度 卡号 别名 雷同 游客 曾用名 项目名 单位名 " +
	"職務 單位 時間 成績 項目 簡歷 簡介 班級 應當 應該 關係 關聯 費用 顧問 車牌 連接 管理員"

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// firstCompound returns the first characters of compound surnames.
func firstCompound() string {
	var b strings.Builder
	for w := range compoundSurnames {
		for _, r := range w {
			b.WriteRune(r)
			break
		}
	}
	return b.String()
}

// FullName says how well a text of two to four Chinese characters fits the
// name of a person: a known surname, and one or two characters more.
func FullName(name string) NameFit {
	t := readRunes([]byte(name), false, 5)
	if t.n == 0 || t.end[t.n-1] != len(name) || t.han() < t.n {
		return NoName
	}
	return fitName(t.r[:t.n])
}

func fitName(r []rune) NameFit {
	if len(r) < 2 || len(r) > 4 {
		return NoName
	}
	family := familyLen(r)
	if family == 0 || compoundSurnames[string(r)] || family == len(r) || len(r)-family > 2 || fieldSet[string(r)] || len(r) > 2 && fieldSet[string(r[:2])] {
		return NoName
	}
	for _, c := range r[family:] {
		if !givenSet.has(c) {
			return MaybeName
		}
	}
	if commonSet[string(r)] {
		return MaybeName
	}
	return LikelyName
}

// familyLen returns how many characters of a name are the surname. A surname
// of husband and wife has two, as in 陈方安生.
func familyLen(r []rune) int {
	switch {
	case len(r) > 2 && compoundSurnames[string(r[:2])]:
		return 2
	case !surnameSet.has(r[0]):
		return 0
	case len(r) == 4 && surnameSet.has(r[1]) && givenSet.has(r[2]) && givenSet.has(r[3]):
		return 2
	}
	return 1
}

// nameTails are what may follow a name without a sign between: the next field,
// a title, a verb of saying.
var nameTails = strings.Fields("身份证 身份 性别 电话 手机 联系 年龄 出生 民族 地址 住址 证件 职务 单位 先生 女士 小姐 同志 老师 医生 " +
	"教授 经理 收 称 说 表示 于 等 的 系 與 與 与 和 身份證 性別 電話 手機 聯繫 聯絡 年齡 證件 職務 單位 學號 学号 工号 银行 账号")

// cutName returns how many characters of a run of n belong to a name, and how
// well they fit. Of a run that is too long, it is what stands before a word
// that follows names.
func cutName(t *runeText, n int) (int, NameFit) {
	if n > 2 {
		for k := 2; k <= 4 && k < n; k++ {
			if fit := fitName(t.r[:k]); fit == LikelyName && nameFollowed(t.r[k:n]) {
				return k, fit
			}
		}
	}
	if n > 4 {
		return 0, NoName
	}
	return n, fitName(t.r[:n])
}

func nameFollowed(r []rune) bool {
	rest := string(r)
	for _, w := range nameTails {
		if strings.HasPrefix(rest, w) && (len(w) > 3 || rest == w) {
			return true
		}
	}
	return false
}

// dot reports whether a character joins the parts of a name from Uyghur,
// Kazakh, Tibetan or Russian.
func dot(r rune) bool { return r == '·' || r == '•' || r == '・' || r == '‧' || r == '∙' }

// DottedName returns how many characters a name such as 买买提·艾力 has at
// the beginning of a text, or 0.
func DottedName(r []rune) int {
	parts, length := 0, 0
	for i := 0; ; i++ {
		if i < len(r) && ideograph(r[i]) {
			length++
			continue
		}
		if length < 2 || length > 8 {
			return 0
		}
		parts, length = parts+1, 0
		if i < len(r) && dot(r[i]) && parts < 4 {
			continue
		}
		if parts < 2 || i > 20 {
			return 0
		}
		return i
	}
}
