package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestContactForms(t *testing.T) {
	testPlaces(t, []place{
		{"with a hyphen", "landline", "010-62345678", "", "010-62345678>+861062345678 +1"},
		{"of a four-digit area", "landline", "0755-26001234", "", "0755-26001234>+8675526001234 +1"},
		{"seven digits", "landline", "0816-2345678", "", "0816-2345678>+868162345678 +1"},
		{"unbroken", "landline", "电话 01062345678", "", "01062345678>+861062345678"},
		{"in three groups", "landline", "021 6234 5678", "", "021 6234 5678>+862162345678"},
		{"abroad", "landline", "+86 10 6234 5678", "", "86 10 6234 5678>+861062345678 +1"},
		{"abroad with hyphens", "landline", "+86-21-62345678", "", "86-21-62345678>+862162345678 +1"},
		{"abroad with 00", "landline", "0086-755-26001234", "", "0086-755-26001234>+8675526001234 +1"},
		{"abroad, unbroken", "landline", "+861062345678", "", "861062345678>+861062345678 +1"},
		{"a country code and one long group", "landline", "+86 1062345678", "", "86 1062345678>+861062345678 +1"},
		{"an extension", "landline", "010-62345678-123", "", "010-62345678-123>+861062345678X123 +1"},
		{"an extension in words", "landline", "010-62345678转8012。", "", "010-62345678转8012>+861062345678X8012 +1"},
		{"an extension in English", "landline", "010-62345678 ext. 12", "", "010-62345678 ext. 12>+861062345678X12 +1"},
		{"no such area", "landline", "0800-1234567", "", ""},
		{"area 026", "landline", "026-62345678", "", ""},
		{"a number that begins with 1", "landline", "010-12345678", "", ""},
		{"a company's number", "landline", "400-810-1234", "", ""},
		{"groups of a Korean mobile", "landline", "010-6234-5678", "", "010-6234-5678>+861062345678"},
		{"wrong groups", "landline", "0106-2345-678", "", ""},
		{"too long", "landline", "010623456789", "", ""},

		{"in brackets", "phone_local", "电话：(010)62345678", "电话", "010)62345678>+861062345678"},
		{"in wide brackets", "phone_local", "电话（0755）2600 1234", "电话", "0755）2600 1234>+8675526001234"},
		{"with a dash", "phone_local", "联系电话: 010—62345678", "联系电话", "010—62345678>+861062345678"},
		{"a vCard", "phone_local", "TEL;TYPE=WORK:(021)62345678", "TEL", "021)62345678>+862162345678"},
		{"without an area", "phone_local", `"tel":"62345678"`, "tel", "62345678>62345678"},
		{"without an area, in two groups", "phone_local", "座机: 6234-5678", "座机", "6234-5678>62345678"},
		{"left to the other form", "phone_local", "电话：010-62345678", "电话", ""},
		{"no sign", "phone_local", "tel 62345678", "tel", ""},
		{"a mobile", "phone_local", "电话: 13800138000", "电话", ""},
		{"a decimal", "phone_local", "tel: 6234567.5", "tel", ""},

		{"Hong Kong", "mobile_region", "+852 9123 4567", "", "852 9123 4567>+85291234567 +1"},
		{"Hong Kong with a hyphen", "mobile_region", "+852-61234567", "", "852-61234567>+85261234567 +1"},
		{"Macao", "mobile_region", "+85366123456", "", "85366123456>+85366123456 +1"},
		{"Taiwan", "mobile_region", "+886 912 345 678", "", "886 912 345 678>+886912345678 +1"},
		{"Taiwan at home", "mobile_local", "手機：0912-345-678", "手機", "0912-345-678>+886912345678"},
		{"Hong Kong at home", "mobile_local", `"mobile":"9123 4567"`, "mobile", "9123 4567>91234567"},
		{"of the mainland", "mobile_local", `"mobile":"13800138000"`, "mobile", ""},
		{"without a sign", "mobile_region", "85291234567", "", "85291234567>+85291234567"},
		{"a fixed number", "mobile_region", "+852 2123 4567", "", ""},
		{"of no length", "mobile_region", "+852912345678", "", ""},

		{"Hong Kong", "phone_abroad", "+852 2123 4567", "", "852 2123 4567>+85221234567 +1"},
		{"Macao", "phone_abroad", "+853 2812 3456", "", "853 2812 3456>+85328123456 +1"},
		{"Taiwan", "phone_abroad", "+886-2-2345-6789", "", "886-2-2345-6789>+886223456789 +1"},
		{"Taiwan, too many digits", "phone_abroad", "+886 812345678", "", ""},
		{"elsewhere", "phone_abroad", "+1 415 555 2671", "", "1 415 555 2671>+14155552671"},
		{"the mainland", "phone_abroad", "+8613800138000", "", ""},
		{"no sign", "phone_abroad", "14155552671", "", ""},
	})
}

