package incident

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

func (p *page) tally(zh, en string, t *Tally) {
	p.line("\n"+zh+"\n", "\n"+en+"\n")
	if t.Records == 0 {
		p.line("没有记录。", "No record.")
		return
	}
	var sent []string
	for _, k := range slices.Sorted(maps.Keys(t.Sent)) {
		sent = append(sent, fmt.Sprintf("%s %d", p.word("sent-"+k), t.Sent[k]))
	}
	p.line("- 记录：%d 条，%s 至 %s\n- 发出情况：%s；存疑 %d 条\n- 已发出字节：%d",
		"- Records: %d, from %s to %s\n- Sent: %s; in doubt %d\n- Bytes sent: %d", t.Records, clock(t.First), clock(t.Last), strings.Join(sent, ", "), t.InDoubt, t.Bytes)
	p.persons(t.Persons)
	p.line("- 数据处理者：%s\n- 接收方：%s\n- 国家或地区：%s\n- 备案：%s\n- 裁决理由：%s", "- Exporters: %s\n- Recipients: %s\n- Countries: %s\n- Filings: %s\n- Reasons of the verdicts: %s",
		counts(t.Exporters), counts(t.Recipients), counts(t.Countries), counts(t.Filings), counts(t.Reasons))
	if len(t.Classes) == 0 {
		return
	}
	lang := map[bool]string{true: policy.Chinese, false: policy.English}[p.zh]
	p.line("\n| 类别 | 名称 | 级别 | 高 | 中 | 低 |\n|---|---|---|---|---|---|", "\n| class | title | level | high | medium | low |\n|---|---|---|---|---|---|")
	for _, c := range t.Classes {
		row := "| %s | %s | %s | %d | %d | %d |"
		p.line(row, row, code(string(c.Class)), prose(policy.ClassTitle(c.Class, lang)), p.word("level-"+c.Level.String()), c.High, c.Medium, c.Low)
	}
}

func (p *page) persons(n Persons) {
	how := p.say("各记录上限之和，同一人可能重复计算；不同的人估计至少 %d 人（年度台账首次计入，或最大一条记录的估计）",
		"sum of the records' upper bounds, which may count a person more than once; at least about %d distinct ones (first counted by the ledger, or the largest record's estimate)")
	how = fmt.Sprintf(how, n.AtLeast)
	if n.Distinct {
		how = p.say("同一条记录内去重后的上限", "upper bound of distinct persons within the one record")
	}
	p.line("- 涉及个人：至多 %d 人（%s）；其中敏感个人信息至多 %d 人，未成年人至多 %d 人",
		"- Persons: at most %d (%s); with sensitive data at most %d, minors at most %d", n.AtMost, how, n.Sensitive, n.Minors)
	if n.Unread > 0 {
		p.line("- **其中 %d 条记录的内容未能全部读出：实际人数可能多于上述上限，请另行核实。**",
			"- **Of %d records not all was read: there may be more persons than this upper bound says; find out another way.**", n.Unread)
	}
}

func counts(list []Count) string {
	if len(list) == 0 {
		return "-"
	}
	var out []string
	for _, c := range list[:min(len(list), 30)] {
		out = append(out, fmt.Sprintf("%s ×%d", code(c.Name), c.Records))
	}
	if n := len(list) - 30; n > 0 {
		out = append(out, fmt.Sprintf("+%d", n))
	}
	return strings.Join(out, ", ")
}

