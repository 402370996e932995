package registry

// What stands in the table filings: the head of the permission.
func filingSheetColumns() []sheetColumn {
	const flags = "true,false"
	return []sheetColumn{
		{name: sheetJoin, zh: "申报编号", en: "your own id of the filing: letters, digits, . _ - ; no more than 10 digits in a row", must: true},
		{name: "pathway", zh: "出境路径", en: "SA security assessment, SC standard contract, CERT certification, GBA_SC Greater Bay Area contract, FTZ_LIST zone list, EXEMPTION",
			allowed: "SA,SC,CERT,GBA_SC,FTZ_LIST,EXEMPTION"},
		{name: "authority_no", zh: "批准/备案/证书编号", en: "number of the result notice, filing or certificate, as the authority wrote it"},
		{name: "authority", zh: "主管部门/机构", en: "who gave it"},
		{name: "status", zh: "状态", en: "only effective covers transfers", allowed: "draft,submitted,effective,suspended,expired,revoked,superseded"},
		{name: "exporter.uscc", zh: "出境方统一社会信用代码", en: "18 characters; keep the cell as text"},
		{name: "exporter.name", zh: "出境方名称", en: "name of the exporter"},
		{name: "exporter.group_usccs", zh: "集团成员代码", en: "USCCs of group members that file together (list)"},
		{name: "exporter.ciio", zh: "是否关键信息基础设施运营者", en: "critical information infrastructure operator", allowed: flags, must: true},
		{name: "exporter.registered_zone", zh: "登记的自贸区", en: "code of the free trade zone, as CN-SH-FTZ-LINGANG"},
		{name: "exporter.city_code", zh: "城市代码", en: "GB/T 2260, 4 to 6 digits"},
		{name: "scenario", zh: "业务场景", en: "code of the scenario catalogue, as hr.group"},
		{name: "list_id", zh: "自贸区清单编号", en: "for FTZ_LIST: the zone list that is used"},
		{name: "purposes", zh: "出境目的", en: "filed purposes; transfers must declare one of them (list)"},
		{name: "legal_basis", zh: "合法性基础", en: "for EXEMPTION: contract, hr, emergency, legal_duty, treaty or transit"},
		{name: "volume.subjects_ns_per_year", zh: "每年人数(非敏感)", en: "persons a year without sensitive data"},
		{name: "volume.subjects_sp_per_year", zh: "每年人数(敏感)", en: "persons a year with sensitive data"},
		{name: "volume.subjects_total_over_validity", zh: "有效期内总人数", en: "persons over the whole validity"},
		{name: "volume.records", zh: "记录条数", en: "filed number of records"},
		{name: "volume.bytes", zh: "数据量(字节)", en: "filed number of bytes"},
		{name: "volume.period", zh: "统计周期", en: "calendar_year or empty", allowed: "calendar_year"},
		{name: "volume.tz", zh: "时区", en: "Asia/Shanghai or empty", allowed: "Asia/Shanghai"},
		{name: "valid.issued", zh: "签发日期", en: "date of the notice or certificate; the three years run from it", date: true},
		{name: "valid.effective", zh: "生效日期", en: "first day in force", date: true},
		{name: "valid.expires", zh: "到期日期", en: "last day in force; empty is open", date: true},
		{name: "valid.extension_applied", zh: "申请延期日期", en: "day on which a granted extension was asked for", date: true},
	}
}

// The papers of a filing, in the same table.
func paperSheetColumns() []sheetColumn {
	return []sheetColumn{
		{name: "overseas_storage.countries", zh: "境外存储国家/地区", en: "where the recipient keeps the data (list)"},
		{name: "overseas_storage.retention_days", zh: "境外保存天数", en: "days it is kept"},
		{name: "pia.report_id", zh: "影响评估报告编号", en: "protection impact assessment"},
		{name: "pia.date", zh: "影响评估日期", en: "its date", date: true},
		{name: "pia.keep_until", zh: "影响评估保存至", en: "kept until, at least three years", date: true},
		{name: "consent.required", zh: "是否需要单独同意", en: "separate consent", allowed: "true,false"},
		{name: "consent.notice_version", zh: "告知书版本", en: "version of the notice"},
		{name: "consent.record_system", zh: "同意记录系统", en: "where consent is kept"},
		{name: "evidence.name", zh: "材料名称", en: "documents of the dossier (list; its columns go together entry by entry)"},
		{name: "evidence.sha256", zh: "材料 SHA-256", en: "64 hexadecimal digits each (list)"},
		{name: "evidence.kept_at", zh: "材料存放处", en: "where each is kept (list)"},
		{name: "sector_approvals.kind", zh: "行业批准类型", en: "what other authorities granted, as hgr, geo (list; its columns go together)"},
		{name: "sector_approvals.approval_no", zh: "行业批准编号", en: "number of each (list)"},
		{name: "sector_approvals.expires", zh: "行业批准到期日", en: "last day of each (list)", date: true},
	}
}

