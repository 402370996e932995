package check

import (
	"bytes"
	"strings"
)

// markTails are what goes on with a mark in Chinese.
var markTails = twinSet(strings.Fields("注意 保存 保密 请勿 外传 不得 严禁 禁止 切勿 使用 文件 资料 材料 参考 传阅 翻印 复制 转载 妥善 保管 用后 " +
	"用毕 收回 阅后 即焚 未经 许可 授权 批准 仅供 仅限 内部 公司 本公司 擅自 泄露 外泄 扩散 对外 公开 公布 或 目录 清单 " +
	"機密 內部 嚴禁 請勿 外傳 長期 长期 不公开 员工 人员 学习 交流 参阅 供 限 年 個月 个月 月 級 级 机密 秘密 商业 工作")...)

// bodies are words that end the name of an organisation, which may stand before
// a mark on its line.
var bodies = twins("公司", "集团", "集團", "银行", "委员会", "研究院", "研究所", "中心", "大学", "医院", "部", "局", "厂", "院")

// confirmInternal looks at the words of internal marks. As a mark (alone on a
// line, in brackets, as the value of a classification) they count; in a
// sentence they are a hint.
func confirmInternal(s *Sight) {
	if s.Cell > 0 || s.From == s.To {
		return
	}
	if s.Text[s.From] < 0x80 {
		s.internalLatin()
		return
	}
	before, after, first, last := s.around()
	if classKey(before) {
		if _, n := rightEdge(after, last, markTails); valueEnds(after[n:]) {
			s.Add(s.From, s.To+n, Nobody, nil)
			return
		}
	}
	if markGoesOn(before) {
		return // a part of the mark that another word began
	}
	left, _ := leftEdge(before, first)
	right, n := rightEdge(after, last, markTails)
	star := n > 0 || hanAt(after, markStars) > 0
	if left == edgeText && organisation(before, first) {
		left = edgeLine
	}
	mark := left != edgeText && right != edgeText && (left != edgeTag || right == edgeTag)
	// A secret of trade is also the heading of a chapter of a law.
	if mark && left == edgeLine && !star && hanBefore(s.Candidate(), secretWord) > 0 && hanBegins(s.Candidate(), workWord) == 0 {
		mark = false
	}
	// In round brackets it is a mark at an end of its line, else a remark.
	if left == edgeBracket && right == edgeBracket && !s.bracketMark(before, after, first, last) {
		mark = false
	}
	v := s.Add(s.From, s.To, Nobody, nil)
	if mark {
		v.To += n
	} else {
		v.Lift = -1
	}
}

// markParts are the words of marks that others follow.
var markParts = twinSet("仅供", "仅限", "内部", "资料", "文件", "使用", "材料", "參考", "参考", "许可", "授权", "不得", "外传", "保密", "秘密", "机密")

// tailBefore reports whether one of markParts ends b.
func tailBefore(b []byte) bool {
	for _, n := range [...]int{6, 4} {
		if len(b) >= n && markParts[string(b[len(b)-n:])] != "" {
			return true
		}
	}
	return false
}

// markGoesOn reports whether a word that marks are made of stands before the
// decoration that ends b.
func markGoesOn(b []byte) bool {
	for k := 0; k < 4; k++ {
		if tailBefore(b) {
			return true
		}
		n := hanBefore(b, markRules)
		if n == 0 && len(b) > 0 && b[len(b)-1] == ' ' {
			n = 1
		}
		if n == 0 {
			return false
		}
		b = b[:len(b)-n]
	}
	return false
}

var (
	roundOpen  = twinSet("（")
	roundClose = twinSet("）")
)

// bracketMark reports whether the brackets around a mark are of its own kind,
// or stand at an end of the line.
func (s *Sight) bracketMark(before, after []byte, first, last bool) bool {
	open := bytes.LastIndexByte(before, '(')
	if open < 0 || open < len(before)-8 {
		if open = len(before) - hanBefore(before, roundOpen); open == len(before) {
			return true
		}
	}
	if left, _ := leftEdge(before[:open], first); left == edgeLine {
		return true
	}
	for i := range after {
		if k := hanAt(after[i:], roundClose); k > 0 || after[i] == ')' {
			right, _ := rightEdge(after[i+max(k, 1):], last, nil)
			return right == edgeLine
		}
	}
	return false
}

var (
	markStars  = twinSet("★", "☆", "＊")
	secretWord = twinSet("密")
	workWord   = twinSet("工作")
)

// organisation reports whether the line so far is the name of an organisation.
func organisation(before []byte, first bool) bool {
	i := bytes.LastIndexByte(before, '\n')
	if i < 0 && !first || len(before)-i > 64 {
		return false
	}
	line := bytes.TrimSpace(before[i+1:])
	if bytes.ContainsAny(line, ",;:.\"'=<") {
		return false
	}
	for k := 0; k+2 < len(line); k++ {
		if line[k] >= 0x80 && hanAt(line[k:], sentenceSigns) == 3 {
			return false
		}
	}
	for _, w := range bodies {
		if len(line) > len(w)+3 && bytes.HasSuffix(line, []byte(w)) {
			return true
		}
	}
	return false
}

var sentenceSigns = twinSet("，", "。", "：", "；", "的", "是", "为", "由", "“")
