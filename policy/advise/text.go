package advise

import (
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// WriteText writes the advice for a terminal, in "zh" or "en".
func (a *Advice) WriteText(w io.Writer, lang string) error {
	p := newPage(w, lang)
	p.line("数据出境建议  %s（北京时间）  规则包 %s  敏感口径 %s", "Advice on data exports  %s (Beijing time)  rule pack %s  profile %s",
		a.At.In(policy.Shanghai).Format(time.DateTime), a.Pack.ID, a.Profile)
	p.line("记录 %s 条，自 %s 起；境内 %s 条、不含受管数据 %s 条不计", "records: %s, since %s; domestic (%s) and without governed data (%s) left out",
		Comma(a.Seen.Records), a.Since.In(policy.Shanghai).Format(time.DateOnly), Comma(a.Seen.Domestic), Comma(a.Seen.Free))
	for _, n := range a.Notes {
		p.printf("! %s\n", shown(n.In(p.lang)))
	}
	for i := range a.Exporters {
		p.exporter(&a.Exporters[i], a.YearEnd)
	}
	if len(a.Unknown) > 0 {
		p.line("\n未知的数据处理者（请在配置中登记其网络）", "\nUnknown exporters (register their networks in the configuration)")
		for _, u := range a.Unknown {
			p.printf("  %s (%s)  %s  %s\n", shown(u.Host), shown(u.Country), p.persons(u.Sum), shown(u.Record))
		}
	}
	return p.w.Flush()
}

func (p *page) exporter(e *Exporter, end string) {
	p.printf("\n== %s  %s\n", shown(e.USCC), shown(e.Name))
	if len(e.Group) > 0 {
		p.line("   合并计数的成员  %s", "   counted together with  %s", shown(strings.Join(e.Group, " ")))
	}
	p.line("   目前需要      %s", "   needed now       %s", p.need(e.Now))
	p.line("   到 %s  %s", "   by %s    %s", end, p.need(e.Then))
	if e.Asked.Need != e.Then.Need {
		p.line("   计入被拒绝的  %s", "   with what was refused  %s", p.need(e.Asked))
	}
	if e.IfNotCIIO != nil {
		p.line("   若非关基运营者 %s", "   if it is no CIIO  %s", p.need(*e.IfNotCIIO))
	}
	for _, c := range e.Counts {
		p.line("   计数  %s", "   count  %s", shown(c.Line.In(p.lang)))
	}
	for _, h := range e.Held {
		ended := ""
		if h.Ended {
			ended = p.say("（已届满）", " (ended)")
		}
		label := p.say("持有", "held")
		if h.Status == statusDraft {
			label = p.say("在册草案，不覆盖任何传输", "drafted, covers nothing")
		}
		p.line("   %s  %s 版本 %d  %s  %s  至 %s%s", "   %s  %s revision %d  %s  %s  until %s%s", label, shown(h.Filing), h.Revision, h.Pathway, h.Status, shown(h.Expires), ended)
		for _, c := range h.Volumes {
			p.printf("         %s\n", shown(c.Line.In(p.lang)))
		}
	}
	for i := range e.Ways {
		p.way(&e.Ways[i], end)
	}
	if len(e.Refused) > 0 {
		p.line("   被拒绝的传输", "   refused transfers")
	}
	for i := range e.Refused {
		p.refusal(&e.Refused[i])
	}
	for _, n := range e.Notes {
		p.printf("   ! %s\n", shown(n.In(p.lang)))
	}
}

func (p *page) way(w *Way, end string) {
	p.line("   接收方  %s（%s）  目的 %s", "   recipient  %s (%s)  purpose %s", shown(w.Recipient), p.place(w.Country), shown(w.Purpose))
	for _, i := range w.Items {
		p.printf("      %s %s  %s%s\n", p.say("数据项", "item"), shown(string(i.Class)), shown(i.Title.In(p.lang)), p.kind(&i))
	}
	p.line("      已发出  %s", "      sent     %s", p.persons(w.Sent))
	if w.Refused.Transfers > 0 {
		p.line("      被拒绝  %s", "      refused  %s", p.persons(w.Refused))
	}
	p.line("      需要    %s；到 %s：%s", "      needs    %s; by %s: %s", w.Now.Title.In(p.lang), end, w.Asked.Title.In(p.lang))
	p.covered(w)
	if w.Draft != nil {
		p.line("      草案    %s  路径 %s（可用：%s）  每年非敏感 %s 人，敏感 %s 人；待填写 %d 项", "      draft    %s  pathway %s (open: %s)  a year %s persons non-sensitive, %s sensitive; %d fields to fill in",
			w.Draft.ID, w.Draft.Pathway, pathways(w.Options), Comma(w.Draft.Volume.NSPerYear), Comma(w.Draft.Volume.SPPerYear), len(w.FillIn))
	}
	if w.Changes != "" {
		p.line("              可作为备案 %s 的变更或补充", "               as a change of filing %s, or beside it", shown(w.Changes))
	}
	for _, n := range w.Notes {
		p.printf("      ! %s\n", shown(n.In(p.lang)))
	}
}

// covered says whether what is held suffices.
func (p *page) covered(w *Way) {
	c := &w.Cover
	switch {
	case c.Now && c.Then:
		p.line("      已足够  %s %s  %s", "      covered  %s %s  %s", c.Basis, shown(c.Filing), shown(c.Article))
		return
	case c.Now:
		p.line("      目前足够，到年底不够  %s", "      covered now, and not by the year's end  %s", shown(c.Filing))
	default:
		p.line("      不足够  %s", "      not covered  %s", shown(c.Filing))
	}
	for _, m := range c.Missing {
		p.printf("        - %s\n", shown(m.In(p.lang)))
	}
}

func (p *page) kind(i *Item) string {
	out := ""
	if i.Level > 0 {
		out += p.say("  重要数据", "  important data")
	}
	if i.Sensitive {
		out += p.say("  敏感", "  sensitive")
	}
	return out
}

// left says of a refusal that it did not hold all of it back.
func (p *page) left(r *Refusal) string {
	switch {
	case r.Observed:
		return p.say("（观察模式，已发出）", " (observe mode: it went out)")
	case r.CutOff:
		return p.say("（部分已发出）", " (a part had left)")
	}
	return ""
}

func (p *page) refusal(r *Refusal) {
	var reasons []string
	for _, x := range r.Reasons {
		reasons = append(reasons, x.String())
	}
	where := shown(r.Host) + p.left(r)
	p.printf("     %s (%s)  %s  %s  %s\n", where, shown(r.Country), p.persons(r.Sum), shown(strings.Join(reasons, " ")), shown(r.Record))
	for _, m := range r.Mend {
		p.printf("        - %s\n", shown(m.In(p.lang)))
	}
}
