package synth

import "fmt"

// personKinds are names and addresses. No place in them exists.
func personKinds() []Kind {
	return []Kind{
		{"name", "pi.name", false, (*Maker).fullName},
		{"namerare", "pi.name", false, func(m *Maker) string {
			return pick(m.rnd, "欧阳", "上官", "司马", "诸葛", "皇甫", "慕容", "尉迟", "司徒") + m.given()
		}},
		{"nametrad", "pi.name", false, func(m *Maker) string {
			return pick(m.rnd, "張", "劉", "陳", "楊", "黃", "趙", "吳", "馬", "鄭", "謝") + pick(m.rnd, "志明", "美玲", "家豪", "淑芬", "俊傑", "雅婷", "建國")
		}},
		{"namedot", "pi.name", false, one("买买提·艾力", "阿依古丽·吐尔逊", "古丽娜·买买提", "艾山·吾守尔")},
		{"address", "pi.address", false, (*Maker).address},
		{"addresslong", "pi.address", false, func(m *Maker) string {
			return m.address() + fmt.Sprintf("%s小区%d号楼%d单元%d0%d室", pick(m.rnd, "阳光", "翠湖", "锦绣", "和平"), 1+m.rnd.IntN(20), 1+m.rnd.IntN(4), 1+m.rnd.IntN(20), 1+m.rnd.IntN(4))
		}},
		{"addressvillage", "pi.address", false, func(m *Maker) string {
			return pick(m.rnd, "河南省", "四川省", "湖南省", "山东省") + pick(m.rnd, "示例市", "样本市") + pick(m.rnd, "清河县", "安平县", "东山县") +
				pick(m.rnd, "大王镇", "石桥镇", "柳林乡") + pick(m.rnd, "前进村", "李家村", "新民村") + fmt.Sprintf("%d组%d号", 1+m.rnd.IntN(12), 1+m.rnd.IntN(200))
		}},
	}
}

func (m *Maker) fullName() string {
	return pick(m.rnd, "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗", "郑",
		"梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭", "肖", "蔡", "潘", "田", "董", "袁", "于", "余", "叶") + m.given()
}

func (m *Maker) given() string {
	if m.rnd.IntN(4) == 0 {
		return pick(m.rnd, "伟", "芳", "娜", "敏", "静", "磊", "洋", "勇", "艳", "杰", "涛", "超", "霞", "平", "刚")
	}
	return pick(m.rnd, "秀", "桂", "建", "志", "晓", "文", "玉", "海", "国", "春", "子", "雨", "浩", "梓", "思") +
		pick(m.rnd, "英", "兰", "华", "强", "明", "军", "丽", "红", "梅", "涵", "轩", "琪", "宇", "彤", "峰")
}

func (m *Maker) address() string {
	return pick(m.rnd, "广东省深圳市南山区", "浙江省杭州市西湖区", "江苏省南京市鼓楼区", "北京市海淀区", "上海市浦东新区", "四川省成都市武侯区", "湖北省武汉市洪山区", "陕西省西安市雁塔区") +
		pick(m.rnd, "样本", "示例", "虚构", "假想") + pick(m.rnd, "路", "街", "大道", "东路") + fmt.Sprintf("%d号", 1+m.rnd.IntN(2999))
}
