package law_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
)

// fault is one change of a good file and what the error must say of it.
type fault struct{ name, old, new, want string }

// refuses changes a good file in one place after the other and wants the error
// that names the place, with the line and a caret where there is a line.
func refuses(t *testing.T, good string, tests []fault) {
	t.Helper()
	if s := law.Check("good.yaml", []byte(good)); s.Err != nil {
		t.Fatalf("the good file has a fault: %v", s.Err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := law.Check("bad.yaml", []byte(sub(t, good, tt.old, tt.new)))
			if s.Err == nil || !strings.Contains(s.Err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", s.Err, tt.want)
			}
			if !strings.Contains(s.Err.Error(), "bad.yaml") || !strings.Contains(s.Err.Error(), "\n>") {
				t.Errorf("the error names no file or shows no line: %v", s.Err)
			}
		})
	}
}

func TestFaultyListsAreRefusedWithTheirPlace(t *testing.T) {
	refuses(t, ownList, []fault{
		{"unknown field", "type: negative", "typ: negative", "typ"},
		{"unknown field of an entry", "    source: row 1", "    sauce: row 1", "sauce"},
		{"unknown field of a rule", "{min: 200000, path", "{max: 200000, path", "max"},
		{"unknown type", "type: negative", "type: neutral", "type: must be negative or general"},
		{"id with a space", "id: CN-SH-TEST", "id: CN SH", "id: must be letters and digits"},
		{"id like a person's number", "id: CN-SH-TEST", "id: CN-110105194912310021", "id: holds a number as long as a person's"},
		{"no id", "id: CN-SH-TEST\n", "", "id: must not be empty"},
		{"no zone", "zones: [CN-SH-FTZ, CN-SH-FTZ-LINGANG]", "zones: []", "zones: must name a zone"},
		{"zone in words", "CN-SH-FTZ,", "Lingang,", "zones[0]"},
		{"bad first day", "from: 2026-01-01", "from: 2026-02-30", "effective_from"},
		{"day that is not written out", "from: 2026-01-01", "from: 2026-1-1", "effective_from"},
		{"end of all days", "to: 2026-12-31", "to: 9999-12-31", "effective_to: must be a date like 2027-12-31, or absent"},
		{"end before the begin", "to: 2026-12-31", "to: 2025-12-31", "effective_to: lies before"},
		{"nothing covered", `covers: ["retail.*", hotel.member]`, "covers: []", "covers: must name the scenarios"},
		{"scenario in words", "hotel.member]", "Hotels]", "covers[1]"},
		{"no source", "source: the annex\n", "source: ''\n", "source: must not be empty"},
		{"text that steers a terminal", "title: a list", `title: "a \x1b[2J list"`, "title: holds a character"},
		{"negative days", "working_days: 15", "working_days: -1", "report_within_working_days"},
		{"entry of another scenario", "scenario: retail.member\n    data_class: spi", "scenario: icv.rnd\n    data_class: spi", "entries[1].scenario: is not in covers"},
		{"entry of every scenario", "scenario: retail.member\n    data_class: spi", "scenario: \"*\"\n    data_class: spi", "entries[1].scenario: is not in covers"},
		{"unknown data class", "data_class: spi", "data_class: secret", "entries[1].data_class"},
		{"class in words", "[pi.finance.bankcard]", "[bank cards]", "entries[1].classes[0]"},
		{"class like a person's number", "[pi.finance.bankcard]", "[pi.110105194912310021]", "entries[1].classes[0]"},
		{"class twice", "[pi.name, pi.contact.mobile]", "[pi.name, pi.name]", "entries[0].classes[1]: is listed twice"},
		{"no class in a verified row", "[pi.finance.bankcard]", "[]", "entries[1].classes: must not be empty"},
		{"id of an entry with a dot", "id: member-sensitive", "id: member.sensitive", "entries[1].id"},
		{"two entries of one id", "id: member-sensitive", "id: member", "entries[1].id: another entry"},
		{"unknown pathway", "pathway: SC_OR_CERT}\n      - {min: 0, pathway: NONE}\n    verified: true\n    source: row 1", "pathway: SC}\n      - {min: 0, pathway: NONE}\n    verified: true\n    source: row 1", "entries[0].rules[1].pathway"},
		{"numbers that rise", "min: 200000", "min: 2000000", "entries[0].rules[1].min: must be less"},
		{"numbers that stay", "min: 200000", "min: 1000000", "entries[0].rules[1].min: must be less"},
		{"last rule that is not 0", "      - {min: 0, pathway: NONE}\n    verified: true\n    source: row 1", "    verified: true\n    source: row 1", "entries[0].rules[1].min: must be 0"},
		{"more persons that need less", "{min: 1000000, pathway: SA}", "{min: 1000000, pathway: NONE}", "entries[0].rules[1].pathway: must not be stronger"},
		{"number below zero", "min: 5000", "min: -5000", "entries[1].rules[0].min"},
		{"number in octal", "min: 200000", "min: 0200000", "plain decimal digits"},
		{"number with a part", "min: 200000", "min: 200000.7", "plain decimal digits"},
		{"number in groups", "min: 200000", "min: 200_000", "plain decimal digits"},
		{"number in powers", "min: 200000", "min: 2e5", "plain decimal digits"},
		{"number in powers and quotes", "min: 200000", "min: '2e5'", "plain decimal digits"},
		{"number with a sign", "min: 200000", "min: +200000", "plain decimal digits"},
		{"number in eights and quotes", "min: 200000", "min: '0200000'", "plain decimal digits"},
		{"number in sixteens", "min: 200000", "min: 0x30D40", "plain decimal digits"},
		{"number beyond all", "min: 200000", "min: 99999999999999999999999", "overflow"},
		{"truth in words", "verified: true\nsource", "verified: yes\nsource", "cannot unmarshal string"},
		{"number as text", "min: 5000", "min: many", "many"},
		{"no rules in a verified row", "    rules: [{min: 0, pathway: SA}]\n", "", "entries[2].rules: must not be empty"},
		{"important data without assessment", "rules: [{min: 0, pathway: SA}]", "rules: [{min: 0, pathway: SC_OR_CERT}]", "entries[2].rules: must be the one rule"},
		{"important data with a number", "rules: [{min: 0, pathway: SA}]", "rules: [{min: 9, pathway: SA}, {min: 0, pathway: NONE}]", "entries[2].rules: must be the one rule"},
		{"maximum in a negative list", "    source: row 2", "    source: row 2\n    max_subjects: 5", "entries[1].max_subjects: is for general lists"},
		{"verified row without source", "    source: row 2\n", "", "entries[1].source: must not be empty"},
		{"anchor", "title: a list", "title: &a a list", "anchors"},
		{"no entries", ownList[strings.Index(ownList, "entries:"):], "entries: []\n", "entries: must not be empty"},
	})
}