func TestAccountForms(t *testing.T) {
	testPlaces(t, []place{
		{"a label", "wechat", "微信号：zhang_san88", "微信", "zhang_san88>ZHANG_SAN88"},
		{"JSON", "wechat", `{"wechatId": "abc12345"}`, "wechat", "abc12345>ABC12345"},
		{"letters only", "wechat", "微信号: zhangsanfeng,", "微信", "zhangsanfeng>ZHANGSANFENG"},
		{"letters behind a bare word", "wechat", "微信：Zhangsanfeng ", "微信", "Zhangsanfeng>ZHANGSANFENG"},
		{"a state", "wechat", "微信：enabled", "微信", ""},
		{"in prose", "wechat", "加我微信abc12345吧", "微信", "abc12345>ABC12345"},
		{"alone", "wechat", "from wxid_ab12cd34ef56gh to", "wxid", "wxid_ab12cd34ef56gh>WXID_AB12CD34EF56GH"},
		{"a public account", "wechat", "微信公众号：abc12345", "微信", ""},
		{"a word", "wechat", "wechat: payment", "wechat", ""},
		{"prose in English", "wechat", "wechat version2", "wechat", ""},
		{"a column's name", "wechat", "wxid_list", "wxid", ""},
		{"too short", "wechat", "微信号：ab123", "微信", ""},
		{"too long", "wechat", "微信号：a12345678901234567890", "微信", ""},
		{"a digit first", "wechat", "微信号：1abcdefg", "微信", ""},
		{"a call", "wechat", "wechat = wechat2Client()", "wechat", ""},

		{"JSON", "wechat_openid", `"openid":"oAbCdEfGhIjKlMnOpQrStUvWxYz0"`, "openid", "oAbCdEfGhIjKlMnOpQrStUvWxYz0>oAbCdEfGhIjKlMnOpQrStUvWxYz0"},
		{"of another length", "wechat_openid", "openid=oAbCdEfGhIjKlMnOpQrStUvWxYz", "openid", ""},

		{"a label", "qq", "QQ：10001234", "QQ", "10001234>10001234"},
		{"JSON", "qq", `{"qq_number": 10001234}`, "qq", "10001234>10001234"},
		{"glued", "qq", "加QQ10001234", "QQ", "10001234>10001234"},
		{"words between", "qq", "QQ号码是10001234。", "QQ", "10001234>10001234"},
		{"full width", "qq", "QQ：１０００１２３４", "QQ", "１０００１２３４>10001234"},
		{"a form", "qq", "a=1&qq=10001234&b=2", "qq", "10001234>10001234"},
		{"a program", "qq", "(a,qq=10001234,b)", "qq", ""},
		{"an array of a program", "qq", "qq=[10001234,5];", "qq", ""},
		{"a group", "qq", "QQ群：10001234", "QQ", ""},
		{"an address", "qq", "QQ：10001234@qq.com", "QQ", ""},
		{"a mobile", "qq", "QQ：13800138000", "QQ", ""},
		{"a leading zero", "qq", "QQ：010001234", "QQ", ""},
		{"too short", "qq", "QQ：1234", "QQ", ""},
		{"too long", "qq", "QQ：123456789012", "QQ", ""},
		{"inside a word", "qq", "aQQ10001234", "QQ", ""},
	})
}

func TestLandline(t *testing.T) {
	tests := []struct {
		name, digits string
		want         bool
	}{
		{"Beijing", "01062345678", true},
		{"Shenzhen", "075526001234", true},
		{"a city of seven digits", "08162345678", true},
		{"Beijing with seven digits", "0106234567", false},
		{"no area", "04001234567", false},
		{"a mobile behind 0", "013800138000", false},
		{"letters", "0106234567a", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := check.Landline([]byte(tt.digits)); got != tt.want {
				t.Errorf("Landline(%q) = %v, want %v", tt.digits, got, tt.want)
			}
		})
	}
}

func TestCellOfTable(t *testing.T) {
	var s check.Sight
	s.Reset()
	s.Text = []byte("name,qq\nA,10001234\n")
	s.From, s.To, s.Cell = 10, 10, 18
	contactForm(t, "qq").Confirm(&s)
	if len(s.Values) != 1 || string(s.Values[0].Canonical) != "10001234" {
		t.Errorf("got %d values from a cell, want the number", len(s.Values))
	}
}
