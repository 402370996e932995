package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// explainPrinter writes an explanation for a person, in one language.
type explainPrinter struct {
	w       *bufio.Writer
	chinese bool
}

// labels is the width of the column of labels.
const labels = 14

// say chooses between the languages.
func (p *explainPrinter) say(zh, en string) string {
	if p.chinese {
		return zh
	}
	return en
}

func (p *explainPrinter) line(zh, en, format string, args ...any) {
	label := p.say(zh, en)
	fmt.Fprintf(p.w, "%s%s%s\n", label, strings.Repeat(" ", max(1, labels-columns(label))), strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// columns is how wide a terminal shows a text: a Chinese character takes two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

func printExplanation(w io.Writer, e *explained, chinese, what bool) error {
	p := &explainPrinter{bufio.NewWriter(w), chinese}
	p.head(e)
	p.verdict(e, what)
	p.left(e)
	p.reasons(e)
	p.found(e)
	p.split(&e.Split)
	p.counters(e)
	p.clause(e.Clause)
	p.basis(e)
	return p.w.Flush()
}

func (p *explainPrinter) head(e *explained) {
	p.line("记录", "record", "%s  %s (%s)  %s", e.Record, e.Time.In(policy.Shanghai).Format(time.DateTime), zone, e.Mode)
	p.line("数据处理者", "exporter", "%s", dash(e.Exporter))
	p.line("目的地", "destination", "%s (%s, %s)  %s", e.Host, dash(e.Place.Country), dash(e.Place.Source), dash(e.Recipient))
}

func (p *explainPrinter) verdict(e *explained, what bool) {
	derived := p.word(e.Verdict.Action.String())
	if len(e.Unknown) > 0 {
		p.line("结论", "verdict", "%s", p.say("无法得知：记录未包含 ", "cannot be told: the record does not hold ")+strings.Join(e.Unknown, ", "))
		return
	}
	switch {
	case e.Match && what:
		derived += p.say("（不变）", " (no change)")
	case e.Match:
		derived += p.say("（与记录一致）", " (as recorded)")
	case len(e.Changed) == 0:
		derived += p.say("（记录写有相同结论，但记录有矛盾）", " (the record says the same, and is CONTRADICTED)")
	default:
		derived += fmt.Sprintf(p.say("（记录为 %s）", " (recorded: %s)"), p.word(e.Recorded.Action.String()))
	}
	p.line("结论", "verdict", "%s", derived)
	for _, d := range e.Changed {
		p.line("  差异", "  differs", "%s: %s → %s", d.Name, dash(d.Recorded), dash(d.Derived))
	}
	if e.Enforced != e.Recorded.Action {
		p.line("实际执行", "enforced", "%s", p.word(e.Enforced.String()))
	}
	step := p.say(e.Step.ZH, e.Step.EN)
	if e.Step.File != "" {
		step += " (" + e.Step.Name + ", " + e.Step.File + ")"
	}
	p.line("决定环节", "decided by", "%s", step)
	for _, d := range e.Differences {
		p.line("记录矛盾", "CONTRADICTION", "%s: %s → %s", d.Name, dash(d.Recorded), dash(d.Derived))
	}
}

func (p *explainPrinter) reasons(e *explained) {
	for _, g := range e.Reasons {
		t := g.EN
		if p.chinese {
			t = g.ZH
		}
		p.line("理由", "reason", "%s  %s", g.Reason, t.Title)
		for _, x := range []struct{ zh, en, text string }{{"  说明", "  detail", t.Detail}, {"  如何通过", "  to pass", t.Remedy}, {"  依据", "  rests on", t.Article}} {
			if x.text != "" && !(x.text == t.Remedy && e.Verdict.Action.Releases()) { // it passed
				p.line(x.zh, x.en, "%s", x.text)
			}
		}
		if x := g.Entry; x != nil {
			p.line("  条目", "  entry", "%s  %s  %s", x.ID, p.say(x.ZH, x.EN), strings.TrimSpace(x.Article+"  "+x.Source))
		}
	}
	if e.Near != nil {
		p.line("最接近的备案", "near miss", "%s", p.say(e.Near.ZH, e.Near.EN))
	}
	if e.Verdict.Basis != "" {
		p.line("出境依据", "basis", "%s  %s", e.Verdict.Basis, e.BasisArticle)
	}
	if e.Verdict.Need != policy.NeedUnknown {
		p.line("所需路径", "need", "%s  %s", p.need(e.Verdict.Need.String()), e.NeedArticle)
	}
	if len(e.Pathways) > 0 {
		p.line("  可用路径", "  pathways", "%s", strings.Join(e.Pathways, ", "))
	}
}

func (p *explainPrinter) found(e *explained) {
	for _, l := range e.Lists {
		p.line("自贸区清单", "zone list", "%s: %s  %s%s", e.Zone, l.ID, l.ZH, map[bool]string{false: p.say("（未核实，不作决定依据）", " (not verified: never decides)")}[l.Verified])
	}
	for _, c := range e.Found {
		kind := ""
		switch {
		case c.Sensitive:
			kind = p.say("敏感个人信息", "sensitive")
		case c.Personal:
			kind = p.say("个人信息", "personal")
		}
		p.line("发现", "found", "%s  %s  %d  %s  %s", c.Class, p.say(c.ZH, c.EN), c.Count, p.word(c.Level.String()), kind)
	}
}

func (p *explainPrinter) counters(e *explained) {
	for _, c := range e.Counters {
		mark := ""
		switch {
		case c.Exceeded:
			mark = p.say("  已超过", "  exceeded")
		case c.Held:
			mark = p.say("  不得超过", "  must not be passed")
		}
		p.line("计数", "counter", "%s  %d → %d / %d%s", c.Limit, c.Before, c.After, c.Max, mark)
		if c.Reach > 0 {
			p.line("  门槛", "  threshold", p.say("%d 人以上：%s", "from %d persons on: %s"), c.Reach, strings.TrimSpace(p.need(c.Need)+"  "+c.Article))
		}
	}
}

// clause shows the filing that covered the flow or came nearest to it.
func (p *explainPrinter) clause(c *replay.Clause) {
	if c == nil {
		return
	}
	covers := p.say("不覆盖", "does not cover")
	if c.Covers {
		covers = p.say("覆盖", "covers")
	}
	if c.Missing {
		covers += p.say("（登记簿中没有该版本）", " (the register does not have this revision)")
	}
	p.line("备案", "filing", p.say("%s 版本 %d  %s  %s  %s", "%s revision %d  %s  %s  %s"), c.Filing, c.Revision, c.Pathway, covers, c.Article)
	p.line("  有效期", "  valid", "%s – %s  %s  %s", dash(c.Valid.Effective), dash(c.Valid.Expires), p.word(c.Status), p.word(c.Fit.Time))
	if r := c.Recipient; r != nil {
		p.line("  接收方", "  recipient", "%s (%s)  %s", r.ID, r.Country, yesNo(c.Fit.Recipient && c.Fit.Country))
	} else if !c.Fit.Recipient {
		p.line("  接收方", "  recipient", "%s  %s", p.say("目的地不属于其任何接收方", "the destination is none of its recipients"), yesNo(false))
	}
	p.line("  链路", "  link", "%s  %s", dash(c.Link), yesNo(c.Fit.Link))
	p.line("  目的", "  purpose", "%s  %s", dash(strings.Join(c.Purposes, ", ")), p.word(c.Fit.Purpose))
	for _, r := range c.Items {
		p.line("  数据项", "  item", "%s  %s  %s", r.Class, dash(r.Item), p.item(r))
	}
	p.line("  规模", "  volume", p.say("每年非敏感 %d 人，敏感 %d 人", "a year %d persons with non-sensitive data, %d with sensitive data"), c.Volume.NSPerYear, c.Volume.SPPerYear)
	for _, a := range c.Approvals {
		p.line("  行业批准", "  approval", "%s  %s  %s", a.Kind, a.No, dash(a.Expires))
	}
}

func (p *explainPrinter) item(r replay.Row) string {
	switch {
	case r.Item == "":
		return p.say("不在数据项中", "not among the items")
	case !r.Approved:
		return p.say("未准许", "refused")
	}
	out := p.say("准许", "allowed")
	if r.Sensitive {
		out += p.say("，敏感", ", sensitive")
	}
	if r.Processing != "" {
		out += p.say("，", ", ") + p.word(r.Processing)
	}
	return out + p.say("，", ", ") + p.word(r.Level.String())
}

func yesNo(ok bool) string {
	if ok {
		return "✓"
	}
	return "✗"
}

func (p *explainPrinter) basis(e *explained) {
	if e.Pack.ID == "" { // nobody was asked
		return
	}
	p.line("规则包", "rule pack", "%s@%s  %s  %s  %s", e.Pack.ID, short(e.Pack.Digest), e.PackFrom, e.Profile, e.PackTitle)
	p.line("策略", "policy", "%s", dash(short(e.Policy)))
	if len(e.Taken) > 0 {
		p.line("仅据记录", "unverified", "%s%s", strings.Join(e.Taken, ", "), p.say("（只见于记录，未经核对）", " (only the record says so; compared with nothing)"))
	}
	if len(e.Assumed) > 0 {
		p.line("仅按本次计数", "by this flow alone", "%s", strings.Join(e.Assumed, ", "))
	}
}
