package incident_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/law"
)

const (
	motors = "91310115MA1K3ABC99"
	bank   = "91330100799655058B"
)

var found = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)

func step(act string, after time.Duration) incident.Step {
	return incident.Step{At: found.Add(after), Act: act, By: "anna", Text: "as said"}
}

// fresh is an incident of exporters, with the clocks of the shipped pack.
func fresh(t testing.TB, level string, central bool, exporters ...incident.Exporter) *incident.Incident {
	t.Helper()
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := &incident.Incident{Schema: incident.Schema, ID: "inc-20261122-0a1b2c", Kind: incident.Leak, Level: level, Discovered: found,
		Exporters: exporters, Steps: []incident.Step{step(incident.ActOpen, time.Minute)}}
	terms, pack := b.Incidents("2026-11-22")
	i.Start(terms, pack, central)
	if err := i.Sound(); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestWhichClockRuns(t *testing.T) {
	no, yes, unknown := incident.Exporter{USCC: motors, CIIO: policy.No}, incident.Exporter{USCC: bank, CIIO: policy.Yes}, incident.Exporter{USCC: bank}
	tests := []struct {
		name      string
		level     string
		central   bool
		exporters []incident.Exporter
		body      string
		minutes   int // 0: none
	}{
		{"nobody is known", "", false, nil, "ciio", 60},
		{"one without a stated status", "", false, []incident.Exporter{no, unknown}, "ciio", 60},
		{"an operator of critical infrastructure", "general", false, []incident.Exporter{yes}, "ciio", 60},
		{"none of them is one", "", false, []incident.Exporter{no}, "other", 240},
		{"none, and the level is low", "general", false, []incident.Exporter{no}, "other", 0},
		{"none, and the level is stated", "major", false, []incident.Exporter{no}, "other", 240},
		{"a central organ", "general", true, []incident.Exporter{no}, "central", 120},
		{"a central organ that is also one", "", true, []incident.Exporter{yes}, "ciio", 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := fresh(t, tt.level, tt.central, tt.exporters...)
			got := 0
			for _, c := range i.Clocks {
				got = c.Minutes
			}
			if i.Body != tt.body || got != tt.minutes || len(i.Clocks) > 1 {
				t.Errorf("%s, %+v; want %s, %d minutes", i.Body, i.Clocks, tt.body, tt.minutes)
			}
		})
	}
}

// TestClocksOverMidnight starts a clock in the last hour of a year, written in
// several zones: it is the same instant, and shown in Beijing's time.
func TestClocksOverMidnight(t *testing.T) {
	due := time.Date(2026, 12, 31, 16, 30, 0, 0, time.UTC)
	for _, text := range []string{"2026-12-31T23:30:00+08:00", "2026-12-31T15:30:00Z", "2026-12-31T10:30:00-05:00", "2027-01-01T05:30:00+14:00"} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		i := fresh(t, "", false)
		i.Discovered = at
		i.Start(law.Incidents{Clocks: []law.IncidentClock{{ID: "incident.ciio", Body: law.BodyCIIO, Minutes: 60}}}, "x", false)
		b, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		read, err := incident.Parse(b)
		if err != nil || !read.Clocks[0].Due.Equal(due) {
			t.Errorf("%s: due %+v, %v", text, read.Clocks, err)
		}
		var out bytes.Buffer
		if err := incident.NewDraft(read, incident.Facts{}, law.Incidents{}, incident.LogState{}, "node", at).WriteMarkdown(&out, "en"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "2026-12-31 23:30:00") || !strings.Contains(out.String(), "2027-01-01 00:30:00") {
			t.Errorf("%s is shown as\n%s", text, out.String())
		}
	}
}

