package check_test

import "testing"

func TestSecrecyMarks(t *testing.T) {
	tests := []struct {
		name, trigger, text string
		lift                int // of the value; 9 for none
	}{
		{"with a star and a term", "机密", "机密★20年", 0},
		{"with a space inside", "机 密", "机 密★", 0},
		{"a copy number before it", "机密", "000001\n机密\n关于", -1},
		{"a copy number and urgency", "机密", "000001\n机密\n特急\n", 0},
		{"a document number", "绝密", "绝密\n国发〔2024〕1号\n", -1},
		{"the value of a key", "秘密", `{"密级":"秘密"}`, -1},
		{"a list of choices", "秘密", "密级：秘密、机密", 9},
		{"of trade", "秘密", "商业秘密★", 9},
		{"of work", "秘密", "工作秘密★", 9},
		{"a garden", "秘密", "秘密花园", 9},
		{"bold", "机密", "**机密**", 9},
		{"alone", "秘密", "秘密", 9},
		{"a list", "机密", "编号\n机密\n公开\n", 9},
		{"seven digits before it", "机密", "1000001\n机密\n关于", 9},
		{"no document number", "机密", "机密\n〔20245〕1号", 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for script, got := range map[string][]keyedValue{"UTF-8": bring(t, "secret_mark", tt.trigger, tt.text), "GB18030": bringGB(t, "secret_mark", tt.trigger, tt.text)} {
				if tt.lift == 9 && len(got) > 0 || tt.lift != 9 && (len(got) != 1 || got[0].lift != tt.lift) {
					t.Errorf("%s %q: %+v, want lift %d", script, tt.text, got, tt.lift)
				}
			}
		})
	}
}

func TestInternalMarks(t *testing.T) {
	tests := []struct {
		name, trigger, text, want string
		counts                    bool
	}{
		{"a line", "内部资料", "内部资料 注意保存\n第一章", "内部资料 注意保存", true},
		{"brackets", "内部文件", "【内部文件】关于预算", "内部文件", true},
		{"round brackets at the end", "内部文件", "关于预算的通知（内部文件）\n", "内部文件", true},
		{"round brackets in a text", "内部使用", "解析标签（内部使用）后返回", "内部使用", false},
		{"a star", "商业秘密", "商业秘密★5年", "商业秘密★5年", true},
		{"a heading of a law", "商业秘密", "\n商业秘密\n第九条", "商业秘密", false},
		{"behind an organisation", "内部资料", "示例科技有限公司内部资料\n", "内部资料", true},
		{"the value of a key", "商业秘密", "密级：商业秘密\n", "商业秘密", true},
		{"a sentence", "内部资料", "该内部资料由办公室保管。", "内部资料", false},
		{"a subject", "内部使用", "内部使用的接口见下。", "内部使用", false},
		{"capitals", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL\n", "STRICTLY CONFIDENTIAL", true},
		{"two words", "Confidential", "Company Confidential\n\nBudget", "Company Confidential", true},
		{"rules on both sides", "CONFIDENTIAL", "*** CONFIDENTIAL ***\nplan", "CONFIDENTIAL", true},
		{"square brackets", "CONFIDENTIAL", "[CONFIDENTIAL] plan", "CONFIDENTIAL", true},
		{"a key in English", "Confidential", `{"classification":"Confidential"}`, "Confidential", true},
		{"a run of a document", "Internal Use Only", "<w:t>Internal Use Only</w:t>", "Internal Use Only", true},
		{"at the foot of a page", "INTERNAL USE ONLY", "Page 1 of 3   INTERNAL USE ONLY\n", "INTERNAL USE ONLY", true},
		{"in the footer of a page", "内部文件", "<footer>内部文件 不得外传</footer>", "内部文件 不得外传", true},
		{"an e-mail's footer", "confidential", "This e-mail is confidential and may be privileged.", "confidential", false},
		{"a comment", "internal use only", "// for internal use only\n", "internal use only", false},
		{"a case", "confidential", "case \"confidential\":\n", "confidential", false},
		{"an item of a list", "Confidential", "* Confidential\n* Public\n", "Confidential", false},
		{"a link", "CONFIDENTIAL", "[CONFIDENTIAL](a.md)", "CONFIDENTIAL", false},
		{"a key with a phrase", "Confidential", "Classification: Company Confidential\n", "Company Confidential", true},
		{"one word between empty lines", "Confidential", "Confidential\n\nBudget", "Confidential", true},
		{"one word as the text", "Confidential", "Confidential", "Confidential", true},
		{"a heading", "Confidential", "Confidential\nclients\n", "Confidential", false},
		{"a table of markdown", "Confidential", "| Confidential |\n", "Confidential", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := bring(t, "internal_mark", tt.trigger, tt.text)
			if len(got) != 1 || got[0].text != tt.want || sure(got) != tt.counts {
				t.Errorf("%q: %+v, want %q, counts %v", tt.text, got, tt.want, tt.counts)
			}
			if gb := bringGB(t, "internal_mark", tt.trigger, tt.text); len(gb) != 1 || gb[0].lift != got[0].lift {
				t.Errorf("in GB18030 %q: %+v", tt.text, gb)
			}
		})
	}
}

func TestInternalMarkIsFoundOnce(t *testing.T) {
	text := "仅限内部使用，未经许可不得外传\n"
	for _, word := range []string{"内部使用", "未经许可不得", "不得外传"} {
		if got := bring(t, "internal_mark", word, text); len(got) > 0 {
			t.Errorf("%q in %q: %+v", word, text, got)
		}
	}
	if got := bring(t, "internal_mark", "仅限内部", text); len(got) != 1 || got[0].text != "仅限内部使用，未经许可不得外传" {
		t.Errorf("%+v", got)
	}
}

func TestDataLevels(t *testing.T) {
	tests := []struct {
		name, form, trigger, text string
		counts                    bool
	}{
		{"a key", "important_mark", "重要数据", "数据级别：重要数据", true},
		{"a key in English", "important_mark", "data_level", `{"data_level":"important"}`, true},
		{"a short value", "important_mark", "数据分级", "数据分级=重要\n", true},
		{"a mark", "important_mark", "重要数据", "【重要数据】电网", true},
		{"the title of a list", "core_mark", "核心数据", "核心数据目录\n", true},
		{"a flag", "important_mark", "重要数据", `"重要数据":"是"`, true},
		{"core in English", "core_mark", "dataLevel", `{"dataLevel":"core"}`, true},
		{"another level", "core_mark", "data_level", `{"data_level":"important"}`, false},
		{"a longer word", "core_mark", "data_level", `{"data_level":"core2"}`, false},
		{"a law", "important_mark", "重要数据", "重要数据的处理者应当明确负责人。", false},
		{"a database", "core_mark", "核心数据", "核心数据库连接池", false},
		{"no flag", "important_mark", "重要数据", "重要数据：否", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := bring(t, tt.form, tt.trigger, tt.text); sure(got) != tt.counts || len(got) > 1 {
				t.Errorf("%q: %+v, want counts %v", tt.text, got, tt.counts)
			}
			if got := bringGB(t, tt.form, tt.trigger, tt.text); sure(got) != tt.counts {
				t.Errorf("in GB18030 %q: %+v", tt.text, got)
			}
		})
	}
	if !sure(cellOf(t, "important_mark", "重要数据")) || sure(cellOf(t, "important_mark", "一般数据")) || !sure(cellOf(t, "core_mark", "core")) {
		t.Error("cells are misread")
	}
}
