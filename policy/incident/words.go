package incident

// word gives a code of the file in the reader's language; a code that has no
// words stands for itself.
func (p *page) word(code string) string {
	w, ok := words()[code]
	switch {
	case !ok:
		return code
	case p.zh:
		return w[0]
	}
	return w[1]
}

// Word is word for a list on a terminal.
func Word(code string, zh bool) string { return (&page{zh: zh}).word(code) }

func words() map[string][2]string {
	return map[string][2]string{
		"leak":               {"数据泄露", "leak"},
		"bypass":             {"绕过网关出境", "bypass of the gateway"},
		"loss":               {"数据丢失、毁损或篡改", "loss, damage or change of data"},
		"general":            {"一般", "general"},
		"relatively_major":   {"较大", "relatively major"},
		"major":              {"重大", "major"},
		"particularly_major": {"特别重大", "particularly major"},
		"unstated":           {"未定（按最高级别计时）", "not stated (clocks run as for the highest)"},
		"ciio":               {"关键信息基础设施运营者", "operator of critical information infrastructure"},
		"central":            {"中央和国家机关", "central organ"},
		"other":              {"其他网络运营者", "other"},
		"ciio-yes":           {"是", "yes"},
		"ciio-no":            {"否", "no"},
		"ciio-unknown":       {"不详（按是处理）", "unknown, treated as yes"},
		ActOpen:              {"登记", "opened"},
		ActNote:              {"补充", "noted"},
		ActReport:            {"报告", "reported"},
		ActClose:             {"结案", "closed"},
		"sent-none":          {"未发出", "none"},
		"sent-some":          {"部分发出", "some"},
		"sent-all":           {"全部发出", "all"},
		"sent-unknown":       {"不详", "unknown"},
		"level-general":      {"一般数据", "general"},
		"level-important":    {"重要数据", "important"},
		"level-core":         {"核心数据", "core"},
		"steps-all":          {"全部", "all"},
		"steps-some":         {"部分", "some"},
		"steps-none":         {"无", "none"},
		"running":            {"计时中", "running"},
		"reported":           {"已报告", "reported"},
		"late":               {"已报告，逾期", "reported late"},
		"over":               {"已逾期", "RUN OUT"},
		"open":               {"处理中", "open"},
		"closed":             {"已结案", "closed"},
		"IN_DOUBT":           {"是否发出不详", "may or may not have left"},
	}
}
