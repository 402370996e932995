package synth

import (
	"bytes"
	"fmt"
)

func newsLine(m *Maker, b *bytes.Buffer, i int) {
	n := m.rnd.IntN
	switch i % 8 {
	case 0:
		fmt.Fprintf(b, "据国家统计局公布的数据，%d月份全国规模以上工业增加值同比增长%d.%d%%，环比增长0.%d%%。", 1+n(12), n(9), n(10), n(90))
	case 1:
		fmt.Fprintf(b, "本次展览共有%d家企业参展，展出面积%d平方米，累计签约金额%d.%d亿元。", 100+n(900), 1000+n(90000), n(500), n(100))
	case 2:
		fmt.Fprintf(b, "会议指出，要健全数据分类分级保护制度，加强重要数据保护，依法惩处侵犯商业秘密的行为。第%d条规定，机关应当保守国家秘密。", 1+n(60))
	case 3:
		fmt.Fprintf(b, "高铁新线全长%d公里，设计时速%d公里，预计%d年%d月建成通车，途经多个市县。", 100+n(900), 250+n(100), 2026+n(5), 1+n(12))
	case 4:
		fmt.Fprintf(b, "气象台%d日发布蓝色预警，预计未来%d小时北部地区有中到大雨，气温下降%d摄氏度。", 1+n(30), 12+n(36), 2+n(9))
	case 5:
		fmt.Fprintf(b, "公司公告称，证券代码为%s的股票自%d月%d日起停牌，停牌时间不超过%d个交易日。", m.digits(6), 1+n(12), 1+n(28), 1+n(10))
	case 6:
		b.WriteString("高兴的是，黄金价格走势平稳，方法得当，任何风险都在可控范围之内，于是万元户逐渐增多，石油进口量下降。")
	case 7:
		b.WriteString("小区道路改造后，街道两旁的商铺陆续开业，市民出行更加方便，学校和医院的门前增设了单行线。\n")
	}
}

func goodsLine(m *Maker, b *bytes.Buffer, i int) {
	n := m.rnd.IntN
	switch i % 6 {
	case 0:
		fmt.Fprintf(b, "商品名称：%s　型号：%s-%s　尺寸：%d×%d×%d毫米　净重%d.%d千克\n", pick(m.rnd, "不锈钢保温杯", "蓝牙耳机", "儿童安全座椅", "空气净化器"), m.upper(2), m.digits(4), n(500), n(500), n(500), n(20), n(100))
	case 1:
		fmt.Fprintf(b, "产品编号%s，条码69%s，生产批号%s，保质期%d个月，执行标准GB/T %d-20%d。\n", m.digits(8), m.digits(11), m.digits(10), 6+n(30), 1000+n(30000), 10+n(16))
	case 2:
		fmt.Fprintf(b, "本品采用优质面料，颜色有白色、黄色、蓝色，尺码齐全，支持七天无理由退换，已售%d件。\n", n(99999))
	case 3:
		fmt.Fprintf(b, "许可证编号：SC1%s　产地：中国　包装规格：%d克×%d袋\n", m.digits(13), n(500), n(30))
	case 4:
		fmt.Fprintf(b, "手机壳 适用型号 A%d/B%d/C%d 材质 硅胶 防摔 电话手表可用 参考价¥%d.%d\n", n(90), n(90), n(90), n(200), n(100))
	case 5:
		fmt.Fprintf(b, "咨询热线400-%s-%s，服务热线95%s，工作时间9:00-18:00。\n", m.digits(3), m.digits(4), m.digits(3))
	}
}

// guideLine is text about identifiers that holds none.
func guideLine(m *Maker, b *bytes.Buffer, i int) {
	m.rotate(b, i,
		"申请人应当填写姓名、身份证号码、联系电话和家庭住址，并在%d个工作日内提交，样表编号%s。",
		"居民身份证号码由十八位数字组成，银行卡号一般为16至19位，手机号码为11位，请核对后填写，步骤%d。",
		"持护照、往来港澳通行证或者台胞证的旅客，请走%d号通道，出示证件原件。",
		"车牌号和车架号可以在行驶证上查到，共%d页，发动机号请咨询经销商。",
		"忘记密码时，可以通过绑定的邮箱、微信或者手机验证码找回，有效期%d分钟。",
		"内部资料管理制度第%d章：涉密文件应当标明密级和保密期限，机密级、秘密级文件分别登记。",
		"患者凭就诊卡、医保卡或者电子凭证挂号，住院号由系统自动生成，共%d位。",
		"统一社会信用代码共十八位，组织机构代码共九位，发票号码共%d位。",
		"坐标采用国家大地坐标系，经度和纬度保留%d位小数，轨迹数据不得公开。",
		"重要数据的处理者应当明确负责人，核心数据实行更严格的管理，见附件%d。")
}

func englishLine(m *Maker, b *bytes.Buffer, i int) {
	m.rotate(b, i,
		"The committee met on the %d of the month to discuss the %s report, and the name of the chair was not disclosed.",
		"Please keep your passport and identity card in a safe place; the phone number of the embassy is on page %d.",
		"A bank card has sixteen to nineteen digits, an address has several lines, and chapter %d explains both.",
		"The engine delivers %d hp at %d rpm, weighs %d kg and costs about %d dollars per unit in %s.",
		"This document is confidential advice in the ordinary sense: a secret garden, chapter %d, with %s flowers.",
		"Patients should bring their medical record; the diagnosis is explained on form %d by the %s office.",
		"Route %d follows the river for %d miles, then turns north at latitude forty near %s.",
		"Section %d.%d of the manual lists the vehicle identification number, the licence plate and the mileage of model %s.",
		"Email is not a secure channel, so never send tokens or keys of the %s service by mail (rule %d).")
}
