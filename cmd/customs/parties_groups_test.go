package main

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/proxy/identity"
)

const fourthUSCC = "9144030071526726XG"

func groupDoc(uscc, status string, group ...string) registry.ExporterDoc {
	d := exporterDoc(uscc, status)
	d.Group = group
	return d
}

func TestGroupsAreClosed(t *testing.T) {
	own := func(group ...string) []identity.Entry {
		return []identity.Entry{{Exporter: policy.Exporter{USCC: motorsUSCC, Group: group}, Clients: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	}
	pair := []string{motorsUSCC, tradingUSCC}
	slices.Sort(pair)
	three := slices.Sorted(slices.Values([]string{motorsUSCC, tradingUSCC, thirdUSCC}))
	tests := []struct {
		name string
		own  []identity.Entry
		docs []registry.ExporterDoc
		want []string // of the exporter of the configuration
		told []string // exporters that say less than all
	}{
		{"nobody names anybody", own(), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective")}, nil, nil},
		{"both directions", own(tradingUSCC), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective", motorsUSCC)}, pair, nil},
		{"the configuration names one of the register", own(tradingUSCC), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective")}, pair, []string{tradingUSCC}},
		{"the register names one of the configuration", own(), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective", motorsUSCC)}, pair, []string{motorsUSCC}},
		{"one that nobody knows", own(tradingUSCC), nil, pair, nil},
		{"over a third", own(tradingUSCC), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective", thirdUSCC)}, three, []string{motorsUSCC, tradingUSCC}},
		{"one that is suspended counts", own(), []registry.ExporterDoc{groupDoc(tradingUSCC, "suspended", motorsUSCC)}, pair, []string{motorsUSCC}},
		{"one that is left out counts", own(tradingUSCC), []registry.ExporterDoc{groupDoc(motorsUSCC, "effective", thirdUSCC)}, three, []string{motorsUSCC}},
		{"two groups", own(tradingUSCC), []registry.ExporterDoc{groupDoc(tradingUSCC, "effective", motorsUSCC), groupDoc(thirdUSCC, "effective", fourthUSCC),
			groupDoc(fourthUSCC, "effective", thirdUSCC)}, pair, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.own[0].Exporter.Group)
			all, _ := withRegister(tt.own, tt.docs)
			if got := all[0].Exporter.Group; !slices.Equal(got, tt.want) {
				t.Errorf("group %v, want %v", got, tt.want)
			}
			if !slices.Equal(tt.own[0].Exporter.Group, before) {
				t.Error("the entries of the configuration were changed")
			}
			text := ""
			if err := groupFaults(tt.own, tt.docs); err != nil {
				text = err.Error()
			}
			for _, u := range []string{motorsUSCC, tradingUSCC, thirdUSCC, fourthUSCC} {
				if told := strings.Contains(text, "exporter "+u+" of "); told != slices.Contains(tt.told, u) {
					t.Errorf("%s is told: %v\n%s", u, told, text)
				}
			}
		})
	}
}

// Members of a group know of each other, whoever of them named the other, and
// one who is suspended stays a member.
func TestGroupOfTheRegisterIsTakenUp(t *testing.T) {
	h, _ := opened(t, nil)
	core, logs := observer.New(zap.InfoLevel)
	h.log = zap.New(core)
	ctx := context.Background()
	cfg := *h.cfg
	cfg.Exporters = []config.Exporter{{USCC: motorsUSCC, CIIO: policy.No, Clients: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	h.inForce.Store(&cfg)
	group := func(addr string) []string { return h.exporters.Who(netip.MustParseAddr(addr)).Exporter.Group }
	want := slices.Sorted(slices.Values([]string{motorsUSCC, thirdUSCC}))
	const differ = "exporters differ about their group: they count as one"
	for i, status := range []string{"effective", "suspended"} {
		d := exporterDoc(thirdUSCC, status, "198.51.100.0/24")
		d.Group = []string{motorsUSCC}
		if _, err := h.registry.AddDocument(ctx, d); err != nil {
			t.Fatal(err)
		}
		if err := h.takeParties(ctx); err != nil {
			t.Fatal(err)
		}
		if got := group("10.1.2.3"); !slices.Equal(got, want) {
			t.Errorf("%s: group %v, want %v", status, got, want)
		}
		if got := group("198.51.100.7"); i == 0 && !slices.Equal(got, want) {
			t.Errorf("group of the other %v, want %v", got, want)
		}
	}
	if n := logs.FilterMessage(differ).Len(); n != 1 {
		t.Errorf("told %d times", n)
	}
}
