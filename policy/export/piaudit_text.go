package export

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// maxFlows bounds the chart of flows.
const maxFlows = 200

// flowsDescribed draws from whom to whom data went and how, as a Mermaid
// chart and as a table.
func flowsDescribed(w io.Writer, p *Provision, l words) error {
	_, err := fmt.Fprintf(w, "# %s\n\n%s\n\n- %s: %s\n\n", l.say("个人信息出境流程说明", "Flows of personal information abroad"),
		l.say("由网关的记录归纳：谁、经何链路、以何方式、依何备案、向何处提供。网关之外的活动不在其中。",
			"Drawn from the gateway's records: who, over which link, how, under which filing, whither. What goes past the gateway is not in it."),
		l.say("期间", "Period"), l.period(p.From, p.To))
	if err != nil {
		return err
	}
	nodes := nodeNames{}
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart LR\n")
	gate := nodes.of("gateway", l.say("数据海关网关", "Data Customs gateway"), &b)
	drawn := map[string]bool{}
	draw := func(line string) {
		if !drawn[line] {
			drawn[line] = true
			b.WriteString(line)
		}
	}
	for _, r := range p.Rows[:min(len(p.Rows), maxFlows)] {
		from := nodes.of("e "+r.Exporter, dash(r.Exporter), &b)
		to := nodes.of("r "+r.Recipient+" "+r.Country, dash(r.Recipient)+" "+dash(r.Country), &b)
		draw(fmt.Sprintf("  %s -->|%s| %s\n", from, label(dash(r.Scope)), gate))
		draw(fmt.Sprintf("  %s -->|%s| %s\n", gate, label(l.basis(r.Basis)+" "+r.Filing), to))
	}
	b.WriteString("```\n")
	if len(p.Rows) > maxFlows {
		fmt.Fprintf(&b, l.say("\n图中只画前 %d 行，全部见 provision.json。\n", "\nThe chart shows the first %d rows; all are in provision.json.\n"), maxFlows)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	t := p.table(l, true)
	for _, r := range t.rows {
		for i := range r {
			r[i] = dash(r[i])
		}
	}
	t.title = l.say("明细", "In detail")
	return t.writeMarkdown(w, l.none())
}

// nodeNames gives each node of the chart a name of its own.
type nodeNames map[string]string

func (n nodeNames) of(key, text string, b *strings.Builder) string {
	if id, ok := n[key]; ok {
		return id
	}
	id := fmt.Sprintf("n%d", len(n))
	n[key] = id
	fmt.Fprintf(b, "  %s[\"%s\"]\n", id, label(text))
	return id
}

// label is text within a chart: nothing that ends it.
func label(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("\"|[]{}<>`;#", r) {
			return ' '
		}
		return r
	}, clean(s, 256))
}

// packGuide says what stands where, how it came about and how to check it.
func packGuide(w io.Writer, m *PackManifest, l words) error {
	files := table{head: []string{l.say("文件", "File"), l.say("证据类型", "Kind of evidence")}, rows: [][]string{
		{"records.jsonl", l.say("每次传输一条记录（模式 dc.record/1）：发现了什么、如何裁定、依据、发出多少", "one record a transfer (schema dc.record/1): what was found, the verdict, its grounds, what left")},
		{"provision.*", l.say("向他人提供的情况记录（网络数据安全管理条例第十二条）", "records of provision (Network Data Regulations art. 12)")},
		{"counts.json", l.say("统计、检查范围、被拒绝的尝试", "counts, coverage, refused attempts")},
		{"flows.*.md", l.say("出境流程图与说明（不含境内传输）", "flow chart and description, of what went abroad only")},
		{"digests.json", l.say("期间内的策略、规则包、识别规则、版本摘要", "digests of policy, packs, catalogue and versions in force")},
		{"filings.json", l.say("备案登记（接收方联系人已去除）", "register of filings (contacts of recipients left out)")},
		{"log/checkpoint, log/log.pub", l.say("日志的签名检查点与公钥", "signed checkpoint and public key of the log")},
		{"log/verification.json", l.say("导出时对日志的核验结果", "result of verifying the log at the export")},
		{"schema/*", l.say("上述格式的 JSON Schema", "JSON Schemas of these")},
		{"manifest.json", l.say("各文件的 SHA-256", "SHA-256 of every file")}}}
	_, err := fmt.Fprintf(w, "# %s\n\n- %s: %s\n- %s: %s\n\n", l.say("个人信息保护合规审计证据包", "Evidence for a personal information protection compliance audit"),
		l.say("期间", "Period"), l.period(m.From, m.To), l.say("制作时间", "Made"), m.Made.In(policy.Shanghai).Format(time.RFC3339))
	if err == nil {
		err = files.writeMarkdown(w, l.none())
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n"+strings.Join(packNotes(m, l), "\n\n")+"\n")
	return err
}

func packNotes(m *PackManifest, l words) []string {
	notes := []string{
		l.say("**本包不是合规结论**：网关只执行规则并留存证据，从不批准任何传输；“放行”不等于合法，核验通过只说明日志未被改动。网关未经手的活动、已依保存期限删除的记录（条数见 log/verification.json 的 deleted_entries）不在其中。",
			"**No finding of compliance**: the gateway enforces rules and keeps evidence, and never approves a transfer. \"pass\" does not mean lawful, and a log that verifies is one that was not changed. What went past the gateway is not here, nor what retention deleted (deleted_entries in log/verification.json says how many entries)."),
		l.say("**客观**：记录由网关在放行前写入只增日志，本包由程序汇总，未经人工修改。**独立**：审计方可在日志目录的副本上只凭公钥运行 `customs audit verify --dir 副本 --key log.pub`，并以自己保存的检查点（`--known`）排除回滚；请从网关以外的渠道取得公钥。**保密**：本包不含任何个人信息原文，只有类别、数量与带密钥的假名；仍应按内部资料保管。",
			"**Objective**: the gateway wrote each record to an append-only log before anything left, and a program made this pack; nobody edited it. **Independent**: an auditor runs `customs audit verify --dir COPY --key log.pub` on a copy of the log with the public key alone, and excludes a rollback with a checkpoint kept elsewhere (`--known`); take the key from another source than the gateway. **Confidential**: the pack holds no personal information, only classes, counts and keyed pseudonyms; keep it as internal all the same."),
		l.say("**方法**：每条记录按首条目的时间归入期间；人次按传输相加；检查范围以字节计。逐条核对：`customs audit prove 记录`。",
			"**Method**: a record belongs to the period of its first entry; persons are added up transfer by transfer; coverage is in bytes. One by one: `customs audit prove RECORD`."),
		l.say("**未确认**：GB/T 46903-2025 的最终文本未经核对；证据类型与要求取自 2024 年 7 月征求意见稿的二手材料。审计频次与触发条件由适用的规定确定。",
			"**Unconfirmed**: the final text of GB/T 46903-2025 was not seen; kinds of evidence and what is asked of them come from second-hand accounts of the draft of July 2024. How often to audit, and when, the rules that apply say."),
	}
	if len(m.Missing) > 0 {
		missing := slices.Clone(m.Missing)
		for i := range missing {
			missing[i] = "- " + inline(missing[i])
		}
		notes = append(notes, l.say("**缺少**：\n\n", "**Missing**:\n\n")+strings.Join(missing, "\n"))
	}
	return notes
}
