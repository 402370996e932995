package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

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
	signer  note.Signer // of the log
	key     note.Verifier
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
	if err == nil {
		var secret, public string
		if secret, public, err = note.GenerateKey(nil, "customs.example/log"); err == nil {
			s.signer, err = note.NewSigner(secret)
			s.key, _ = note.NewVerifier(public)
		}
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
	if m.audit, err = audit.Open(audit.Options{Dir: "/data", Node: "n", Files: disk, Now: time.Now, SegmentBytes: 9000,
		Origin: s.signer.Name(), Signers: func() []note.Signer { return []note.Signer{s.signer} }, Entries: 1}); err != nil {
		return nil, err
	}
	if m.ledger, err = ledger.Open(ledger.Options{Dir: "/data", Key: make([]byte, 32), Files: disk, Now: time.Now, CompactBytes: 600}); err != nil {
		m.audit.Close()
		return nil, err
	}
	m.gateway, err = proxy.New(proxy.Options{Node: "n", Store: s.store, Inspector: s.engine, Law: s.law, Register: &noFilings{},
		Atlas: anywhere{}, Ledger: m.ledger, Decider: s.decider, Recorder: m.audit, Resolver: anywhere{},
		Pseudonym: func(_ time.Time, kind, _ string) string { return kind }, Now: time.Now,
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

// push is one flow of a walk: whose data, and how far it gets.
type push struct {
	person int
	sent   policy.Sent
}

// pushes end in each way that a flow can end; one person goes out twice.
var pushes = []push{{0, policy.SentAll}, {1, policy.SentNone}, {0, policy.SentAll}, {2, policy.SentSome}, {3, policy.SentUnknown}, {4, policy.SentAll}}

func (s *shop) body(person int) string { return `{"mobile":"` + s.people[person].Mobile + `"}` }

// send walks one flow and returns its id, and whether its body could be read
// and was, which is when a socket would have got it.
func (s *shop) send(m *machine, p push) (id string, arrived bool) {
	ctx := context.Background()
	session := &policy.Session{ID: "s", Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.1:9"),
		Exporter: policy.Exporter{USCC: demoMotors, CIIO: policy.No}}
	f := policy.Flow{Session: session, Direction: policy.Push, Protocol: "h2", Method: "POST",
		Destination: policy.Destination{Host: "api.example.sg", Port: 443}}
	x := m.gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	if err := x.Fill(ctx, bytes.NewReader([]byte(s.body(p.person)))); err != nil {
		s.t.Fatal(err)
	}
	x.Judge(ctx)
	var sent []byte
	if p.sent != policy.SentNone {
		sent, _ = io.ReadAll(x.Body())
	}
	x.Done(ctx, policy.Outcome{Sent: p.sent, Bytes: int64(len(sent)), InDoubt: p.sent == policy.SentUnknown})
	return x.ID(), len(sent) > 0
}

// TestCrashAtEachStep stops the machine, or lets one operation fail, at every
// operation of a gateway's flows, takes the power away, and starts again:
// every flow that was released has one entry, every person who left is
// counted, and who is counted without having left is in doubt. By default one
// fault strikes each operation, and with -reps above 1 every one does.
func TestCrashAtEachStep(t *testing.T) {
	s := newShop(t)
	steps := s.countSteps()
	if steps < 12 {
		t.Fatalf("the flows took only %d operations: the walk sees nothing", steps)
	}
	rows := 0
	for n := range steps {
		for i, f := range crashFaults {
			for j, l := range crashLosses {
				if *reps == 1 && (i != n%len(crashFaults) || j != n/len(crashFaults)%len(crashLosses)) {
					continue
				}
				rows++
				if err := s.row(n, f.fault, l.loss); err != nil {
					t.Errorf("%s at operation %d, then %s: %v", f.name, n, l.name, err)
				}
			}
		}
	}
	t.Logf("%d crashes at %d operations", rows, steps)
}

func (s *shop) countSteps() int {
	disk := faultfs.New()
	m, err := s.boot(disk)
	if err != nil {
		s.t.Fatal(err)
	}
	defer m.close()
	before := len(disk.Ops())
	for _, p := range pushes {
		if _, arrived := s.send(m, p); arrived != (p.sent != policy.SentNone) {
			s.t.Fatalf("without a fault, %+v arrived: %v", p, arrived)
		}
	}
	return len(disk.Ops()) - before
}

func (s *shop) row(n int, fault faultfs.Fault, loss faultfs.Loss) error {
	disk := faultfs.New()
	m, err := s.boot(disk)
	if err != nil {
		return err
	}
	disk.FailAt(n, fault)
	released := map[string]bool{}
	whose := map[string]int{}
	for _, p := range pushes {
		id, arrived := s.send(m, p)
		if whose[id] = p.person; arrived {
			released[id] = true
		}
	}
	after := disk.Crash(loss)
	m.close()
	if m, err = s.boot(after); err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	err = s.check(m, after, released, whose)
	m.close()
	if err == nil {
		err = s.verify(after)
	}
	return err
}

// check compares what the log says after recovery.
func (s *shop) check(m *machine, after *faultfs.Disk, released map[string]bool, whose map[string]int) error {
	recorded := map[string]int{}
	err := audit.Records(context.Background(), audit.Source{Dir: "/data", Files: after}, func(r policy.Record) error {
		if recorded[r.ID]++; !r.Complete {
			return fmt.Errorf("record %s is open after recovery", r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id := range whose {
		if n := recorded[id]; n > 1 || released[id] && n != 1 {
			return fmt.Errorf("flow %s, released %v, has %d records", id, released[id], n)
		}
	}
	return s.compare(m, released, whose)
}

// verify checks tree, checkpoints and segments of a log that was closed: all of
// it is signed, and the tree's files are whole.
func (s *shop) verify(disk *faultfs.Disk) error {
	sum, err := audit.Verify(context.Background(), audit.Source{Dir: "/data", Files: disk},
		audit.VerifyOptions{Keys: []note.Verifier{s.key}, Now: time.Now()})
	if err == nil && (sum.After > 0 || sum.Entries > 0 && sum.Tiles == 0) {
		err = fmt.Errorf("%d entries stand after the last checkpoint, %d tiles were verified", sum.After, sum.Tiles)
	}
	return err
}

// compare asks the ledger for each person by its own.
func (s *shop) compare(m *machine, released map[string]bool, whose map[string]int) error {
	rules, err := s.law.At(time.Now())
	if err != nil {
		return err
	}
	_, pending := m.ledger.Show()
	c := &counter{engine: s.engine, rules: rules, ledger: m.ledger}
	all := &sets{origin: map[string]bool{}, counted: map[string]bool{}, doubt: map[string]bool{}, recorded: map[string]int{}}
	for i := range s.people {
		name := fmt.Sprint("person ", i)
		all.tried = append(all.tried, name)
		all.counted[name], all.recorded[name] = c.counts(s.t, s.body(i)), 1
	}
	for id := range released {
		all.origin[fmt.Sprint("person ", whose[id])] = true
	}
	for _, p := range pending {
		if !p.InDoubt {
			return fmt.Errorf("reservation %s is still open after recovery", p.ID)
		}
		all.doubt[fmt.Sprint("person ", whose[p.Flow])] = true
	}
	if f := all.faults(); len(f) > 0 {
		return errors.New(strings.Join(f, "; "))
	}
	return nil
}
