package rego_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// operatorRules are n rules of an operator as they come to be written: most by
// country, many by class or recipient, some by several things at once.
func operatorRules(n int) string {
	classes := []string{mob, id, card, "pi.contact.email", "pi.name", "pi.health.record", "pi.bio.genomic", "vehicle.plate"}
	var b strings.Builder
	b.WriteString(own)
	for i := range n {
		class := classes[i%len(classes)]
		switch i % 5 {
		case 0, 1:
			fmt.Fprintf(&b, "deny contains \"country-%d\" if {\n\tinput.destination.country == \"X%d\"\n\tsome f in input.found\n\tf.class == %q\n}\n\n", i, i, class)
		case 2:
			fmt.Fprintf(&b, "hold contains \"recipient-%d\" if {\n\tinput.destination.recipient == \"recipient-%d\"\n\tsome f in input.found\n\tf.sensitive\n}\n\n", i, i)
		case 3:
			fmt.Fprintf(&b, "deny contains \"class-%d\" if {\n\tsome f in input.found\n\tf.class == %q\n\tf.magnitude > 6\n}\n\n", i, class)
		case 4:
			fmt.Fprintf(&b, "require contains \"purpose\" if {\n\tinput.exporter.city == \"%d\"\n\tinput.direction == \"pull\"\n}\n\n", 110000+i)
		}
	}
	return b.String()
}

// manyFilings are what the register gives of 10,000 filings: 32 that come
// nearest, of which the last covers.
func manyFilings() []policy.Candidate {
	var out []policy.Candidate
	for i := range 32 {
		c := filing(fmt.Sprintf("F%02d", i), policy.SC)
		switch {
		case i == 31:
		case i%4 == 0:
			otherRecipient(&c)
		case i%4 == 1:
			expired(&c)
		case i%4 == 2:
			plainItems(&c)
		case i%4 == 3:
			otherLink(&c)
		}
		out = append(out, c)
	}
	return out
}

func BenchmarkDecide(b *testing.B) {
	l := openLaw(b)
	many := asked{found: card + " " + id + " " + mob, ns: 1, sp: 1, filings: manyFilings()}
	flows := []struct {
		name  string
		flow  asked
		rules int
	}{
		{"head", asked{head: true}, 0},
		{"small", asked{found: mob, ns: 1}, 0},
		{"filing", asked{found: card + " " + id + " " + mob, sp: 1, filings: scF}, 0},
		{"filing-12-rules", asked{found: card + " " + id + " " + mob, sp: 1, filings: scF}, 12},
		{"near-miss-of-8", asked{found: card, sp: 1, filings: eight()}, 0},
		{"32-candidates", many, 0},
		{"32-candidates-1000-rules", many, 1000},
	}
	for _, f := range flows {
		for _, size := range []int{0, -1} {
			name := f.name + "/cached"
			if size < 0 {
				name = f.name + "/uncached"
			}
			b.Run(name, func(b *testing.B) {
				o := rego.Options{Law: l, Cache: size}
				if f.rules > 0 {
					o.Dir = b.TempDir()
					put(b, o.Dir, "own.rego", operatorRules(f.rules))
				}
				measure(b, open(b, o), f.flow.question(b, l))
			})
		}
	}
}

// measure reports the median and the 99th percentile beside the mean.
func measure(b *testing.B, d *rego.Decider, q *policy.Question) {
	took := make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if _, err := d.Decide(context.Background(), q); err != nil {
			b.Fatal(err)
		}
		if len(took) < cap(took) {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func eight() []policy.Candidate {
	var out []policy.Candidate
	for i := range 8 {
		out = append(out, filing(fmt.Sprint("F", i), policy.SC, expired))
	}
	return out
}

// BenchmarkReload is the swap of a policy with 1,000 rules of an operator, from
// a directory and as a signed bundle.
func BenchmarkReload(b *testing.B) {
	s, v := newKey(b, "policy")
	dir := b.TempDir()
	put(b, dir, "own.rego", operatorRules(1000))
	for name, o := range map[string]rego.Options{
		"dir":    {Dir: dir},
		"bundle": {Bundle: signed(b, dir, s), Keys: []sign.Verifier{v}},
	} {
		b.Run(name, func(b *testing.B) {
			d := open(b, o)
			for b.Loop() {
				if err := d.Reload(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
