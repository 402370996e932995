package policy

// zoneTexts are the words of zone lists, treaties and what operators and
// reviewers may lift.
var zoneTexts = map[Code]bilingual{
	ExTreaty: {
		words{"依据条约或者协定", "按已登记的条约或者协定依据传输。", "", "网络数据安全管理条例 第三十六条；个人信息保护法 第三十八条第二款"},
		words{"On the ground of a treaty", "Sent under a registered treaty or agreement.", "", "NDSR art. 36; PIPL art. 38 para. 2"}},
	ExZoneOfflist: {
		words{"自由贸易试验区负面清单外的数据", "该场景由所在自由贸易试验区的负面清单规定，而其中没有列出所发现的数据。", "", "促进和规范数据跨境流动规定 第六条"},
		words{"Off the negative list of the zone", "The negative list of the exporter's free-trade zone rules this scenario, and none of the data found is on it.", "", "2024 Provisions art. 6"}},
	ExZoneBelow: {
		words{"低于负面清单规定的数量", "数据在负面清单内，但本年累计人数低于清单规定须办理手续的数量。", "", "促进和规范数据跨境流动规定 第六条"},
		words{"Below the thresholds of the zone's list", "The data is on the negative list, and the persons of this year stay below the numbers from which the list asks for a pathway.", "", "2024 Provisions art. 6"}},
	ExZoneGeneral: {
		words{"一般数据清单内的数据", "所有类别均在所在自由贸易试验区的一般数据清单内，已按清单要求登记，人数未超过清单上限。", "", "促进和规范数据跨境流动规定 第六条"},
		words{"On the general-data list of the zone", "Every class found is on the general-data list of the exporter's free-trade zone, its use is registered where the list asks for that, and no maximum of it is passed.", "", "2024 Provisions art. 6"}},
	Relaxed: {
		words{"运营者放宽了一项要求", "规则包允许运营者放宽所列要求，运营者规则已放宽。其余要求均已满足。", "", ""},
		words{"An operator's rule lifted one requirement", "The rule pack lets operators lift the requirement named here, and a rule of the operator does so. Everything else holds.", "", ""}},
	ReviewApproved: {
		words{"两名复核人同意发送相同内容", "运营者要求先行复核；两名不同的复核人已签名同意，有效期和次数尚未用尽。", "", ""},
		words{"Released by two reviewers", "The operator wanted it looked at first; two different reviewers signed for this same content, and time and quota are left.", "", ""}},
	ExceptionApplied: {
		words{"适用一项已登记的例外", "运营者自定的一项规则因已登记、由两人签名的例外而不适用。法律要求不受影响。", "", ""},
		words{"A registered exception applies", "A rule of the operator is set aside by a registered exception that two persons signed. What the law asks is not touched.", "", ""}},
	ApprovalMissing: {
		words{"缺少行业主管部门的许可", "该数据除数据出境路径外，还须另一主管部门的许可或备案，而所用登记中没有有效的一项。", "取得该许可或备案，并在备案记录的 sector_approvals 中登记其编号和期限。", "人类遗传资源管理条例 第二十八条；自然资发〔2024〕139号"},
		words{"Another authority's permission is missing", "Besides the pathway this data needs the permission or filing of another authority, and none is registered as valid.", "Obtain it and register its number and term under sector_approvals of the filing.", "HGR Regulation art. 28; MNR notice No. 139 of 2024"}},
	ImportantSuspected: {
		words{"疑似重要数据", "数据符合重要数据目录中的一项特征，但未被告知或者公开发布为重要数据。未保存任何内容。", "由两名复核人确认其是否属于重要数据；属于的，申报数据出境安全评估并登记该数据项。", "促进和规范数据跨境流动规定 第二条；网络数据安全管理条例 第三十七条"},
		words{"May be important data", "The data fits an entry of the important-data catalogue, and nobody has notified or published it as important. Nothing was kept.", "Have two reviewers settle whether it is important; if it is, apply for a security assessment and register the item.", "2024 Provisions art. 2; NDSR art. 37"}},
	SplittingSuspected: {
		words{"疑似拆分出境", "该内容看来是同一名单或者文件中的一份，其余各份另行发送；不得以数量拆分等手段规避安全评估。各份中的人员均已合并计数。", "按整体核对该名单应适用的路径；确属互不相关的，请运营者复核。记录中列有同组的其他传输。", "个人信息出境标准合同办法 第四条；个人信息出境认证办法"},
		words{"May be one piece of a larger list", "It looks like one part of a list or document that is sent in pieces, which may not be done to stay below a security assessment. The persons of all pieces are counted together as ever.", "Check which pathway the list as a whole needs; if the pieces have nothing to do with each other, have the operator review it. The record names the others.", "SC Measures art. 4; CERT Measures"}},
	ZoneNotRegistered: {
		words{"未登记使用自由贸易试验区清单", "所在自由贸易试验区的清单可能适用，但该清单须先登记使用，而没有有效且相符的登记。", "向该区办理登记，并以 FTZ_LIST 类型登记，写明 list_id、接收方和有效期。", "促进和规范数据跨境流动规定 第六条"},
		words{"Use of the zone's list is not registered", "A list of the exporter's zone may apply, but it takes effect only once its use is registered, and no registration is valid and fits.", "Register with the zone, then register that here as a filing of pathway FTZ_LIST with list_id, recipient and dates.", "2024 Provisions art. 6"}},
	ZoneUnverified: {
		words{"自由贸易试验区清单尚未核对", "所在自由贸易试验区的清单涉及该场景，但规则包中的清单尚未与公布文本核对，因此不作为依据。", "请运营者将清单与公布文本逐项核对，标记 verified 并签名；在此之前按全国规则办理。", "促进和规范数据跨境流动规定 第六条"},
		words{"The zone's list is not verified", "A list of the exporter's zone covers this scenario, but the copy in the rule pack was not compared with the published text, so it decides nothing.", "Have the operator compare it with the published text, mark it verified and sign it; until then the national rules apply.", "2024 Provisions art. 6"}},
	ReviewDenied: {
		words{"复核人不同意发送", "运营者要求先行复核，一名复核人已签名表示不同意，相同内容不再放行。未保存任何内容。", "与所列复核单的复核人确认原因；按其意见修改内容、接收方或者目的后重新发送，将另行复核。", ""},
		words{"Refused by a reviewer", "The operator wanted it looked at first, and a reviewer signed against it; this same content is not released any more. Nothing was kept.", "Ask the reviewers of the ticket named here for their reason; changed as they ask, in content, recipient or purpose, it is reviewed anew.", ""}},
	QuotaUsedUp: {
		words{"次数或人数已用尽", "所依据的复核决定或例外已用尽次数或人数，或者已经失效。", "请两名复核人再次复核，或登记新的例外。", ""},
		words{"Quota is used up", "The reviewers' release or the exception that this rests on has no transfers or persons left, or is no longer in force.", "Have it reviewed again, or register a new exception.", ""}},
}
