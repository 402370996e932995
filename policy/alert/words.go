package alert

import (
	"fmt"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// body is the text of a mail: Chinese, English, and what a program would read.
func (a *Alert) body() string {
	var b strings.Builder
	day := a.Time.In(policy.Shanghai).Format("2006-01-02 15:04:05 -0700")
	fmt.Fprintf(&b, "%s\n%s\n\n%s\n%s\n\n", a.Title.ZH, a.Text.ZH, a.Title.EN, a.Text.EN)
	fmt.Fprintf(&b, "时间 / time: %s\n网关 / gateway: %s\n编号 / id: %s\n种类 / kind: %s\n", day, a.Node, a.ID, a.Kind)
	if len(a.Facts.Records) > 0 {
		fmt.Fprintf(&b, "记录 / records: %s\n", strings.Join(a.Facts.Records, " "))
	}
	b.WriteString("\n本邮件由网关自动发出，只作提示；网关不作任何批准。\nThis mail was sent by the gateway to inform you. The gateway approves nothing.\n")
	return b.String()
}

// VolumeOf says that a count has reached a mark of a limit. max is the number
// at which 100 % are reached.
func VolumeOf(object string, f Facts, period string, filing bool) Alert {
	a := Alert{Kind: Volume, Severity: Warning, Object: object, Mark: fmt.Sprintf("%s/%d/%d", f.Limit, f.Max, f.Percent), Period: period, Facts: f}
	when := Text{period + " 年", "in " + period}
	if period == ByValidity {
		when = Text{"有效期内", "over its validity"}
	}
	what := Text{"国家规定的数量界限", "the national limit"}
	if filing {
		what = Text{"备案或评估的数量", "the filed volume"}
	}
	a.Title = Text{fmt.Sprintf("%s 的出境人数已达%s（%s）的 %d%%", object, what.ZH, f.Limit, f.Percent),
		fmt.Sprintf("%s has reached %d %% of %s (%s)", object, f.Percent, what.EN, f.Limit)}
	a.Text = Text{fmt.Sprintf("%s：%s已计入 %d 人，%s（%s）为 %d 人。", object, when.ZH, f.Count, what.ZH, f.Limit, f.Max),
		fmt.Sprintf("%s counts %d persons %s; %s (%s) is at %d.", object, f.Count, when.EN, what.EN, f.Limit, f.Max)}
	switch {
	case f.Percent < 100:
		a.Text.ZH += "请用 customs advise 查看到年底需要的路径，并及早申请或扩大备案。"
		a.Text.EN += " See customs advise for the pathway that will be needed, and apply or widen the filing in time."
	case filing:
		a.Severity = Critical
		a.Text.ZH += "名额已满，再有新的个人的传输将被拒绝。"
		a.Text.EN += " No place is left: transfers of further persons are refused."
	default:
		if f.Max > 1 { // the first sensitive person only ends an exemption
			a.Severity = Critical
		}
		a.Text.ZH += "已达到法定界限，此后需要相应的评估、标准合同备案或认证。"
		a.Text.EN += " The legal limit is reached: from here on the assessment, standard contract or certification that it asks for is needed."
	}
	return a
}

// Counting says who counts together under the name of a group.
func (a Alert) Counting(members []string) Alert {
	if len(members) == 0 {
		return a
	}
	list, zh, en := strings.Join(members[:min(len(members), maxMembers)], ", "), "", ""
	if n := len(members) - maxMembers; n > 0 {
		zh, en = fmt.Sprintf(" 等（另有 %d 个）", n), fmt.Sprintf(" and %d more", n)
	}
	a.Text.ZH += fmt.Sprintf("合并计算的成员：%s%s。", list, zh)
	a.Text.EN += fmt.Sprintf(" Counted together: %s%s.", list, en)
	return a
}

const maxMembers = 20 // of a group, named in an alert

// ByValidity is the period of a volume over a filing's whole validity.
const ByValidity = "validity"

// DateOf says that a date of the register comes near or has passed.
func DateOf(kind, object, what, date string, left int, text Text) Alert {
	a := Alert{Kind: Date, Severity: Warning, Object: kind + "/" + object, Mark: what + "/" + date, Text: text, Facts: Facts{Date: date, Left: &left}}
	if kind == "filing" {
		a.Facts.Filing = object
	}
	a.Title = Text{"登记的期限临近：" + object, "a date in the register comes near: " + object}
	if left < 0 {
		a.Severity = Critical
		a.Mark += "/passed"
		a.Title = Text{"登记的期限已过：" + object, "a date in the register has passed: " + object}
	}
	return a
}

// SplitMarks are the sizes that a set of pieces has reached and that are told
// again when they are: ten times the persons is another matter, and what goes on
// as it is, day after day, is told of once. The first alert has no mark.
func SplitMarks(persons int64) (out []string) {
	for m := int64(10_000); m <= persons && m > 0 && m <= 1e15; m *= 10 {
		out = append(out, fmt.Sprint(m))
	}
	return out
}

// SplitOf says that a transfer is taken for a piece of something.
func SplitOf(record, exporter string, s *policy.Split) Alert {
	f := Facts{Exporter: exporter, Pieces: s.Pieces, Persons: s.Persons, Records: append([]string{record}, s.With...)}
	over := strings.Join(s.Over, ", ")
	mark := ""
	if m := SplitMarks(s.Persons); len(m) > 0 {
		mark = m[len(m)-1]
	}
	return Alert{Kind: Splitting, Severity: Critical, Object: s.Set, Mark: mark, Facts: f,
		Title: Text{"疑似拆分出境：" + exporter, "suspected splitting: " + exporter},
		Text: Text{fmt.Sprintf("%d 次传输看来是同一份名单或文件的各部分（不同之处：%s），合计最多 %d 人。不得以数量拆分等手段规避安全评估（个人信息出境标准合同办法第四条）。", s.Pieces, over, s.Persons),
			fmt.Sprintf("%d transfers look like pieces of one list or document (they differ in: %s), with %d persons at most. Splitting volumes to avoid the security assessment is forbidden (Standard Contract Measures, article 4).", s.Pieces, over, s.Persons)}}
}

// UnsynchronisedOf says that the clock has had no source of time.
func UnsynchronisedOf(node, period string, since time.Duration) Alert {
	minutes := int(since / time.Minute)
	return Alert{Kind: Clock, Severity: Warning, Object: node, Mark: "unsynchronised", Period: period, Facts: Facts{Seconds: since.Seconds()},
		Title: Text{"时钟未同步：" + node, "the clock is not synchronised: " + node},
		Text: Text{fmt.Sprintf("系统报告时钟未同步已 %d 分钟。年度计数、期限和审计时间都依赖它。请检查 chrony、ntpd 或 systemd-timesyncd。", minutes),
			fmt.Sprintf("The system has said for %d minutes that the clock is not synchronised. Yearly counts, dates and the audit log depend on it. Check chrony, ntpd or systemd-timesyncd.", minutes)}}
}

// SteppedOf says that the clock was set, or the machine slept.
func SteppedOf(node, period string, by time.Duration) Alert {
	return Alert{Kind: Clock, Severity: Warning, Object: node, Mark: "stepped", Period: period, Facts: Facts{Seconds: by.Seconds()},
		Title: Text{"时钟跳变：" + node, "the clock was stepped: " + node},
		Text: Text{fmt.Sprintf("系统时间突然变化 %+.1f 秒（调时，或机器曾暂停）。请核对此前后的记录时间，年末尤其要核对年度计数。", by.Seconds()),
			fmt.Sprintf("The time of the system changed by %+.1f s at once: it was set, or the machine was suspended. Check the times of the records around it, and the yearly counts if it was near the end of a year.", by.Seconds())}}
}

// DoubtOf says that reservations wait for somebody to settle them. object is
// the first of them, records are those of the transfers.
func DoubtOf(object string, records []string, n int, persons int64) Alert {
	title, were := fmt.Sprintf("%d transfers may or may not have gone out", n), fmt.Sprintf("%d transfers of %d persons were open when the gateway stopped; they are counted as sent", n, persons)
	if n == 1 {
		title, were = "one transfer may or may not have gone out", fmt.Sprintf("One transfer of %d persons was open when the gateway stopped; it is counted as sent", persons)
	}
	return Alert{Kind: InDoubt, Severity: Warning, Object: object, Facts: Facts{Count: int64(n), Persons: persons, Records: records},
		Title: Text{fmt.Sprintf("%d 笔传输是否发出存疑", n), title},
		Text: Text{fmt.Sprintf("网关停止时有 %d 笔传输尚未结束，共 %d 人，均按已出境计入。请用 customs ledger show --in-doubt 查看，向接收方核实后用 customs ledger settle 逐笔了结。", n, persons),
			were + ". See customs ledger show --in-doubt, ask the recipient, and settle each with customs ledger settle."}}
}

// StoreOf says that a store cannot be used, and so what goes overseas is
// blocked.
func StoreOf(store, node, period string) Alert {
	return Alert{Kind: Store, Severity: Critical, Object: store, Mark: node, Period: period,
		Title: Text{"存储不可用：" + store, "a store cannot be used: " + store},
		Text: Text{"网关的存储 " + store + " 无法使用，受管的传输被阻断。请检查磁盘空间和日志。",
			"The gateway cannot use its store " + store + ": governed transfers are blocked. Check the disk and the log."}}
}

// FoldingOf says that the ledger's journal cannot be folded: nothing is blocked
// or lost by it, but starts take longer and the disk fills.
func FoldingOf(node, period string) Alert {
	return Alert{Kind: Store, Severity: Warning, Object: "ledger", Mark: "folding/" + node, Period: period,
		Title: Text{"台账日志无法合并", "the ledger's journal cannot be folded"},
		Text: Text{"台账旧日志段未能合并为基准文件：计数不受影响，但启动变慢、占用磁盘增多。请检查磁盘空间，停机后可运行 customs ledger rebuild --write。",
			"Older segments of the ledger's journal could not be folded into a base: no count is affected, but starts take longer and disk use grows. Check the disk; with the gateway stopped, customs ledger rebuild --write makes a new base."}}
}

// EvidenceOf says that evidence of refused flows cannot be kept. No verdict
// changes by it.
func EvidenceOf(node, period string) Alert {
	return Alert{Kind: Store, Severity: Warning, Object: "evidence", Mark: node, Period: period,
		Title: Text{"审计证据未能留存", "evidence for the auditors is not kept"},
		Text: Text{"证据库已满或无法写入：被阻断或暂扣的传输不再留存证据，记录中会注明；裁决不受影响。请检查磁盘空间，或调整 evidence.total、evidence.keep。",
			"The store of evidence is full or cannot be written: of blocked and held transfers none is kept, and their records say so; no verdict is affected. Check the disk, or change evidence.total or evidence.keep."}}
}

// TestOf is what somebody sends to try a receiver.
func TestOf(node string, at time.Time) Alert {
	return Alert{Kind: Test, Severity: Warning, Object: node, Mark: at.UTC().Format(time.RFC3339Nano), Time: at, Node: node,
		Title: Text{"测试", "a test"},
		Text:  Text{"这是 customs alert test 发出的测试，无需处理。", "This is a test by customs alert test. Nothing needs to be done."}}
}
