package registry_test

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// meetingFiling draws filings whose names, ranges, dates and purposes meet often.
func meetingFiling(rt *rapid.T, id string) policy.Filing {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
	f := contract(id, func(f *policy.Filing) {
		f.Exporter.USCC = pick("exporter", uscc, uscc, other)
		if rapid.Bool().Draw(rt, "group") && f.Exporter.USCC == other {
			f.Exporter.GroupUSCCs = []string{uscc}
		}
		f.Status = pick("status", "effective", "effective", "suspended", "draft", "revoked")
		f.Scenario = pick("scenario", "", "hr.group", "icv.sales")
		f.Purposes = []string{pick("purpose", "a", "b"), "c"}
		f.Recipients[0].Country = pick("country", "SG", "US")
		f.Valid.Effective = pick("from", "2026-01-01", "2026-11-22", "2026-12-01")
		f.Valid.Expires = pick("to", "", "2026-11-21", "2026-11-22", "2027-12-31")
		if rapid.Bool().Draw(rt, "approved") {
			f.Approvals = []policy.SectorApproval{{Kind: "hgr", No: "1", Expires: pick("until", "", "2026-11-21", "2026-12-31")}, {Kind: "geo", No: "2"}}
		}
	})
	f.Links = nil
	for i := range rapid.IntRange(1, 3).Draw(rt, "links") {
		l := policy.Link{ID: fmt.Sprint("L", i), Protocol: pick("protocol", "", "https", "http")}
		if rapid.Bool().Draw(rt, "names") {
			l.DstDomains = []string{pick("host", "api.example.sg", "*.example.sg", "*.hr.example.sg", "example.de", "*.数据.sg", "*.a.数据.sg")}
		}
		if len(l.DstDomains) == 0 || rapid.Bool().Draw(rt, "ranges") {
			l.DstCIDRs = []string{pick("net", "203.0.113.0/24", "203.0.0.0/16", "203.0.113.7", "2001:db8::/32", "::ffff:203.0.113.0/120", "0.0.0.0/0")}
		}
		f.Links = append(f.Links, l)
	}
	return f
}

func anyFlow(rt *rapid.T) *policy.Flow {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
	f := flow(pick("to", "api.example.sg", "a.hr.example.sg", "example.sg", "example.de", "other.com", "203.0.113.7", "2001:db8::1", "", "b.a.xn--vxup8b.sg", "a.xn--vxup8b.sg"))
	if a := pick("addr", "", "203.0.113.7", "203.0.1.1", "2001:db8::1", "::ffff:203.0.113.9", "fe80::1%eth0"); a != "" {
		f.Destination.Addr = netip.MustParseAddr(a)
	}
	f.Destination.Place.Country = pick("place", "SG", "US", "")
	f.Declared = policy.Declared{Purpose: pick("declared", "", "a", "b", "c", "z"), Scenario: pick("declared scenario", "", "hr.group", "icv.sales", "x")}
	f.Time = f.Time.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, -1, 1, 20, 900}).Draw(rt, "days"))
	return f
}

// What the indexes find is what looking at each filing finds.
func TestCandidatesAreThoseOfThePlainLoop(t *testing.T) {
	r, _ := fresh(t)
	rapid.Check(t, func(rt *rapid.T) {
		var all []policy.Filing
		for i := range rapid.SampledFrom([]int{1, 5, 40, 80}).Draw(rt, "filings") {
			all = append(all, meetingFiling(rt, fmt.Sprintf("F%02d", i)))
		}
		slices.Reverse(all)
		m, err := registry.NewMatcher(all)
		if err != nil {
			rt.Fatal(err)
		}
		for range 10 {
			f := anyFlow(rt)
			want, err := registry.Match(all, f)
			if err != nil {
				rt.Fatal(err)
			}
			if got := m.Candidates(f); !same(got, want) {
				rt.Fatalf("%s %+v\ngot  %v\nwant %v", f.Destination.Host, f.Declared, names(got), names(want))
			}
		}
	})
	if cs, err := r.Candidates(ctx, flow("x")); err != nil || cs == nil || len(cs) != 0 {
		t.Errorf("no filings: %v, %v", cs, err)
	}
}

func same(a, b []policy.Candidate) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

func names(cs []policy.Candidate) (out []string) {
	for _, c := range cs {
		out = append(out, fmt.Sprintf("%s %s %s %v%v%v %s", c.Filing, c.Time, c.Status, c.Recipient, c.Country, c.Link, c.Purpose))
	}
	return out
}

