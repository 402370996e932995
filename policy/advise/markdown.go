package advise

import (
	"io"
	"time"

	"github.com/datacustoms/customs/policy"
)

// WriteMarkdown writes the advice with the annex of each draft, in "zh" or
// "en".
func (a *Advice) WriteMarkdown(w io.Writer, lang string) error {
	p := newPage(w, lang)
	p.line("# 数据出境建议\n", "# Advice on data exports\n")
	p.line("- 时间：%s（北京时间）\n- 规则包：%s，敏感个人信息口径：%s\n- 依据：%s 起的 %s 条记录（境内 %s 条、不含受管数据 %s 条不计）",
		"- Made: %s (Beijing time)\n- Rule pack: %s, sensitivity profile: %s\n- Rests on: records since %s, %s of them (%s domestic and %s without governed data left out)",
		a.At.In(policy.Shanghai).Format(time.DateTime), code(a.Pack.ID), code(a.Profile), a.Since.In(policy.Shanghai).Format(time.DateOnly),
		Comma(a.Seen.Records), Comma(a.Seen.Domestic), Comma(a.Seen.Free))
	p.notes(a.Notes)
	for i := range a.Exporters {
		p.mdExporter(&a.Exporters[i], a.YearEnd)
	}
	if len(a.Unknown) > 0 {
		p.line("\n## 未知的数据处理者\n\n请在配置中登记其网络；未登记前不能起草。\n", "\n## Unknown exporters\n\nRegister their networks in the configuration; nothing can be drafted before.\n")
		p.line("| 目的地 | 国家或地区 | 传输 | 记录 |\n|---|---|---|---|", "| destination | country | transfers | record |\n|---|---|---|---|")
		for _, u := range a.Unknown {
			p.printf("| %s | %s | %s | %s |\n", code(u.Host), code(u.Country), p.persons(u.Sum), code(u.Record))
		}
	}
	return p.w.Flush()
}

func (p *page) notes(list []Bilingual) {
	for _, n := range list {
		p.printf("\n> %s\n", prose(n.In(p.lang)))
	}
}

func (p *page) mdExporter(e *Exporter, end string) {
	p.printf("\n## %s %s\n\n", code(e.USCC), prose(e.Name))
	p.line("| | 需要的路径 |\n|---|---|\n| 目前 | %s |\n| 按目前速度到 %s | %s |\n| 计入被拒绝的传输（上限） | %s |",
		"| | pathway needed |\n|---|---|\n| now | %s |\n| at this rate by %s | %s |\n| with what was refused (upper bound) | %s |",
		prose(p.need(e.Now)), end, prose(p.need(e.Then)), prose(p.need(e.Asked)))
	if e.IfNotCIIO != nil {
		p.line("| 若不是关键信息基础设施运营者 | %s |", "| if it is no critical information infrastructure operator | %s |", prose(p.need(*e.IfNotCIIO)))
	}
	p.notes(e.Notes)
	p.line("\n### 计数\n", "\n### Counts\n")
	for _, c := range e.Counts {
		p.printf("- %s\n", prose(c.Line.In(p.lang)))
	}
	p.line("\n### 登记的备案和草案\n", "\n### Filings registered, and drafts\n")
	if len(e.Held) == 0 {
		p.line("没有登记任何备案。", "None is registered.")
	}
	for _, h := range e.Held {
		p.line("- %s（版本 %d）%s，%s，至 %s", "- %s (revision %d) %s, %s, until %s", code(h.Filing), h.Revision, h.Pathway, h.Status, code(h.Expires))
		for _, c := range h.Volumes {
			p.printf("  - %s\n", prose(c.Line.In(p.lang)))
		}
	}
	for i := range e.Ways {
		p.mdWay(&e.Ways[i], end)
	}
	p.mdRefused(e.Refused)
}

func (p *page) mdWay(w *Way, end string) {
	p.line("\n### 接收方 %s（%s），目的 %s\n", "\n### Recipient %s (%s), purpose %s\n", code(w.Recipient), prose(p.place(w.Country)), code(w.Purpose))
	p.line("- 目前需要：%s\n- 到 %s：%s\n- 已发出：%s\n- 被拒绝：%s", "- Needed now: %s\n- By %s: %s\n- Sent: %s\n- Refused: %s",
		prose(p.need(w.Now)), end, prose(p.need(w.Asked)), p.persons(w.Sent), p.persons(w.Refused))
	c := &w.Cover
	switch {
	case c.Now && c.Then:
		p.line("- 已足够：%s %s %s", "- Covered: %s %s %s", code(c.Basis), code(c.Filing), prose(c.Article))
	case c.Now:
		p.line("- 目前足够，到年底不够", "- Covered now, and not by the year's end")
	default:
		p.line("- 现有备案不足", "- What is held does not suffice")
	}
	for _, m := range c.Missing {
		p.printf("  - %s\n", prose(m.In(p.lang)))
	}
	if len(w.Options) > 0 {
		p.line("- 可用的路径：%s", "- Pathways that would do: %s", pathways(w.Options))
	}
	p.notes(w.Notes)
	if w.Draft != nil {
		p.annex(w)
	}
}

func (p *page) mdRefused(list []Refusal) {
	if len(list) == 0 {
		return
	}
	p.line("\n### 被拒绝的传输\n", "\n### Refused transfers\n")
	for _, r := range list {
		var reasons []string
		for _, x := range r.Reasons {
			reasons = append(reasons, x.String())
		}
		p.printf("- %s (%s)%s: %s; %s; %s %s\n", code(r.Host), code(r.Country), p.left(&r), p.persons(r.Sum), codes(reasons), p.say("如记录", "as record"), code(r.Record))
		for _, m := range r.Mend {
			p.printf("  - %s\n", prose(m.In(p.lang)))
		}
	}
}