func recipientSheetColumns() []sheetColumn {
	return []sheetColumn{
		{name: "id", zh: "接收方编号", en: "your own id of the overseas recipient", must: true},
		{name: "name", zh: "接收方名称", en: "its name"},
		{name: "country", zh: "国家/地区代码", en: "ISO 3166-1 alpha-2, as SG; HK, MO and TW are codes of their own"},
		{name: "address", zh: "地址", en: "its address"},
		{name: "role", zh: "角色", en: "controller, processor or group company", allowed: "controller,processor,group"},
		{name: "contact", zh: "联系人", en: "whom to reach"},
		{name: "onward.name", zh: "再转移方名称", en: "third parties it may pass data to (list; its columns go together entry by entry)"},
		{name: "onward.country", zh: "再转移方国家/地区", en: "country of each (list)"},
		{name: "onward.purpose", zh: "再转移目的", en: "purpose of each (list)"},
	}
}

func itemSheetColumns() []sheetColumn {
	const flags = "true,false"
	return []sheetColumn{
		{name: "item_id", zh: "数据项编号", en: "number of the data item in the filing", must: true},
		{name: "name_zh", zh: "数据项名称", en: "its name"},
		{name: "level", zh: "数据级别", en: "core data does not leave", allowed: "general,important,core", must: true},
		{name: "pi", zh: "是否个人信息", en: "personal information", allowed: flags, must: true},
		{name: "sensitive", zh: "是否敏感个人信息", en: "sensitive personal information", allowed: flags, must: true},
		{name: "categories", zh: "数据类别", en: "class names as customs scan shows them, pi.contact.mobile (list)"},
		{name: "fields", zh: "字段名", en: "names of fields or columns (list)"},
		{name: "approved", zh: "是否获批", en: "false: the authority refused this item", allowed: flags, must: true},
		{name: "processing", zh: "处理方式", en: "in what form it may leave", allowed: "raw,deidentified,anonymised,aggregated"},
	}
}

func linkSheetColumns() []sheetColumn {
	return []sheetColumn{
		{name: "link_id", zh: "链路编号", en: "number of the link in the filing", must: true},
		{name: "recipient", zh: "接收方编号", en: "id in recipients; may be empty when there is one"},
		{name: "src_system", zh: "境内系统", en: "sending system"},
		{name: "src_domains", zh: "境内域名", en: "its host names, or *.suffix (list)"},
		{name: "src_cidrs", zh: "境内地址段", en: "its address ranges (list)"},
		{name: "dst_domains", zh: "境外域名", en: "host names overseas, or *.suffix (list)"},
		{name: "dst_cidrs", zh: "境外地址段", en: "address ranges overseas (list)"},
		{name: "ports", zh: "端口", en: "ports; empty is any (list)"},
		{name: "protocol", zh: "协议", en: "how it is sent", allowed: "https,http,sftp,smtp,mq,dedicated_line,remote_access"},
		{name: "direction", zh: "方向", en: "who opens the connection", allowed: "push,pull,remote_access"},
		{name: "purpose", zh: "目的", en: "one of the filing's purposes"},
		{name: "frequency", zh: "频率", en: "realtime or batch"},
		{name: "encryption", zh: "加密方式", en: "as tls1.2+"},
		{name: "window.stop", zh: "分段发送的停止类别", void: "none",
			en: "content too large to be held goes in windows until one of these classes is found (list); none: whatever is found; empty: it does not go"},
	}
}
