package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

// childWithDiagnosis is sensitive under every profile: a child's resident ID
// with a diagnosis. The identity is generated.
func childWithDiagnosis(t testing.TB) string {
	t.Helper()
	p := synth.New(7, time.Now()).Minor()
	return `{"patient":{"身份证号":"` + p.ResidentID + `","手机号":"` + p.Mobile + `","diagnosis":"J45.900"}}`
}

// TestRefusal sends sensitive data without a filing and follows it through
// answer, origin, log and verification.
func TestRefusal(t *testing.T) {
	for _, profile := range []string{"strict", "gb45574-2025", "gb35273-2020"} {
		t.Run(profile, func(t *testing.T) {
			c := newCity(t, strings.Replace(sampleConfig, "spi: strict", "spi: "+profile, 1))
			status, header, answer := c.post(c.client(true), "/patients", childWithDiagnosis(t), "Content-Type", "application/json")
			var problem struct {
				Type, Title, Detail, Record string
				Status                      int
				Reasons                     []struct{ Code, Remedy string }
			}
			if err := json.Unmarshal([]byte(answer), &problem); err != nil || status != 403 || problem.Status != 403 ||
				header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("status %d, %v, %v, %s", status, header, err, answer)
			}
			if len(problem.Reasons) == 0 || problem.Reasons[0].Code != "FILING_NOT_FOUND" || problem.Reasons[0].Remedy == "" || problem.Record == "" {
				t.Errorf("problem %s", answer)
			}
			if n := len(c.origin.arrivals()); n != 0 {
				t.Errorf("origin saw %d requests", n)
			}
			checkOneRecord(t, c, problem.Record)
			if profile == "strict" {
				checkTampering(t, c)
			}
		})
	}
}

// checkOneRecord wants exactly one record, that of the refusal.
func checkOneRecord(t *testing.T, c *city, id string) {
	t.Helper()
	out, code := c.customs("audit", "list", "--format", "json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 1 || !strings.Contains(lines[0], id) {
		t.Errorf("audit list: exit %d, %d lines:\n%s", code, len(lines), out)
	}
	if out, code := c.customs("audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d\n%s", code, out)
	}
}

// checkTampering changes one byte of a copy of the log, at several places.
func checkTampering(t *testing.T, c *city) {
	t.Helper()
	data := filepath.Join(c.dir, "customs-data")
	segments, err := filepath.Glob(filepath.Join(data, "audit", "segment-*"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	i := slices.IndexFunc(segments, func(s string) bool {
		info, err := os.Stat(s)
		return err == nil && info.Size() > 100
	})
	if i < 0 {
		t.Fatalf("no segment with content in %v", segments)
	}
	whole, err := os.ReadFile(segments[i])
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(whole) / 4, len(whole) / 2, len(whole) - 20} {
		changed := slices.Clone(whole)
		changed[at] ^= 1
		copied := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(copied, "audit", filepath.Base(segments[i]))
		if err := os.WriteFile(target, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		code := run([]string{"audit", "verify", "--data", copied}, &out, &errs)
		if text := out.String() + errs.String(); code != 1 || !strings.Contains(text, "entry") {
			t.Errorf("byte %d changed: exit %d, %s", at, code, text)
		}
	}
}
