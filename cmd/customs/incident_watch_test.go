package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/law"
)

// TestIncidentClocksAlarm looks at an incident while its clock runs, over a
// restart, and wants each mark told once and none after a report.
func TestIncidentClocksAlarm(t *testing.T) {
	found := time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)
	dir := t.TempDir()
	l := newLookout(t, dir, nil, &clockWatch{}, found)
	terms, pack := l.law.Load().Incidents("2026-11-22")
	made := func(id string) *incident.Incident {
		i := &incident.Incident{Schema: incident.Schema, ID: id, Kind: incident.Leak, Discovered: found, Exporters: []incident.Exporter{{USCC: demoMotors, CIIO: policy.No}},
			Steps: []incident.Step{{At: found, Act: incident.ActOpen, By: "anna", Text: "a drill"}}}
		i.Start(terms, pack, false)
		return i
	}
	save := func(i *incident.Incident) {
		t.Helper()
		s, err := incident.Open(disk.Files{}, dir)
		if err == nil {
			err = s.Save(i)
			s.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	first, second := made("inc-20261122-aaaaaa"), made("inc-20261122-bbbbbb")
	save(first)
	save(second)
	var want []string
	step := func(name string, after time.Duration, marks ...string) {
		t.Helper()
		for range 3 {
			if err := l.raiseIncidents(t.Context(), found.Add(after)); err != nil {
				t.Fatal(name, err)
			}
		}
		want = append(want, marks...)
		var got []string
		for _, m := range l.marks(alert.Incident) {
			got = append(got, strings.Join(strings.Fields(m)[:2], " "))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: raised %v, want %v", name, got, want)
		}
	}
	step("at once", 0)
	step("half", 2*time.Hour, "inc-20261122-aaaaaa incident.other/half", "inc-20261122-bbbbbb incident.other/half")
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l = newLookout(t, dir, nil, &clockWatch{}, found)
	defer l.close()
	step("after a restart", 2*time.Hour+time.Minute)
	if err := second.Report(incident.Step{At: found.Add(3 * time.Hour), By: "anna", Text: "by telephone", To: "provincial CAC"}); err != nil {
		t.Fatal(err)
	}
	save(second)
	step("one was reported", 3*time.Hour+50*time.Minute, "inc-20261122-aaaaaa incident.other/near")
	step("run out", 5*time.Hour, "inc-20261122-aaaaaa incident.other/over")
	third := made("inc-20261122-cccccc")
	save(third)
	step("noticed when it was late: one alert, not three", 5*time.Hour, "inc-20261122-cccccc incident.other/over")
	list, err := alert.Load(disk.Files{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Alert.Kind == alert.Incident && (s.Alert.Severity != alert.Critical || s.Alert.Title.ZH == "" || s.Alert.Title.EN == "") {
			t.Errorf("alert %+v", s.Alert)
		}
	}
	put(t, filepath.Join(dir, incident.Sub, "inc-20261122-dddddd.json"), "{")
	if err := l.raiseIncidents(t.Context(), found); err == nil || !strings.Contains(err.Error(), "dddddd") {
		t.Errorf("a damaged file: %v", err)
	}
	if got := l.marks(alert.Incident); !strings.HasPrefix(got[len(got)-1], "incidents unread/") {
		t.Errorf("a damaged file raised %v", got)
	}
}

// TestIncidentOfTheDemo has the whole story of an incident over the demo's
// flows: what left and what did not, the draft in both languages, and no value
// of any content in it.
func TestIncidentOfTheDemo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "d")
	if out, errs, code := customs("demo", "--once", "--data", data); code != 0 {
		t.Fatal(out, errs)
	}
	do := func(args ...string) string {
		t.Helper()
		out, errs, code := customs(append(append([]string{"incident"}, args...), "--data", data)...)
		if code != 0 {
			t.Fatalf("incident %v: exit %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	out := do("open", "--kind", "leak", "--from", "2026-01-01", "--to", "2199-01-01", "--exporter", demoMotors, "--by", "anna", "--reason", "the recipient published the export", "--format", "json")
	var opened struct {
		ID     string `json:"id"`
		Body   string `json:"body"`
		InLog  string `json:"steps_in_log"`
		Clocks []any  `json:"clocks"`
	}
	if err := json.Unmarshal([]byte(out), &opened); err != nil || opened.Body != law.BodyCIIO || opened.InLog != "all" || len(opened.Clocks) != 1 {
		t.Fatalf("opened %v %s", err, out)
	}
	do("note", opened.ID, "--by", "anna", "--reason", "asked the recipient to delete it")
	do("report", opened.ID, "--to", "Shanghai CAC", "--by", "bo", "--reason", "by telephone")
	var d incident.Draft
	if err := json.Unmarshal([]byte(do("draft", opened.ID, "--format", "json")), &d); err != nil {
		t.Fatal(err)
	}
	if d.Facts.Left.Records == 0 || d.Facts.Stopped.Records == 0 || d.Facts.Left.Persons.AtMost == 0 || len(d.Facts.Left.Classes) == 0 || d.Facts.Left.Bytes == 0 || !d.Log.Verified || d.Log.Steps != "all" || d.Log.Size == 0 {
		t.Errorf("facts %+v of log %+v", d.Facts, d.Log)
	}
	name := filepath.Join(t.TempDir(), "report.md")
	do("draft", opened.ID, "--lang", "zh", "--out", name)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "Shanghai CAC") || !strings.Contains(string(text), "SC-MOTORS") {
		t.Errorf("draft %v\n%s", err, text)
	}
	english := do("draft", opened.ID, "--lang", "en")
	if digits := regexp.MustCompile(`(^|[^0-9a-zA-Z+/])1[3-9][0-9]{9}([^0-9a-zA-Z+/]|$)|[1-9][0-9]{16}[0-9X]`); digits.MatchString(string(text)+english) && !strings.Contains(digits.FindString(string(text)+english), demoRetail) {
		t.Error("the draft holds a person's number")
	}
	do("close", opened.ID, "--by", "anna", "--reason", "deleted by the recipient")
	if out, _, code := customs("incident", "note", opened.ID, "--by", "anna", "--reason", "more", "--data", data); code != 1 {
		t.Errorf("a note after the end: exit %d %s", code, out)
	}
	file := filepath.Join(data, incident.Sub, opened.ID+".json")
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put(t, file, strings.Replace(string(kept), "asked the recipient to delete it", "did nothing at all", 1))
	if out := do("show", opened.ID, "--lang", "en"); !strings.Contains(out, "does NOT hold these steps") {
		t.Errorf("a changed file is shown as if it were none:\n%s", out)
	}
	t.Logf("%s", english)
}
