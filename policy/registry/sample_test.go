package registry_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

const (
	uscc  = "91310115MA1K3ABC99" // synthetic
	other = "91330100799655058B"
)

// clock is a clock that tests turn by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 0, policy.Shanghai)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(t testing.TB, path string, c *clock) *registry.Registry {
	t.Helper()
	r, err := registry.Open(path, registry.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func fresh(t testing.TB, filings ...policy.Filing) (*registry.Registry, *clock) {
	t.Helper()
	c := newClock()
	r := open(t, filepath.Join(t.TempDir(), "registry.db"), c)
	for _, f := range filings {
		if _, err := r.Add(context.Background(), f); err != nil {
			t.Fatal(err)
		}
	}
	return r, c
}

// contract is a standard contract for the mobile numbers and bank cards of
// staff, sent to a recipient in Singapore.
func contract(id string, change ...func(*policy.Filing)) policy.Filing {
	f := policy.Filing{Schema: policy.FilingSchema, ID: id, Pathway: policy.SC, AuthorityNo: "SC-1", Status: "effective",
		Exporter:   policy.Filer{USCC: uscc, Name: "Example Motors"},
		Recipients: []policy.Recipient{{ID: "sg", Name: "Example Pte", Country: "SG"}},
		Purposes:   []string{"hr.group"},
		Items: []policy.Item{
			{ID: "1", PI: true, Categories: []inspect.Class{inspect.Mobile, inspect.Name}, Approved: true},
			{ID: "2", PI: true, Sensitive: true, Categories: []inspect.Class{inspect.BankCard}, Approved: true}},
		Volume: policy.Volume{NSPerYear: 1000, SPPerYear: 10},
		Links: []policy.Link{{ID: "L1", DstDomains: []string{"api.example.sg", "*.hr.example.sg"},
			Ports: []uint16{443}, Protocol: "https", Direction: policy.Push}},
		Valid: policy.Validity{Effective: "2026-01-01", Expires: "2027-12-31"}}
	for _, c := range change {
		c(&f)
	}
	return f
}

func assessment(id string, change ...func(*policy.Filing)) policy.Filing {
	return contract(id, append([]func(*policy.Filing){func(f *policy.Filing) {
		f.Pathway, f.Valid = policy.SA, policy.Validity{Issued: "2026-01-01", Expires: "2029-01-01"}
	}}, change...)...)
}

func bayArea(id string, change ...func(*policy.Filing)) policy.Filing {
	return contract(id, append([]func(*policy.Filing){func(f *policy.Filing) {
		f.Pathway, f.Exporter.CityCode, f.Recipients[0].Country = policy.GBASC, "440305", "HK"
	}}, change...)...)
}

func exemption(id, basis string, change ...func(*policy.Filing)) policy.Filing {
	return contract(id, append([]func(*policy.Filing){func(f *policy.Filing) {
		f.Pathway, f.LegalBasis, f.Volume = policy.Exemption, basis, policy.Volume{}
	}}, change...)...)
}

func flow(host string, change ...func(*policy.Flow)) *policy.Flow {
	f := &policy.Flow{ID: "f", Time: newClock().t, Direction: policy.Push, Protocol: "h2", Scheme: "https",
		Session:     &policy.Session{Client: netip.MustParseAddrPort("10.1.2.3:50000"), Exporter: policy.Exporter{USCC: uscc, CIIO: policy.No}},
		Destination: policy.Destination{Host: host, Port: 443}}
	for _, c := range change {
		c(f)
	}
	return f
}

// look identifies a flow and returns its candidates.
func look(t *testing.T, r *registry.Registry, f *policy.Flow) []policy.Candidate {
	t.Helper()
	if err := r.Identify(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	cs, err := r.Candidates(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func flowAddr(a string) netip.Addr { return netip.MustParseAddr(a) }
