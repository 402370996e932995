package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

func newPackShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "show [ID]",
		Short: "Show a pack, list or catalogue in words; without ID all rules in force on --date",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := packFlags(cmd)
			if err != nil {
				return err
			}
			book, err := law.Open(a.options)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			rules, err := book.At(a.at)
			if err != nil {
				return exitError{Code: 1, Err: err}
			}
			if len(args) == 0 {
				return showMerged(cmd.OutOrStdout(), a, book, rules)
			}
			return showPart(cmd.OutOrStdout(), a, book, args[0])
		},
	}
}

// showMerged shows all that is in force on a day.
func showMerged(w io.Writer, a packAsk, book *law.Book, rules *policy.Rules) error {
	snapshot, ok := book.Snapshot(rules.Pack.Digest)
	if a.format == "json" && ok {
		return indentJSON(w, snapshot)
	}
	p := packWords{packAsk: a, w: w}
	for _, pack := range book.Packs() {
		if pack.ID == rules.Pack.ID {
			p.national(pack, rules)
		}
	}
	day := a.day()
	p.head("其他有效文件", "Other files in force")
	p.table(func(row func(...any)) {
		for _, l := range book.Lists() {
			if within(day, l.From, l.To) {
				row(l.ID, p.kind(l.Type), strings.Join(l.Zones, " "), p.verified(l.Verified), l.Title)
			}
		}
		for _, c := range book.Catalogues() {
			if within(day, c.From, c.To) {
				row(c.ID, p.kind("catalogue"), fmt.Sprintf(a.say("%d 个场景，%d 项标记", "%d scenarios, %d marks"), len(c.Scenarios), len(c.Important)), "", c.Title)
			}
		}
	})
	fmt.Fprintln(w, a.say("\n用 customs pack show 编号 查看其中一份", "\nsee one of them with customs pack show ID"))
	return p.err
}

func within(day, from, to string) bool { return from <= day && (to == "" || day <= to) }

// showPart shows one file by its id, of whatever date.
func showPart(w io.Writer, a packAsk, book *law.Book, id string) error {
	p := packWords{packAsk: a, w: w}
	var known []string
	for _, pack := range book.Packs() {
		if known = append(known, pack.ID); pack.ID == id {
			return p.part(pack, func() { p.national(pack, nil) })
		}
	}
	for _, l := range book.Lists() {
		if known = append(known, l.ID); l.ID == id {
			return p.part(l, func() { p.list(l) })
		}
	}
	for _, c := range book.Catalogues() {
		if known = append(known, c.ID); c.ID == id {
			return p.part(c, func() { p.catalogue(c) })
		}
	}
	return exitError{Code: 1, Err: fmt.Errorf("there is no rule pack of that id; there are %s", strings.Join(known, ", "))}
}

// packWords writes packs for people.
type packWords struct {
	packAsk
	w   io.Writer
	err error
}

// part writes a file as JSON, or in words.
func (p *packWords) part(doc any, words func()) error {
	if p.format == "json" {
		b, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		return indentJSON(p.w, b)
	}
	words()
	return p.err
}

func indentJSON(w io.Writer, b []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}

func (p *packWords) line(zh, en string, args ...any) {
	_, err := fmt.Fprintf(p.w, p.say(zh, en)+"\n", args...)
	p.err = cmp.Or(p.err, err)
}

func (p *packWords) head(zh, en string) { p.line("\n"+zh, "\n"+en) }

func (p *packWords) table(fill func(row func(...any))) {
	tw := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fill(func(cells ...any) {
		fmt.Fprint(tw, " ")
		for _, c := range cells {
			fmt.Fprintf(tw, "\t%v", c)
		}
		fmt.Fprintln(tw)
	})
	p.err = cmp.Or(p.err, tw.Flush())
}

func (p *packWords) verified(yes bool) string {
	if yes {
		return p.say("已核对原文", "verified")
	}
	return p.say("未核对，不作决定依据", "NOT verified: shown, never decides")
}

// about writes what all files have in common.
func (p *packWords) about(id, title, from, to string) {
	p.line("%s  %s", "%s  %s", id, title)
	p.line("有效期 %s 至 %s", "from %s to %s", from, cmp.Or(to, p.say("未定", "open")))
}

