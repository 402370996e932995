package incident_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/law"
)

// record is one of a flow to Singapore.
func record(id string, enforced policy.Action, persons int, out *policy.Outcome) *policy.Record {
	return &policy.Record{ID: id, Time: found.Add(-time.Hour), Complete: true, Outcome: out, Intent: policy.Intent{Exporter: motors, Recipient: "R-SG", Host: "crm.example.sg",
		Place: policy.Place{Country: "SG"}, Enforced: enforced, Judged: "whole", Coverage: inspect.Coverage{State: inspect.Full}, Persons: policy.PersonCount{Total: persons, NS: persons, SP: 2, Linked: persons - 1},
		Classes: []policy.ClassCount{{Class: inspect.ResidentID, High: int64(persons)}, {Class: "geo.survey", Level: inspect.Important, Medium: 1}},
		Decided: policy.Verdict{Action: enforced, Filing: "SC-1", Reasons: []policy.Reason{{Code: policy.LinkNotFiled}}}, Reservation: &policy.Reservation{NewNS: 4, NewSP: 2}}}
}

func TestSentOf(t *testing.T) {
	tests := []struct {
		name string
		r    *policy.Record
		want policy.Sent
		why  policy.Code
	}{
		{"blocked", record("a", policy.Block, 1, nil), policy.SentNone, ""},
		{"sent", record("a", policy.Pass, 1, &policy.Outcome{Sent: policy.SentAll}), policy.SentAll, ""},
		{"released and then nothing is known", record("a", policy.Pass, 1, nil), policy.SentUnknown, "IN_DOUBT"},
		{"in doubt", record("a", policy.Pass, 1, &policy.Outcome{Sent: policy.SentAll, InDoubt: true}), policy.SentUnknown, "IN_DOUBT"},
		{"blocked when some had left", record("a", policy.Pass, 1, &policy.Outcome{Sent: policy.SentSome, Fault: policy.AfterRelease}), policy.SentSome, policy.AfterRelease},
		{"an outcome that says nothing", record("a", policy.Pass, 1, &policy.Outcome{}), policy.SentUnknown, "IN_DOUBT"},
	}
	for _, tt := range tests {
		if got, why := incident.SentOf(tt.r), incident.Candidate(tt.r); got != tt.want || why != tt.why {
			t.Errorf("%s: %s %q, want %s %q", tt.name, got, why, tt.want, tt.why)
		}
	}
}

func TestFacts(t *testing.T) {
	g := incident.NewGather(&incident.Scope{Records: []string{"a", "b", "c", "gone"}})
	for _, r := range []*policy.Record{
		record("a", policy.Pass, 10, &policy.Outcome{Sent: policy.SentAll, Bytes: 100}),
		record("b", policy.Pass, 5, &policy.Outcome{Sent: policy.SentUnknown, InDoubt: true, Bytes: 7}),
		record("c", policy.Block, 3, nil),
		record("another", policy.Pass, 1000, &policy.Outcome{Sent: policy.SentAll}),
	} {
		g.Add(r)
	}
	f := g.Facts()
	if f.Missing != 1 || len(f.Listed) != 3 || f.Left.Records != 2 || f.Stopped.Records != 1 || f.Left.Bytes != 107 || f.Left.InDoubt != 1 {
		t.Errorf("facts %+v", f)
	}
	if p := f.Left.Persons; p.AtMost != 15 || p.AtLeast != 9 || p.Sensitive != 4 || p.Distinct {
		t.Errorf("persons that left %+v", p)
	}
	if p := f.Stopped.Persons; p.AtMost != 3 || !p.Distinct {
		t.Errorf("persons that did not %+v", p)
	}
	if c := f.Left.Classes; len(c) != 2 || c[0].Class != "geo.survey" || c[0].Level != inspect.Important || c[1].High != 15 {
		t.Errorf("classes %+v", c)
	}
}

