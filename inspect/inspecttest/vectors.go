package inspecttest

import "github.com/datacustoms/customs/inspect"

// Vector is a published or constructed value of one class that every
// inspector must find, or must not take for one.
type Vector struct {
	Class inspect.Class
	Text  string
	Valid bool
	// Zh and En are phrases that say what the value is, Key the name of a
	// field that holds it.
	Zh, En, Key string
	// Checked values are found without any phrase, at low or above: one in a
	// hundred random texts or fewer would pass their checks.
	Checked bool
	// Groups are the lengths of the parts it is usually written in.
	Groups []int
	// Whole texts stand for themselves: no phrase, no field, only the text
	// and its codings.
	Whole bool
	// Alone vectors are invalid only where no phrase speaks for them.
	Alone bool
	// Raw texts are files: they have no other coding of characters.
	Raw bool
	// Fixed texts are never written in full-width characters.
	Fixed bool
	// Also is a class that is as good an answer.
	Also inspect.Class
}

// Vectors lists all vectors.
func Vectors() []Vector {
	var all []Vector
	for _, family := range [][]Vector{residentVectors(), travelVectors(), neighbourVectors(), contactVectors(), deviceVectors(),
		orgVectors(), vehicleVectors(), financeVectors(), healthVectors(), structureVectors(), placeVectors(), markVectors(), freeVectors()} {
		all = append(all, family...)
	}
	return all
}

// rows makes vectors of texts that share everything else.
func rows(v Vector, texts ...string) (out []Vector) {
	for _, s := range texts {
		v.Text = s
		out = append(out, v)
	}
	return out
}

func join(of ...[]Vector) (out []Vector) {
	for _, v := range of {
		out = append(out, v...)
	}
	return out
}

// The numbers of GB 11643, of residence permits and of cards for foreigners.
func residentVectors() []Vector {
	id := Vector{Class: inspect.ResidentID, Zh: "身份证号", En: "ID card number", Key: "id_card", Checked: true, Groups: []int{6, 8, 4}}
	good := id
	good.Valid = true
	permit := good
	permit.Zh, permit.En, permit.Key = "港澳台居民居住证", "residence permit", "residencePermitNo"
	card := Vector{Class: inspect.ForeignPR, Valid: true, Zh: "外国人永久居留身份证", En: "permanent resident ID", Key: "prCardNo", Checked: true}
	old := card
	old.Checked = false
	short := good
	short.Checked, short.Groups = false, []int{6, 6, 3}
	return join(
		rows(good, "11010519491231002X", "310115198808081237", "500103200101017784", "320106201506071236"),
		rows(short, "110105491231002"),
		rows(permit, "810000199408230021", "82000019940929001X", "830000199201300022"),
		rows(card, "911124198108030024"),
		rows(old, "CAN119981080302"),
		rows(id, "110105194912310021", "11010519491331002X", "440307199002290018", "990105194912310023"),
		// Born in 1880: outside the dates that are read by default.
		rows(id, "440524188001010014"),
		rows(Vector{Class: inspect.ResidentID, Zh: "身份证号", En: "ID card number", Key: "id_card"}, "110105491331002", "110105490230002"),
	)
}