// many are n filings of one exporter, each for a host of its own and every
// hundredth for the same one.
func many(prefix string, n int) []policy.Filing {
	out := make([]policy.Filing, n)
	for i := range out {
		out[i] = contract(fmt.Sprintf("%s%05d", prefix, i), func(f *policy.Filing) {
			f.Links[0].DstDomains = []string{fmt.Sprintf("h%d.example.sg", i), fmt.Sprintf("*.n%d.example.sg", i), "one.example.sg"}
			if i%100 == 0 {
				f.Links[0].DstDomains[1] = "all.example.sg"
			}
		})
	}
	return out
}

func TestCandidatesHoldWhatIsNew(t *testing.T) {
	list := contract("Z1", func(f *policy.Filing) {
		f.Pathway, f.List, f.Exporter.Zone, f.Scenario = policy.FTZList, "CN-SH-2024", "CN-SH-FTZ", "retail.member"
		f.Approvals = []policy.SectorApproval{{Kind: "hgr", No: "1"}, {Kind: "geo", No: "2", Expires: "2026-11-22"}, {Kind: "geo", No: "3", Expires: "2026-11-21"}}
	})
	r, _ := fresh(t, list)
	f := flow("api.example.sg")
	c := look(t, r, f)[0]
	if c.List != "CN-SH-2024" || fmt.Sprint(c.Approvals) != "[geo hgr]" || !c.ValidUntil.Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, policy.Shanghai)) {
		t.Errorf("%+v", c)
	}
	if f.Declared.Scenario != "retail.member" || f.Declared.Source != "filing" {
		t.Errorf("declared %+v", f.Declared)
	}
	x, _ := fresh(t, exemption("X1", "treaty"))
	if c := look(t, x, flow("api.example.sg"))[0]; c.Claim != "EX_TREATY" {
		t.Errorf("claim %s", c.Claim)
	}
	if form := registry.Form(list); form.List != "CN-SH-2024" || !slices.Contains(form.Covers, inspect.Mobile) || form.Time != "" {
		t.Errorf("form %+v", form)
	}
}

func full(b testing.TB, n int) (*registry.Registry, *clock) {
	b.Helper()
	c := newClock()
	r := open(b, filepath.Join(b.TempDir(), "registry.db"), c)
	if _, err := r.AddAll(ctx, many("F", n)); err != nil {
		b.Fatal(err)
	}
	return r, c
}

// BenchmarkManyFilings asks an exporter with 10,000 filings: for a host of one,
// for one that a hundred share, for one that all share, and for one that nobody
// names.
func BenchmarkManyFilings(b *testing.B) {
	r, _ := full(b, 10_000)
	for _, host := range []string{"h777.example.sg", "all.example.sg", "one.example.sg", "x.example.com"} {
		b.Run(host, func(b *testing.B) {
			f := flow(host)
			if err := r.Identify(ctx, f); err != nil {
				b.Fatal(err)
			}
			took := make([]time.Duration, 0, b.N)
			b.ReportAllocs()
			for b.Loop() {
				t := time.Now()
				if _, err := r.Candidates(ctx, f); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(t))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-us")
		})
	}
}

// BenchmarkThousandMore adds 1,000 filings beside 10,000 and waits until
// another handle sees them, while flows ask that one.
func BenchmarkThousandMore(b *testing.B) {
	c := newClock()
	path := filepath.Join(b.TempDir(), "registry.db")
	r := open(b, path, c)
	if _, err := r.AddAll(ctx, many("F", 10_000)); err != nil {
		b.Fatal(err)
	}
	gateway, err := registry.Open(path, registry.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer gateway.Close()
	for i := range b.N {
		begin := time.Now()
		if _, err := r.AddAll(ctx, many(fmt.Sprintf("N%d-", i), 1000)); err != nil {
			b.Fatal(err)
		}
		added := time.Since(begin)
		worst, f := time.Duration(0), flow("h777.example.sg")
		for seen := 0; seen < 2; {
			t := time.Now()
			cs, err := gateway.Candidates(ctx, f)
			if err != nil {
				b.Fatal(err)
			}
			worst = max(worst, time.Since(t))
			seen = len(slices.DeleteFunc(cs, func(c policy.Candidate) bool {
				return !c.Recipient || c.Filing[0] == 'N' && c.Filing[:3] != fmt.Sprintf("N%d-", i)[:3]
			}))
		}
		b.ReportMetric(float64(added.Milliseconds()), "add-ms")
		b.ReportMetric(float64(time.Since(begin).Milliseconds()), "seen-ms")
		b.ReportMetric(float64(worst.Milliseconds()), "worst-ask-ms")
	}
}
