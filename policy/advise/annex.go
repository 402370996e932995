package advise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// annex writes what a draft would have to contain, as the filing guides ask:
// recipients, purpose, items, scale, link table, and what is still to be said.
func (p *page) annex(w *Way) {
	f := w.Draft
	p.line("\n#### 附件草案 %s：个人信息（数据）出境情况说明\n", "\n#### Draft annex %s: explanation of the export\n", code(f.ID))
	p.line("路径：%s。状态：草案，不覆盖任何传输。导入：`customs filing import`。\n", "Pathway: %s. Status: draft, it covers nothing. Import: `customs filing import`.\n", f.Pathway)
	if w.Changes != "" {
		p.line("可作为备案 %s 的变更或补充；变更目的、范围、种类、方式等须重新评估并办理手续。\n", "It may change filing %s or stand beside it; a change of purpose, scope, class or manner needs a new assessment and new papers.\n", code(w.Changes))
	}
	r := f.Recipients[0]
	p.line("**一、数据处理者**：%s，%s\n\n**二、境外接收方**：%s，%s，地址 %s，联系人 %s\n\n**三、出境目的**：%s\n",
		"**1. Exporter**: %s, %s\n\n**2. Recipient**: %s, %s, address %s, contact %s\n\n**3. Purpose**: %s\n",
		code(f.Exporter.USCC), prose(f.Exporter.Name), code(r.ID), code(r.Country)+" "+prose(r.Name), prose(r.Address), prose(r.Contact), prose(strings.Join(f.Purposes, "; ")))
	p.line("**四、数据项**\n\n| 编号 | 名称 | 类别 | 级别 | 个人信息 | 敏感 | 处理方式 |\n|---|---|---|---|---|---|---|",
		"**4. Items**\n\n| no. | name | class | level | personal | sensitive | form |\n|---|---|---|---|---|---|---|")
	for i, it := range f.Items {
		p.printf("| %s | %s | %s | %s | %s | %s | %s |\n", it.ID, prose(w.Items[i].Title.In(p.lang)), code(string(it.Categories[0])), it.Level, p.tick(it.PI), p.tick(it.Sensitive), it.Processing)
	}
	p.line("\n**五、规模**：每年非敏感 %s 人、敏感 %s 人%s。%s\n", "\n**5. Scale**: a year %s persons with non-sensitive data, %s with sensitive data%s. %s\n",
		Comma(f.Volume.NSPerYear), Comma(f.Volume.SPPerYear), p.total(w), prose(w.Scale.How.In(p.lang)))
	p.line("**六、出境链路**\n\n| 编号 | 境内系统 | 境外域名或地址 | 端口 | 协议 | 方向 | 频率 | 加密 |\n|---|---|---|---|---|---|---|---|",
		"**6. Link table**\n\n| no. | system | domain or address overseas | ports | protocol | direction | frequency | encryption |\n|---|---|---|---|---|---|---|---|")
	for _, l := range f.Links {
		p.link(l)
	}
	p.line("\n**七、待填写**\n", "\n**7. To be filled in**\n")
	for _, x := range w.FillIn {
		p.line("- %s：%s，由%s填写", "- %s: %s, to be filled in by %s", code(x.Field), prose(x.What.In(p.lang)), prose(x.By.In(p.lang)))
	}
}

func (p *page) total(w *Way) string {
	if w.Scale.Total == 0 {
		return ""
	}
	return fmt.Sprintf(p.say("；%d 年有效期内共 %s 人（年度人数乘以年数，为上限）", "; %s persons over the validity of %s years (yearly persons times years, an upper bound)"), p.order(w)...)
}

func (p *page) order(w *Way) []any {
	if p.lang == policy.Chinese {
		return []any{w.Scale.Years, Comma(w.Scale.Total)}
	}
	return []any{Comma(w.Scale.Total), fmt.Sprint(w.Scale.Years)}
}

func (p *page) link(l policy.Link) {
	var ports []string
	for _, n := range l.Ports {
		ports = append(ports, fmt.Sprint(n))
	}
	p.printf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", l.ID, prose(l.SrcSystem), codes(slices.Concat(l.DstDomains, l.DstCIDRs)),
		strings.Join(ports, " "), code(l.Protocol), code(string(l.Direction)), code(l.Frequency), code(l.Encryption))
}
