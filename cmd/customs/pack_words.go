package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy/law"
)

// persons says which persons are counted.
func (p *packWords) persons(kind string) string {
	switch kind {
	case "ns", "pi":
		return p.say("个人信息（不含敏感个人信息）", "persons with non-sensitive data")
	case "sp", "spi":
		return p.say("敏感个人信息", "persons with sensitive data")
	case "any":
		return p.say("个人信息（含敏感个人信息）", "persons with any data")
	case "important":
		return p.say("重要数据", "important data")
	}
	return kind
}

// from says from how many persons on something holds.
func (p *packWords) from(n int64) string {
	if n == 0 {
		return p.say("其余", "else")
	}
	return fmt.Sprintf(p.say("%s 人以上", "from %s"), grouped(n))
}

// grouped writes a number with commas.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// need says which pathway is needed.
func (p *packWords) need(need string) string {
	switch need {
	case "sa_hard", "sa_volume", "SA":
		return p.say("数据出境安全评估", "security assessment")
	case "sc_or_cert", "SC_OR_CERT":
		return p.say("标准合同或者个人信息出境认证", "standard contract or certification")
	case "none", "NONE":
		return p.say("免予申报评估、订立标准合同、通过认证", "no pathway needed")
	}
	return need
}

// needs says which needs a pathway meets, the strictest of them first.
func (p *packWords) needs(needs []string) string {
	var out []string
	for _, n := range needs {
		if text := p.needMet(n); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, p.say("、", ", "))
}

func (p *packWords) needMet(need string) string {
	switch need {
	case "sc_or_cert":
		return p.say("须标准合同或者认证的", "contract or certification")
	case "sa_volume":
		return p.say("因人数须评估的", "assessment for the number of persons")
	case "sa_hard":
		return p.say("一律须评估的", "assessment in any case")
	}
	return need
}

// counting says how persons are counted. Where the law is silent it says that
// the pack chose.
func (p *packWords) counting(k *law.Pack) {
	others := p.say("不计入", "not counted")
	if k.Thresholds.Exempt == "in" {
		others = p.say("计入", "counted too")
	}
	p.line("  计入累计人数的出境依据：%s；其他依据：%s", "  bases that count: %s; others: %s", strings.Join(k.Thresholds.Bases, " "), others)
	if k.Thresholds.BothKinds {
		p.line("  同时涉及敏感个人信息和其他个人信息的人，两项人数均计", "  a person with both kinds counts in both sets")
	} else {
		p.line("  同时涉及敏感个人信息和其他个人信息的人，仅计入敏感个人信息人数", "  a person with both kinds counts with the sensitive data only")
	}
	p.line("  （以上两项为本规则包的选择，未见官方明文）", "  (both are choices of this pack: no official wording was seen)")
}

// list writes a list of a zone.
func (p *packWords) list(l *law.List) {
	p.about(l.ID, l.Title, l.From, l.To)
	kind := p.say("负面清单：清单内数据按条目办理；所覆盖场景的清单外数据免予申报评估、订立标准合同、通过认证",
		"negative list: what it names needs the pathway of its entry, the rest of the scenarios that it covers needs none")
	if l.Type == "general" {
		kind = p.say("一般数据清单：清单内数据免予申报评估、订立标准合同、通过认证", "general list: what it names needs no pathway")
	}
	p.line("%s", "%s", kind)
	p.line("自贸区 %s；覆盖场景 %s", "zones %s; covers %s", strings.Join(l.Zones, " "), strings.Join(l.Covers, " "))
	if l.Registration {
		p.line("使用前须登记（customs filing add，pathway: FTZ_LIST）", "its use must be registered as a filing of pathway FTZ_LIST")
	}
	if l.AppliesTo.Exports {
		p.line("仅适用于由区内出境的数据（zone_export: true）", "only for data that goes out from the zone (zone_export: true)")
	}
	p.line("来源 %s  [%s]", "source %s  [%s]", dash(l.Source), p.verified(l.Verified))
	if l.Note != "" {
		p.line("%s", "%s", l.Note)
	}
	p.head("条目", "Entries")
	for _, e := range l.Entries {
		p.entry(e)
	}
}

func (p *packWords) entry(e law.Entry) {
	p.line("  %s  场景 %s  %s %s  [%s]", "  %s  scenario %s  %s %s  [%s]", e.ID, e.Scenario, p.persons(e.DataClass), e.Subclass, p.verified(e.Verified))
	if len(e.Classes) > 0 {
		p.line("      识别类别：%s", "      classes: %s", strings.Join(e.Classes, " "))
	}
	if e.Features != "" || len(e.Fields) > 0 {
		p.line("      %s %s", "      %s %s", e.Features, strings.Join(e.Fields, " "))
	}
	for _, r := range e.Rules {
		p.line("      %s：%s", "      %s: %s", p.from(r.Min), p.need(r.Pathway))
	}
	if e.MaxSubjects > 0 {
		p.line("      每年至多 %s 人", "      at most %s persons a year", grouped(e.MaxSubjects))
	}
	if e.Source != "" {
		p.line("      来源 %s", "      source %s", e.Source)
	}
}

// catalogue writes scenarios and marks.
func (p *packWords) catalogue(c *law.Catalogue) {
	p.about(c.ID, c.Title, c.From, c.To)
	if len(c.Scenarios) > 0 {
		p.head("场景", "Scenarios")
		p.table(func(row func(...any)) {
			for _, s := range c.Scenarios {
				row(s.Code, p.say(s.TitleZH, s.TitleEN), s.Sector, dash(s.Source), p.verified(s.Verified))
			}
		})
	}
	if len(c.Important) > 0 {
		p.head("标记", "Marks")
		for _, m := range c.Important {
			p.mark(m)
		}
	}
}

func (p *packWords) mark(m law.Mark) {
	effect := map[string]string{
		"published": p.say("已公布的重要数据：须申报数据出境安全评估", "published important data: security assessment"),
		"suspected": p.say("疑似重要数据：由两人审核", "suspected important data: held for two reviewers"),
		"approval":  p.say("另须行业主管部门批准、备案或者审核：", "also needs an approval of, or a filing with, the authority of the sector: ") + m.Approval,
	}[m.Effect]
	p.line("  %s  %s", "  %s  %s", m.ID, p.say(m.TitleZH, m.TitleEN))
	p.line("      %s  [%s]", "      %s  [%s]", effect, p.verified(m.Verified))
	var when []string
	if len(m.Classes) > 0 {
		when = append(when, p.say("识别到 ", "found ")+strings.Join(m.Classes, " "))
	}
	if len(m.Scenarios) > 0 {
		when = append(when, p.say("场景 ", "scenario ")+strings.Join(m.Scenarios, " "))
	}
	if m.MinMagnitude > 0 {
		when = append(when, fmt.Sprintf(p.say("数量至少 %d 位数", "a count of at least %d digits"), m.MinMagnitude))
	}
	if m.Scale != nil {
		when = append(when, p.persons(m.Scale.Kind)+" "+p.from(m.Scale.Reach))
	}
	p.line("      条件：%s", "      when: %s", strings.Join(when, p.say("，且", " and ")))
	p.line("      依据：%s %s", "      source: %s %s", dash(m.Source), cmp.Or(m.Article, ""))
}
