package advise

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// limitTitle is what a limit counts.
func limitTitle(l policy.Limit, entry Bilingual) Bilingual {
	kind := map[policy.CountKind]Bilingual{
		policy.CountNS:  {"非敏感个人信息人数", "persons with non-sensitive data"},
		policy.CountSP:  {"敏感个人信息人数", "persons with sensitive data"},
		policy.CountAny: {"个人信息人数", "persons"}}[l.Kind]
	switch {
	case l.Filing != "" && l.Validity:
		return Bilingual{"备案 " + l.Filing + " 有效期内" + kind.ZH, "filing " + l.Filing + ", " + kind.EN + " over its validity"}
	case l.Filing != "":
		return Bilingual{"备案 " + l.Filing + " 本年" + kind.ZH, "filing " + l.Filing + ", " + kind.EN + " this year"}
	case strings.HasPrefix(l.ID, "list."):
		return Bilingual{"自贸区清单（" + entry.ZH + "）：本年" + kind.ZH, "zone list (" + entry.EN + "), " + kind.EN + " this year"}
	case strings.HasPrefix(l.ID, "scale."):
		return Bilingual{"重要数据目录（" + entry.ZH + "）：本年" + kind.ZH, "important-data catalogue (" + entry.EN + "), " + kind.EN + " this year"}
	}
	return Bilingual{"本年" + kind.ZH, kind.EN + " this year"}
}

// countLine says where a count stands and when it gets where.
func countLine(c *Count) Bilingual {
	b := Bilingual{fmt.Sprintf("%s：%s / %s（%.1f%%）", c.Title.ZH, Comma(c.Persons), Comma(c.Reach), c.Percent),
		fmt.Sprintf("%s: %s of %s (%.1f %%)", c.Title.EN, Comma(c.Persons), Comma(c.Reach), c.Percent)}
	full := c.limit.Filing != ""
	switch {
	case c.Reached && full:
		b.ZH, b.EN = b.ZH+"；已用满", b.EN+"; full"
	case c.Reached:
		b.ZH, b.EN = b.ZH+"；已达到", b.EN+"; reached"
	case c.Date != "":
		b.ZH += fmt.Sprintf("；还差 %s 人，按目前速度（每日 %s 人）将于 %s 达到", Comma(c.Left), rate(c.PerDay), c.Date)
		b.EN += fmt.Sprintf("; %s to go, at this rate (%s a day) reached on %s", Comma(c.Left), rate(c.PerDay), c.Date)
	default:
		b.ZH += fmt.Sprintf("；还差 %s 人，按目前速度（每日 %s 人）本年不会达到，年底约 %s 人", Comma(c.Left), rate(c.PerDay), Comma(c.Projected))
		b.EN += fmt.Sprintf("; %s to go, at this rate (%s a day) not reached this year, about %s at its end", Comma(c.Left), rate(c.PerDay), Comma(c.Projected))
	}
	if c.Need > policy.NeedNone {
		from := Bilingual{"；达到后需要", "; from there on "}
		if c.Reached {
			from = Bilingual{"；需要", "; this needs "}
		}
		b.ZH += from.ZH + policy.NeedTitle(c.Need, policy.Chinese) + "（" + c.Article + "）"
		b.EN += from.EN + policy.NeedTitle(c.Need, policy.English) + " (" + c.Article + ")"
	}
	if c.Opening {
		b.ZH, b.EN = b.ZH+"；含网关启用前登记的人数", b.EN+"; with the persons entered from before the gateway"
	}
	return b
}

// daysEN writes days in English.
func daysEN(days float64) string {
	if n := fmt.Sprintf("%.0f", days); n != "1" {
		return n + " days"
	}
	return "1 day"
}

// rate writes persons a day, with one decimal where they are few.
func rate(f float64) string {
	if f >= 10 || f == float64(int64(f)) {
		return Comma(int64(f + 0.5))
	}
	return strconv.FormatFloat(f, 'f', 1, 64)
}

