package main

import (
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// word gives what a record writes as a code in the reader's language; English
// has the code itself.
func (p *explainPrinter) word(code string) string {
	if zh := chineseWord(code); p.chinese && zh != "" {
		return zh
	}
	return code
}

func chineseWord(code string) string {
	return map[string]string{
		"pass": "放行", "pass_unread": "未读取放行", "block": "拦截", "hold": "暂缓", "redact": "脱敏后放行", // actions
		"general": "一般数据", "important": "重要数据", "core": "核心数据", // levels
		"effective": "有效", "suspended": "已暂停", "revoked": "已撤销", "draft": "草稿", "submitted": "已提交", "expired": "已过期", "superseded": "已被取代", // filings
		"current": "在有效期内", "not_yet": "尚未生效",
		"match": "相符", "mismatch": "不符", "undeclared": "未申明",
		"raw": "原始", "deidentified": "去标识化", "anonymised": "匿名化", "aggregated": "汇总",
		"all": "全部", "none": "无", "some": "部分", "unknown": "不详",
	}[code]
}

// need says what a need, or what a list asks for, is.
func (p *explainPrinter) need(code string) string {
	lang := policy.English
	if p.chinese {
		lang = policy.Chinese
	}
	for n := policy.NeedNone; n <= policy.NeedSAHard; n++ {
		if n.String() == code {
			return policy.NeedTitle(n, lang)
		}
	}
	switch code {
	case "SA":
		return policy.NeedTitle(policy.NeedSAVolume, lang)
	case "SC_OR_CERT":
		return policy.NeedTitle(policy.NeedSCOrCert, lang)
	}
	return code
}

// listArticle is the article of a need that no national threshold gives but a
// threshold of the zone's list; empty when it is not plain that it does.
func listArticle(e *replay.Explanation) string {
	v := &e.Verdict
	if v.Need != policy.NeedSCOrCert && v.Need != policy.NeedSAVolume {
		return ""
	}
	from := ""
	for _, c := range e.Counters {
		switch {
		case !c.Exceeded:
		case c.Need == v.Need.String(): // a national one
			return ""
		case strings.HasPrefix(c.Limit, "list.") && from == "" && slices.Contains([]string{"SA", "SC_OR_CERT"}, c.Need):
			if (c.Need == "SA") == (v.Need == policy.NeedSAVolume) {
				from = c.Article
			}
		}
	}
	if from == "" {
		return ""
	}
	return "促进和规范数据跨境流动规定 第六条; " + from
}

// left says what of the flow reached a socket, where the verdict does not
// tell, and which ticket a held one has.
func (p *explainPrinter) left(e *explained) {
	if e.Ticket != "" {
		p.line("复核单", "ticket", "%s  %s", e.Ticket, "customs review show "+e.Ticket)
	}
	if g := e.Groups; g != nil {
		what := p.say("%d 个窗口，放行 %d 字节", "%d windows of %d bytes were let go")
		if e.Judged == policy.JudgedMessage {
			what = p.say("%d 条消息，放行 %d 字节", "%d messages of %d bytes were let go")
		}
		p.line("分段", "in parts", what, g.Parts, g.Bytes)
	}
	if o := e.Outcome; o != nil && e.Enforced.Releases() {
		fault := ""
		if o.Fault != "" {
			fault = "  " + string(o.Fault)
		}
		p.line("已发出", "sent", p.say("%s，%d 字节%s", "%s, %d bytes%s"), p.word(string(o.Sent)), o.Bytes, fault)
	}
}
