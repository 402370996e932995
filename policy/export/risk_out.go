package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Write writes the section as json or md, the words in "zh" or "en".
func (x *Risk) Write(w io.Writer, format, lang string) error {
	switch format {
	case "json":
		return writeJSON(w, x)
	case "md":
		return x.markdown(w, words(lang))
	}
	return fmt.Errorf("the risk report cannot be written as %q", format)
}

func (x *Risk) markdown(w io.Writer, l words) error {
	p := x.Outbound
	_, err := fmt.Fprintf(w, "# %s\n\n%s\n\n- %s: %s\n- %s: %s\n\n%s\n",
		l.say("年度风险评估报告：数据出境部分（草稿）", "Yearly risk assessment report: outbound section (draft)"),
		l.say("依据《网络数据安全管理条例》第三十三条，由网关记录汇总，仅含统计信息，不含数据本身；处理者须自行核对并补充网关之外的出境活动。",
			"For the Network Data Security Regulations, art. 33, added up from the gateway's records. It holds figures only, and none of the data. The handler checks it and adds what goes out past the gateway."),
		l.say("期间", "Period"), l.period(x.From, x.To), l.say("制作时间", "Made"), x.Made.In(policy.Shanghai).Format(time.RFC3339),
		p.counts(l)+" "+fmt.Sprintf(l.say("境内传输 %d 条不计入。", "%d records of flows within the mainland are left out."), x.Inland))
	if err != nil {
		return err
	}
	t := p.table(l, true)
	for _, r := range t.rows {
		for i := range r {
			r[i] = dash(r[i])
		}
	}
	t.title = l.say("一、出境的目的、类型、数量、方式、范围、地点", "1. Purpose, type, quantity, method, scope and place")
	for _, t := range []table{t, x.levels(l), x.stopped(l), x.covered(l), x.measures(l)} {
		if err := t.writeMarkdown(w, l.none()); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "\n%s\n", p.notes(l))
	return err
}

func (x *Risk) levels(l words) table {
	t := table{title: l.say("二、按数据级别（GB/T 43697-2024）", "2. By data level (GB/T 43697-2024)"),
		head: []string{l.say("级别", "Level"), l.say("次数（按类别相加）", "Transfers (added up by class)"), l.say("条数", "Findings")}}
	names := map[inspect.Level]string{inspect.General: l.say("一般数据", "general"), inspect.Important: l.say("重要数据", "important"), inspect.Core: l.say("核心数据", "core")}
	for _, v := range x.Levels {
		t.rows = append(t.rows, []string{names[v.Level], number(v.Transfers), number(v.Findings)})
	}
	return t
}

func (x *Risk) stopped(l words) table {
	t := table{title: l.say("三、被阻断或暂扣的出境尝试", "3. Attempts that were blocked or held"),
		head: []string{l.say("理由", "Ground"), l.say("代码", "Code"), l.say("阻断", "Blocked"), l.say("暂扣", "Held"), l.say("上报", "Escalated")}}
	for _, s := range x.Stopped {
		t.rows = append(t.rows, []string{policy.Text(policy.Code(s.Code), string(l)).Title, s.Code, number(s.Blocked), number(s.Held), number(s.Escalate)})
	}
	if x.Observed > 0 {
		t.rows = append(t.rows, []string{l.say("观察模式下放行，执行模式下会拒绝", "let through in observe mode, and would have been refused"), "-", number(x.Observed), "0", "0"})
	}
	if x.CutOff > 0 {
		t.rows = append(t.rows, []string{l.say("部分发送后被阻断（已发送的部分计入第一、二部分）", "of these, cut off after a part had left (that part is counted in 1 and 2)"), "-", number(x.CutOff), "0", "0"})
	}
	return t
}

func (x *Risk) covered(l words) table {
	c := x.Coverage
	return table{title: l.say("四、检查范围", "4. How much was read"), head: []string{l.say("项", "Item"), l.say("数量", "Number")}, rows: [][]string{
		{l.say("完整检查的传输", "flows read in full"), number(c.Full)}, {l.say("部分检查的传输", "flows read in part"), number(c.Partial)},
		{l.say("无法检查的传输", "flows that could not be read"), number(c.Opaque)}, {l.say("按规定不检查的传输", "flows passed unread"), number(c.Unread)},
		{l.say("线上字节", "bytes on the wire"), number(c.SeenBytes)}, {l.say("未检查字节", "bytes not read"), number(c.SkippedBytes)},
		{l.say("不检查的传输的字节", "bytes of flows passed unread"), number(c.UnreadBytes)}}}
}

func (x *Risk) measures(l words) table {
	m := x.Measures
	all := func(list []string) string { return dash(strings.Join(list, " ; ")) }
	return table{title: l.say("五、期间内的措施", "5. Measures in force"), head: []string{l.say("项", "Item"), l.say("内容", "Content")}, rows: [][]string{
		{l.say("模式", "modes"), all(m.Modes)}, {l.say("策略摘要", "policy digests"), all(m.Policies)}, {l.say("规则包", "rule packs"), all(m.Packs)},
		{l.say("敏感个人信息目录", "sensitivity profiles"), all(m.Profiles)}, {l.say("识别规则摘要", "catalogue digests"), all(m.Rules)},
		{l.say("网关版本", "gateway versions"), all(m.Builds)}, {l.say("经人工复核或例外放行", "passed on a review or an exception"), number(m.Overrides)},
		{l.say("因部件故障或限制而拒绝", "refused for a fault or a limit"), number(m.Doubt)}, {l.say("时钟未同步时作出的裁定", "decided while the clock was not synchronised"), number(m.Unsynced)}}}
}
