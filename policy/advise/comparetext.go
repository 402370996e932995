package advise

import (
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// WriteText writes the comparison for a terminal, in "zh" or "en".
func (c *Compared) WriteText(w io.Writer, lang string) error {
	p := newPage(w, lang)
	p.line("申报与观察对照  %s（北京时间），自 %s 起 %s 条记录", "Declared against observed  %s (Beijing time), %[3]s records since %[2]s",
		c.At.In(policy.Shanghai).Format(time.DateTime), c.Since.In(policy.Shanghai).Format(time.DateOnly), Comma(c.Seen.Records))
	for _, n := range c.Notes {
		p.printf("! %s\n", shown(n.In(p.lang)))
	}
	for i := range c.Filings {
		p.declared(&c.Filings[i], textual)
	}
	for _, u := range c.Unfiled {
		p.line("\n== %s  没有备案涉及的传输", "\n== %s  traffic that no filing knows", shown(u.Exporter))
		p.differences(u.Observed, textual, u.Omitted)
	}
	p.conclusion(c)
	return p.w.Flush()
}

// WriteMarkdown writes the comparison as Markdown, in "zh" or "en".
func (c *Compared) WriteMarkdown(w io.Writer, lang string) error {
	p := newPage(w, lang)
	p.line("# 申报与观察对照\n\n- 时间：%s（北京时间）\n- 自 %s 起，%s 条记录", "# Declared against observed\n\n- Made: %s (Beijing time)\n- Since %s, %s records",
		c.At.In(policy.Shanghai).Format(time.DateTime), c.Since.In(policy.Shanghai).Format(time.DateOnly), Comma(c.Seen.Records))
	p.notes(c.Notes)
	for i := range c.Filings {
		p.declared(&c.Filings[i], marked)
	}
	for _, u := range c.Unfiled {
		p.line("\n## %s：没有备案涉及的传输\n", "\n## %s: traffic that no filing knows\n", code(u.Exporter))
		p.differences(u.Observed, marked, u.Omitted)
	}
	p.conclusion(c)
	return p.w.Flush()
}

// form is how the same lines are written on a terminal and as Markdown.
type form struct {
	head, item string
	name, text func(string) string
}

var (
	textual = form{"\n== ", "   ", shown, shown}
	marked  = form{"\n## ", "- ", code, prose}
)

func (p *page) declared(d *Declared, f form) {
	p.printf("%s%s %s\n", f.head, p.say("备案", "Filing"), f.name(d.Filing))
	p.printf("\n%s%s %d  %s  %s  %s – %s  %s\n", f.item, p.say("版本", "revision"), d.Revision, d.Pathway, d.Status, f.name(d.Valid.Effective), f.name(d.Valid.Expires), f.name(d.Exporter))
	p.printf("%s%s %s\n", f.item, p.say("已发出", "sent"), p.persons(d.Sent))
	p.printf("%s%s %s\n", f.item, p.say("被拒绝", "refused"), p.persons(d.Refused))
	for _, v := range d.Volumes {
		p.printf("%s%s %s\n", f.item, p.say("规模", "volume"), f.text(v.Line.In(p.lang)))
	}
	if len(d.Observed) > 0 {
		p.line("\n%s观察到而未申报：", "\n%sobserved and not declared:", strings.TrimPrefix(f.item, "- "))
		p.differences(d.Observed, f, d.Omitted)
	}
	if len(d.Unused) > 0 {
		p.line("\n%s已申报而未观察到：", "\n%sdeclared and not observed:", strings.TrimPrefix(f.item, "- "))
		if f.item == marked.item {
			p.printf("\n")
		}
		for _, x := range d.Unused {
			p.printf("%s%s  %s  %s\n", f.item, p.what(x.What), f.name(x.Value), f.text(x.Title.In(p.lang)))
		}
	}
	if len(d.Observed)+len(d.Unused) == 0 {
		p.line("%s没有差异", "%sno difference", f.item)
	}
}

func (p *page) differences(list []Difference, f form, more int) {
	if f.item == marked.item {
		p.printf("\n")
	}
	for i := range list {
		d := &list[i]
		p.printf("%s%s  %s", f.item, p.what(d.What), f.name(d.Value))
		if d.Title != (Bilingual{}) {
			p.printf("  %s", f.text(d.Title.In(p.lang)))
		}
		if d.Filed != "" {
			p.printf("  %s %s", p.say("备案为", "filed:"), f.name(d.Filed))
		}
		for _, s := range []struct {
			zh, en string
			sum    Sum
		}{{"被拒绝", "refused", d.Refused}, {"已发出", "sent", d.Sent}, {"观察模式下已发出", "went out in observe mode", d.Observed},
			{"部分发送后被阻止", "cut off after a part had left", d.CutOff}} {
			if s.sum.Transfers > 0 {
				p.printf("%s%s %s", p.say("；", "; "), p.say(s.zh, s.en), p.persons(s.sum))
			}
		}
		if len(d.Bases) > 0 {
			p.printf("%s%s %s", p.say("；", "; "), p.say("依据", "under"), f.name(strings.Join(d.Bases, " ")))
		}
		if d.Beyond {
			p.printf("  %s", p.say("【超出申报】", "BEYOND WHAT IS DECLARED"))
		}
		if d.Record != "" {
			p.printf("  %s %s", p.say("记录", "record"), f.name(d.Record))
		}
		p.printf("\n")
	}
	if more > 0 {
		p.line("%s另有 %d 处未列出", "%s%d more are not listed", f.item, more)
	}
}

func (p *page) what(w string) string {
	zh := map[string]string{WhatRecipient: "接收方", WhatCountry: "国家或地区", WhatLink: "链路", WhatPurpose: "目的",
		WhatCategory: "数据类别", WhatVolume: "规模", WhatTime: "有效期"}[w]
	return p.say(zh, w)
}

func (p *page) conclusion(c *Compared) {
	switch {
	case c.Beyond:
		p.line("\n结论：有传输超出申报，或因此被拒绝。", "\nConclusion: traffic went beyond what is declared, or was refused for it.")
	case len(c.Filings) == 0 && len(c.Unfiled) == 0:
		p.line("\n结论：没有可对照的备案，也没有受管的传输。", "\nConclusion: there is no filing to compare, and no governed traffic.")
	default:
		p.line("\n结论：没有传输超出申报。", "\nConclusion: nothing went beyond what is declared.")
	}
}