func TestFaultyGeneralListsAreRefusedWithTheirPlace(t *testing.T) {
	refuses(t, ownGeneral, []fault{
		{"rules", "    max_subjects: 99999", "    rules: [{min: 5, pathway: SA}, {min: 0, pathway: NONE}]", "entries[0].rules: must be absent"},
		{"important data", "data_class: pi", "data_class: important", "entries[0].data_class: must be pi or spi"},
		{"maximum below zero", "max_subjects: 99999", "max_subjects: -1", "entries[0].max_subjects"},
	})
	free := sub(t, ownGeneral, "    max_subjects: 99999", "    rules: [{min: 0, pathway: NONE}]")
	if s := law.Check("free.yaml", []byte(free)); s.Err != nil {
		t.Errorf("an entry that says it is free: %v", s.Err)
	}
}

// Rows that say two things of one class are refused; the same twice is not.
func TestContradictoryRows(t *testing.T) {
	second := `  - id: second
    scenario: SCENARIO
    data_class: DATA
    classes: [pi.address, pi.name]
    rules:
      - {min: MIN, pathway: SA}
      - {min: 200000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 4
`
	tests := []struct {
		name, scenario, data, min string
		refused                   bool
	}{
		{"other numbers", "retail.member", "pi", "2000000", true},
		{"the same rules", "retail.member", "pi", "1000000", false},
		{"another scenario", "retail.goods", "pi", "2000000", false},
		{"other data of the persons", "retail.member", "spi", "2000000", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := ownList + strings.NewReplacer("SCENARIO", tt.scenario, "DATA", tt.data, "MIN", tt.min).Replace(second)
			err := law.Check("rows.yaml", []byte(text)).Err
			if (err != nil) != tt.refused {
				t.Fatalf("got %v, want refused %v", err, tt.refused)
			}
			if err != nil && (!strings.Contains(err.Error(), "entries[3]: contradicts entry member: class pi.name") || !strings.Contains(err.Error(), "\n>")) {
				t.Errorf("the error does not say where: %v", err)
			}
		})
	}
}

// What no line can be shown of is refused all the same.
func TestFilesThatAreNoText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", " \n", "empty file"},
		{"only a comment", "# nothing\n", "empty file"},
		{"byte order mark", "\ufeff" + ownList, "plain UTF-8"},
		{"another encoding", "schema: dc.list/1\ntitle: \xc1\xd0\n", "plain UTF-8"},
		{"two documents", ownList + "---\n" + ownList, "more than one document"},
		{"a word", "list", "mapping is expected"},
		{"brackets without end", "schema: " + strings.Repeat("[", 1000), "open brackets"},
		{"lists within lists", "schema:\n  " + strings.Repeat("- ", 1000) + "a", "list within lists"},
		{"a line without end", "schema: " + strings.Repeat("a", 5000), "line longer"},
		{"no schema", "id: X\n", "schema: must be dc.pack/1, dc.list/1 or dc.catalogue/1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := law.Check("bad.yaml", []byte(tt.text))
			if s.Err == nil || !strings.Contains(s.Err.Error(), tt.want) || len(s.Err.Error()) > 5<<10 {
				t.Errorf("got %v, want an error with %q", s.Err, tt.want)
			}
		})
	}
}

// A list that nobody verified may lack numbers: it never decides.
func TestAnUnverifiedRowMayLackItsNumbers(t *testing.T) {
	text := sub(t, ownList, `    rules:
      - {min: 5000, pathway: SC_OR_CERT}
      - {min: 0, pathway: NONE}
    verified: true
    source: row 2
`, "    verified: false\n")
	if s := law.Check("a.yaml", []byte(text)); s.Err != nil {
		t.Error(s.Err)
	}
}
