package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestFullName(t *testing.T) {
	for name, want := range map[string]check.NameFit{
		"王建国": check.LikelyName, "欧阳明月": check.LikelyName, "諸葛亮": check.LikelyName, "張偉": check.LikelyName, "陈方安生": check.LikelyName,
		"王黏": check.MaybeName, "高兴": check.NoName, "黄金": check.NoName, "江苏": check.MaybeName, "华为": check.MaybeName,
		"单位": check.NoName, "东方": check.NoName, "王": check.NoName, "王建国强": check.NoName, "万": check.NoName, "": check.NoName,
		"Wang": check.NoName, "大王": check.NoName, "欧阳": check.NoName, "王1": check.NoName, "\xff\xff": check.NoName,
	} {
		if got := check.FullName(name); got != want {
			t.Errorf("FullName(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestPinyinName(t *testing.T) {
	for name, want := range map[string]bool{"Zhang San": true, "LI Xiaoming": true, "Ouyang Nana": true, "Wang, Wei": true, "Chen Zhi-Qiang": true,
		"John Smith": false, "San Zhang": false, "Zhang": false, "Li Database": false, "": false, "Wang Xtq": false} {
		if got := check.PinyinName([]byte(name)); got != want {
			t.Errorf("PinyinName(%q) = %v", name, got)
		}
	}
}

func TestNameBehindKey(t *testing.T) {
	tests := []struct {
		name, form, trigger, text, want string
		counts                          bool
	}{
		{"a form", "name", "姓名", "姓名：王建国 性别：男", "王建国", true},
		{"JSON", "name", "realName", `{"realName":"李小红"}`, "李小红", true},
		{"escaped JSON", "name", "realName", `{\"realName\":\"李小红\"}`, "李小红", true},
		{"an object in the object", "name", "姓名", `{"姓名":{"words":"罗雨华"}}`, "罗雨华", true},
		{"a cell of HTML", "name", "姓名", "<td>姓名</td><td>王小红</td>", "王小红", true},
		{"spread over the cell", "name", "姓名", "姓名：张　三\n", "张　三", true},
		{"with a middle dot", "name", "姓名", "姓名：买买提·艾力，", "买买提·艾力", true},
		{"a word that means is", "name", "姓名", "姓名为赵敏。", "赵敏", true},
		{"in a sentence", "name", "联系人", "联系人陈志强，电话见下", "陈志强", true},
		{"with a title", "name", "联系人", "联系人：王建国先生", "王建国", true},
		{"the next field at once", "name", "姓名", "姓名：孙丽华身份证号", "孙丽华", true},
		{"digits at once", "name", "收件人", "收件人:李娜13800138000", "李娜", true},
		{"a rare character behind a key", "name", "姓名", "姓名：王翀", "王翀", true},
		{"a role in prose", "name", "患者", "患者李明诉头痛", "", false},
		{"everybody", "name", "所有人", "所有人都无法执行", "", false},
		{"a role with a sign", "name", "患者", "患者：李明，男", "李明", true},
		{"a bare key", "name_plain", "name", `"name":"王小明"`, "王小明", true},
		{"a product", "name_plain", "name", `"name":"牛奶"`, "牛奶", false},
		{"a town", "name_plain", "name", `"name":"石龙镇"`, "石龙镇", false},
		{"a company", "name_plain", "name", `"name":"华为技术有限公司"`, "", false},
		{"the name of a thing", "name_plain", "name", `"file_name":"王小明"`, "", false},
		{"no name", "name_plain", "name", `"name":"golang"`, "", false},
		{"Latin letters", "name", "fullName", `"fullName":"Zhang San"`, "Zhang San", false},
		{"another word in Latin letters", "name", "fullName", `"fullName":"Hello World"`, "", false},
		{"before a title", "name", "先生", "感谢王建国先生", "王建国", false},
		{"behind a key and before a title", "name", "先生", "联系人：王建国先生", "", false},
		{"a surname before a title", "name", "女士", "请李女士签字", "李女士", false},
		{"another key", "name", "姓名", "姓名：单位", "", false},
		{"another line", "name", "姓名", "姓名：\n王建国", "", false},
		{"a verb", "name", "收件人", "收件人应当签字", "", false},
		{"a letter follows", "name", "姓名", "姓名：方案A", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := bring(t, tt.form, tt.trigger, tt.text)
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || got[0].text != tt.want) || sure(got) != tt.counts {
				t.Errorf("%q: %+v, want %q, counts %v", tt.text, got, tt.want, tt.counts)
			}
			gb := bringGB(t, tt.form, tt.trigger, tt.text)
			if len(gb) != len(got) || len(gb) > 0 && (gb[0].canon != got[0].canon || gb[0].lift != got[0].lift) {
				t.Errorf("in GB18030 %+v, in UTF-8 %+v", gb, got)
			}
		})
	}
}

func TestNameInCell(t *testing.T) {
	for cell, want := range map[string]bool{"王建国": true, `"李娜"`: true, " 张伟 ": true, "王建国的作业": false, "华为技术有限公司": false, "12": false, "": false,
		"张伟/李娜": false} {
		if cell == "" {
			continue
		}
		if got := sure(cellOf(t, "name", cell)); got != want {
			t.Errorf("cell %q: %v", cell, got)
		}
	}
	if got := cellOf(t, "name", "买买提•艾力"); len(got) != 1 || got[0].canon != "买买提·艾力" || got[0].kind != check.KindFullName {
		t.Errorf("dots are not made alike: %+v", got)
	}
}

func TestNameRefusedWithoutAllocating(t *testing.T) {
	s := check.Sight{Text: []byte(`{"name":"left-pad","version":"1.3.0"}`), From: 2, To: 6}
	f := formNamed(t, "name_plain")
	if n := testing.AllocsPerRun(100, func() { f.Confirm(&s) }); n != 0 || len(s.Values) > 0 {
		t.Errorf("%v allocations, %d values", n, len(s.Values))
	}
}
