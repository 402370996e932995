package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/gate"
)

// shop is what all machines of the crash test share: everything but the disk.
type shop struct {
	t       *testing.T
	engine  *engine.Engine
	law     *law.Book
	decider *rego.Decider
	store   *gate.Store
	people  []synth.Person
	ids     int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, people: synth.New(3, time.Now()).Adults(6)}
	var err error
	if s.engine, err = engine.New(engine.Options{Key: make([]byte, 32)}); err == nil {
		if s.law, err = law.Open(law.Options{Profile: "strict"}); err == nil {
			s.decider, err = rego.New(rego.Options{Law: s.law})
		}
	}
	if err == nil {
		s.store, err = gate.New(t.TempDir(), gate.Limits{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// noFilings is a Register without filings: small volumes pass as EX_SMALL.
type noFilings struct{ policytest.Register }

// anywhere places every name at one address overseas.
type anywhere struct{}

func (anywhere) Resolve(context.Context, string, uint16) (netip.Addr, error) {
	return netip.MustParseAddr("203.0.113.9"), nil
}
func (anywhere) Place(string, netip.Addr) policy.Place {
	return policy.Place{Country: "SG", Source: "config"}
}
func (anywhere) Unread(*policy.Flow) []inspect.GapReason { return nil }
func (anywhere) Digest() string                          { return "test" }

// machine is a gateway on one disk.
type machine struct {
	gateway *proxy.Gateway
	audit   *audit.Log
	ledger  *ledger.Ledger
}

func (s *shop) boot(disk *faultfs.Disk) (*machine, error) {
	m := &machine{}
	var err error
	if m.audit, err = audit.Open(audit.Options{Dir: "/data", Node: "n", Files: disk, Now: time.Now}); err != nil {
		return nil, err
	}
	if m.ledger, err = ledger.Open(ledger.Options{Dir: "/data", Key: make([]byte, 32), Files: disk, Now: time.Now}); err != nil {
		m.audit.Close()
		return nil, err
	}
	m.gateway, err = proxy.New(proxy.Options{Node: "n", Store: s.store, Inspector: s.engine, Law: s.law, Register: &noFilings{},
		Atlas: anywhere{}, Ledger: m.ledger, Decider: s.decider, Recorder: m.audit, Resolver: anywhere{},
		Pseudonym: func(kind, _ string) string { return kind }, Now: time.Now,
		NewID: func() string { s.ids++; return fmt.Sprintf("flow-%d", s.ids) }})
	if err == nil {
		_, err = policy.Recover(context.Background(), m.ledger, m.audit, "n", time.Now, m.audit.Settled)
	}
	return m, err
}

func (m *machine) close() {
	m.ledger.Close()
	m.audit.Close()
}

// send walks one flow with one person and returns its id if its body could be
// read, which is when a socket would have got it.
func (s *shop) send(m *machine, person int) string {
	ctx := context.Background()
	session := &policy.Session{ID: "s", Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.1:9"),
		Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99", CIIO: policy.No}}
	f := policy.Flow{Session: session, Direction: policy.Push, Protocol: "h2", Method: "POST",
		Destination: policy.Destination{Host: "api.example.sg", Port: 443}}
	x := m.gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	body := `{"mobile":"` + s.people[person].Mobile + `"}`
	if err := x.Fill(ctx, bytes.NewReader([]byte(body))); err != nil {
		s.t.Fatal(err)
	}
	x.Judge(ctx)
	sent, _ := io.ReadAll(x.Body())
	x.Done(ctx, policy.Outcome{Sent: policy.SentAll, Bytes: int64(len(sent))})
	if len(sent) == 0 {
		return ""
	}
	return x.ID()
}

// TestCrashAtEachStep stops the machine, or lets one operation fail, at every
// operation of three flows, takes the power away, and starts again: every
// flow that was released has an entry, every person that left is counted, and
// who is counted without having left is in doubt.
func TestCrashAtEachStep(t *testing.T) {
	s := newShop(t)
	steps := s.countSteps()
	if steps < 12 {
		t.Fatalf("three flows took only %d operations: the walk sees nothing", steps)
	}
	faults := map[string]faultfs.Fault{"stop": faultfs.Stop, "lost": faultfs.Lost, "landed": faultfs.Landed, "torn": faultfs.Torn, "full": faultfs.Full}
	losses := map[string]faultfs.Loss{"power": faultfs.Power, "half": faultfs.Half, "kill": faultfs.Kill}
	rows := 0
	for fname, fault := range faults {
		for lname, loss := range losses {
			for n := range steps {
				rows++
				if err := s.row(n, fault, loss); err != nil {
					t.Errorf("%s at operation %d, then %s: %v", fname, n, lname, err)
				}
			}
		}
	}
	t.Logf("%d rows: %d operations × %d faults × %d losses", rows, steps, len(faults), len(losses))
}

func (s *shop) countSteps() int {
	disk := faultfs.New()
	m, err := s.boot(disk)
	if err != nil {
		s.t.Fatal(err)
	}
	before := len(disk.Ops())
	for i := range 3 {
		if s.send(m, i) == "" {
			s.t.Fatal("a flow without a fault was not released")
		}
	}
	n := len(disk.Ops()) - before
	m.close()
	return n
}

func (s *shop) row(n int, fault faultfs.Fault, loss faultfs.Loss) error {
	disk := faultfs.New()
	m, err := s.boot(disk)
	if err != nil {
		return err
	}
	disk.FailAt(n, fault)
	var released []string
	for i := range 3 {
		if id := s.send(m, i); id != "" {
			released = append(released, id)
		}
	}
	after := disk.Crash(loss)
	m.close()
	if m, err = s.boot(after); err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	defer m.close()
	var recorded []string
	err = audit.Records(context.Background(), audit.Source{Dir: "/data", Files: after}, func(r policy.Record) error {
		if !r.Complete {
			return fmt.Errorf("record %s is open after recovery", r.ID)
		}
		recorded = append(recorded, r.ID)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range released {
		if !slices.Contains(recorded, id) {
			return fmt.Errorf("flow %s was released and has no entry", id)
		}
	}
	return s.checkCounts(m, len(released))
}

// checkCounts compares the ledger with what left.
func (s *shop) checkCounts(m *machine, left int) error {
	var counted int64
	totals, pending := m.ledger.Show()
	for _, t := range totals {
		if t.Entity != "" && t.Filing == "" {
			counted += t.Any
		}
	}
	doubt := 0
	for _, p := range pending {
		if !p.InDoubt {
			return fmt.Errorf("reservation %s is still open after recovery", p.ID)
		}
		doubt += p.Persons
	}
	if counted < int64(left) || counted > int64(left+doubt) {
		return fmt.Errorf("%d persons left, %d are counted, %d in doubt", left, counted, doubt)
	}
	return nil
}
