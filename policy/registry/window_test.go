package registry_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

func windowed(stop ...inspect.Class) func(*policy.Filing) {
	return func(f *policy.Filing) { f.Links[0].Window = &policy.Window{Stop: stop} }
}

func TestWindowTermsAreChecked(t *testing.T) {
	terms, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		filing policy.Filing
		want   string
	}{
		{"nothing stops it", contract("F", windowed()), ""},
		{"one class stops it", contract("F", windowed(inspect.ResidentID)), ""},
		{"under an assessment", assessment("F", windowed(inspect.ResidentID)), ""},
		{"in the bay area", bayArea("F", windowed()), ""},
		{"a class of the operator", contract("F", windowed("x.badge", "pi.account.member")), ""},
		{"a class with a typing error", contract("F", windowed(inspect.Mobile, "pi.contact.moblie")), "links[0].window.stop[1]"},
		{"no class at all", contract("F", windowed("", "13800138000")), "links[0].window.stop[0] links[0].window.stop[1]"},
		{"a class twice", contract("F", windowed(inspect.Mobile, inspect.Mobile)), "links[0].window.stop[1]"},
		{"too many", contract("F", windowed(slices.Repeat([]inspect.Class{inspect.Mobile}, 10_001)...)), "links[0].window.stop"},
		{"under an exemption", exemption("F", "hr", windowed()), "links[0].window"},
		{"under a zone's list", contract("F", windowed(), func(f *policy.Filing) {
			f.Pathway, f.List, f.Exporter.Zone = policy.FTZList, "CN-TEST-LIST-A", "CN-SH-FTZ-LINGANG"
		}), "links[0].window"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := registry.Validate(tt.filing, terms)
			if got := strings.Join(faults(err), " "); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("got %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
}

// What a candidate says of windows is what the link says that fits the flow;
// of several that fit alike, the strictest.
func TestCandidatesSayWhichLinkOpensAWindow(t *testing.T) {
	second := func(change func(*policy.Link)) func(*policy.Filing) {
		return func(f *policy.Filing) {
			l := f.Links[0]
			l.ID, l.Window = "L2", nil
			change(&l)
			f.Links = append(f.Links, l)
		}
	}
	tests := []struct {
		name   string
		filing policy.Filing
		host   string
		change []func(*policy.Flow)
		want   string // open, and the stop list
	}{
		{"no window", contract("F"), "api.example.sg", nil, "false"},
		{"a window", contract("F", windowed()), "api.example.sg", nil, "true"},
		{"its stop list, sorted", contract("F", windowed(inspect.ResidentID, inspect.BankCard)), "api.example.sg", nil, "true pi.finance.bankcard pi.id.resident"},
		{"another host", contract("F", windowed()), "api.example.de", nil, "false"},
		{"another port", contract("F", windowed()), "api.example.sg", []func(*policy.Flow){func(f *policy.Flow) { f.Destination.Port = 8443 }}, "false"},
		{"a second link that opens none", contract("F", windowed(), second(func(*policy.Link) {})), "api.example.sg", nil, "false"},
		{"a second link that stops more", contract("F", windowed(inspect.BankCard), second(func(l *policy.Link) {
			l.Window = &policy.Window{Stop: []inspect.Class{inspect.BankCard, inspect.Mobile}}
		})), "api.example.sg", nil, "true pi.contact.mobile pi.finance.bankcard"},
		{"the second link is for another port", contract("F", windowed(), second(func(l *policy.Link) { l.Ports = []uint16{8443} })), "api.example.sg", nil, "true"},
		{"the first does not fit, the second opens one", contract("F", second(func(l *policy.Link) {
			l.Ports, l.Window = []uint16{8443}, &policy.Window{}
		})), "api.example.sg", []func(*policy.Flow){func(f *policy.Flow) { f.Destination.Port = 8443 }}, "true"},
		{"the client declares the one that opens none", contract("F", windowed(), second(func(*policy.Link) {})), "api.example.sg",
			[]func(*policy.Flow){func(f *policy.Flow) { f.Declared.Link, f.Declared.Source = "L2", "client" }}, "false"},
		{"the client declares the one that opens", contract("F", windowed(), second(func(*policy.Link) {})), "api.example.sg",
			[]func(*policy.Flow){func(f *policy.Flow) { f.Declared.Link, f.Declared.Source = "L1", "client" }}, "true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := fresh(t, tt.filing)
			c := look(t, r, flow(tt.host, tt.change...))[0]
			got := "false"
			if c.Window {
				got = "true"
			}
			for _, s := range c.Stop {
				got += " " + string(s)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The terms come back from every form as they were given, also where nothing
// stops a window and where there is none.
func TestWindowTermsComeBack(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]policy.Filing{"none": contract("A"), "without stops": contract("A", windowed()),
		"two stops": contract("A", windowed(inspect.BankCard, inspect.ResidentID))} {
		for form, b := range written(t, registry.Export{Filings: []policy.Filing{f}}) {
			s := read(t, b)
			want, got := f.Links[0].Window, s.Filings[0].Links[0].Window
			if err := registry.SheetFaults(s); err != nil || (got == nil) != (want == nil) || got != nil && !slices.Equal(got.Stop, want.Stop) {
				t.Errorf("%s as %s: got %+v, want %+v, %v", name, form, got, want, err)
			}
		}
	}
}

// A table of an older template has no such column, and opens no window.
func TestATableWithoutTheColumnOpensNone(t *testing.T) {
	t.Parallel()
	cut := func(change func(string) string) []byte {
		return tables(t, func(files map[string]string) { files["links.csv"] = change(files["links.csv"]) })
	}
	got, s := spots(t, cut(func(text string) string {
		lines := strings.Split(strings.TrimSpace(text), "\r\n")
		for i, l := range lines {
			lines[i] = l[:strings.LastIndex(l, ",")]
		}
		return strings.Join(lines, "\r\n") + "\r\n"
	}))
	if len(got) > 0 || len(s.Filings) != 2 || s.Filings[0].Links[0].Window != nil {
		t.Errorf("got %q, %+v", got, s.Filings)
	}
	got, _ = spots(t, cut(func(text string) string {
		return strings.Replace(text, ",\r\n", ",pi.contact.moblie\r\n", 1)
	}))
	if strings.Join(got, "|") != "links.csv line 2 window.stop" {
		t.Errorf("a typing error: got %q", got)
	}
}

func TestWindowTermsInJSONAreStrict(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(contract("A", windowed(inspect.BankCard)))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{`true`: "filings[0] links[0].window", `{"stops":["pi.name"]}`: "filings[0] links[0].window.stops",
		`{"stop":"pi.name"}`: "filings[0] links[0].window.stop", `{}`: "", `{"stop":[]}`: "", `null`: ""} {
		in := strings.Replace(string(b), `{"stop":["pi.finance.bankcard"]}`, text, 1)
		if got, _ := spots(t, []byte(in)); strings.Join(got, "|") != want {
			t.Errorf("window %s: got %q, want %q", text, got, want)
		}
		if _, err := registry.Parse(strings.NewReader(in)); (err == nil) != (want == "") {
			t.Errorf("window %s: parsed with %v", text, err)
		}
	}
}
