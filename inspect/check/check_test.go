package check_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/synth"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestResidentID(t *testing.T) {
	tests := []struct {
		name, id string
		want     bool
	}{
		{"check character X", "11010519491231002X", true},
		{"Shanghai", "310115198808081237", true},
		{"Chongqing", "500103200101017784", true},
		{"Hong Kong residence permit", "810000199408230021", true},
		{"Macao residence permit", "82000019940929001X", true},
		{"Taiwan residence permit", "830000199201300022", true},
		{"a child", "320106201506071236", true},
		{"born before 1900", "440524188001010014", false},
		{"wrong check character", "110105194912310021", false},
		{"month 13", "11010519491331002X", false},
		{"29 February of no leap year", "440307199002290018", false},
		{"no such province", "990105194912310023", false},
		{"lower-case x is not normalised", "11010519491231002x", false},
		{"short", "11010519491231002", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := check.ResidentID([]byte(tt.id), day); got != tt.want {
				t.Errorf("ResidentID(%q) = %v, want %v", tt.id, got, tt.want)
			}
		})
	}
	if _, ok := check.ResidentID([]byte("320106201506071236"), time.Date(2015, 6, 6, 0, 0, 0, 0, time.UTC)); ok {
		t.Error("a birth date after the day of the flow is accepted")
	}
}

func TestAge(t *testing.T) {
	birth, ok := check.ResidentID([]byte("320106201506071236"), day)
	if got := check.Age(birth, day); !ok || got != 11 {
		t.Errorf("age %d, want 11", got)
	}
	if got := check.Age(birth, time.Date(2029, 6, 6, 0, 0, 0, 0, time.UTC)); got != 13 {
		t.Errorf("age on the day before the birthday %d, want 13", got)
	}
}