// national writes a national pack; with rules also what is sensitive under
// their profile.
func (p *packWords) national(k *law.Pack, rules *policy.Rules) {
	p.about(k.ID, k.Title, k.From, k.To)
	if rules != nil {
		p.line("摘要 %s，敏感个人信息口径 %s", "digest %s, sensitivity profile %s", rules.Pack.Digest, rules.Profile)
	}
	p.head("年度人数门槛", "Thresholds, in persons of the calendar year")
	p.table(func(row func(...any)) {
		for _, t := range k.Thresholds.National {
			row(t.ID, p.persons(t.Kind), p.from(t.Reach), p.need(t.Need), t.Article)
		}
	})
	p.counting(k)
	p.line("  未满 %d 周岁者的信息均为敏感个人信息", "  all data of persons below %d years is sensitive", k.MinorAge)
	p.head("豁免", "Exemptions")
	p.table(func(row func(...any)) {
		for _, code := range slices.Sorted(maps.Keys(k.Exemptions)) {
			how := ""
			if k.Exemptions[code].Claimable {
				how = p.say("须登记", "as a registered claim")
			}
			row(code, policy.Text(policy.Code(code), p.language()).Title, how, k.Exemptions[code].Article)
		}
	})
	p.pathways(k)
	p.classes(k, rules)
	p.line("\n禁止提供的接收方名单：%d 个主机，%d 个接收方", "\nDeny-list of recipients: %d hosts, %d recipients", len(k.Denied.Hosts), len(k.Denied.Recipients))
	p.line("运营者的策略可放宽：%s", "An operator's policy may relax: %s", cmp.Or(strings.Join(k.Operator.MayRelax, " "), p.say("无", "nothing")))
	p.line("工作日历：%d 个节假日，%d 个调休工作日，%s", "Working days: %d holidays, %d extra working days, %s", len(k.Calendar.Holidays), len(k.Calendar.Workdays), p.verified(k.Calendar.Verified))
}

func (p *packWords) pathways(k *law.Pack) {
	p.head("途径", "Pathways")
	p.table(func(row func(...any)) {
		for _, name := range slices.Sorted(maps.Keys(k.Pathways)) {
			w := k.Pathways[name]
			term := p.say("有效期依合同约定", "as the contract says")
			if w.Years > 0 {
				term = fmt.Sprintf(p.say("%d 年", "%d years"), w.Years)
			}
			if w.Renew > 0 {
				term += fmt.Sprintf(p.say("，届满 %d 个工作日前申请延续", ", renew %d working days before the end"), w.Renew)
			}
			if w.FileWithin > 0 {
				term += fmt.Sprintf(p.say("，合同生效之日起 %d 个工作日内备案", ", file within %d working days after it takes effect"), w.FileWithin)
			}
			if len(w.Cities)+len(w.Countries) > 0 {
				term += fmt.Sprintf(p.say("，限 %s → %s", ", only %s to %s"), strings.Join(w.Cities, " "), strings.Join(w.Countries, " "))
			}
			row(name, p.needs(w.Satisfies), term, w.Article)
		}
	})
}

func (p *packWords) classes(k *law.Pack, rules *policy.Rules) {
	p.head("数据类别", "Classes of data")
	if rules != nil {
		var sensitive []string
		for c := range rules.Sensitive {
			sensitive = append(sensitive, string(c))
		}
		slices.Sort(sensitive)
		p.line("  敏感个人信息：%s", "  sensitive: %s", strings.Join(sensitive, " "))
	}
	for _, name := range slices.Sorted(maps.Keys(k.Profiles)) {
		p.line("  口径 %s：%s", "  profile %s: %s", name, k.Profiles[name].Source)
	}
	p.line("  国家秘密：%s；核心数据：%s；重要数据：%s", "  state secrets: %s; core data: %s; important data: %s",
		dash(strings.Join(k.Classes.Secret, " ")), dash(strings.Join(k.Classes.Core, " ")), dash(strings.Join(k.Classes.Important, " ")))
}

func (p *packWords) language() string {
	if p.chinese {
		return policy.Chinese
	}
	return policy.English
}
