package export

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Write writes the records of provision as json, csv, xlsx or md, the words in
// "zh" or "en".
func (p *Provision) Write(w io.Writer, format, lang string) error {
	l := words(lang)
	switch format {
	case "json":
		return writeJSON(w, p)
	case "csv":
		t := p.table("", false) // for programs: the same in every language
		return t.writeCSV(w)
	case "xlsx":
		t := p.table(l, true)
		return t.writeXLSX(w)
	case "md":
		return p.markdown(w, l)
	}
	return fmt.Errorf("records of provision cannot be written as %q", format)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// givenColumn is a column of the table: its stable name and its words.
type givenColumn struct {
	name, zh, en string
	of           func(g *Given, l words) string
}

var givenColumns = []givenColumn{
	{"exporter", "数据处理者", "Exporter", func(g *Given, _ words) string { return g.Exporter }},
	{"recipient", "接收方", "Recipient", func(g *Given, _ words) string { return g.Recipient }},
	{"recipient_name", "接收方名称", "Recipient's name", func(g *Given, _ words) string { return g.RecipientName }},
	{"country", "国家或地区", "Country", func(g *Given, _ words) string { return g.Country }},
	{"storage", "存储地点", "Kept in", func(g *Given, _ words) string { return strings.Join(g.Storage, " ") }},
	{"retention_days", "备案的境外保存天数", "Kept for (days, as filed)", func(g *Given, _ words) string {
		if g.RetentionDays == 0 {
			return ""
		}
		return strconv.Itoa(g.RetentionDays)
	}},
	{"purpose", "目的", "Purpose", func(g *Given, _ words) string { return g.Purpose }},
	{"filed_purposes", "备案的目的", "Purposes filed", func(g *Given, _ words) string { return strings.Join(g.Purposes, " ") }},
	{"method", "方式", "Method", func(g *Given, _ words) string { return g.Method }},
	{"scope", "范围（链路、场景）", "Scope (link, scenario)", func(g *Given, _ words) string { return g.Scope }},
	{"types", "数据类型及条数", "Types with findings", func(g *Given, l words) string { return l.types(g.Types) }},
	{"transfers", "次数", "Transfers", func(g *Given, _ words) string { return number(g.Transfers) }},
	{"bytes", "字节", "Bytes", func(g *Given, _ words) string { return number(g.Bytes) }},
	{"persons_ns", "非敏感个人信息人次", "Persons, non-sensitive (added up)", func(g *Given, _ words) string { return number(g.PersonsNS) }},
	{"persons_sp", "敏感个人信息人次", "Persons, sensitive (added up)", func(g *Given, _ words) string { return number(g.PersonsSP) }},
	{"new_ns", "当年新增人数（非敏感）", "New in the year, non-sensitive", func(g *Given, _ words) string { return number(g.NewNS) }},
	{"new_sp", "当年新增人数（敏感）", "New in the year, sensitive", func(g *Given, _ words) string { return number(g.NewSP) }},
	{"unread", "未完整检查次数", "Not read in full", func(g *Given, _ words) string { return number(g.Unread) }},
	{"in_doubt", "未确定是否发出", "In doubt", func(g *Given, _ words) string { return number(g.InDoubt) }},
	{"open", "尚无结果", "No outcome yet", func(g *Given, _ words) string { return number(g.Open) }},
	{"basis", "依据", "Legal basis", func(g *Given, l words) string { return l.basis(g.Basis) }},
	{"filing", "备案及版本", "Filing and revision", func(g *Given, _ words) string {
		if g.Filing == "" {
			return ""
		}
		return g.Filing + "#" + strconv.Itoa(g.Revision)
	}},
	{"filing_valid", "备案有效期", "Filing valid", func(g *Given, _ words) string { return g.Valid }},
	{"first", "首次", "First", func(g *Given, _ words) string { return day(g.First) }},
	{"last", "末次", "Last", func(g *Given, _ words) string { return day(g.Last) }},
}

// table has words for people, or stable names for programs.
func (p *Provision) table(l words, people bool) table {
	var t table
	for _, c := range givenColumns {
		name := c.name
		if people {
			name = l.say(c.zh, c.en)
		}
		t.head = append(t.head, name)
	}
	for i := range p.Rows {
		var r []string
		for _, c := range givenColumns {
			r = append(r, c.of(&p.Rows[i], l))
		}
		t.rows = append(t.rows, r)
	}
	return t
}

func (p *Provision) markdown(w io.Writer, l words) error {
	t := p.table(l, true)
	for _, r := range t.rows {
		for i := range r {
			r[i] = dash(r[i])
		}
	}
	_, err := fmt.Fprintf(w, "# %s\n\n%s\n\n- %s: %s\n- %s: %s\n- %s: %s\n\n%s\n",
		l.say("向其他网络数据处理者提供个人信息和重要数据情况记录", "Records of provision of personal information and important data"),
		l.say("依据《网络数据安全管理条例》第十二条形成，仅含统计信息，不含数据本身。", "Kept under the Network Data Security Regulations, art. 12. It holds figures only, and none of the data."),
		l.say("期间", "Period"), l.period(p.From, p.To), l.say("制作时间", "Made"), p.Made.In(policy.Shanghai).Format(time.RFC3339),
		l.say("网关节点", "Gateways"), dash(inline(strings.Join(p.Nodes, ", "))), p.counts(l))
	if err == nil {
		t.title = l.say("按接收方、目的、方式、依据", "By recipient, purpose, method and basis")
		err = t.writeMarkdown(w, l.none())
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s\n", p.notes(l))
	return err
}

func (p *Provision) counts(l words) string {
	c := p.Counts
	return fmt.Sprintf(l.say("共 %d 条记录：提供 %d，发出而未完整检查 %d，发出且未发现此类数据 %d，拒绝或暂扣 %d，放行而未发出 %d。",
		"%d records: %d provisions, %d sent and not read in full, %d sent with nothing of the kind, %d blocked or held, %d let through and nothing sent."),
		c.Records, c.Provisions, c.Unread, c.Nothing, c.Refused, c.NothingSent)
}

func (p *Provision) notes(l words) string {
	text := l.say("人次按每次传输相加，同一人可能重复计算；不重复人数以账本为准（customs ledger show）。",
		"Persons are added up transfer by transfer, and one may count twice; distinct persons are those of the ledger (customs ledger show).")
	if p.Limited {
		text += l.say(" 行数超过上限，其余合并为一行“"+overflow+"”。", " There are more rows than a report holds; the rest stand together in the row "+overflow+".")
	}
	return text
}
