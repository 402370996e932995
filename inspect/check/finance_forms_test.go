package check_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func TestFinanceForms(t *testing.T) {
	testPlaces(t, []place{
		{"Britain", "iban", "IBAN GB82WEST12345698765432.", "GB82", "GB82WEST12345698765432>GB82WEST12345698765432"},
		{"Germany in groups", "iban", "DE89 3704 0044 0532 0130 00", "DE89", "DE89 3704 0044 0532 0130 00>DE89370400440532013000"},
		{"Norway in groups", "iban", "NO93 8601 1117 947,", "NO93", "NO93 8601 1117 947>NO9386011117947"},
		{"groups with hyphens", "iban_keyed", "IBAN：DE89·3704·0044·0532·0130·00", "IBAN", "DE89·3704·0044·0532·0130·00>DE89370400440532013000"},
		{"left to the other form", "iban_keyed", "IBAN: DE89370400440532013000", "IBAN", ""},
		{"a wrong check", "iban", "GB83WEST12345698765432", "GB83", ""},
		{"no such country", "iban", "XX82WEST12345698765432", "XX82", ""},
		{"too long", "iban", "GB82WEST123456987654321", "GB82", ""},
		{"too short", "iban", "GB82WEST1234569876543", "GB82", ""},
		{"letters where digits stand", "iban", "DE89A70400440532013000", "DE89", ""},
		{"inside a word", "iban", "xGB82WEST12345698765432", "GB82", ""},

		{"Shanghai", "securities", "股东账户：A123456789", "股东账户", "A123456789>A123456789"},
		{"Shenzhen", "securities", `"securities_account":"0123456789"`, "securities_account", "0123456789>0123456789"},
		{"the account behind all", "securities", "一码通账户号码 180012345678", "一码通", "180012345678>180012345678"},
		{"no such letter", "securities", "证券账户：B123456789", "证券账户", ""},
		{"no such beginning", "securities", "证券账户：0212345678", "证券账户", ""},
		{"too short", "securities", "证券账户：A12345678", "证券账户", ""},

		{"the second track", "card_track", ";6217001210024455220=25121010000012300000?", "", "6217001210024455220=25121010000012300000>6217001210024455220"},
		{"without a start", "card_track", "6217001210024455220=2512", "", "6217001210024455220=2512>6217001210024455220 -1"},
		{"month 13", "card_track", ";6217001210024455220=2513101", "", ""},
		{"no card", "card_track", ";6217001210024455221=2512101", "", ""},
		{"the first track", "card_track_name", "%B4111111111111111^DOE/J^2512101", "B4111111111111111", "4111111111111111>4111111111111111"},
		{"no start", "card_track_name", "B4111111111111111^", "B4111111111111111", ""},
		{"of a chip", "card_track_keyed", "track2: 6217001210024455220D25121010", "track2", "6217001210024455220D2512>6217001210024455220"},

		{"fails Luhn", "bank_card_nocheck", "银行卡 6222020200112233445", "", "6222020200112233445>6222020200112233445"},
		{"passes Luhn", "bank_card_nocheck", "银行卡 6217001210024455220", "", ""},
		{"another range", "bank_card_nocheck", "银行卡 5222020200112233445", "", ""},
		{"a resident number", "bank_card_nocheck", "银行卡 620102199001010003", "", ""},

		{"of nine characters", "social_security", "社保卡号：A12345678", "社保卡", "A12345678>A12345678"},
		{"a housing fund", "social_security", "公积金账号：201234567890", "公积金账号", "201234567890>201234567890"},
		{"a resident number", "social_security", "社会保障号码：310115198808081237", "社会保障号", ""},
		{"too few digits", "social_security", "医保卡号：ABCDE12345", "医保卡", ""},
		{"a placeholder", "social_security", "社保卡号：00000000", "社保卡", ""},
		{"prose", "social_security", "社保卡余额查询 12345678", "社保卡", ""},
	})
}

func TestIBANCheckIsUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{18}`).Draw(t, "account")
		n := 0
		for k := range 100 {
			b := append([]byte{'D', 'E', byte('0' + k/10), byte('0' + k%10)}, body...)
			if check.IBAN(b) {
				n++
			}
		}
		if n != 1 && n != 2 { // 00, 01 and 97 to 99 are the same modulo 97
			t.Fatalf("%d check digits fit %s", n, body)
		}
	})
}
