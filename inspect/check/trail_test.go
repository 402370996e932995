package check_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func TestWhatStandsBetweenKeyAndValue(t *testing.T) {
	var places []place
	for _, between := range []string{"：", "＝", ":", "=", "是", "为", "為", "号", "號", "号码：", "號碼: ", "编号：", "账号：", "帐号 ", "帳號：",
		"账户=", "账戶=", "卡号", "证号", "證號", "代码：", "地址：", "联系方式：", "（", "【", "「", "“", "‘", "　", "，", "、", "（号码）：", "”：“",
		`":"`, `": "`, `\":\"`, `": ["`, `_number": `, `Number:`, `No: `, `1":"`, `2：`, " id is ", "</td><td>", ">", `" value="`, `","value":"`, "\t"} {
		places = append(places, place{between, "qq", "QQ" + between + "10001234 ", "QQ", "10001234>10001234"})
	}
	for _, between := range []string{"", "\n", "群：", "type: ", "{", ".", "/", "版本：", `":"\u003`, "<" + "a very long tag that never ends and goes on>"} {
		if between != "" {
			places = append(places, place{"not " + between, "qq", "QQ" + between + "10001234 ", "QQ", ""})
		}
	}
	testPlaces(t, places)
}

// contactForms are the forms of the families that this file is about.
var contactForms = []string{"landline", "phone_local", "mobile_region", "mobile_local", "phone_abroad", "wechat", "wechat_openid", "qq",
	"ipv4", "ipv6", "mac", "mac_plain", "imei", "meid", "imsi", "iccid", "iccid_hex", "device_id", "ad_id",
	"iban", "iban_keyed", "securities", "card_track", "card_track_name", "card_track_keyed", "bank_card_nocheck", "social_security",
	"org_code", "tax_id", "plate", "plate_keyed", "vin"}

// FuzzContactForms looks at any place of any text: no panic, and no value that
// is empty or outside.
func FuzzContactForms(f *testing.F) {
	for _, text := range []string{"电话：(010)62345678", "QQ：10001234", "DE89 3704 0044 0532 0130 00", "京A12345", "使014·578", "WJ京1234T",
		"\xbe\xa9A12345", "+86-10-62345678转12", "2408:8207::1", "1.2.3.4", "3c:22:fb:01:02:a3", "LSVAA49J132047371", "wxid_ab12cd34ef56gh",
		";6217001210024455220=2512", "%B4111111111111111^", "\xa3", "\xef\xbc", "<", ""} {
		f.Add([]byte(text), 0, len(text))
		f.Add([]byte(text), 2, 1)
	}
	var forms []check.Form
	for _, name := range contactForms {
		forms = append(forms, contactForm(f, name))
	}
	var s check.Sight
	f.Fuzz(func(t *testing.T, text []byte, from, length int) {
		if from < 0 || length < 0 || from > len(text) || length > len(text)-from {
			t.Skip()
		}
		for _, form := range forms {
			lookSafely(t, &s, form, text, from, from+length)
		}
	})
}

// lookSafely lets a form look if a stream could bring it to the place.
func lookSafely(t interface{ Fatalf(string, ...any) }, s *check.Sight, form check.Form, text []byte, from, to int) {
	s.Reset()
	s.Text, s.From, s.To = text, from, to
	switch n := to - from; form.On {
	case check.OnDigits:
		if joinedDigits(s); len(s.Digits) == 0 || len(s.Digits) > 21 {
			return
		}
	case check.OnWord:
		if n < 17 || n > 19 {
			return
		}
	case check.OnMAC:
		if n != 17 {
			return
		}
	case check.OnKey:
		if n == 0 {
			s.Cell, s.From, s.To = len(text), from, from
		}
	default:
		if n == 0 {
			return
		}
	}
	form.Confirm(s)
	for _, v := range s.Values {
		if v.From < 0 || v.From >= v.To || v.To > len(text) || v.Kind == check.Nobody && len(v.Canonical) > 0 {
			t.Fatalf("%s: a value at [%d, %d) of %d bytes", form.Name, v.From, v.To, len(text))
		}
	}
}

func TestFormsHoldAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"微信", "QQ", "号", "：", "\xba\xc5", "\xa3\xba", "\xa3", "\xef\xbc", "京A", "\xbe\xa9A", "使", "WJ",
			"12345", "0", "+86", " ", "-", ".", ":", "::", "=", "D2512", "^", "(", "）", "DE89", "1a:2b", "wxid_", "<", ">", "LSVAA49J132047371",
			"4111111111111111", "转", "x", "\"", "\\", "\n"}), 1, 12).Draw(t, "pieces")
		var text []byte
		for _, p := range pieces {
			text = append(text, p...)
		}
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := rapid.IntRange(from, len(text)).Draw(t, "to")
		var s check.Sight
		for _, f := range check.Forms() {
			for _, name := range contactForms {
				if f.Name == name {
					lookSafely(t, &s, f, text, from, to)
				}
			}
		}
	})
}

func TestRefusalsAllocateNothing(t *testing.T) {
	places := []place{
		{"", "landline", "13800138000", "", ""}, {"", "phone_abroad", "12345678901", "", ""}, {"", "imei", "490154203237519", "", ""},
		{"", "wechat", "微信支付完成 payment", "微信", ""}, {"", "qq", `"qq":"none"`, "qq", ""}, {"", "ipv4", "300.1.1.1", "300.1.1.1", ""},
		{"", "ipv6", "std::move", "d::", ""}, {"", "mac", "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff", ""}, {"", "iban", "SHA256SUMS OF", "SHA2", ""},
		{"", "plate", "在A12345", "A", ""}, {"", "vin", "a1b2c3d4e5f6a7b8c", "a1b2c3d4e5f6a7b8c", ""}, {"", "social_security", "社保卡余额", "社保卡", ""},
		{"", "device_id", "device_id: 12", "device_id", ""}, {"", "plate_keyed", "plate: none", "plate", ""}, {"", "securities", "证券账户：无", "证券账户", ""},
	}
	for _, p := range places {
		f := contactForm(t, p.form)
		var s check.Sight
		text := []byte(p.text)
		run := func() {
			s.Reset()
			s.Text = text
			lookAgain(&s, p)
			f.Confirm(&s)
		}
		if n := testing.AllocsPerRun(20, run) - testing.AllocsPerRun(20, func() { s.Reset(); s.Text = text; lookAgain(&s, p) }); n > 0 {
			t.Errorf("%s allocates %v times for %q", p.form, n, p.text)
		}
	}
}

func lookAgain(s *check.Sight, p place) {
	if p.word == "" {
		joinedDigits(s)
		return
	}
	for i := range len(p.text) - len(p.word) + 1 {
		if p.text[i:i+len(p.word)] == p.word {
			s.From, s.To = i, i+len(p.word)
			return
		}
	}
}
