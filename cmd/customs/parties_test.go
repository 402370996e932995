package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/meter"
)

const (
	motorsUSCC  = "91310115MA1K3ABC99"
	tradingUSCC = "91330100799655058B"
	thirdUSCC   = "914403001922038216"
)

func exporterDoc(uscc, status string, clients ...string) registry.ExporterDoc {
	return registry.ExporterDoc{Schema: registry.ExporterSchema, USCC: uscc, CIIO: policy.No, Clients: clients, Status: status}
}

func TestExportersOfConfigurationAndRegister(t *testing.T) {
	own := []identity.Entry{{Exporter: policy.Exporter{USCC: motorsUSCC}, Clients: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	tests := []struct {
		name string
		docs []registry.ExporterDoc
		who  string // of 10.1.2.3
		want string // of the error
	}{
		{"nothing in the register", nil, motorsUSCC, ""},
		{"a longer network in the register", []registry.ExporterDoc{exporterDoc(tradingUSCC, "effective", "10.1.0.0/16")}, tradingUSCC, ""},
		{"an address alone", []registry.ExporterDoc{exporterDoc(tradingUSCC, "effective", "10.1.2.3")}, tradingUSCC, ""},
		{"one that is suspended keeps its network", []registry.ExporterDoc{exporterDoc(tradingUSCC, "suspended", "10.1.0.0/16")}, "", ""},
		{"the code of the configuration", []registry.ExporterDoc{exporterDoc(motorsUSCC, "effective", "10.1.0.0/16")}, "", "is also in the configuration"},
		{"the network of the configuration", []registry.ExporterDoc{exporterDoc(tradingUSCC, "effective", "10.0.0.0/8")}, motorsUSCC, "also belongs to the configuration"},
		{"one network in two documents", []registry.ExporterDoc{exporterDoc(tradingUSCC, "effective", "10.1.0.0/16"), exporterDoc(thirdUSCC, "effective", "10.1.0.0/16")},
			tradingUSCC, "also belongs to exporter " + tradingUSCC},
		{"no network at all", []registry.ExporterDoc{exporterDoc(tradingUSCC, "effective", "10.1.0.0/4")}, motorsUSCC, "clients[0] is no network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all, err := withRegister(own, tt.docs)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			book, err := identity.New(all)
			if err != nil {
				t.Fatal(err)
			}
			if got := book.Who(netip.MustParseAddr("10.1.2.3")).Exporter.USCC; got != tt.who {
				t.Errorf("10.1.2.3 is of %q, want %q", got, tt.who)
			}
		})
	}
}

// The exporters of the register come into force while the gateway runs, and
// one that contradicts the configuration does not.
func TestRegisterExportersAreTakenUp(t *testing.T) {
	h, _ := opened(t, nil)
	core, logs := observer.New(zap.InfoLevel)
	h.log = zap.New(core)
	ctx := context.Background()
	cfg := *h.cfg
	cfg.Exporters = slices.DeleteFunc(slices.Clone(cfg.Exporters), func(e config.Exporter) bool { return e.USCC == thirdUSCC })
	h.inForce.Store(&cfg)
	add := func(d registry.ExporterDoc) {
		t.Helper()
		if _, err := h.registry.AddDocument(ctx, d); err != nil {
			t.Fatal(err)
		}
		if err := h.takeParties(ctx); err != nil {
			t.Fatal(err)
		}
	}
	who := func() string { return h.exporters.Who(netip.MustParseAddr("198.51.100.7")).Exporter.USCC }
	add(exporterDoc(thirdUSCC, "effective", "198.51.100.0/24"))
	if who() != thirdUSCC {
		t.Errorf("the exporter of the register is not known: %q", who())
	}
	own := cfg.Exporters[0]
	add(exporterDoc(own.USCC, "effective", "198.51.100.0/25"))
	far := func() string { return h.exporters.Who(netip.MustParseAddr("198.51.100.200")).Exporter.USCC }
	if who() != "" || far() != thirdUSCC || logs.FilterMessage(leftOut).Len() != 1 {
		t.Errorf("after a conflict: %q and %q, log %v", who(), far(), logs.All())
	}
	add(exporterDoc(thirdUSCC, "suspended", "198.51.100.0/24"))
	if far() != "" || logs.FilterMessage(leftOut).Len() != 1 {
		t.Errorf("a suspension beside a conflict: %q, %d lines", far(), logs.FilterMessage(leftOut).Len())
	}
	if err := h.swap(ctx, &cfg); err == nil || !strings.Contains(err.Error(), "is also in the configuration") {
		t.Errorf("a reload beside the conflict: %v", err)
	}
}

// Every change of the register is an entry of the log, whatever it is of.
func TestEveryChangeIsRecorded(t *testing.T) {
	h, _ := opened(t, nil)
	ctx := context.Background()
	if _, err := h.registry.AddDocument(ctx, exporterDoc(thirdUSCC, "effective", "198.51.100.0/24")); err != nil {
		t.Fatal(err)
	}
	recipient := registry.RecipientDoc{Schema: registry.RecipientSchema, ID: "R-SG", Name: "Example Pte", Country: "SG", Status: "effective"}
	if _, err := h.registry.AddDocument(ctx, recipient); err != nil {
		t.Fatal(err)
	}
	changed, err := h.recordChanges(ctx)
	if err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	if changed, err := h.recordChanges(ctx); err != nil || changed {
		t.Errorf("recorded twice: %v, %v", changed, err)
	}
	files, err := filepath.Glob(h.path("audit/segment-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"object":"` + thirdUSCC + `#1"`, `"object":"R-SG#1"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in the log", want)
		}
	}
}

// Dates that come near are said once a day and shown all the time.
func TestDatesThatComeNear(t *testing.T) {
	h, _ := opened(t, nil)
	core, logs := observer.New(zap.WarnLevel)
	h.log = zap.New(core)
	now := time.Now()
	f := demoFiling("SC-ENDS", demoMotors, "crm.example.sg", []inspect.Class{inspect.Mobile}, 5, now.AddDate(-1, 0, 0), now.AddDate(0, 0, 10))
	if _, err := h.registry.Add(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	for _, tell := range []bool{true, false} {
		if err := h.warnDates(context.Background(), now, tell); err != nil {
			t.Fatal(err)
		}
	}
	list := logs.FilterMessage("a date in the register comes near").All()
	if len(list) == 0 {
		t.Fatal("nothing is said")
	}
	seen := map[string]bool{}
	for _, l := range list {
		m := l.ContextMap()
		what := m["object"].(string) + " " + m["what"].(string)
		if seen[what] {
			t.Errorf("%s is said twice", what)
		}
		seen[what] = true
	}
}

// A metric has the kinds of warning that the register knows.
func TestWarningsHaveTheirKinds(t *testing.T) {
	m, err := meter.New(meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, k := range []registry.WarningKind{registry.WarnExpiry, registry.WarnRenewal, registry.WarnContract, registry.WarnNumber,
		registry.WarnClaim, registry.WarnApproval, registry.WarnException, registry.WarnReviewOpen, registry.WarnOtherPlaces} {
		kinds[string(k)] = 1
	}
	m.Warnings(kinds)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if text := w.Body.String(); strings.Count(text, "customs_filing_warnings{kind=") != len(kinds)+1 || !strings.Contains(text, `customs_filing_warnings{kind="other"} 0`) {
		t.Errorf("the kinds of the register and of the metric differ:\n%s", text)
	}
}
