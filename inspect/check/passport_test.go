package check_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func TestPassport(t *testing.T) {
	for _, tt := range []struct {
		number          string
		mainland, other bool
		old, foreign    bool
	}{
		{"E12345678", true, false, false, true},
		{"G12345678", true, false, false, true},
		{"EA1234567", true, false, false, true},
		{"EI1234567", false, false, false, true},
		{"EO1234567", false, false, false, true},
		{"SE1234567", true, false, false, true},
		{"DE1234567", true, false, false, true},
		{"PE1234567", true, false, false, true},
		{"D12345678", false, true, false, true},
		{"S1234567", false, true, false, true},
		{"P1234567", false, true, false, true},
		{"P123456", false, false, false, true},
		{"MA1234567", false, true, false, true},
		{"MB1234567", false, false, false, true},
		{"M12345678", false, true, false, true},
		{"M1234567", false, false, false, true},
		{"K12345678", false, true, false, true},
		{"KJ1234567", false, true, false, true},
		{"KA1234567", false, false, false, true},
		{"H12345678", false, true, false, true},
		{"HA1234567", false, true, false, true},
		{"141234567", false, false, true, true},
		{"151234567", false, false, true, true},
		{"161234567", false, false, false, true},
		{"14123456", false, false, false, true},
		{"E1234567", false, false, false, true},
		{"E123456789", false, false, false, false},
		{"20240131", false, false, false, false},
		{"ABCDE1234", false, false, false, false},
		{"000000000", false, false, false, false},
		{"1234567", false, false, false, false},
		{"e12345678", false, false, false, false},
		{"", false, false, false, false},
	} {
		b := []byte(tt.number)
		if got := check.Passport(b); got != tt.mainland {
			t.Errorf("Passport(%q) = %v", tt.number, got)
		}
		if got := check.PassportOther(b); got != tt.other {
			t.Errorf("PassportOther(%q) = %v", tt.number, got)
		}
		if got := check.PassportOld(b); got != tt.old {
			t.Errorf("PassportOld(%q) = %v", tt.number, got)
		}
		if got := check.PassportForeign(b); got != tt.foreign {
			t.Errorf("PassportForeign(%q) = %v", tt.number, got)
		}
	}
}

func TestPassportForms(t *testing.T) {
	const p = check.KindPassport
	runPapers(t, []paperCase{
		{"passport", "护照«E12345678»。", "E12345678", p},
		{"passport", "«e12345678»", "E12345678", p},
		{"passport", `\«nE12345678»`, "E12345678", p},
		{"passport", `{"hkid":"«E12345678»"}`, "", 0},
		{"passport", `{"passport/id card":"«E12345678»"}`, "E12345678", p},
		{"passport", "身份证«E12345678»", "", 0},
		{"passport", "身份证11010519491231002X、«E12345678»", "E12345678", p},
		{"passport", "«XE1234567»", "", 0},
		{"passport", "x.«E12345678».5", "", 0},
		{"passport", "9.«E12345678»", "", 0},
		{"passport_other", "護照 «KJ1234567»", "KJ1234567", p},
		{"passport_other", `{"permitNo":"«H12345678»"}`, "", 0},
		{"passport_other", "«H12345678»", "H12345678", p},
		{"passport_old", "«护照»号码为：141234567，", "141234567", p},
		{"passport_old", `{"«passport»No":"151234567"}`, "151234567", p},
		{"passport_old", `{"type":"«护照»","no":"151234567"}`, "151234567", p},
		{"passport_old", "<th>«护照»</th><td>141234567</td>", "141234567", p},
		{"passport_old", "141234567（«护照»）", "141234567", p},
		{"passport_old", "141234567，«护照»", "", 0},
		{"passport_old", "«护照»\n141234567", "", 0},
		{"passport_old", "«护照»有效期 141234567", "", 0},
		{"passport_foreign", "«passport no». AB123456", "AB123456", p},
		{"passport_foreign", "«passport no» E12345678", "", 0},
		{"passport_foreign", "«passport no»: required1", "", 0},
		{"passport_foreign", "«passport number» is c01x00t47", "", 0},
	})
	// The second byte of a character in GBK may be a letter.
	s := &check.Sight{Text: []byte("\xd7\x43E12345678"), From: 1, To: 11, Day: day}
	paperForm(t, "passport").Confirm(s)
	if len(s.Values) != 1 || s.Values[0].From != 2 || s.Values[0].To != 11 {
		t.Errorf("behind a character of GBK: %+v", s.Values)
	}
}

func TestPassportSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(rapid.StringMatching(`(E[A-HJ-NP-Z]|E\d|G\d|SE|DE|PE)\d{7}`).Draw(t, "number"))
		if !check.Passport(b) || check.PassportOld(b) {
			t.Fatalf("%s is refused", b)
		}
	})
}
