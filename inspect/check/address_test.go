package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestAddress(t *testing.T) {
	tests := []struct {
		text   string
		length int
		depth  int
		known  bool
	}{
		{"北京市海淀区中关村大街27号1101室", 19, 5, true},
		{"广东省深圳市南山区科技路1号，", 14, 5, true},
		{"上海市浦东新区世纪大道100号", 15, 4, true},
		{"示例市虚构区样本路12号", 12, 4, false},
		{"江苏省 苏州市 工业园区 星湖街328号", 20, 5, true},
		{"新疆维吾尔自治区乌鲁木齐市天山区人民路2号", 21, 5, true},
		{"中山路12号3栋502室", 12, 3, true},
		{"北京", 2, 1, true},
		{"他在路上", 3, 1, false},
		{"第27号文件", 4, 1, false},
		{"", 0, 0, false},
	}
	for _, tt := range tests {
		a := check.Address([]rune(tt.text))
		if a.Length != tt.length || a.Depth != tt.depth || a.Known != tt.known {
			t.Errorf("Address(%q) = %+v, want %d, %d, %v", tt.text, a, tt.length, tt.depth, tt.known)
		}
	}
}

func TestAddressBehindKey(t *testing.T) {
	tests := []struct {
		name, trigger, text, want string
		lift                      int
		low                       bool
	}{
		{"four levels and a city", "地址", "地址：北京市海淀区中关村大街27号", "北京市海淀区中关村大街27号", 1, false},
		{"four levels of nowhere", "住址", "住址：示例市虚构区样本路12号", "示例市虚构区样本路12号", 0, false},
		{"two levels", "住址", "住址：深圳市南山区", "深圳市南山区", -1, false},
		{"JSON", "address", `{"address": "广东省深圳市南山区科技路1号"}`, "广东省深圳市南山区科技路1号", 1, false},
		{"of a company", "地址", "公司地址：北京市海淀区中关村大街27号", "北京市海淀区中关村大街27号", 1, true},
		{"without a key", "广东省", "送至广东省深圳市南山区科技路1号5栋", "广东省深圳市南山区科技路1号5栋", 0, true},
		{"news", "广东省", "广东省深圳市南山区发生事故", "", 0, false},
		{"a city behind its province", "深圳市", "广东省深圳市南山区科技路1号", "", 0, false},
		{"a cell", "广东省", "1,广东省深圳市南山区科技路1号5栋,2", "", 0, false},
		{"of the net", "地址", "IP地址：192.168.0.1", "", 0, false},
		{"of mail", "address", "email address: a@example.com", "", 0, false},
		{"none", "地址", "地址：无", "", 0, false},
		{"a verb", "地址", "地址转换", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for script, got := range map[string][]keyedValue{"UTF-8": bring(t, "address", tt.trigger, tt.text), "GB18030": bringGB(t, "address", tt.trigger, tt.text)} {
				switch {
				case tt.want == "" && len(got) == 0:
				case len(got) != 1 || script == "UTF-8" && got[0].text != tt.want || got[0].lift != tt.lift || got[0].low != tt.low || got[0].kind != check.Nobody:
					t.Errorf("%s %q: %+v", script, tt.text, got)
				}
			}
		})
	}
	if !sure(cellOf(t, "address", "江苏省南京市鼓楼区汉口路22号")) || sure(cellOf(t, "address", "192.168.1.1")) {
		t.Error("cells are misread")
	}
}