// Comma writes a number with a comma each three digits.
func Comma(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func scaleHow(s *Scale) Bilingual {
	b := Bilingual{
		fmt.Sprintf("%d 年观察 %.0f 天：非敏感 %s 至 %s 人，敏感 %s 至 %s 人。台账不按接收方统计去重人数：下限为最大的一次传输（或首次计入的人数），上限为各次传输人数之和（同一人在两次传输中计两次），已发出部分不超过该处理者全年去重人数。拟申报规模为上限折算为 365 天后向上取整（不足一百取整到十，以上保留两位有效数字），不另加余量。",
			s.Year, s.Days, Comma(s.LeastNS), Comma(s.MostNS), Comma(s.LeastSP), Comma(s.MostSP)),
		fmt.Sprintf("%d, observed for %s: %s to %s persons with non-sensitive data, %s to %s with sensitive data. No ledger counts the distinct persons of one recipient: the lower figure is the largest single transfer (or the persons counted first here), the upper one the sum over all transfers, in which a person of two transfers counts twice, for what left at most the exporter's whole distinct count. The proposed scale is the upper figure over 365 days, rounded up (below a hundred to the next ten, above to two figures), with nothing added.",
			s.Year, daysEN(s.Days), Comma(s.LeastNS), Comma(s.MostNS), Comma(s.LeastSP), Comma(s.MostSP))}
	if s.Rough {
		b.ZH += "观察不足 30 天，折算很粗略。"
		b.EN += " Fewer than 30 days were observed: this is rough."
	}
	return b
}

// notes are said of every advice.
func (a *adviser) notes() []Bilingual {
	out := []Bilingual{{"本建议由观察到的流量和登记的备案推算，供准备材料之用，不是法律意见，也不代表任何机关的批准；草案在机关办结并另行登记为有效之前不覆盖任何传输。",
		"This is worked out from the traffic observed and the filings registered, to help prepare papers. It is no legal advice and nobody's approval; a draft covers nothing until an authority has dealt with it and it is registered as effective."}}
	if a.src.Counts == nil {
		out = append(out, Bilingual{"没有台账：人数按零计，只看流量的种类。", "There is no ledger: counts are taken for zero, and only the kind of traffic is looked at."})
	}
	s := &a.t.seen
	if s.Records == 0 {
		out = append(out, Bilingual{"记录中没有任何传输：无从推算，只列出已有的计数和备案。", "The log has no record: nothing can be worked out, and only counts and filings are listed."})
	}
	if s.Later > 0 {
		out = append(out, Bilingual{fmt.Sprintf("有 %d 条记录的时间晚于本机时钟：请校准时钟，速度和日期不可靠。", s.Later),
			fmt.Sprintf("%d records are dated after this machine's clock: set it right, rates and dates cannot be relied on.", s.Later)})
	}
	if s.Omitted > 0 {
		out = append(out, Bilingual{fmt.Sprintf("目的地太多：有 %d 次传输超出可分别列出的上限，只计数，未写入草案。用 --exporter 或较晚的 --since 缩小范围。", s.Omitted),
			fmt.Sprintf("There are too many destinations: %d transfers are beyond the bound of what is told apart, were only counted, and are in no draft. Narrow it with --exporter or a later --since.", s.Omitted)})
	}
	return out
}

func restNote(shown int, rest *Way) Bilingual {
	n := rest.Sent.Transfers + rest.Refused.Transfers
	return Bilingual{fmt.Sprintf("只逐一列出 %d 个接收方和目的；其余 %d 次传输合并判断，需要：%s，未起草。", shown, n, policy.NeedTitle(rest.needs.asked, policy.Chinese)),
		fmt.Sprintf("Only %d recipients and purposes are listed one by one; the other %d transfers were asked about together, need %s, and have no draft.", shown, n, policy.NeedTitle(rest.needs.asked, policy.English))}
}

func tooManyDrafts() Bilingual {
	return Bilingual{fmt.Sprintf("草案已达 %d 份的上限，未起草；用 --exporter 缩小范围。", maxDrafts), fmt.Sprintf("No draft was written: there are %d already; narrow it with --exporter.", maxDrafts)}
}

func cutLinks(n int) Bilingual {
	return Bilingual{fmt.Sprintf("链路表只列 %d 行，另有 %d 行未列；可改用 *.域名。", maxLinks, n), fmt.Sprintf("The link table has %d rows and leaves out %d more; a *.suffix may stand for them.", maxLinks, n)}
}

// noOption says why even a filing that names everything would not do.
func noOption(v policy.Verdict) Bilingual {
	var zh, en []string
	for _, m := range mends(&v) {
		zh, en = append(zh, m.ZH), append(en, m.EN)
	}
	return Bilingual{"即使备案列明全部内容也不能放行：" + strings.Join(zh, " "), "Even a filing that names everything would not let it pass: " + strings.Join(en, " ")}
}

// exporterNotes are said of one exporter.
func exporterNotes(a *adviser, x *exporting, e *Exporter) []Bilingual {
	var out []Bilingual
	switch x.from {
	case "nowhere":
		out = append(out, Bilingual{"配置和登记簿都不认识该数据处理者，按较严的情形判断。", "Neither configuration nor register knows this exporter; the stricter reading is taken."})
	case "record":
		out = append(out, Bilingual{"配置和登记簿中没有该数据处理者；其情况取自最近一条记录。", "Neither configuration nor register has this exporter; what is said of it is from its latest record."})
	}
	if x.facts.CIIO == policy.Unknown {
		out = append(out, Bilingual{"是否关键信息基础设施运营者未写明，按是判断。请在配置或登记簿中写明 ciio。", "Whether it is a critical information infrastructure operator is not said, and it is taken for one. Say ciio in configuration or register."})
	}
	p := &x.pace
	switch {
	case x.party == nil:
	case p.byLastYear():
		out = append(out, Bilingual{fmt.Sprintf("本年只有 %.0f 天，速度取上一年（观察 %.0f 天）和本年中较高者。", p.days, p.lastYear),
			fmt.Sprintf("This year is only %.0f days old; rates are those of last year (%.0f days observed) where these are higher.", p.days, p.lastYear)})
	case p.rough():
		out = append(out, Bilingual{fmt.Sprintf("只观察了 %.0f 天，速度和年底推算很粗略。", p.days), fmt.Sprintf("Observed for %s only: rates and projections are rough.", daysEN(p.days))})
	}
	if e.Asked.Need > e.Then.Need {
		out = append(out, Bilingual{"若被拒绝的传输也发出（人数为上限，重试会重复计），年底需要：" + e.Asked.Title.ZH + "。",
			"With what was refused added (an upper bound, in which retries count again), it would need by the year's end: " + e.Asked.Title.EN + "."})
	}
	if e.Omitted.Transfers > 0 {
		out = append(out, Bilingual{fmt.Sprintf("另有 %d 次传输未能分别列出。", e.Omitted.Transfers), fmt.Sprintf("%d more transfers could not be told apart.", e.Omitted.Transfers)})
	}
	if len(e.Ways) == 0 && x.party != nil {
		out = append(out, Bilingual{"没有观察到需要备案的数据出境。", "No data went abroad, or was to, that a filing would have to cover."})
	}
	return out
}
