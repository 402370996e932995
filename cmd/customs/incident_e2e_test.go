package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
)

// TestIncidentBesideAGateway has the whole story of an incident while the
// gateway runs: each act stands in its log once, its alerts are told, and what
// was interrupted or lost is found.
func TestIncidentBesideAGateway(t *testing.T) {
	t.Parallel()
	c := newDoubtCity(t)
	data := filepath.Join(c.dir, "customs-data")
	do := func(want int, args ...string) string {
		t.Helper()
		out, code := c.customs(append([]string{"incident"}, args...)...)
		if code != want {
			t.Fatalf("incident %v: exit %d, want %d\n%s", args, code, want, out)
		}
		return out
	}
	<-c.send(t, "/", 0)
	c.hang(t, 1)
	var suspect candidate
	if out := do(0, "candidates", "--format", "json"); json.Unmarshal([]byte(out), &suspect) != nil || suspect.Why != "IN_DOUBT" || suspect.Sent != policy.SentUnknown {
		t.Fatalf("candidates %s", out)
	}
	before := time.Now().Add(-35 * time.Minute).Format(time.RFC3339)
	var made incident.Incident
	json.Unmarshal([]byte(do(0, "open", "--kind", "leak", "--records", suspect.ID, "--at", before, "--by", "anna", "--reason", "sent to the wrong place", "--format", "json")), &made)
	if made.Body != "ciio" || len(made.Clocks) != 1 || made.Pending() >= 0 {
		t.Fatalf("opened %+v", made)
	}
	waitFor(t, "the alert of half the time", func() bool {
		list, err := alert.Load(disk.Files{}, data)
		return err == nil && len(list) == 1 && list[0].Alert.Kind == alert.Incident && strings.HasSuffix(list[0].Alert.Mark, "/half")
	})
	do(2, "report", made.ID, "--to", "Shanghai CAC", "--by", "bo", "--reason", "by telephone", "--at", time.Now().In(policy.Shanghai).Format(time.DateOnly))
	do(1, "close", made.ID, "--by", "anna", "--reason", "over")
	do(0, "report", made.ID, "--to", "Shanghai CAC", "--by", "bo", "--reason", "by telephone")

	file := filepath.Join(data, incident.Sub, made.ID+".json")
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put(t, file, regexp.MustCompile(`,\s*"entry": \d+`).ReplaceAllString(string(kept), "")) // as if killed before it knew the entries
	do(0, "record", made.ID)
	again, err := os.ReadFile(file)
	if err != nil || string(again) != string(kept) {
		t.Errorf("recorded again it differs: %v\n%s", err, again)
	}
	var d incident.Draft
	if text := do(0, "draft", made.ID, "--format", "json"); json.Unmarshal([]byte(text), &d) != nil || !d.Log.Verified || d.Log.Steps != "all" || d.Facts.Left.Records != 1 ||
		d.Facts.Left.Persons.AtMost != 1 || d.Clocks[0].Late || d.Clocks[0].Running() || strings.Contains(text, c.people[1].Mobile) {
		t.Errorf("draft %s", text)
	}
	do(0, "close", made.ID, "--by", "anna", "--reason", "over")
	do(1, "note", made.ID, "--by", "anna", "--reason", "more")
	acts, _ := c.customs("audit", "list", "--acts", "--act", "incident", "--format", "json")
	if strings.Count(acts, "\n") != 3 {
		t.Errorf("acts in the log:\n%s", acts)
	}

	json.Unmarshal([]byte(do(0, "open", "--kind", "loss", "--by", "anna", "--reason", "a disk", "--format", "json")), &made)
	if err := os.Remove(filepath.Join(data, incident.Sub, made.ID+".json")); err != nil {
		t.Fatal(err)
	}
	if out := do(2, "list", "--lang", "en"); !strings.Contains(out, made.ID+" stands in the audit log") || !strings.Contains(out, "closed") {
		t.Errorf("a file that is gone: %s", out)
	}
	c.kill() // a flow still hangs
	if out, code := c.customs("audit", "verify", "--lang", "en"); code != 0 {
		t.Errorf("verify: exit %d %s", code, out)
	}
}
