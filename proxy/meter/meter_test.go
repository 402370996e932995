package meter_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/meter"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func newMeter(t testing.TB) *meter.Meter {
	t.Helper()
	m, err := meter.New(meter.Options{Version: "v0", Held: func() (int64, int64) { return 7, 9 },
		Leaves: func() certs.Stats { return certs.Stats{Minted: 3, Hits: 5, Size: 2} }, Ready: func() error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func scrape(t testing.TB, m *meter.Meter) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("scrape: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func passed() *policy.Record {
	return &policy.Record{
		Intent: policy.Intent{Mode: "enforce", Door: "explicit", Judged: "whole", Enforced: policy.Pass, JudgeMicros: 900,
			Decided:  policy.Verdict{Action: policy.Pass, Reasons: []policy.Reason{{Code: policy.FilingCovers}}},
			Classes:  []policy.ClassCount{{Class: inspect.Mobile, Low: 8, Medium: 1, High: 2}},
			Persons:  policy.PersonCount{Total: 3, NS: 3, SP: 1, Minors: 1},
			Coverage: inspect.Coverage{State: inspect.Partial, Gaps: []inspect.Gap{{Reason: inspect.GapEncrypted}}}},
		Outcome: &policy.Outcome{Sent: policy.SentAll, Bytes: 2000, Received: 10, DurationMS: 12},
	}
}

func blocked() *policy.Record {
	return &policy.Record{Intent: policy.Intent{Mode: "enforce", Door: "explicit", Judged: "whole",
		Decided: policy.Refuse(policy.FilingNotFound), Persons: policy.PersonCount{Total: 9, NS: 9},
		Coverage: inspect.Coverage{State: inspect.Full}}}
}

func TestClosed(t *testing.T) {
	m := newMeter(t)
	m.Closed(passed())
	m.Closed(blocked())
	m.Closed(blocked())
	observed := blocked()
	observed.Intent.Mode, observed.Intent.Enforced = "observe", policy.Pass
	observed.Outcome = &policy.Outcome{Sent: policy.SentNone}
	m.Closed(observed)
	m.Closed(&policy.Record{Intent: policy.Intent{Mode: "x\ny", Door: "\xff", Judged: "unread", Enforced: policy.PassUnread,
		Decided: policy.Verdict{Action: policy.PassUnread, Reasons: []policy.Reason{{Code: "MADE_UP"}}}}})
	m.Event(proxy.EventPanic)
	m.Event("surprise")
	m.Reloaded(true)
	m.Reloaded(false)
	got := scrape(t, m)
	for _, want := range []string{
		`customs_flows_total{action="pass",door="explicit",mode="enforce",reason="FILING_COVERS"} 1`,
		`customs_flows_total{action="block",door="explicit",mode="enforce",reason="FILING_NOT_FOUND"} 2`,
		`customs_flows_total{action="pass",door="explicit",mode="observe",reason="FILING_NOT_FOUND"} 1`,
		`customs_flows_total{action="pass_unread",door="other",mode="other",reason="other"} 1`,
		`customs_observed_refusals_total{reason="FILING_NOT_FOUND"} 1`,
		`customs_flow_bytes_sum{direction="sent"} 2000`,
		`customs_flow_bytes_count{direction="sent"} 2`,
		`customs_persons_total{kind="ns"} 3`,
		`customs_persons_total{kind="sp"} 1`,
		`customs_findings_total{class="pi.contact.mobile"} 3`,
		`customs_judge_seconds_count 5`,
		`customs_uninspected_total{why="encrypted"} 1`,
		`customs_uninspected_total{why="unread"} 1`,
		`customs_events_total{event="panic"} 1`,
		`customs_events_total{event="other"} 1`,
		`customs_events_total{event="timeout"} 0`,
		`customs_held_bytes{where="memory"} 7`,
		`customs_held_bytes{where="spill"} 9`,
		`customs_ca_leaves_total{how="hit"} 5`,
		`customs_ca_leaf_cache_size 2`,
		`customs_ready 1`,
		`customs_reloads_total{result="failed"} 1`,
		`customs_reload_ok 0`,
		`customs_uninspected{what="quic_udp"} 1`,
		`customs_uninspected{what="responses"} 1`,
		`mode="enforce",version="v0"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(got) {
			if strings.HasPrefix(line, "customs_") {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}

func TestNames(t *testing.T) {
	m := newMeter(t)
	m.Closed(passed())
	m.Event(proxy.EventSession)
	text := scrape(t, m)
	if problems := lint(t, text); len(problems) > 0 {
		t.Errorf("names: %v", problems)
	}
	if problems := lint(t, "# HELP customs_badCount x\n# TYPE customs_badCount counter\ncustoms_badCount 1\n"); len(problems) == 0 {
		t.Error("the lint sees nothing wrong with a bad name")
	}
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "# HELP "), " ")
		if strings.HasPrefix(line, "# HELP ") && !slices.Contains([]string{"customs", "go", "process", "promhttp"}, strings.Split(name, "_")[0]) {
			t.Errorf("metric %s has no prefix of ours", name)
		}
	}
}

func lint(t *testing.T, text string) []string {
	t.Helper()
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "customs_") {
			out = append(out, p.Metric+": "+p.Text)
		}
	}
	return out
}

// TestClosedSetsAreComplete finds constants of the contracts that the closed
// sets have forgotten, and would count as "other".
func TestClosedSetsAreComplete(t *testing.T) {
	for _, tt := range []struct {
		file, kind string
		known      []string
	}{
		{"../../policy/reason.go", "Code", meter.Codes()},
		{"../../inspect/class.go", "Class", meter.Classes()},
		{"../../inspect/coverage.go", "GapReason", meter.Gaps()},
		{"../observer.go", "Event", meter.Events()},
		{"../../policy/alert/alert.go", "Kind", meter.AlertKinds()},
	} {
		found := constants(t, tt.file, tt.kind)
		if len(found) < 5 {
			t.Errorf("%s: only %d constants of type %s", tt.file, len(found), tt.kind)
		}
		for _, v := range found {
			if !slices.Contains(tt.known, v) {
				t.Errorf("%s: %s %q is not in the closed set", tt.file, tt.kind, v)
			}
		}
	}
}

func constants(t *testing.T, file, kind string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == kind {
			s, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			out = append(out, s)
		}
		return true
	})
	return out
}

func TestConcurrentUse(t *testing.T) {
	m := newMeter(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				m.Closed(passed())
				m.Event(proxy.EventSession)
			}
			scrape(t, m)
		})
	}
	wg.Wait()
	if !strings.Contains(scrape(t, m), `reason="FILING_COVERS"} 800`) {
		t.Error("flows were lost")
	}
}

func Example() {
	m, err := meter.New(meter.Options{Version: "v1.0.0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Event(proxy.EventSession)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text, _ := io.ReadAll(w.Body)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, `customs_events_total{event="session"}`) {
			fmt.Print(line)
		}
	}
	// Output: customs_events_total{event="session"} 1
}
