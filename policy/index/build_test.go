package index_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
	"github.com/datacustoms/customs/policy/policytest"
)

var (
	records = flag.Int("records", 800, "records of the log that is indexed and measured")
	reps    = flag.Int("reps", 5, "filters that each state of an index is asked")
	keepLog = flag.String("log", "", "data directory of a log that is there")
)

var exporters = []string{"91310115MA1K3ABC99", "91330100799655058B", "9144030071526726XG"}

// flowOf makes the entries of a flow of a firm's day.
func flowOf(rng *rand.Rand, n int, at time.Time) []policy.Entry {
	id := fmt.Sprintf("01k9x2m4n6p8q0r2s4t6%06x", n)
	actions := []policy.Action{policy.Pass, policy.Pass, policy.Pass, policy.Block, policy.Hold, policy.PassUnread}
	e := policytest.Intent(id, actions[rng.IntN(len(actions))])
	e.Time = at
	i := e.Intent
	i.Exporter, i.Recipient, i.Place.Country = exporters[rng.IntN(3)], fmt.Sprintf("r-%d", rng.IntN(40)), []string{"DE", "US", "SG", ""}[rng.IntN(4)]
	i.Host, i.Persons.Total = fmt.Sprintf("api%d.example", rng.IntN(200)), rng.IntN(100)
	for c := range rng.IntN(4) {
		i.Classes = append(i.Classes, policy.ClassCount{Class: inspect.Class([]string{"pi.id.resident", "pi.contact.mobile", "pi.contact.email", "spi.finance.card"}[c]), High: 3})
	}
	i.Decided.Reasons = []policy.Reason{{Code: []policy.Code{policy.FilingCovers, "NO_FILING", "VOLUME", "UNREAD"}[rng.IntN(4)], Class: "pi.id"}}
	i.Decided.Filing = []string{"", "SC-1", "SC-2", "SA-1"}[rng.IntN(4)]
	if rng.IntN(10) == 0 {
		i.Mode, i.Enforced = "observe", policy.Pass
	}
	i.Question = []byte(fmt.Sprintf(`{"schema":"dc.question/1","at":%q,"classes":[{"class":"pi.id.resident","persons":%d}],"text":"a } in a \" string"}`, at.Format(time.RFC3339), n))
	out := []policy.Entry{e}
	if !i.Enforced.Releases() || rng.IntN(50) == 0 {
		return out
	}
	for range rng.IntN(20) - 16 {
		out = append(out, policy.Entry{Kind: policy.KindGroup, Time: at, Flow: id, Group: &policy.Group{Parts: 1, Bytes: 9}})
	}
	end := policytest.Outcome(id, []policy.Sent{policy.SentAll, policy.SentSome, policy.SentNone}[rng.IntN(3)])
	end.Time, end.Outcome.Bytes, end.Outcome.InDoubt = at.Add(time.Second), rng.Int64N(1<<20), rng.IntN(40) == 0
	if i.Mode == "observe" && rng.IntN(2) == 0 {
		late := *i
		late.Decided.Action, late.Classes = policy.Block, nil
		end.Outcome.Late = &late
	}
	return append(out, end)
}

func openLog(t testing.TB, dir string) *audit.Log {
	t.Helper()
	l, err := audit.Open(audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// fill appends the flows from..to, many at once as a gateway does, so that
// their entries interleave.
func fill(t testing.TB, l *audit.Log, seed uint64, from, to int) {
	t.Helper()
	const lanes = 64
	var wait [lanes]chan struct{}
	for lane := range lanes {
		wait[lane] = make(chan struct{})
		go func() {
			defer close(wait[lane])
			for n := from + lane; n < to; n += lanes {
				rng := rand.New(rand.NewPCG(seed, uint64(n)))
				for _, e := range flowOf(rng, n, policytest.Start.Add(time.Duration(n)*time.Minute)) {
					if _, err := l.Append(context.Background(), e); err != nil {
						t.Error(err)
						return
					}
				}
			}
		}()
	}
	for _, w := range wait {
		<-w
	}
}

// TestBuild measures an index over -records flows: how fast it is made, how
// fast it answers, and what memory that takes.
func TestBuild(t *testing.T) {
	dir := *keepLog
	if dir == "" {
		dir = t.TempDir()
		l := openLog(t, dir)
		fill(t, l, 1, 0, *records)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	src := audit.Source{Files: disk.Files{}, Dir: dir}
	path := filepath.Join(t.TempDir(), index.File)
	x, err := index.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	began := time.Now()
	p, err := x.Update(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d entries of %d flows in %v: %.0f entries/s, %.0f records/s; %d MiB of the system", p.Entries, *records, took.Round(time.Millisecond),
		float64(p.Entries)/took.Seconds(), float64(*records)/took.Seconds(), m.Sys>>20)
	r := index.Look(path, src)
	defer r.Close()
	from := policytest.Start.Add(time.Duration(*records/2) * time.Minute)
	for name, f := range map[string]index.Filter{
		"newest 50":                      {Limit: 50},
		"exporter, day and reason":       {From: from, To: from.AddDate(0, 0, 1), Exporter: exporters[1], Reason: "NO_FILING"},
		"exporter and reason, newest 50": {Exporter: exporters[1], Reason: "NO_FILING", Limit: 50},
		"a class that is nowhere":        {Class: "pi.none"},
		"open":                           {Open: true, Limit: 50},
		"a recipient, all":               {Recipient: "r-7"},
	} {
		began, n := time.Now(), 0
		if err := r.Query(t.Context(), f, func(index.Row) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d rows in %v", name, n, time.Since(began).Round(100*time.Microsecond))
	}
	if err := r.Why(); err != nil {
		t.Errorf("the index was not used: %v", err)
	}
}
