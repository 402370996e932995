package synth_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
)

// TestArithmetic holds the check digits to numbers that are published: the
// samples of GB 11643, ICAO 9303, GB 11714, ISO 3779 and ISO 13616.
func TestArithmetic(t *testing.T) {
	for _, id := range []string{"11010519491231002X", "310115198808081237", "810000199408230021", "911124198108030024"} {
		if got := synth.ISOCheck(id[:17]); got != id[17] {
			t.Errorf("check of %s is %c", id, got)
		}
	}
	for text, want := range map[string]string{"L898902C3": "6", "740812": "2", "120415": "9", "<<<<<<<<<<<<<<": "0"} {
		if got := synth.Digit731(text); got != want {
			t.Errorf("check of %s is %s, want %s", text, got, want)
		}
	}
	for _, code := range []string{"799655058", "71526726X", "MA1K3ABC9"} {
		if got := synth.OrgCheck(code[:8]); got != code[8:] {
			t.Errorf("check of %s is %s", code, got)
		}
	}
	for _, vin := range []string{"1M8GDM9AXKP042788", "LSVAA49J132047371", "LFV2A21K2G4123456"} {
		if got := "0123456789X"[synth.VINSum([]byte(vin))]; got != vin[8] {
			t.Errorf("check of %s is %c", vin, got)
		}
	}
	for _, card := range []string{"6217001210024455220", "622202020011223349", "490154203237518"} {
		if !synth.PassesLuhn(card) {
			t.Errorf("%s does not pass", card)
		}
	}
	if synth.Mod97("370400440532013000131489") != 1 { // DE89 3704 0044 0532 0130 00, rearranged: D is 13, E is 14
		t.Error("the IBAN of the standard is refused")
	}
}

// TestMadeByRule looks at values from outside: lengths, alphabets, sums.
func TestMadeByRule(t *testing.T) {
	m := synth.New(21, day)
	for range 300 {
		if v := m.Value("org.uscc"); len(v) != 18 || strings.ContainsAny(v, "IOSVZ") || synth.OrgCheck(v[8:16]) != v[16:17] {
			t.Fatalf("a credit code is malformed: %s", v)
		}
		if v := m.Value("vehicle.vin"); len(v) != 17 || strings.ContainsAny(v, "IOQ") || "0123456789X"[synth.VINSum([]byte(v))] != v[8] {
			t.Fatalf("a VIN is malformed: %s", v)
		}
		if v := m.Value("card"); !synth.PassesLuhn(v) || len(v) != 19 {
			t.Fatalf("a card is malformed: %s", v)
		}
		if v := m.Value("imei"); !synth.PassesLuhn(v) || len(v) != 15 {
			t.Fatalf("an IMEI is malformed: %s", v)
		}
		if v := m.Value("id18"); v[2:6] != "9999" || synth.ISOCheck(v[:17]) != v[17] {
			t.Fatalf("a resident ID is malformed or of an assigned region: %s", v)
		}
		lines := strings.Split(m.Value("mrz"), "\n")
		if len(lines) != 2 || len(lines[0]) != 44 || len(lines[1]) != 44 {
			t.Fatalf("a passport page is malformed: %q", lines)
		}
	}
}