func TestResidentID15(t *testing.T) {
	full, _, ok := check.ResidentID15([]byte("110105491231002"), day)
	if !ok || string(full[:]) != "11010519491231002X" {
		t.Errorf("upgraded to %q, %v", full, ok)
	}
	for _, bad := range []string{"110105491331002", "990105491231002", "11010549123100", "11010549123100X"} {
		if _, _, ok := check.ResidentID15([]byte(bad), day); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestForeignPR(t *testing.T) {
	for id, want := range map[string]bool{"911124198108030024": true, "911124198108030025": false, "811124198108030024": false} {
		if _, got := check.ForeignPR([]byte(id), day); got != want {
			t.Errorf("ForeignPR(%q) = %v", id, got)
		}
	}
}

func TestMobile(t *testing.T) {
	for _, bad := range []string{"142", "143", "154", "160", "161", "163", "164", "168", "169", "174", "179", "194", "140", "120", "110"} {
		if check.Mobile([]byte(bad + "12345678")) {
			t.Errorf("segment %s is accepted", bad)
		}
	}
	for _, good := range []string{"130", "139", "145", "149", "150", "153", "155", "162", "165", "166", "167", "170", "171", "173", "175", "178", "180", "189", "190", "193", "195", "199"} {
		if !check.Mobile([]byte(good + "12345678")) {
			t.Errorf("segment %s is refused", good)
		}
	}
	for _, bad := range []string{"", "1380013800", "138001380000", "1380013800a"} {
		if check.Mobile([]byte(bad)) {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestBankCard(t *testing.T) {
	for id, want := range map[string]bool{
		"6217001210024455220": true, "622202020011223349": true, "6228480402564890018": true, "4111111111111111": true,
		"6222020200112233445": false, "1234567890123452": false, "62170012100244552": false, "": false,
	} {
		if got := check.BankCard([]byte(id)); got != want {
			t.Errorf("BankCard(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestUSCC(t *testing.T) {
	for id, want := range map[string]bool{
		"91330100799655058B": true, "9144030071526726XG": true, "914403001922038216": true, "91310115MA1K3ABC99": true,
		"91330100799655058A": false, "91310115MA1K3ABC98": false, "91330100I99655058B": false, "9133010079965505B": false, "": false,
	} {
		if got := check.USCCString(id); got != want {
			t.Errorf("USCC(%q) = %v, want %v", id, got, want)
		}
	}
	for id, want := range map[string]bool{"799655058": true, "71526726X": true, "MA1K3ABC9": true, "799655057": false} {
		if got := check.OrgCode([]byte(id)); got != want {
			t.Errorf("OrgCode(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestEmail(t *testing.T) {
	tests := []struct {
		in, want string
		role     bool
	}{
		{"zhang.san+x@example.com.cn", "zhang.san+x@example.com.cn", false},
		{"Info@Example.COM", "Info@Example.COM", true},
		{"a_b@mail.example.com.Thanks", "a_b@mail.example.com", false},
		{"..x@example.org.", "x@example.org", false},
		{"u@owner.github.io", "u@owner.github.io", false},
		{"a@163.com", "a@163.com", false},
		{"logo@2x.png", "", false},
		{"core@7.0.0.dev", "", false},
		{"a..b@example.com", "", false},
		{"a.@example.com", "", false},
		{"a@-x.com", "", false},
		{"a@localhost", "", false},
		{"@example.com", "", false},
	}
	for _, tt := range tests {
		from, to, role, ok := check.Email([]byte(tt.in))
		if got := tt.in[from:to]; got != tt.want || ok != (tt.want != "") || role != tt.role {
			t.Errorf("Email(%q) = %q, role %v, %v", tt.in, got, role, ok)
		}
	}
}

func TestSecretMark(t *testing.T) {
	tests := []struct {
		after string
		n     int
		ok    bool
	}{
		{"★30年", len("★30年"), true}, {" ★ 6个月。", len(" ★ 6个月"), true}, {"★长期", len("★长期"), true},
		{"☆", len("☆"), true}, {"＊１０年", len("＊１０年"), true}, {"*10年", len("*10年"), true},
		{"*", 0, false}, {"**", 0, false}, {"花园", 0, false}, {"", 0, false},
	}
	for _, tt := range tests {
		m, ok := check.SecretMark([]byte(tt.after), false)
		if ok != tt.ok || ok && m.Length != tt.n {
			t.Errorf("SecretMark(%q) = %+v, %v", tt.after, m, ok)
		}
		gb, ok := check.SecretMark(synth.GB18030([]byte(tt.after)), true)
		if ok != tt.ok || ok && gb.Period != m.Period {
			t.Errorf("in GB18030 SecretMark(%q) = %+v, %v", tt.after, gb, ok)
		}
	}
}

func TestSynthAgrees(t *testing.T) {
	m := synth.New(7, day)
	for range 300 {
		for _, p := range []synth.Person{m.Adult(), m.Minor()} {
			birth, ok := check.ResidentID([]byte(p.ResidentID), day)
			if !ok || !birth.Equal(p.Born) {
				t.Fatalf("resident number of %v is refused", p.Born)
			}
			if _, _, role, ok := check.Email([]byte(p.Email)); !ok || role || !check.Mobile([]byte(p.Mobile)) || !check.BankCard([]byte(p.BankCard)) {
				t.Fatalf("identifiers are refused: %+v", p)
			}
		}
		if c := m.USCC(); !check.USCCString(c) {
			t.Fatalf("credit code %s is refused", c)
		}
	}
}

func TestBoundaries(t *testing.T) {
	for before, want := range map[string]bool{"": true, " ": true, "中": true, "a": false, "_": false, "9": false, "3.": false, "x.": true, "\xc3\x41": true} {
		if got := check.OpenLeft([]byte(before)); got != want {
			t.Errorf("OpenLeft(%q) = %v", before, got)
		}
	}
	for after, want := range map[string]bool{"": true, "。": true, "a": false, ".5": false, ". ": true, "-": true} {
		if got := check.OpenRight([]byte(after)); got != want {
			t.Errorf("OpenRight(%q) = %v", after, got)
		}
	}
}

func ExampleUSCCString() {
	fmt.Println(check.USCCString("91310115MA1K3ABC99"), check.USCCString("91310115MA1K3ABC98"))
	// Output: true false
}
