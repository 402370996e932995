package passthrough_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/passthrough"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const uscc = "91310115MA1K3ABC99"

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, policy.Shanghai) }

func entry(change func(*passthrough.Entry)) passthrough.Entry {
	e := passthrough.Entry{ID: "bank", Match: []string{"*.bank.example", "198.51.100.0/24"}, Kind: policy.PassPinned,
		Owner: "net", Expires: "2026-11-22", Bytes: 1 << 20}
	if change != nil {
		change(&e)
	}
	return e
}

func open(t *testing.T, files policy.Files, now func() time.Time, entries ...passthrough.Entry) *passthrough.Store {
	t.Helper()
	s, err := passthrough.Open(passthrough.Options{Dir: "d", Files: files, Now: now, Entries: entries, Never: []string{"front.bank.example"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// flow is a tunnel to app.bank.example, changed.
func flow(change func(*policy.Flow)) *policy.Flow {
	f := &policy.Flow{Session: &policy.Session{Exporter: policy.Exporter{USCC: uscc}}, Protocol: "tls",
		Destination: policy.Destination{Host: "app.bank.example", Port: 443, Addr: netip.MustParseAddr("203.0.113.9")}}
	if change != nil {
		change(f)
	}
	return f
}

func TestCovering(t *testing.T) {
	tests := []struct {
		name  string
		entry func(*passthrough.Entry)
		flow  func(*policy.Flow)
		want  string // state, empty for none
	}{
		{"a host below the suffix", nil, nil, policy.PassCurrent},
		{"the suffix itself", nil, func(f *policy.Flow) { f.Destination.Host = "bank.example" }, ""},
		{"another host in the network", nil, func(f *policy.Flow) {
			f.Destination.Host, f.Destination.Addr = "x.example", netip.MustParseAddr("198.51.100.7")
		}, policy.PassCurrent},
		{"an address as the host", nil, func(f *policy.Flow) {
			f.Destination.Host, f.Destination.Addr = "198.51.100.7", netip.Addr{}
		}, policy.PassCurrent},
		{"what is never unread", nil, func(f *policy.Flow) { f.Destination.Host = "front.bank.example" }, ""},
		{"an exporter that nobody knows", nil, func(f *policy.Flow) { f.Session.Exporter = policy.Exporter{} }, ""},
		{"an exporter that it is not for", func(e *passthrough.Entry) { e.Exporters = []string{"91440300708461136T"} }, nil, ""},
		{"the first look at a tunnel", nil, func(f *policy.Flow) { f.Protocol, f.Method = "tcp", "CONNECT" }, policy.PassCurrent},
		{"a raw protocol under a TLS entry", nil, func(f *policy.Flow) { f.Protocol = "ssh" }, ""},
		{"a raw protocol under a raw entry", func(e *passthrough.Entry) { e.Kind = policy.PassRaw }, func(f *policy.Flow) { f.Protocol = "ssh" }, policy.PassCurrent},
		{"TLS under a raw entry", func(e *passthrough.Entry) { e.Kind = policy.PassRaw }, nil, ""},
		{"a request under a current entry", nil, func(f *policy.Flow) { f.Protocol, f.Scheme = "h2", "https" }, ""},
		{"a request under one that is over", func(e *passthrough.Entry) { e.Expires = "2026-11-21" }, func(f *policy.Flow) { f.Protocol, f.Scheme = "h2", "https" }, policy.PassExpired},
		{"a plain request under one that is over", func(e *passthrough.Entry) { e.Expires = "2026-11-21" }, func(f *policy.Flow) { f.Protocol, f.Scheme = "http/1.1", "http" }, ""},
		{"a tunnel under one that is over", func(e *passthrough.Entry) { e.Expires = "2026-11-21" }, nil, policy.PassExpired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, faultfs.New(), noon, entry(tt.entry))
			p := s.Covering(flow(tt.flow))
			if got := state(p); got != tt.want {
				t.Errorf("got %+v, want %q", p, tt.want)
			}
		})
	}
}

func state(p *policy.PassThrough) string {
	if p == nil {
		return ""
	}
	return p.State
}

func TestLastDayIsBeijingsWhole(t *testing.T) {
	at := time.Date(2026, 11, 22, 23, 59, 59, 0, policy.Shanghai)
	s := open(t, faultfs.New(), func() time.Time { return at }, entry(nil))
	if p := s.Covering(flow(nil)); p.State != policy.PassCurrent {
		t.Errorf("a second before midnight: %+v", p)
	}
	at = at.Add(time.Second)
	if p := s.Covering(flow(nil)); p.State != policy.PassExpired {
		t.Errorf("at midnight: %+v", p)
	}
}

func lease(t *testing.T, s *passthrough.Store) policy.Lease {
	t.Helper()
	f := flow(nil)
	f.PassThrough = s.Covering(f)
	l, ok := s.Lease(f)
	if !ok {
		t.Fatalf("no lease under %+v", f.PassThrough)
	}
	return l
}

// The budget is taken to the byte, whoever asks at the same time.
func TestBudget(t *testing.T) {
	const budget = 100_000
	s := open(t, faultfs.New(), noon, entry(func(e *passthrough.Entry) { e.Bytes = budget }))
	var mu sync.Mutex
	var all int
	var wg sync.WaitGroup
	var leases []policy.Lease
	for range 8 {
		leases = append(leases, lease(t, s))
	}
	for _, l := range leases {
		wg.Go(func() {
			defer l.Close()
			for n := l.Charge(1009); n > 0; n = l.Charge(1009) {
				mu.Lock()
				all += n
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if p := s.Covering(flow(nil)); all != budget || p.State != policy.PassUsedUp {
		t.Errorf("%d bytes were granted of %d, state %+v", all, budget, p)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// After a power cut nothing that was granted is granted again.
func TestKillKeepsWhatWasUsed(t *testing.T) {
	files := faultfs.New()
	var granted int64
	for round := range 5 {
		s := open(t, files, noon, entry(func(e *passthrough.Entry) { e.Bytes = 1 << 30 }))
		l := lease(t, s)
		for range 100 {
			granted += int64(l.Charge(50_000 + round))
		}
		l.Close()
		files = files.Crash(faultfs.Power) // no Close
		b, err := passthrough.Read(files, "d")
		if err != nil {
			t.Fatal(err)
		}
		if over := b.Used["bank"] - granted; over < 0 || over > int64(round+1)*passthrough.Ahead {
			t.Errorf("round %d: %d bytes were granted, %d are counted", round, granted, b.Used["bank"])
		}
	}
}

func TestCleanStopCountsToTheByte(t *testing.T) {
	files := faultfs.New()
	s := open(t, files, noon, entry(nil))
	l := lease(t, s)
	l.Charge(777)
	s.Refused("pinned.example")
	l.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := passthrough.Read(files, "d")
	if err != nil || b.Used["bank"] != 777 || len(b.Refused()) != 1 || b.Refused()[0].Name != "pinned.example" {
		t.Errorf("got %+v, %v", b, err)
	}
}

// A disk that does not take the mark grants nothing.
func TestNothingPassesWithoutTheMark(t *testing.T) {
	files := faultfs.New()
	s := open(t, files, noon, entry(nil))
	l := lease(t, s)
	defer l.Close()
	files.FailAt(0, faultfs.Full)
	if n := l.Charge(10); n != 0 {
		t.Errorf("%d bytes were granted on a full disk", n)
	}
}

func TestLeaseEnds(t *testing.T) {
	over := func(t *testing.T, l policy.Lease, why string) {
		t.Helper()
		select {
		case <-l.Over():
		case <-time.After(3 * time.Second):
			t.Errorf("the tunnel goes on: %s", why)
		}
		if n := l.Charge(1); n != 0 {
			t.Errorf("%d bytes after the end: %s", n, why)
		}
		l.Close()
	}
	begin := time.Now()
	soon := func() time.Time {
		return time.Date(2026, 11, 22, 23, 59, 59, 970e6, policy.Shanghai).Add(time.Since(begin))
	}
	over(t, lease(t, open(t, faultfs.New(), soon, entry(nil))), "its last day ended")
	changes := map[string][]passthrough.Entry{
		"the entry is gone":       nil,
		"it expired yesterday":    {entry(func(e *passthrough.Entry) { e.Expires = "2026-11-21" })},
		"it is for another place": {entry(func(e *passthrough.Entry) { e.Match = []string{"other.example"} })},
		"it is of another kind":   {entry(func(e *passthrough.Entry) { e.Kind = policy.PassRaw })},
	}
	for why, entries := range changes {
		s := open(t, faultfs.New(), noon, entry(nil))
		l := lease(t, s)
		if err := s.Reload(entries, nil); err != nil {
			t.Fatal(err)
		}
		over(t, l, why)
	}
	s := open(t, faultfs.New(), noon, entry(nil))
	l := lease(t, s)
	if err := s.Reload([]passthrough.Entry{entry(func(e *passthrough.Entry) { e.Bytes = 2 << 20 })}, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-l.Over():
		t.Error("a larger budget ended the tunnel")
	default:
	}
	l.Close()
}

func TestBadEntriesAreRefused(t *testing.T) {
	for name, e := range map[string]passthrough.Entry{
		"no owner":  entry(func(e *passthrough.Entry) { e.Owner = "" }),
		"no budget": entry(func(e *passthrough.Entry) { e.Bytes = 0 }),
		"no day":    entry(func(e *passthrough.Entry) { e.Expires = "soon" }),
		"no kind":   entry(func(e *passthrough.Entry) { e.Kind = "any" }),
		"no match":  entry(func(e *passthrough.Entry) { e.Match = nil }),
		"all":       entry(func(e *passthrough.Entry) { e.Match = []string{"*"} }),
	} {
		if _, err := passthrough.Open(passthrough.Options{Dir: "d", Files: faultfs.New(), Now: noon, Entries: []passthrough.Entry{e}}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestDamageIsNoFreshStart(t *testing.T) {
	files := faultfs.New()
	files.MakeDir("d/passthrough")
	files.Put("d/passthrough/used", []byte(`{"op":"head","schema":"dc.passthrough/1"}`+"\n{\"op\":\"used\",\"id\":\"bank\",\"us\n"))
	if _, err := passthrough.Open(passthrough.Options{Dir: "d", Files: files, Now: noon, Entries: []passthrough.Entry{entry(nil)}}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	// A line that was being written when the power went was never answered.
	files.Put("d/passthrough/used", []byte(`{"op":"head","schema":"dc.passthrough/1"}`+"\n"+`{"op":"used","id":"bank","used":5}`+"\n{\"op\":\"us"))
	if s := open(t, files, noon, entry(nil)); s.Standings()[0].Used != 5 {
		t.Errorf("got %+v", s.Standings())
	}
}

// Names come from clients, so their number is bounded.
func TestRefusalsAreBounded(t *testing.T) {
	at := noon()
	files := faultfs.New()
	s := open(t, files, func() time.Time { at = at.Add(time.Second); return at })
	for i := range 700 {
		s.Refused(strings.Repeat("a", i%50+1) + ".n" + strings.Repeat("b", i/50+1) + ".example")
	}
	for range 9 {
		s.Refused("often.example")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := passthrough.Read(files, "d")
	if err != nil || len(b.Refused()) != 512 || b.Refused()[0].Name != "often.example" || b.Refused()[0].Times != 9 {
		t.Errorf("%d names, %v", len(b.Refused()), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"op":"head","schema":"dc.passthrough/1"}` + "\n" + `{"op":"used","id":"a","used":1}` + "\n"))
	f.Add([]byte(`{"op":"head","schema":"dc.passthrough/1"}` + "\n" + `{"op":"refused","name":"a","times":1}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		files := faultfs.New()
		files.MakeDir("d/passthrough")
		files.Put("d/passthrough/used", text)
		b, err := passthrough.Read(files, "d")
		if err != nil {
			return
		}
		for id, n := range b.Used {
			if n < 0 || id == "" {
				t.Errorf("read %q used %d", id, n)
			}
		}
	})
}
