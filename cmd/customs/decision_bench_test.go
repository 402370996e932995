package main

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
)

// The size of the house in which a decision is measured.
const (
	manyFilings = 10_000
	manyRules   = 1_000
	manyHosts   = 500 // that flows go to, each with filings of its own
)

// deciding is everything that a decision asks.
type deciding struct {
	rules    *policy.Rules
	registry *registry.Registry
	ledger   *ledger.Ledger
	decider  *rego.Decider
}

func newDeciding(b *testing.B, cache int) *deciding {
	b.Helper()
	book, err := law.Open(law.Options{})
	if err != nil {
		b.Fatal(err)
	}
	d := &deciding{}
	now := time.Now()
	if d.rules, err = book.At(now); err == nil {
		d.registry, err = registry.Open(filepath.Join(b.TempDir(), registryFile), registry.Options{Law: book})
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.registry.Close() })
	for i := 0; i < manyFilings; i += 1000 {
		var some []policy.Filing
		for j := i; j < i+1000; j++ {
			some = append(some, demoFiling(fmt.Sprintf("SC-%05d", j), demoMotors, fmt.Sprintf("h%d.example.sg", j%manyHosts),
				[]inspect.Class{inspect.ResidentID, inspect.Mobile}, 1000, now.AddDate(0, -3, 0), now.AddDate(2, 0, 0)))
		}
		if _, err := d.registry.AddAll(context.Background(), some); err != nil {
			b.Fatal(err)
		}
	}
	if d.ledger, err = ledger.Open(ledger.Options{Dir: b.TempDir(), Key: bytes.Repeat([]byte{1}, 32), Files: disk.Files{}, Now: time.Now}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.ledger.Close() })
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString("package customs.operator\n\n")
	for i := range manyRules {
		fmt.Fprintf(&text, "deny contains \"rule-%d\" if {\n\tinput.destination.recipient == \"r-%d\"\n\tsome f in input.found\n\tf.class == \"x.class%d\"\n}\n\n", i, i, i%50)
	}
	if err := os.WriteFile(filepath.Join(dir, "own.rego"), []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	if d.decider, err = rego.New(rego.Options{Law: book, Dir: dir, Cache: cache, Limit: 10 * time.Second}); err != nil {
		b.Fatal(err)
	}
	return d
}

// decide walks a flow through what the gateway asks between its last byte and
// the reservation.
func (d *deciding) decide(ctx context.Context, host string, n int) (policy.Verdict, error) {
	f := policy.Flow{ID: "f", Time: time.Now(), Direction: policy.Push, Protocol: "h2", Scheme: "https", Session: &policy.Session{
		Exporter: policy.Exporter{USCC: demoMotors, CIIO: policy.No}, Client: netip.MustParseAddrPort("127.0.0.1:1")},
		Destination: policy.Destination{Host: host, Port: 443, Addr: netip.MustParseAddr("203.0.113.9")}}
	if err := d.registry.Identify(ctx, &f); err != nil {
		return policy.Verdict{}, err
	}
	candidates, err := d.registry.Candidates(ctx, &f)
	if err != nil {
		return policy.Verdict{}, err
	}
	exceptions, err := d.registry.Exceptions(ctx, &f)
	if err != nil {
		return policy.Verdict{}, err
	}
	c := policy.Count{Flow: "f", Entity: demoMotors, At: f.Time, Persons: policytest.Persons(n, 3)}
	c.Limits = d.rules.Limits(f.Session.Exporter)
	for _, k := range candidates {
		c.Limits = append(c.Limits, k.Limits...)
	}
	brackets, err := d.ledger.Peek(ctx, c)
	if err != nil {
		return policy.Verdict{}, err
	}
	q := &policy.Question{Stage: policy.StagePart, Date: f.Time.In(policy.Shanghai).Format(time.DateOnly), Direction: f.Direction,
		Protocol: f.Protocol, Destination: policy.AskedPlace{Place: f.Destination.Place, Overseas: true, Recipient: f.Destination.Recipient},
		Exporter: f.Session.Exporter, Declared: f.Declared, Candidates: candidates, Exceptions: exceptions, Brackets: brackets,
		Found:   []policy.Found{{Class: inspect.ResidentID, Confidence: inspect.High, Magnitude: 1, Personal: true, Sensitive: true}},
		Persons: policy.AskedPersons{Sensitive: true}, Coverage: policy.AskedCoverage{State: inspect.Full},
		Pack: d.rules.Pack, Profile: d.rules.Profile}
	return d.decider.Decide(ctx, q)
}

// BenchmarkDecision is one decision in a house with 10,000 filings of the
// exporter and 1,000 rules of the operator: what the filings, the ledger and
// the policy say. Flows go to 500 hosts in turn, each with 20 filings.
func BenchmarkDecision(b *testing.B) {
	for _, way := range []struct {
		name  string
		cache int
	}{{"cached", 0}, {"uncached", -1}} {
		b.Run(way.name, func(b *testing.B) {
			d := newDeciding(b, way.cache)
			ctx := context.Background()
			ask := func(i int) time.Duration {
				start := time.Now()
				v, err := d.decide(ctx, fmt.Sprintf("h%d.example.sg", i%manyHosts), i)
				took := time.Since(start)
				if err != nil || v.Action != policy.Pass || v.Basis != "SC" {
					b.Fatal(v, err)
				}
				return took
			}
			if way.cache >= 0 && b.N > 1 {
				for i := range manyHosts {
					ask(i)
				}
			}
			var took []time.Duration
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				took = append(took, ask(i))
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}
