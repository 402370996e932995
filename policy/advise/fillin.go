package advise

import (
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// FillIn is a field of a draft that no record can tell.
type FillIn struct {
	Field string    `json:"field"`
	What  Bilingual `json:"what"`
	By    Bilingual `json:"by"`
}

// fillIns are what people have to add to a draft, and who knows it.
func fillIns(f *policy.Filing, w *Way) []FillIn {
	business, legal := Bilingual{"业务部门", "the business department"}, Bilingual{"法务或个人信息保护负责人", "legal or the data-protection officer"}
	network, authority := Bilingual{"网络工程师", "the network engineer"}, Bilingual{"主管网信部门或认证机构（办结后）", "the authority or certification body, when it is done"}
	recipient := Bilingual{"业务部门与境外接收方", "the business department with the recipient"}
	var out []FillIn
	add := func(field, zh, en string, by Bilingual) { out = append(out, FillIn{field, Bilingual{zh, en}, by}) }
	if f.Exporter.Name == blank {
		add("exporter.name", "数据处理者名称（与营业执照一致）", "name of the exporter as in its licence", legal)
	}
	r := &f.Recipients[0]
	if r.Name == blank || r.Name == "" {
		add("recipients[0]", "境外接收方的名称、地址、联系人和角色；按域名推断，请确认这些主机属于同一接收方", "name, address, contact and role of the recipient; it was guessed by host name, so confirm that the hosts belong to one body", recipient)
	}
	if r.Country == blankCountry {
		add("recipients[0].country", "国家或地区代码（未知，暂写 ZZ）", "country code; it is not known, ZZ stands for it", recipient)
	}
	if f.Purposes[0] == blank {
		add("purposes", "出境目的（记录中未申明）", "the purpose; none was declared", business)
	}
	add("necessity", "目的、范围、方式的合法性、正当性、必要性说明", "why purpose, scope and manner are lawful, proper and necessary", business)
	add("legal_basis", "合法性基础；以同意为基础的须有单独同意", "the legal basis; where it is consent, separate consent", legal)
	add("consent", "告知书版本和同意记录系统（无论何种路径均须告知）", "version of the notice and where consent is kept; notice is due on every pathway", legal)
	add("pia", "个人信息保护影响评估报告编号和日期", "number and date of the protection impact assessment", legal)
	add("items[].fields", "各数据项的字段名，以及能否减少或去标识化", "field names of each item, and whether it can be left out or de-identified", business)
	add("items[].approved", "是否获批：草案一律写“否”；请按批复或备案结果逐项改写，写“否”的项目不得出境", "whether the item was approved: the draft says no for each; write yes for those that were when the result is known, what says no is refused", authority)
	add("overseas_storage", "境外存储地和保存期限", "where and how long the recipient keeps it", recipient)
	add("recipients[0].onward", "是否再转移给境外第三方", "whether the recipient passes it on abroad", recipient)
	add("links[].src_system", "境内系统名称、域名和地址", "name, host names and addresses of the sending system", network)
	if w.withheld {
		add("links[].dst_domains", "主机名在记录中不予显示，此处为地址或占位名", "a host name is withheld in the records; its address or a blank stands here", network)
	}
	add("volume", "申报规模（此处为推算的上限；SA 延期时下一期计划增长有限制，见申报指南第三版，请勿随意放大）", "the scale; here is a projected upper bound. An extension of an assessment bounds the planned growth (application guide, 3rd ed.), so do not inflate it", business)
	if f.Valid.Expires != "" {
		add("valid", fmt.Sprintf("签发、生效和到期日期（暂写今天和 %d 年后）", w.Scale.Years), fmt.Sprintf("dates of issue, effect and end; today and %d years later stand here", w.Scale.Years), authority)
	} else {
		add("valid", "合同生效和终止日期（暂写今天）", "first and last day of the contract; today stands here", legal)
	}
	add("authority_no", "批准、备案或证书编号，主管机关", "number of the result, filing or certificate, and who gave it", authority)
	return out
}
