package law_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/law"
)

func TestIncidentClocks(t *testing.T) {
	b, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in, _ := b.Incidents("2025-10-31"); len(in.Clocks) != 0 {
		t.Errorf("clocks before they began: %+v", in)
	}
	in, pack := b.Incidents("2025-11-01")
	if pack != "cn-2024" || in.Verified || len(in.Duties) == 0 {
		t.Fatalf("incidents of %s: %+v", pack, in)
	}
	tests := []struct {
		name, body, level string
		minutes           int
	}{
		{"critical infrastructure, any level", law.BodyCIIO, "general", 60},
		{"critical infrastructure, level not stated", law.BodyCIIO, "", 60},
		{"a central organ", law.BodyCentral, "general", 120},
		{"others, relatively major", law.BodyOther, "relatively_major", 240},
		{"others, above", law.BodyOther, "particularly_major", 240},
		{"others, level not stated", law.BodyOther, "", 240},
		{"others, below", law.BodyOther, "general", 0},
	}
	for _, tt := range tests {
		got := 0
		for _, c := range in.Clocks {
			if c.Runs(tt.body, tt.level) {
				got = c.Minutes
			}
		}
		if got != tt.minutes {
			t.Errorf("%s: %d minutes, want %d", tt.name, got, tt.minutes)
		}
	}
}

func TestIncidentFaults(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"no day", "from: 2025-11-01", "from: soon", "incidents.from: must be a date"},
		{"a body that is none", "body: central", "body: anybody", "incidents.clocks[1].body: must be ciio"},
		{"no time at all", "minutes: 60", "minutes: 0", "incidents.clocks[0].minutes: must be from 1"},
		{"a level that is none", "from_level: relatively_major", "from_level: huge", "incidents.clocks[2].from_level: must be one of"},
		{"the same name twice", "id: incident.central", "id: incident.ciio", "incidents.clocks[1].id: stands there twice"},
		{"a key that is not known", "minutes: 60}", "minutes: 60, hours: 1}", "hours"},
		{"no article", "article: 个人信息保护法 第五十七条", "article: ''", "incidents.duties[1].article: must not be empty"},
		{"fewer than nobody", "persons: 1000000", "persons: -1", "incidents.duties[2]: persons"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "cn-2024.yaml", strings.Replace(builtinPack(t), tt.old, tt.new, 1))
			if _, err := open(dir); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLongerClocksAreLooser(t *testing.T) {
	builtin, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for old, want := range map[string]string{"minutes: 60": "incident.ciio of 60", "from: 2025-11-01": "incidents.from"} {
		dir := t.TempDir()
		write(t, dir, "cn-2024.yaml", strings.Replace(builtinPack(t), old, strings.NewReplacer("60", "90", "2025", "2027").Replace(old), 1))
		own, err := open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := own.Looser(builtin, at); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", old, got)
		}
		if got := builtin.Looser(own, at); len(got) != 0 {
			t.Errorf("the other way: %q", got)
		}
	}
}
