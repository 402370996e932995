package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestPermits(t *testing.T) {
	for number, want := range map[string]bool{"C12345678": true, "CA1234567": true, "CZ1234567": true, "W12345678": true,
		"CI1234567": false, "CO1234567": false, "WA1234567": false, "C1234567": false, "C123456789": false, "": false} {
		if got := check.PermitHKMO([]byte(number)); got != want {
			t.Errorf("PermitHKMO(%q) = %v", number, got)
		}
	}
	for number, want := range map[string]bool{"L12345678": true, "T12345678": true, "LA1234567": false, "L1234567": false, "": false} {
		if got := check.PermitTW([]byte(number)); got != want {
			t.Errorf("PermitTW(%q) = %v", number, got)
		}
	}
	for number, want := range map[string]string{"H12345678": "H12345678", "M1234567801": "M12345678", "H123456780": "", "K12345678": "", "": ""} {
		if got, ok := check.HomeReturn([]byte(number)); string(got) != want || ok != (want != "") {
			t.Errorf("HomeReturn(%q) = %q, %v", number, got, ok)
		}
	}
	for number, want := range map[string]string{"01234567": "01234567", "0123456701": "01234567", "012345678": "", "20240131": "", "20240132": "20240132", "0123456A": "", "": ""} {
		if got, ok := check.TWCompatriot([]byte(number)); string(got) != want || ok != (want != "") {
			t.Errorf("TWCompatriot(%q) = %q, %v", number, got, ok)
		}
	}
	for number, want := range map[string]bool{"USA110080010112": true, "US1110080010112": false, "USA11008001011": false, "": false} {
		if got := check.ForeignPROld([]byte(number)); got != want {
			t.Errorf("ForeignPROld(%q) = %v", number, got)
		}
	}
	for number, want := range map[string]bool{"T440123456": true, "T44012345": false, "TT44012345": false, "": false} {
		if got := check.BirthCertificate([]byte(number)); got != want {
			t.Errorf("BirthCertificate(%q) = %v", number, got)
		}
	}
}

func TestPermitForms(t *testing.T) {
	runPapers(t, []paperCase{
		{"permit_hkmo", "通行证«C12345678»", "C12345678", check.KindPermit},
		{"permit_hkmo", "护照«C12345678»", "", 0},
		{"permit_tw", "«l12345678»", "L12345678", check.KindPermit},
		{"permit_tw", "«L12345678»_1", "", 0},
		{"home_return", "回鄉證 «M12345678»", "M12345678", check.KindHomeReturn},
		{"home_return", `{"passport":"«H12345678»"}`, "", 0},
		{"home_return_long", "«回乡证»号：H1234567801", "H12345678", check.KindHomeReturn},
		{"home_return_long", "«回乡证»号：H12345678", "", 0},
		{"tw_compatriot", "«臺胞證»號碼為0123456701。", "01234567", check.KindTWCompatriot},
		{"tw_compatriot", "01234567（«台胞证»）", "01234567", check.KindTWCompatriot},
		{"tw_compatriot", "«台胞证»签发于 20240131", "", 0},
		{"tw_compatriot", "«台胞证»20240131", "", 0},
		{"foreign_pr_old", "外国人«永久居留»身份证 usa110080010112", "USA110080010112", check.KindForeignPR},
		{"birth", "出生医学证明 «T440123456»", "T440123456", check.KindBirth},
		{"birth", "身份证 «T440123456»", "", 0},
		{"driver", "驾驶证，«档案编号»：310012345678", "310012345678", check.KindDriver},
		{"driver", "病人«档案编号»：310012345678", "", 0},
	})
}

func TestMilitaryForms(t *testing.T) {
	const m = check.KindMilitaryID
	runPapers(t, []paperCase{
		{"military", "军官证：南«字第»01234567号", "南01234567", m},
		{"military", "軍«字第» 1234567 號", "军1234567", m},
		{"military", "某«字第»01234567号", "", 0},
		{"military", "«字第»01234567号", "", 0},
		{"military", "南«字第»012号", "", 0},
		{"military", "南«字第»012345678号", "", 0},
		{"military_key", "«军官证»号：南字01234567号", "南01234567", m},
		{"military_key", "«军官证»号：南字第01234567号", "", 0}, // the other form's
		{"military_key", "«军官证»：01234567", "01234567", m},
		{"military_key", "«军官证» 20240131", "", 0},
		{"military_key", "«士兵证»遗失 01234567", "", 0},
	})
}
