package check_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

func TestHKID(t *testing.T) {
	for id, want := range map[string]bool{
		"A1234563": true, "G123456A": true, "C1234569": true, "P1032651": true, "AB9876543": true,
		"A1234564": false, "Z6833655": false, "a1234563": false, "A123456": false, "ABC1234563": false,
		"11234563": false, "A12345B3": false, "": false, "A": false,
	} {
		if got := check.HKID([]byte(id)); got != want {
			t.Errorf("HKID(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestTaiwanID(t *testing.T) {
	for id, want := range map[string]bool{
		"A123456789": true, "F131104093": true, "A800000014": true, "A123456788": false, "A323456789": false,
		"A12345678": false, "a123456789": false, "AA00000009": false, "": false,
	} {
		if got := check.TaiwanID([]byte(id)); got != want {
			t.Errorf("TaiwanID(%q) = %v, want %v", id, got, want)
		}
	}
	for id, want := range map[string]bool{"AA00000009": true, "AB00000001": true, "AA00000008": false, "AE00000009": false, "A123456789": false, "": false} {
		if got := check.TaiwanARC([]byte(id)); got != want {
			t.Errorf("TaiwanARC(%q) = %v, want %v", id, got, want)
		}
	}
}

// One check character of all is right.
func TestCheckCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hk := rapid.StringMatching(`[A-Z]{1,2}\d{6}`).Draw(t, "hk")
		tw := rapid.StringMatching(`[A-Z][1289]\d{7}`).Draw(t, "tw")
		arc := rapid.StringMatching(`[A-Z][A-D]\d{7}`).Draw(t, "arc")
		var n [3]int
		for _, c := range "0123456789A" {
			if check.HKID([]byte(hk + string(c))) {
				n[0]++
			}
			if check.TaiwanID([]byte(tw + string(c))) {
				n[1]++
			}
			if check.TaiwanARC([]byte(arc + string(c))) {
				n[2]++
			}
		}
		if n != [3]int{1, 1, 1} {
			t.Fatalf("%s, %s, %s have %v check characters", hk, tw, arc, n)
		}
	})
}

func TestMacaoID(t *testing.T) {
	for _, tt := range []struct {
		text, digits string
		n            int
		plain        bool
	}{
		{"5123456(7)", "51234567", 10, false}, {"1/123456/7,", "11234567", 10, false}, {"7123456（8）", "71234568", 14, false},
		{"51234567)", "51234567", 8, true}, {"5123456-7", "51234567", 9, false}, {"5123456\xa3\xa87\xa3\xa9", "51234567", 12, false},
		{"6123456(7)", "", 0, false}, {"5123456", "", 0, false}, {"5//23456", "", 0, false}, {"", "", 0, false},
	} {
		digits, n, plain := check.MacaoID([]byte(tt.text))
		if n != tt.n || n > 0 && (string(digits[:]) != tt.digits || plain != tt.plain) {
			t.Errorf("MacaoID(%q) = %s, %d, %v", tt.text, digits, n, plain)
		}
	}
}

func TestRegionForms(t *testing.T) {
	const hk, mo, tw = check.KindHKID, check.KindMacaoID, check.KindTaiwanID
	runPapers(t, []paperCase{
		{"hkid", "身份證«A1234563»", "A1234563", hk},
		{"hkid", "«a123456»-3", "A1234563", hk},
		{"hkid", "«G123456»-A", "G123456A", hk},
		{"hkid", "«G123456»-AB", "", 0},
		{"hkid", "«A123456»", "", 0},
		{"hkid", "«A1234564»", "", 0},
		{"hkid", `{"passport":"«A1234563»"}`, "", 0},
		{"hkid_brackets", "«A123456»(3)", "A1234563", hk},
		{"hkid_brackets", "«G123456»（A）。", "G123456A", hk},
		{"hkid_brackets", "«G123456»（Ａ）", "G123456A", hk},
		{"hkid_brackets", "护照 «A123456»(3)", "A1234563", hk},
		{"hkid_brackets", "«AB987654» (3)", "AB9876543", hk},
		{"hkid_brackets", "«A123456»(3", "", 0},
		{"hkid_brackets", "«A123456»()", "", 0},
		{"hkid_brackets", "«A123456»(4)", "", 0},
		{"hkid_brackets", "«A123456»(3)x", "", 0},
		{"hkid_key", "«HKID»: G123456A", "G123456A", hk},
		{"hkid_key", "«身份證»號碼：A 123456 (3)", "A1234563", hk},
		{"hkid_key", "«hkid» A123456(3)", "", 0}, // the other form's
		{"hkid_key", "«hkid» A1234563", "", 0},
		{"hkid_key", "«hkid» A123456", "", 0},
		{"hkid_key", "«hkid» A", "", 0},
		{"macao_id", "«澳門居民身份證»號碼 1/123456/7", "11234567", mo},
		{"macao_id", "«BIR»: 5123456(7)", "51234567", mo},
		{"macao_id", "«bir» 51234567", "", 0},
		{"macao_id", "«澳门身份证» 19991220", "", 0},
		{"taiwan_id", "身分證 «A123456789»", "A123456789", tw},
		{"taiwan_id", "«aa00000009»", "AA00000009", tw},
		{"taiwan_id", "«A123456788»", "", 0},
		{"taiwan_id", "护照 «A123456789»", "", 0},
	})
}

// A word for the card lifts a number, but not one that anything else in a file
// name or call could be.
func TestHKIDBracketsLift(t *testing.T) {
	for text, want := range map[string]int{"«A123456»(3)": 0, "hkid=«A123456»(3)": 1, "身份証 «A123456»(3)": 1,
		"hkid «a123456»(3)": 0, "hkid REL-«A123456»(3)": 0, "hkid x.«A123456»(3)": 0} {
		s := paperSight(t, text, false)
		paperForm(t, "hkid_brackets").Confirm(s)
		if len(s.Values) != 1 || s.Values[0].Lift != want || !s.Values[0].Checked {
			t.Errorf("%q: %+v, want lift %d", text, s.Values, want)
		}
	}
}

func ExampleHKID() {
	fmt.Println(check.HKID([]byte("A1234563")), check.HKID([]byte("A1234564")))
	// Output: true false
}