func (p *page) records(f *Facts) {
	p.line("\n### 3.3 记录清单\n", "\n### 3.3 The records\n")
	if f.Missing > 0 {
		p.line("> 有 %d 条指明的记录不在日志中。\n", "> %d of the records named are not in the log.\n", f.Missing)
	}
	if f.Deleted > 0 {
		p.line("> 日志有 %d 段已按保存期限删除，其中可能有涉及的记录，上述数字不含。\n", "> %d segments of the log were deleted under retention; records of this incident may have stood in them, and are not counted here.\n", f.Deleted)
	}
	if len(f.Listed) == 0 {
		p.line("没有记录。", "None.")
		return
	}
	p.line("| 记录 | 时间 | 数据处理者 | 接收方 | 国家 | 处置 | 理由 | 备案 | 人数上限 | 发出 | 字节 |\n|---|---|---|---|---|---|---|---|---|---|---|",
		"| record | time | exporter | recipient | country | action | reasons | filing | persons at most | sent | bytes |\n|---|---|---|---|---|---|---|---|---|---|---|")
	for _, l := range f.Listed {
		var why []string
		for _, c := range l.Reasons {
			why = append(why, string(c))
		}
		row := "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %d |"
		p.line(row, row, code(l.ID), clock(l.Time), code(l.Exporter), code(l.Recipient), code(l.Country), code(l.Action), code(strings.Join(why, " ")),
			code(l.Filing), l.People(), p.word("sent-"+string(l.Sent)), l.Bytes)
	}
	if f.More > 0 {
		p.line("\n另有 %d 条，见 customs audit list。", "\n%d more: see customs audit list.", f.More)
	}
}

func (p *page) duties(d *Draft) {
	p.line("\n## 4. 通知和报告义务\n", "\n## 4. Duties to notify and report\n")
	if len(d.Duties) == 0 {
		p.line("规则包未列出：请人工核对。", "The rule pack lists none: look them up yourself.")
	}
	for _, x := range d.Duties {
		mark := ""
		if !x.Verified {
			mark = p.say("（未核实，请对照原文）", " (not verified: compare with the text)")
		}
		if x.Persons > 0 || x.SP > 0 {
			mark += fmt.Sprintf(p.say("【%d 人或敏感 %d 人起：%s】", " [from %d persons, or %d with sensitive data: %s]"), x.Persons, x.SP,
				p.reached(x))
		}
		p.line("- %s：%s%s", "- %s: %s%s", prose(x.Article), prose(p.say(x.ZH, x.EN)), mark)
	}
}

// reached says whether the persons of a duty are reached, as far as is known.
func (p *page) reached(x Duty) string {
	switch {
	case x.Reached:
		return p.say("按上限已达到", "reached by the upper bound")
	case x.Unsure:
		return p.say("按已读出的内容未达到，但不能排除", "not reached by what was read, and not excluded")
	}
	return p.say("按上限未达到", "not reached by the upper bound")
}

func (p *page) log(l *LogState) {
	p.line("\n## 5. 日志的完整性\n", "\n## 5. Is the log whole\n")
	switch {
	case l.Fault != "":
		p.line("**校验失败**：%s", "**Verification failed**: %s", prose(l.Fault))
	case l.Verified:
		p.line("生成草稿时已校验全部 %d 条日志条目，未发现篡改。", "All %d entries of the log were verified when this draft was made, and no change was found.", l.Entries)
	default:
		p.line("未校验。", "Not verified.")
	}
	p.line("\n- 检查点覆盖：%d 条\n- 见证者联署：%d 条\n- 本报告所列步骤在日志中：%s", "\n- Covered by a signed checkpoint: %d entries\n- Cosigned by a witness: %d entries\n- Steps of this report that stand in the log: %s",
		l.Size, l.Witnessed, p.word("steps-"+l.Steps))
	if l.Checkpoint != "" {
		p.line("\n```text\n%s```", "\n```text\n%s```", strings.ReplaceAll(l.Checkpoint, "```", ""))
	}
	p.line("\n## 6. 说明\n", "\n## 6. Notes\n")
	p.line("- 时间均为北京时间（%s）。\n- 人数、类别来自网关对传输内容的扫描，不含任何个人的具体信息。\n- 网关未经手的渠道不在其中。",
		"- Times are those of Beijing (%s).\n- Persons and classes are those that the gateway found in what was sent; no value that was found stands here.\n- Ways that do not lead through the gateway are not in it.", "+08:00")
}
