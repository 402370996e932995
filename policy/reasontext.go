package policy

// ReasonText is what a reason code says to a person.
type ReasonText struct {
	Title  string
	Detail string
	// Remedy is what would let the same data pass. It is advice about this
	// gateway's rules, not legal advice, and empty for grounds to pass.
	Remedy  string
	Article string // the rule it rests on, or empty
}

// The languages of Text.
const (
	Chinese = "zh"
	English = "en"
)

// Text returns the words of a code in "zh" or "en"; another language gets
// English. A code without words gets itself as the title.
func Text(c Code, lang string) ReasonText {
	t, ok := reasonTexts[c]
	switch {
	case !ok:
		return ReasonText{Title: string(c)}
	case lang == Chinese:
		return ReasonText{t.zh.title, t.zh.detail, t.zh.remedy, t.zh.article}
	}
	return ReasonText{t.en.title, t.en.detail, t.en.remedy, t.en.article}
}

// words are the texts of one code in one language.
type words struct{ title, detail, remedy, article string }

type bilingual struct{ zh, en words }

// reasonTexts holds the words of every code; a test compares it with the
// codes that there are.
var reasonTexts = func() map[Code]bilingual {
	all := map[Code]bilingual{}
	for _, part := range []map[Code]bilingual{passTexts, zoneTexts, lawTexts, filingTexts, doubtTexts, wireTexts, tunnelTexts} {
		for c, t := range part {
			all[c] = t
		}
	}
	return all
}()

var passTexts = map[Code]bilingual{
	NotOutbound: {
		words{"不属于数据出境", "目的地在境内。", "", "个人信息出境标准合同备案指南（第二版）"},
		words{"Not an export", "The destination is in the mainland.", "", "SC filing guide, 2nd ed."}},
	ExNoPI: {
		words{"不含个人信息和重要数据", "已全部读取，未发现个人信息或重要数据。", "", "促进和规范数据跨境流动规定 第三条"},
		words{"No personal information or important data", "All of it was read and neither was found.", "", "2024 Provisions art. 3"}},
	ExTransit: {
		words{"过境数据", "登记为境外收集、境内处理后再出境，且未引入境内个人信息或重要数据。", "", "促进和规范数据跨境流动规定 第四条"},
		words{"Transit data", "Registered as collected abroad and sent out again, and no mainland personal information or important data was found in it.", "", "2024 Provisions art. 4"}},
	ExContract: {
		words{"履行合同所必需", "按已登记的豁免情形传输。", "", "促进和规范数据跨境流动规定 第五条第一款第（一）项"},
		words{"Necessary for a contract with the person", "Sent under a registered exemption claim.", "", "2024 Provisions art. 5(1)(1)"}},
	ExHR: {
		words{"跨境人力资源管理所必需", "按已登记的豁免情形传输。", "", "促进和规范数据跨境流动规定 第五条第一款第（二）项"},
		words{"Necessary for staff management", "Sent under a registered exemption claim.", "", "2024 Provisions art. 5(1)(2)"}},
	ExEmergency: {
		words{"紧急情况", "按已登记的豁免情形传输。", "", "促进和规范数据跨境流动规定 第五条第一款第（三）项"},
		words{"Emergency", "Sent under a registered exemption claim.", "", "2024 Provisions art. 5(1)(3)"}},
	ExLegalDuty: {
		words{"履行法定职责或者法定义务所必需", "按已登记的豁免情形传输。", "", "网络数据安全管理条例 第三十五条第（六）项"},
		words{"Necessary for a statutory duty", "Sent under a registered exemption claim.", "", "NDSR art. 35(6)"}},
	ExSmall: {
		words{"年度人数低于申报门槛", "非关键信息基础设施运营者，不含敏感个人信息，本年累计人数低于规则包的首个门槛。", "", "促进和规范数据跨境流动规定 第五条第一款第（四）项"},
		words{"Below the yearly number of persons", "No CIIO, no sensitive personal information, and fewer persons this year than the first threshold.", "", "2024 Provisions art. 5(1)(4)"}},
	FilingCovers: {
		words{"在已登记的备案范围内", "一项已登记的评估、合同备案或认证覆盖本次传输。本网关只执行和留痕，不构成批准。", "", "网络数据安全管理条例 第三十八条"},
		words{"Within a registered filing", "One registered assessment, contract or certificate covers this transfer. The gateway enforces and records; it approves nothing.", "", "NDSR art. 38"}},
	RegisteredUnread: {
		words{"登记为不读取", "该目的地由运营者登记为不解密直接通过，内容未读取。", "", ""},
		words{"Registered to pass unread", "The operator registered this destination to be passed without reading it.", "", ""}},
	UnreadAllowed: {
		words{"含未读取的内容，按运营者设置放行", "运营者为该目的地设置了 unread：未能读取的内容也可发送，只对读到的部分作出判断。未读取的部分是否含有受管数据不得而知。", "", ""},
		words{"Sent although not all of it was read", "The operator set unread for this destination: content may go that could not be read, and only what was read was judged. Nobody knows whether the rest carries governed data.", "", ""}},
}