func travelVectors() []Vector {
	paper := func(class inspect.Class, zh, en, key string, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Zh: zh, En: en, Key: key}, texts...)
	}
	mrz := Vector{Class: inspect.Passport, Whole: true, Fixed: true}
	page := mrz
	page.Valid = true
	return join(
		paper(inspect.Passport, "护照号", "passport no", "passportNo", true, "E12345678", "EA1234567", "EJ0000001", "G12345678", "SE1234567", "DE1234567", "PE1234567", "D1234567", "P1234567", "S12345678", "141234567", "151234567"),
		paper(inspect.Passport, "特区护照号码", "passport no", "passport_no", true, "MA1234567", "K12345678", "H12345678", "KJ1234567"),
		paper(inspect.Passport, "护照号", "passport no", "passportNo", false, "E12345", "E12345678901", "12"),
		// The specimen of ICAO 9303 part 4.
		rows(page, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		rows(mrz, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C35UTO7408122F1204159ZE184226B<<<<<10"),
		paper(inspect.PermitHKMO, "往来港澳通行证", "travel permit to Hong Kong and Macao", "hkMacaoPermitNo", true, "C12345678", "CA0000001", "CF1234567", "W12345678"),
		paper(inspect.PermitHKMO, "往来港澳通行证", "travel permit to Hong Kong and Macao", "hkMacaoPermitNo", false, "CI0000001", "CO1234567"),
		paper(inspect.PermitTW, "往来台湾通行证", "travel permit to Taiwan", "taiwanPermitNo", true, "L12345678", "T12345678"),
		paper(inspect.PermitTW, "大通证号", "travel permit to Taiwan", "taiwanPermitNo", false, "L1234567", "LA1234567"),
		paper(inspect.HomeReturn, "回乡证", "home return permit", "homeReturnPermit", true, "H12345678", "M12345678", "H1234567801", "M1234567802"),
		paper(inspect.HomeReturn, "港澳居民来往内地通行证", "home return permit", "homeReturnPermit", false, "H1234567", "K12345678"),
		paper(inspect.TWCompatriot, "台胞证", "mainland travel permit for Taiwan residents", "taibaozheng", true, "12345678", "1234567801"),
		paper(inspect.TWCompatriot, "台湾居民来往大陆通行证", "mainland travel permit for Taiwan residents", "taibaozheng", false, "1234567"),
		paper(inspect.MilitaryID, "军官证", "", "军官证号", true, "南字第01234567号", "军字第1234567号", "武字第1234567号"),
	)
}

func neighbourVectors() []Vector {
	hk := Vector{Class: inspect.HKID, Zh: "香港身份证", En: "HKID", Key: "hkid", Checked: true}
	hkGood := hk
	hkShort := hk // without its brackets one word in eleven passes
	hkShort.Valid, hkShort.Checked = true, false
	hkGood.Valid = true
	tw := Vector{Class: inspect.TaiwanID, Zh: "台湾身份证", En: "Taiwan ID", Key: "taiwan_id"}
	twGood := tw
	twGood.Valid = true
	mo := Vector{Class: inspect.MacaoID, Zh: "澳门居民身份证", En: "Macao ID", Key: "macaoId"}
	moGood := mo
	moGood.Valid = true
	return join(
		rows(hkGood, "A123456(3)", "G123456(A)", "C123456(9)", "P103265(1)", "AB987654(3)", "A123456（3）"),
		rows(hkShort, "A1234563"),
		rows(hk, "A123456(4)", "Z683365(5)", "A1234564"),
		rows(moGood, "1234567(8)", "5234567(8)", "7234567(8)", "1/234567/8", "12345678"),
		rows(mo, "2234567(8)", "1/23456/8"),
		rows(twGood, "A123456789", "F131104093", "A800000014"),
		rows(tw, "A123456788", "F131104094", "A323456789"),
	)
}

func contactVectors() []Vector {
	mobile := Vector{Class: inspect.Mobile, Zh: "手机号", En: "mobile", Key: "mobile", Groups: []int{3, 4, 4}}
	good := mobile
	good.Valid, good.Checked = true, true
	prefixed := good
	prefixed.Groups = nil
	abroad := Vector{Class: inspect.Mobile, Also: inspect.Landline, Zh: "联系电话", En: "phone", Key: "phone", Valid: true}
	abroadBad := abroad
	abroadBad.Valid = false
	fixed := Vector{Class: inspect.Landline, Zh: "联系电话", En: "telephone", Key: "telephone"}
	fixedGood := fixed
	fixedGood.Valid = true
	mail := Vector{Class: inspect.Email, Zh: "邮箱", En: "email", Key: "email", Fixed: true}
	mailGood := mail
	mailGood.Valid, mailGood.Checked = true, true
	return join(
		rows(good, "13800138000", "14512345678", "15912345678", "16612345678", "17012345678", "17812345678", "18812345678", "19112345678", "19912345678", "16212345678", "16712345678"),
		rows(prefixed, "+8613800138000", "+86 13800138000", "008613800138000", "86-13800138000"),
		rows(mobile, "14212345678", "14312345678", "15412345678", "16012345678", "16312345678", "16412345678", "16812345678", "16912345678", "17912345678", "19412345678", "12345678901"),
		rows(abroad, "+852 91234567", "+85261234567", "+853 66123456", "+85366123456", "+886 912345678", "+886912345678"),
		rows(abroadBad, "+852 11234567", "+853 11234567", "+886 812345678"),
		rows(fixedGood, "010-62345678", "021-51234567", "0755-86012345", "057187654321", "010-62345678-123", "0512-62345678转8001"),
		rows(fixed, "400-800-1234", "800-810-1234", "95588", "12315", "010-12345678", "0100-6234567"),
		rows(mailGood, "zhang.san@example.com", "li_si+tag@mail.example.com.cn", "w-w@example.cn"),
		rows(mail, "logo@2x.png", "zhang@localhost", "@example.com"),
		rows(Vector{Class: inspect.QQ, Valid: true, Zh: "QQ号", En: "QQ", Key: "qq"}, "10001", "123456789", "12345678901"),
		rows(Vector{Class: inspect.QQ, Zh: "QQ号", En: "QQ", Key: "qq"}, "0123456", "1234"),
		rows(Vector{Class: inspect.WeChat, Valid: true, Zh: "微信号", En: "WeChat", Key: "wechat", Fixed: true}, "sample_user-1", "wxid_ab12cd34ef5612", "Sample2026"),
		rows(Vector{Class: inspect.WeChat, Valid: true, Zh: "微信openid", En: "openid", Key: "openid", Fixed: true}, "oABCDEFGHIJKLMNopqrstuvw-123"),
		rows(Vector{Class: inspect.WeChat, Zh: "微信号", En: "WeChat", Key: "wechat", Fixed: true}, "1sample", "abc"),
	)
}

func deviceVectors() []Vector {
	imei := Vector{Class: inspect.IMEI, Zh: "IMEI", En: "IMEI", Key: "imei", Groups: []int{2, 6, 6, 1}}
	imeiGood := imei
	imeiGood.Valid = true
	number := func(class inspect.Class, word string, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Zh: word, En: word, Key: word}, texts...)
	}
	mac := Vector{Class: inspect.MAC, Zh: "MAC地址", En: "MAC address", Key: "mac", Fixed: true}
	macGood := mac
	macGood.Valid = true
	ip := Vector{Class: inspect.IPAddress, Zh: "登录IP", En: "client IP", Key: "client_ip", Fixed: true}
	ipGood := ip
	ipGood.Valid = true
	return join(
		rows(imeiGood, "490154203237518"), rows(imei, "490154203237519", "49015420323751"),
		number(inspect.IMSI, "imsi", true, "460001234567890", "460011234567890", "460111234567890", "460151234567890", "460201234567890"),
		number(inspect.IMSI, "imsi", false, "460991234567890", "46000123456789"),
		number(inspect.ICCID, "iccid", true, "89860012345678901234", "8986011234567890123", "89861112345678901234", "898603A2345678901234"),
		number(inspect.ICCID, "iccid", false, "89850012345678901234", "89869912345678901234"),
		rows(macGood, "3c:22:fb:12:34:56", "3C-22-FB-12-34-56", "3c22.fb12.3456"), rows(mac, "3c:22:fb:12:34", "3c:22:fb:12:34:5g"),
		rows(ipGood, "203.0.113.77", "36.110.7.9", "2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8::1234"), rows(ip, "203.0.113.277", "1.2.3"),
	)
}
