package synth

func markKinds() []Kind {
	const secret, internal, important = "mark.secret", "mark.internal", "mark.important"
	return []Kind{
		{"secretmark", secret, false, one("绝密★30年", "机密★20年", "秘密★10年", "机密★1年", "秘密★6个月", "绝密★长期", "机密★5年")},
		{"secretstar", secret, false, one("绝密★", "机密★", "秘密★", "机密☆20年", "秘密 ★ 10年", "秘密★５年")},
		{"internalmark", internal, false, one("内部资料 注意保存", "内部文件 不得外传", "内部资料，注意保存", "仅供内部使用", "内部文件，严禁外传", "工作秘密")},
		{"internalen", internal, false, one("INTERNAL USE ONLY", "Internal Use Only", "FOR INTERNAL USE ONLY", "CONFIDENTIAL - INTERNAL USE ONLY")},
		{"importantmark", important, false, one("重要数据", "核心数据")},
	}
}