var lawTexts = map[Code]bilingual{
	StateSecret: {
		words{"发现国家秘密标志", "内容带有国家秘密标志，无论有何备案都不得出境。", "立即停止发送并报告保密部门；若标志有误，由定密责任人更正后再发送。", "保守国家秘密法；网络数据安全管理条例 第六十三条"},
		words{"State secret mark found", "The content bears a state secret mark and does not leave under any filing.", "Stop sending and tell your secrecy officer at once; if the mark is wrong, have its owner correct it and send again.", "State Secrets Law; NDSR art. 63"}},
	CoreData: {
		words{"发现核心数据", "内容属于国家核心数据。", "不得经本网关出境；请与数据安全负责人联系。", "数据安全法 第二十一条"},
		words{"Core data found", "The content is classified as core data.", "It cannot leave through this gateway; ask your data security officer.", "DSL art. 21"}},
	RecipientDenied: {
		words{"接收方在禁止名单上", "该接收方在规则包的禁止名单上，或为境外司法、执法机构，或已在本登记簿中被暂停。", "查看 customs filing list --kind recipient：已暂停的，查明原因后重新登记为有效；否则更换接收方；向境外司法、执法机构提供须先经主管机关批准。", "个人信息保护法 第四十一条、第四十二条；数据安全法 第三十六条"},
		words{"Recipient is on the deny-list", "The recipient is on the deny-list of the rule pack, is a foreign court or authority, or is suspended in the register.", "See customs filing list --kind recipient: one that is suspended goes again once it is added as effective. Else choose another recipient; providing data to a foreign court or law enforcement body first needs the competent authority's approval.", "PIPL arts. 41 and 42; DSL art. 36"}},
	PathwayTooWeak: {
		words{"备案路径不足", "本次传输需要更严格的路径（例如需要安全评估而只有标准合同），或该路径不适用于本主体或目的地。", "按所需路径办理并登记，或减少数据使其低于门槛。", "促进和规范数据跨境流动规定 第七条、第八条"},
		words{"Pathway is not strong enough", "This transfer needs a stricter pathway, as an assessment where only a contract is filed, or the pathway is not open to this exporter or place.", "Obtain and register the needed pathway, or send less so that the threshold is not reached.", "2024 Provisions arts. 7 and 8"}},
	HeldForReview: {
		words{"等待人工复核", "运营者规则要求两人复核后才能发送。未保存任何内容。", "请复核人批准所附编号，然后原样重新发送。", ""},
		words{"Held for review", "A rule of the operator wants two persons to look first. Nothing was kept.", "Have the ticket approved, then send the same data again.", ""}},
	RedactionOrdered: {
		words{"须先去除部分数据", "运营者规则要求去除所列类别后再发送。", "去除所列类别的数据后重新发送。", ""},
		words{"Some data must be taken out", "A rule of the operator wants the listed classes removed first.", "Remove the listed classes and send again.", ""}},
	OperatorDenied: {
		words{"运营者规则拒绝", "所列的运营者自定规则拒绝本次传输。", "按该规则修改传输，或请运营者修改规则。", ""},
		words{"Refused by a rule of the operator", "The listed rule of the operator refuses this transfer.", "Change the transfer as the rule asks, or ask the operator about it.", ""}},
}