func TestMarks(t *testing.T) {
	i := fresh(t, "", false, incident.Exporter{USCC: motors, CIIO: policy.No}) // 240 minutes
	tests := []struct {
		name  string
		after time.Duration
		want  incident.Mark
	}{
		{"at once", 0, ""},
		{"just before half", 119 * time.Minute, ""},
		{"half", 120 * time.Minute, incident.Half},
		{"16 minutes left", 224 * time.Minute, incident.Half},
		{"15 minutes left", 225 * time.Minute, incident.Near},
		{"in the last second", 240 * time.Minute, incident.Near},
		{"run out", 240*time.Minute + time.Second, incident.Over},
		{"days later", 100 * time.Hour, incident.Over},
	}
	for _, tt := range tests {
		if got := i.States(found.Add(tt.after))[0].Mark(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	s := step(incident.ActReport, 3*time.Hour)
	s.To = "provincial CAC"
	if err := i.Report(s); err != nil {
		t.Fatal(err)
	}
	c := i.States(found.Add(100 * time.Hour))[0]
	if c.Running() || c.Late || c.Mark() != "" || c.To != "provincial CAC" || c.Left != time.Hour {
		t.Errorf("after a report: %+v", c)
	}
	if got := incident.Marks(incident.Near); len(got) != 2 || got[0] != incident.Half {
		t.Errorf("marks up to near: %v", got)
	}
}

func TestSteps(t *testing.T) {
	i := fresh(t, "", false)
	opened := i.Digest(0)
	note := step(incident.ActNote, 2*time.Minute)
	if err := i.Add(note); err != nil {
		t.Fatal(err)
	}
	late := step(incident.ActReport, 2*time.Hour)
	late.To, late.Clock = "provincial CAC", "incident.none"
	if err := i.Report(late); err == nil || !strings.Contains(err.Error(), "no clock of that name") {
		t.Errorf("a clock that is none: %v", err)
	}
	late.Clock = ""
	if err := i.Report(late); err != nil {
		t.Fatal(err)
	}
	if s := i.States(found.Add(3 * time.Hour))[0]; !s.Late || s.Running() {
		t.Errorf("reported too late: %+v", s)
	}
	if err := i.Report(late); err != nil || i.Steps[3].Clock != "" {
		t.Errorf("a second authority: %v", err)
	}
	if i.Pending() != 0 {
		t.Errorf("the first step to be recorded is %d", i.Pending())
	}
	i.Steps[0].Entry = 7
	if i.Pending() != 1 || i.Digest(0) != opened {
		t.Error("the number of an entry changes what the entry says")
	}
	if a := i.Act(2); a.Act != incident.ActReport || a.Object != i.ID+" to provincial CAC" || a.Digest == opened || a.Actor != "anna" {
		t.Errorf("act %+v", a)
	}
	if err := i.Add(step(incident.ActClose, 4*time.Hour)); err != nil || i.Closed() == nil {
		t.Fatal(err)
	}
	if at, later := i.States(found.Add(4*time.Hour)), i.States(found.Add(400*time.Hour)); at[0].Left != later[0].Left || at[0].Late != later[0].Late {
		t.Errorf("a clock of a closed incident runs on: %+v, then %+v", at[0], later[0])
	}
	if err := i.Add(note); !errors.Is(err, incident.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	tests := []struct {
		name   string
		change func(*incident.Incident)
		want   string
	}{
		{"another schema", func(i *incident.Incident) { i.Schema = "x" }, "schema is not"},
		{"an id that leads elsewhere", func(i *incident.Incident) { i.ID = "../../etc" }, "id is none"},
		{"a kind that is none", func(i *incident.Incident) { i.Kind = "theft" }, "kind must be one of"},
		{"a level that is none", func(i *incident.Incident) { i.Level = "huge" }, "level must be one of"},
		{"discovered long ago", func(i *incident.Incident) { i.Discovered = time.Time{} }, "discovered is no time"},
		{"a clock that was put off", func(i *incident.Incident) { i.Clocks[0].Due = i.Clocks[0].Due.Add(time.Hour) }, "clocks[0] does not run from the discovery"},
		{"no steps", func(i *incident.Incident) { i.Steps = nil }, "must begin with incident.open"},
		{"nobody", func(i *incident.Incident) { i.Steps[0].By = "" }, "step 1: --by"},
		{"two lines", func(i *incident.Incident) { i.Steps[0].Text = "a\nb" }, "step 1: needs one line"},
		{"a report to nobody", func(i *incident.Incident) { i.Steps = append(i.Steps, step(incident.ActReport, 0)) }, "step 2: a report"},
		{"opened twice", func(i *incident.Incident) { i.Steps = append(i.Steps, i.Steps[0]) }, "step 2: has no act"},
		{"closed before the end", func(i *incident.Incident) {
			i.Steps = append(i.Steps, step(incident.ActClose, 0), step(incident.ActNote, 0))
		}, "step 2: closes"},
		{"records and a time", func(i *incident.Incident) {
			i.Scope = incident.Scope{Records: []string{"a"}, From: found, To: found.Add(1)}
		}, "not both"},
		{"a time without an end", func(i *incident.Incident) { i.Scope.From = found }, "both, or neither"},
		{"an exporter without a time", func(i *incident.Incident) { i.Scope.Exporter = motors }, "need from and to"},
		{"a record id with a path", func(i *incident.Incident) { i.Scope.Records = []string{"a/b"} }, "none of a record"},
		{"1001 records", func(i *incident.Incident) { i.Scope.Records = make([]string, 1001) }, "at most 1000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := fresh(t, "", false)
			tt.change(i)
			if err := i.Sound(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Sound = %v, want %q", err, tt.want)
			}
		})
	}
}
