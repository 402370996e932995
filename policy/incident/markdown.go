package incident

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// page writes one language.
type page struct {
	w  *bufio.Writer
	zh bool
}

func (p *page) line(zh, en string, args ...any) {
	format := en
	if p.zh {
		format = zh
	}
	fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *page) say(zh, en string) string {
	if p.zh {
		return zh
	}
	return en
}

// code keeps a word of the log from being read as Markdown.
func code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "/").Replace(cmp.Or(s, "-")) + "`"
}

// prose does so for what a person wrote.
func prose(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "#", `\#`, "<", "&lt;", "[", `\[`, "`", "'").Replace(s)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(policy.Shanghai).Format("2006-01-02 15:04:05")
}

// WriteMarkdown writes the draft in "zh" or "en". Times are those of Beijing.
func (d *Draft) WriteMarkdown(w io.Writer, lang string) error {
	p := &page{bufio.NewWriter(w), lang == "zh"}
	i := d.Incident
	p.line("# 网络和数据安全事件报告（草稿）\n", "# Incident report (draft)\n")
	p.line("> 本草稿由网关的审计日志生成，未向任何机关发送；网关不作任何批准或判断。空白处由负责人填写。\n",
		"> Made from the audit log of the gateway; nobody was told by it, and the gateway approves and judges nothing. A person fills in the blanks.\n")
	p.line("| 项目 | 内容 |\n|---|---|", "| | |\n|---|---|")
	p.line("| 编号 | %s |\n| 类型 | %s |\n| 级别 | %s |\n| 发现时间 | %s |\n| 登记时间 | %s |\n| 草稿时间 | %s |\n| 网关节点 | %s |",
		"| Id | %s |\n| Kind | %s |\n| Level | %s |\n| Discovered | %s |\n| Opened | %s |\n| Draft made | %s |\n| Gateway | %s |",
		code(i.ID), p.word(string(i.Kind)), p.word(cmp.Or(i.Level, "unstated")), clock(i.Discovered), clock(i.Opened()), clock(d.Made), code(d.Node))
	p.clocks(d)
	p.steps(i)
	p.line("\n## 3. 涉及的传输\n", "\n## 3. The transfers concerned\n")
	p.scope(i)
	p.tally("### 3.1 已发出、部分发出或无法确定（国家一栏含境内）", "### 3.1 What was sent, in part, or perhaps (see the countries: the mainland is among them)", &d.Facts.Left)
	p.tally("### 3.2 确定未发出", "### 3.2 What certainly was not sent", &d.Facts.Stopped)
	p.records(&d.Facts)
	p.duties(d)
	p.log(&d.Log)
	p.line("\n## 7. 待填写\n", "\n## 7. To be filled in\n")
	for n, b := range d.Blanks {
		p.line("%d. %s：\n\n   ________________\n", "%d. %s:\n\n   ________________\n", n+1, p.say(b.ZH, b.EN))
	}
	return p.w.Flush()
}

func (p *page) clocks(d *Draft) {
	i := d.Incident
	p.line("\n## 1. 报告时限\n", "\n## 1. Reporting clocks\n")
	if len(d.Clocks) == 0 {
		p.line("规则包 %s 没有适用的时限：请人工核对。", "Rule pack %s has no clock for it: look it up yourself.", code(i.Pack))
		return
	}
	p.line("依据：%s（规则包 %s，主体：%s）", "By: %s (rule pack %s, body: %s)", prose(i.Article), code(i.Pack), p.word(i.Body))
	if !i.Verified {
		p.line("\n> 时限条文在规则包中标为未核实，请对照原文。", "\n> The rule pack marks these clocks as not verified: compare them with the text.")
	}
	p.line("\n| 时限 | 分钟 | 最迟 | 状态 |\n|---|---|---|---|", "\n| clock | minutes | due | state |\n|---|---|---|---|")
	for _, c := range d.Clocks {
		state := p.say("计时中", "running")
		switch {
		case !c.Running() && c.Late:
			state = fmt.Sprintf(p.say("%s 已向 %s 报告，逾期", "reported %s to %s, late"), clock(c.Reported), prose(c.To))
		case !c.Running():
			state = fmt.Sprintf(p.say("%s 已向 %s 报告", "reported %s to %s"), clock(c.Reported), prose(c.To))
		case c.Late:
			state = p.say("**已逾期**", "**run out**")
		}
		p.line("| %s | %d | %s | %s |", "| %s | %d | %s | %s |", code(c.ID), c.Minutes, clock(c.Due), state)
	}
}

func (p *page) steps(i *Incident) {
	p.line("\n## 2. 经过和措施\n", "\n## 2. What was done\n")
	p.line("| 时间 | 行为 | 经办 | 内容 | 日志条目 |\n|---|---|---|---|---|", "| time | act | by | what | log entry |\n|---|---|---|---|---|")
	for _, s := range i.Steps {
		text := prose(s.Text)
		if s.To != "" {
			text = "→ " + prose(s.To) + ": " + text
		}
		entry := p.say("未记入", "not yet")
		if s.Entry > 0 {
			entry = fmt.Sprint(s.Entry)
		}
		p.line("| %s | %s | %s | %s | %s |", "| %s | %s | %s | %s | %s |", clock(s.At), p.word(s.Act), code(s.By), text, entry)
	}
}

func (p *page) scope(i *Incident) {
	s := &i.Scope
	switch {
	case len(s.Records) > 0:
		p.line("范围：指明的 %d 条记录。", "Scope: %d records by their ids.", len(s.Records))
	case s.timed():
		p.line("范围：%s 至 %s（不含），数据处理者 %s，接收方 %s，类别 %s。", "Scope: from %s to before %s, exporter %s, recipient %s, class %s.",
			clock(s.From), clock(s.To), code(s.Exporter), code(s.Recipient), code(s.Class))
	default:
		p.line("未指明记录：网关未见到相关传输，或尚未查明。", "No records are named: the gateway saw none of it, or it is not known yet.")
	}
	for _, e := range i.Exporters {
		p.line("- 数据处理者 %s，关键信息基础设施运营者：%s", "- Exporter %s, operator of critical information infrastructure: %s", code(e.USCC), p.word("ciio-"+cmp.Or(string(e.CIIO), "unknown")))
	}
}
