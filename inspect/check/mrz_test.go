package check_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

const (
	mrzName = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	mrzLine = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	mrzFull = "EA12345676CHN1506071M2501017LKMENJMJMMOIA992"
)

func TestMRZDigit(t *testing.T) {
	for field, want := range map[string]byte{"L898902C3": '6', "740812": '2', "120415": '9', "ZE184226B<<<<<": '1', "D23145890": '7', "<<<<<<": '0'} {
		if got, ok := check.MRZDigit([]byte(field)); !ok || got != want {
			t.Errorf("MRZDigit(%q) = %c, %v, want %c", field, got, ok, want)
		}
	}
	for _, bad := range []string{"", "l898902c3", "L898902 C3", "\xff"} {
		if _, ok := check.MRZDigit([]byte(bad)); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestPassportLine(t *testing.T) {
	for _, tt := range []struct {
		name, line, number string
		ok, whole          bool
	}{
		{"the example of ICAO 9303 part 4", mrzLine, "L898902C3", true, true},
		{"no filler in it", mrzFull, "EA1234567", true, true},
		{"the example of part 6", "D231458907UTO7408122F1204159<<<<<<<6", "D23145890", true, true},
		{"wrong digit over all", mrzLine[:43] + "1", "L898902C3", true, false},
		{"wrong digit of the number", "L898902C37" + mrzLine[10:], "", false, false},
		{"wrong digit of the birth date", mrzLine[:19] + "3" + mrzLine[20:], "", false, false},
		{"wrong digit of the expiry date", mrzLine[:27] + "8" + mrzLine[28:], "", false, false},
		{"digits for a country", mrzLine[:10] + "123" + mrzLine[13:], "", false, false},
		{"no sex of the standard", mrzLine[:20] + "A" + mrzLine[21:], "", false, false},
		{"fillers only", strings.Repeat("<", 44), "", false, false},
		{"zeros only", strings.Repeat("0", 44), "", false, false},
		{"short", mrzLine[:43], "", false, false},
		{"nothing", "", "", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := check.PassportLine([]byte(tt.line))
			if ok != tt.ok || ok && (m.Whole != tt.whole || string(m.Number[:m.Length]) != tt.number) {
				t.Errorf("PassportLine(%q) = %+v, %v", tt.line, m, ok)
			}
		})
	}
}

func TestMRZRefusesOtherDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(mrzFull)
		i := rapid.SampledFrom([]int{9, 19, 27, 43}).Draw(t, "place")
		c := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		same := line[i] == c
		line[i] = c
		if m, ok := check.PassportLine(line); (ok && m.Whole) != same {
			t.Fatalf("%s: %v, %+v", line, ok, m)
		}
	})
}

func TestMRZForm(t *testing.T) {
	const p = check.KindPassport
	rest := strings.TrimPrefix(mrzName, "P<")
	official := "POCHNZHANG<<SAN" + strings.Repeat("<", 29)
	home := strings.Replace(mrzFull, "CHN", "«CHN»", 1)
	card := "«I<»UTOD231458907<<<<<<<<<<<<<<<"
	const born = "7408122F1204159UTO<<<<<<<<<<<6"
	runPapers(t, []paperCase{
		{"mrz", "«P<»" + rest + "\n" + mrzLine, "L898902C3", p},
		{"mrz", "«P<»" + rest + "\r\n" + mrzLine + "\r\n", "L898902C3", p},
		{"mrz", "«P<»" + rest + `\n` + mrzLine + `"`, "L898902C3", p},
		{"mrz", `"«P<»` + rest + `","line2":"` + mrzLine + `"`, "L898902C3", p},
		{"mrz", "«P<»" + rest + mrzLine, "L898902C3", p},
		{"mrz", "«P<»" + rest + "\n" + mrzFull, "", 0}, // its nationality brings it
		{"mrz", "«P<»" + rest + "\n" + mrzLine + "0", "", 0},
		{"mrz", "«P<»" + rest, "", 0},
		{"mrz", official + "\n" + home, "EA1234567", p},
		{"mrz", official + home, "EA1234567", p},
		{"mrz", "证" + home + "。", "EA1234567", p},
		{"mrz", "x" + home, "", 0},
		{"mrz", home + "0", "", 0},
		{"mrz", "«CHN»", "", 0},
		{"mrz", "country «CHN» 440", "", 0},
		{"mrz", `{"«mrz»2":"` + mrzLine + `"}`, "L898902C3", p},
		{"mrz", "«mrz» " + mrzName + "\n" + mrzLine, "", 0}, // "P<" brings it
		{"mrz", card + "\n" + born, "D23145890", p},
		{"mrz", card + born + "ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "D23145890", p},
		{"mrz", strings.Replace(card, "7<", "8<", 1) + "\n" + born, "", 0},
		{"mrz", "«I<»UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6", "D23145890", p},
		{"mrz", "class «P<»T>", "", 0},
		{"mrz", "«P<»", "", 0},
	})
	s := &check.Sight{Text: []byte("a," + mrzLine), From: 2, To: 2, Cell: 2 + len(mrzLine), Day: day}
	paperForm(t, "mrz").Confirm(s)
	if len(s.Values) != 1 || s.Values[0].Lift != 1 {
		t.Errorf("in a cell: %+v", s.Values)
	}
}

func TestMRZBirth(t *testing.T) {
	for line, want := range map[string]time.Time{
		strings.Replace(mrzFull, "CHN", "UTO", 1): time.Date(2015, 6, 7, 0, 0, 0, 0, time.UTC),
		mrzLine: time.Date(1974, 8, 12, 0, 0, 0, 0, time.UTC),
	} {
		s := paperSight(t, "«mrz» "+line, false)
		paperForm(t, "mrz").Confirm(s)
		if len(s.Values) != 1 || !s.Values[0].Birth.Equal(want) || !s.Values[0].Checked {
			t.Errorf("%s: %+v, want a birth on %v", line, s.Values, want)
		}
	}
}