var filingTexts = map[Code]bilingual{
	FilingNotFound: {
		words{"没有适用的备案", "本次传输需要安全评估、标准合同备案或认证，而该数据处理者没有登记任何一项。", "办理所需路径，并用 customs filing add 登记；或减少数据（例如去除敏感个人信息）。", "促进和规范数据跨境流动规定 第七条、第八条"},
		words{"No filing", "This transfer needs an assessment, a standard contract or a certificate, and none is registered for the exporter.", "Obtain the needed pathway and register it with customs filing add, or send less, for instance without the sensitive data.", "2024 Provisions arts. 7 and 8"}},
	FilingNotEffective: {
		words{"备案尚未生效", "该备案的生效日期在今天之后。", "等到生效日后再发送，或更正登记的日期。", "个人信息出境标准合同办法 第六条"},
		words{"Filing is not in force yet", "The filing's first day lies after today.", "Send from that day on, or correct the registered date.", "SC Measures art. 6"}},
	FilingExpired: {
		words{"备案已过期", "该备案的有效期已于最后一日24时（北京时间）届满。", "办理延期或重新申报，并登记新的有效期。", "网络数据安全管理条例 第三十八条；安全评估：促进和规范数据跨境流动规定 第九条"},
		words{"Filing has expired", "The filing ended at 24:00 Beijing time of its last day.", "Extend or renew it, and register the new dates.", "NDSR art. 38; for an assessment 2024 Provisions art. 9"}},
	FilingSuspended: {
		words{"备案已暂停或撤销", "该备案在登记簿中为暂停或撤销状态。", "查明原因，恢复后重新登记为有效。", "数据出境安全评估办法 第十七条"},
		words{"Filing is suspended or revoked", "The register holds the filing as suspended or revoked.", "Settle the cause, then register it as effective again.", "SA Measures art. 17"}},
	RecipientMismatch: {
		words{"接收方不在备案范围内", "目的地不属于备案所列的任何接收方。", "发送给备案所列接收方，或把该接收方补充备案。", "网络数据安全管理条例 第三十八条"},
		words{"Recipient is outside the filing", "The destination belongs to none of the filed recipients.", "Send to a filed recipient, or have this one filed.", "NDSR art. 38"}},
	CountryMismatch: {
		words{"国家或地区与备案不符", "目的地所在国家或地区与备案接收方不同。", "发送到备案所列国家或地区，或变更备案。", "网络数据安全管理条例 第三十八条"},
		words{"Country is outside the filing", "The destination is in another country than the filed recipient.", "Send to the filed country, or change the filing.", "NDSR art. 38"}},
	LinkNotFiled: {
		words{"链路未备案", "接收方相符，但域名、地址、端口、协议、方向或来源不在备案的出境链路表中。", "使用备案的链路，或在备案中补充该链路。", "数据出境安全评估申报指南（第三版）"},
		words{"Link is not filed", "The recipient fits, but name, address, port, protocol, direction or source is not in the filing's link table.", "Use a filed link, or add this one to the filing.", "SA application guide, 3rd ed."}},
	PurposeMismatch: {
		words{"目的与备案不符", "申明的目的不在备案范围内。", "按备案目的发送，或变更备案。", "网络数据安全管理条例 第三十八条"},
		words{"Purpose is outside the filing", "The declared purpose is not among the filed ones.", "Send for a filed purpose, or change the filing.", "NDSR art. 38"}},
	PurposeUndeclared: {
		words{"未申明目的", "备案限定了目的，而本次传输没有申明，链路表也无法确定。", "在链路表中写明目的，或由获准的客户端用 Customs-Purpose 申明。", "网络数据安全管理条例 第三十八条"},
		words{"Purpose is not declared", "The filing is bound to purposes, and neither the link table nor the client says which one this is.", "Name the purpose in the link table, or let an allowed client declare it with Customs-Purpose.", "NDSR art. 38"}},
	CategoryNotCovered: {
		words{"数据类别不在备案范围内", "发现的所列类别不在备案的数据项中。", "去除该类别，或变更备案使其包含。", "网络数据安全管理条例 第三十八条"},
		words{"Class of data is outside the filing", "The listed class was found and is not among the filed items.", "Take that class out, or have it filed.", "NDSR art. 38"}},
	SPINotCovered: {
		words{"敏感个人信息不在备案范围内", "该类别属于敏感个人信息，而备案仅作为一般个人信息包含。", "去除该类别，或将其作为敏感个人信息备案。", "个人信息保护法 第二十八条、第二十九条"},
		words{"Sensitive data is outside the filing", "The listed class is sensitive here, and the filing covers it only as plain personal information.", "Take it out, or have it filed as sensitive.", "PIPL arts. 28 and 29"}},
	ImportantNotCover: {
		words{"重要数据未获准出境", "该类别属于重要数据，而备案未作为重要数据包含。", "通过数据出境安全评估并登记该数据项。", "数据安全法 第三十一条；促进和规范数据跨境流动规定 第七条"},
		words{"Important data is outside the filing", "The listed class is important data, and no assessed item covers it as such.", "Have it assessed and register the item.", "DSL art. 31; 2024 Provisions art. 7"}},
	ItemRefused: {
		words{"数据项未获批准", "主管机关未批准含该类别的数据项出境。", "去除该类别。", "数据出境安全评估办法"},
		words{"Item was refused", "An item with this class was refused in the assessment.", "Take that class out.", "SA Measures"}},
	DeidentMissing: {
		words{"应当去标识化", "备案只允许该类别以去标识化等处理后的形式出境，而内容为原始形式。", "按备案的形式处理后再发送。", "网络数据安全管理条例 第三十八条；个人信息保护法 第七十三条"},
		words{"Data is not de-identified", "The filing covers this class only in a processed form, and it is raw here.", "Process it as filed, then send.", "NDSR art. 38; PIPL art. 73"}},
	VolumeExceeded: {
		words{"超出备案规模", "计入本次后，人数将超过备案的规模。", "减少人数，等待下一计数年度，或变更备案规模。", "网络数据安全管理条例 第三十八条"},
		words{"Filed volume is exceeded", "With this transfer there would be more persons than filed.", "Send fewer persons, wait for the next counting year, or have a larger volume filed.", "NDSR art. 38"}},
	VolumeContended: {
		words{"名额正被占用", "剩余名额由尚未结束的传输占用。", "稍后重试。", ""},
		words{"Volume is in use", "Transfers that are still open hold the last places.", "Try again shortly.", ""}},
}