func TestScopes(t *testing.T) {
	r := record("a", policy.Pass, 1, nil)
	from, to := r.Time, r.Time.Add(time.Minute)
	tests := []struct {
		name  string
		scope incident.Scope
		want  bool
	}{
		{"nothing is named", incident.Scope{}, false},
		{"by id", incident.Scope{Records: []string{"a"}}, true},
		{"another id", incident.Scope{Records: []string{"b"}}, false},
		{"in the time", incident.Scope{From: from, To: to}, true},
		{"the end is not in it", incident.Scope{From: from.Add(-time.Minute), To: from}, false},
		{"all that fits", incident.Scope{From: from, To: to, Exporter: motors, Recipient: "R-SG", Class: "geo.survey"}, true},
		{"another exporter", incident.Scope{From: from, To: to, Exporter: bank}, false},
		{"another recipient", incident.Scope{From: from, To: to, Recipient: "R-DE"}, false},
		{"another class", incident.Scope{From: from, To: to, Class: "pi.name"}, false},
	}
	for _, tt := range tests {
		if got := tt.scope.Covers(r); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestPersonsAreNeverTooFew wants each doubt to be said in both languages, and
// no duty to be excluded by it.
func TestPersonsAreNeverTooFew(t *testing.T) {
	terms := law.Incidents{Duties: []law.IncidentDuty{{ID: "many", Article: "x", Persons: 1000, Sensitive: 1000}}}
	tests := []struct {
		name   string
		change func(*policy.Record, *incident.Facts)
		zh, en string
	}{
		{"a part was opaque", func(r *policy.Record, _ *incident.Facts) { r.Intent.Coverage.State = inspect.Partial }, "其中 1 条记录的内容未能全部读出", "Of 1 records not all was read"},
		{"nothing is said of what was read", func(r *policy.Record, _ *incident.Facts) { r.Intent.Coverage = inspect.Coverage{} }, "其中 1 条", "Of 1 records"},
		{"nobody read it", func(r *policy.Record, _ *incident.Facts) { r.Intent.Judged = "unread" }, "其中 1 条", "Of 1 records"},
		{"it was cut while it left", func(r *policy.Record, _ *incident.Facts) { r.Groups, r.Outcome = &policy.Group{Parts: 1}, nil }, "其中 1 条", "Of 1 records"},
		{"a segment is deleted", func(_ *policy.Record, f *incident.Facts) { f.Deleted = 2 }, "日志有 2 段已按保存期限删除", "2 segments of the log were deleted"},
		{"a record is missing", func(_ *policy.Record, f *incident.Facts) { f.Missing = 1 }, "有 1 条指明的记录不在日志中", "1 of the records named are not in the log"},
		{"nothing", func(*policy.Record, *incident.Facts) {}, "", ""},
	}
	for _, tt := range tests {
		i := fresh(t, "", false)
		i.Scope.Records = []string{"a"}
		r := record("a", policy.Pass, 10, &policy.Outcome{Sent: policy.SentAll})
		var f incident.Facts
		tt.change(r, &f)
		g := incident.NewGather(&i.Scope)
		g.Add(r)
		facts := g.Facts()
		facts.Deleted, facts.Missing = f.Deleted, f.Missing
		d := incident.NewDraft(i, facts, terms, incident.LogState{}, "node", found)
		if unsure := tt.zh != ""; d.Duties[0].Unsure != unsure || facts.Unsure() != unsure || d.Duties[0].Reached {
			t.Errorf("%s: %+v", tt.name, d.Duties[0])
		}
		for lang, want := range map[string][]string{"zh": {tt.zh, "不能排除"}, "en": {tt.en, "not excluded"}} {
			var out bytes.Buffer
			if err := d.WriteMarkdown(&out, lang); err != nil {
				t.Fatal(err)
			}
			if text := out.String(); !strings.Contains(text, want[0]) || strings.Contains(text, want[1]) != (want[0] != "") {
				t.Errorf("%s: %s lacks %q\n%s", tt.name, lang, want, text)
			}
		}
	}
}

// TestDraft wants both languages to have every part, one language each, and
// the JSON the same facts.
func TestDraft(t *testing.T) {
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	terms, _ := b.Incidents("2026-11-22")
	i := fresh(t, "", false, incident.Exporter{USCC: motors, CIIO: policy.No})
	i.Scope.Records = []string{"a", "c"}
	i.Steps[0].Text = "a|b **bold** <script>"
	g := incident.NewGather(&i.Scope)
	g.Add(record("a", policy.Pass, 100_000, &policy.Outcome{Sent: policy.SentSome, Bytes: 100}))
	g.Add(record("c", policy.Block, 3, nil))
	state := incident.LogState{Entries: 5, Verified: true, Size: 4, Checkpoint: "o\n4\nroot\n\n— o sig\n", Steps: "all"}
	d := incident.NewDraft(i, g.Facts(), terms, state, "node", found.Add(5*time.Hour))
	wants := map[string][]string{
		"zh": {"# 网络和数据安全事件报告（草稿）", "数据泄露", "2026-11-22 08:30:00", "**已逾期**", "国家网络安全事件报告管理办法 第四条", "未核实", "至多 100000 人", "部分发出 1", "重要数据", "个人信息保护法 第五十七条", "已校验全部 5 条", "________________", `a\|b \*\*bold\*\* &lt;script>`},
		"en": {"# Incident report (draft)", "| Kind | leak |", "2026-11-22 08:30:00", "**run out**", "not verified", "at most 100000", "some 1", "important", "All 5 entries", "________________", "not reached by the upper bound"},
	}
	for lang, want := range wants {
		var out bytes.Buffer
		if err := d.WriteMarkdown(&out, lang); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "%!") {
			t.Errorf("%s has a broken format:\n%s", lang, text)
		}
		if bare := regexp.MustCompile(`《?[^ ]*(办法|规定|个人信息保护法)( 第[一二三四五六七八九十]+条)?`).ReplaceAllString(text, ""); lang == "en" && strings.ContainsFunc(bare, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Error("English has Chinese in it")
		}
	}
	var again incident.Draft
	text, err := json.Marshal(d)
	if err != nil || json.Unmarshal(text, &again) != nil || again.Facts.Left.Persons.AtMost != 100_000 || len(again.Blanks) == 0 || len(again.Duties) != 3 {
		t.Errorf("JSON: %v %s", err, text)
	}
	if d.Duties[2].Reached {
		t.Error("100,000 persons reach a duty from a million on")
	}
}
