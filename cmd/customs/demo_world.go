package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/proxy"
)

// The demo's exporters. Each has a loopback address of its own, so that one
// machine can play them all.
const (
	demoMotors = "91310115MA1K3ABC99" // holds a standard contract
	demoBank   = "91330100799655058B" // its contract expired
	demoClinic = "9144030071526726XG" // no filing
	demoRetail = "914403001922038216" // a contract for few persons
)

var demoClients = []struct{ uscc, name, addr string }{
	{demoMotors, "Example Motors", "127.0.0.1"},
	{demoBank, "Example Bank", "127.0.0.2"},
	{demoClinic, "Example Clinic", "127.0.0.3"},
	{demoRetail, "Example Retail", "127.0.0.4"},
}

// demoStranger is an address that no exporter has.
const demoStranger = "127.0.0.9"

func demoConfig(data string) *config.Config {
	cfg := config.Default()
	cfg.Data = data
	cfg.Upstream.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, c := range demoClients {
		cfg.Exporters = append(cfg.Exporters, config.Exporter{USCC: c.uscc, Name: c.name, CIIO: policy.No,
			Clients: []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr(c.addr), 32)}})
	}
	cfg.Destinations = []config.Destination{
		{Match: []string{"*.example.sg"}, Country: "SG"},
		{Match: []string{"*.example.de"}, Country: "DE"},
		{Match: []string{"*.example.cn"}, Country: "CN"},
	}
	return cfg
}

// fill registers the filings and gives Example Retail a year that is already
// past 100,000 persons, so that even plain contact data needs its contract.
func (d *demo) fill(ctx context.Context, now time.Time) error {
	contact := []inspect.Class{inspect.Mobile, inspect.Email}
	identity := append([]inspect.Class{inspect.ResidentID}, contact...)
	filings := []policy.Filing{
		demoFiling("SC-MOTORS", demoMotors, "crm.example.sg", identity, 50, now.AddDate(0, -3, 0), now.AddDate(2, 0, 0)),
		demoFiling("SC-BANK", demoBank, "crm.example.sg", identity, 50, now.AddDate(-2, 0, 0), now.AddDate(0, 0, -10)),
		demoFiling("SC-RETAIL", demoRetail, "crm.example.sg", contact, 5, now.AddDate(0, -3, 0), now.AddDate(2, 0, 0)),
	}
	for _, f := range filings {
		if _, err := d.house.registry.Add(ctx, f); err != nil {
			return fmt.Errorf("filing %s: %w", f.ID, err)
		}
	}
	return d.house.ledger.Preset(ctx, ledger.Opening{ID: "demo-retail", Entity: demoRetail,
		Year: now.In(policy.Shanghai).Year(), Kind: policy.CountNS, Basis: "SC", Persons: 120_000})
}

// demoFiling is a standard contract for one recipient behind one host.
func demoFiling(id, uscc, host string, classes []inspect.Class, persons int64, from, to time.Time) policy.Filing {
	sensitive := classes[0] == inspect.ResidentID
	item := policy.Item{ID: "1", NameZH: "客户联系信息", PI: true, Categories: classes, Approved: true, Processing: "raw", Sensitive: sensitive}
	f := policy.Filing{Schema: policy.FilingSchema, ID: id, Pathway: policy.SC, AuthorityNo: "DEMO-" + id, Status: "effective",
		Exporter:   policy.Filer{USCC: uscc},
		Recipients: []policy.Recipient{{ID: "crm-sg", Name: "Example CRM Pte", Country: "SG", Role: "processor"}},
		Purposes:   []string{"retail.member"}, Items: []policy.Item{item}, Volume: policy.Volume{NSPerYear: persons},
		Links: []policy.Link{{ID: "crm", Recipient: "crm-sg", DstDomains: []string{host}, Protocol: "https",
			Direction: policy.Push, Purpose: "retail.member"}},
		Valid: policy.Validity{Issued: from.Format(time.DateOnly), Effective: from.Format(time.DateOnly), Expires: to.Format(time.DateOnly)}}
	if sensitive {
		f.Volume.SPPerYear = persons
	}
	return f
}

// recordFeed hands the record of each flow to the demo.
type recordFeed chan policy.Record

var _ proxy.Observer = recordFeed(nil)

// Closed implements proxy.Observer; what nobody waits for is dropped.
func (f recordFeed) Closed(r *policy.Record) {
	select {
	case f <- *r:
	default:
	}
}

// Event implements proxy.Observer.
func (f recordFeed) Event(proxy.Event) {}
