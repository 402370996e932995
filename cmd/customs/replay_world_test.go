package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
	"github.com/datacustoms/customs/proxy"
)

// pastWorld is an installation with a past: the real spine, policy, register
// and log, fed with reports and counts that tests make up.
type pastWorld struct {
	t     testing.TB
	dir   string
	key   string // public, of the packs
	law   *law.Book
	reg   *registry.Registry
	log   *audit.Log
	gate  *proxy.Gateway
	watch *proxy.Gateway // the same in observe mode
	dec   *rego.Decider
	now   time.Time
	n     int
	next  pastFlow
}

// pastFlow is what the world's fakes answer during one flow.
type pastFlow struct {
	exporter   policy.Exporter
	host       string
	declared   policy.Declared
	place      policy.Place
	head, body inspect.Report
	ns, sp     int64  // persons of the year before the flow
	filed      int64  // of each filing
	full       string // a limit that the reservation finds full
	broken     bool   // the ledger
	unread     []inspect.GapReason
	exceptions []policy.Exception
	approval   *policy.Approval
	observe    bool
	private    bool // something is found in the name of the host
}

var pastDay = time.Date(2026, 11, 20, 10, 0, 0, 0, policy.Shanghai)

// newPastWorld makes an installation with the pack files and the operator's
// module that are given.
func newPastWorld(t testing.TB, packs map[string]string, module string, filings ...policy.Filing) *pastWorld {
	t.Helper()
	w := &pastWorld{t: t, dir: t.TempDir(), now: pastDay}
	private, public, err := sign.Generate("law")
	w.must(err)
	w.key = public
	w.packs("packs", private, packs)
	keys, err := sign.ParseVerifiers([]string{public})
	w.must(err)
	w.law, err = law.Open(law.Options{Dir: filepath.Join(w.dir, "packs"), Keys: keys})
	w.must(err)
	w.must(os.MkdirAll(filepath.Join(w.dir, "rego"), 0o700))
	w.must(os.WriteFile(filepath.Join(w.dir, "rego", "own.rego"), []byte(module), 0o600))
	w.dec, err = rego.New(rego.Options{Law: w.law, Dir: filepath.Join(w.dir, "rego"), Limit: 10 * time.Second, Now: w.clock})
	w.must(err)
	w.must(archiveOf(w.data()).keep(w.law, w.dec))
	w.reg, err = registry.Open(filepath.Join(w.data(), registryFile), registry.Options{Law: w.law, Now: w.clock})
	w.must(err)
	for _, f := range filings {
		_, err := w.reg.Add(context.Background(), f)
		w.must(err)
	}
	w.addLifts()
	w.log, err = audit.Open(audit.Options{Dir: w.data(), Node: "n1", Files: disk.Files{}, Now: w.clock})
	w.must(err)
	t.Cleanup(func() { w.must(w.log.Close()); w.must(w.reg.Close()) })
	w.gate, w.watch = w.gateway(proxy.Enforce), w.gateway(proxy.Observe)
	return w
}

func (w *pastWorld) data() string     { return filepath.Join(w.dir, "data") }
func (w *pastWorld) clock() time.Time { return w.now }

func (w *pastWorld) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

// packs writes signed files of packs into a directory of the world.
func (w *pastWorld) packs(name, private string, files map[string]string) string {
	w.t.Helper()
	dir := filepath.Join(w.dir, name)
	w.must(os.MkdirAll(dir, 0o700))
	w.must(os.WriteFile(filepath.Join(w.dir, "law.key"), []byte(private), 0o600))
	signer, err := sign.ParseSigner(private)
	w.must(err)
	for file, text := range files {
		sig, err := sign.Sign(signer, sign.Pack, []byte(text))
		w.must(err)
		w.must(os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		w.must(os.WriteFile(filepath.Join(dir, file+".sig"), sig, 0o600))
	}
	return dir
}

func (w *pastWorld) private() string {
	b, err := os.ReadFile(filepath.Join(w.dir, "law.key"))
	w.must(err)
	return string(b)
}

func (w *pastWorld) gateway(mode proxy.Mode) *proxy.Gateway {
	g, err := proxy.New(proxy.Options{Mode: mode, Node: "n1", Build: "test", Store: pastGates{}, Inspector: w, Law: w.law,
		Register: pastRegister{w.reg, w}, Atlas: pastAtlas{w}, Ledger: pastLedger{w}, Decider: w.dec, Recorder: w.log, Resolver: w,
		Pseudonym: func(_ time.Time, kind, _ string) string { return kind + "-1" }, Now: w.clock,
		NewID: func() string { w.n++; return fmt.Sprintf("f%05d", w.n) }})
	w.must(err)
	return g
}

// send walks one flow through the spine.
func (w *pastWorld) send(f pastFlow) {
	w.next = f
	g := w.gate
	if f.observe {
		g = w.watch
	}
	w.now = w.now.Add(time.Second)
	ctx := context.Background()
	s := &policy.Session{ID: "s", Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.7:1234"), Exporter: f.exporter, MayDeclare: true,
		Host: f.host, SNI: f.host, Port: 443}
	x := g.Begin(ctx, policy.Flow{Session: s, Direction: policy.Push, Protocol: "h2", Scheme: "https", Method: "POST", Declared: f.declared,
		Destination: policy.Destination{Host: f.host, Port: 443}}, []byte("POST / HTTP/2\n"), inspect.Meta{Size: 4})
	if f.observe {
		_, err := io.Copy(io.Discard, x.Tee(io.NopCloser(strings.NewReader("body"))))
		w.must(err)
		x.Judge(ctx)
	} else {
		w.must(x.Fill(ctx, strings.NewReader("body")))
		x.Judge(ctx)
	}
	x.Done(ctx, policy.Outcome{Sent: policy.SentAll, Bytes: 4})
}

// records reads the log of the world.
func (w *pastWorld) records() []policy.Record {
	w.t.Helper()
	var out []policy.Record
	w.must(audit.Records(context.Background(), audit.Source{Files: disk.Files{}, Dir: w.data()}, func(r policy.Record) error {
		out = append(out, r)
		return nil
	}))
	return out
}

// Resolve implements proxy.Resolver.
func (w *pastWorld) Resolve(context.Context, string, uint16) (netip.Addr, error) {
	return netip.MustParseAddr("203.0.113.7"), nil
}

// Digest implements inspect.Inspector.
func (w *pastWorld) Digest() string { return "test" }

// Open implements inspect.Inspector.
func (w *pastWorld) Open(m inspect.Meta, _ io.ReaderAt) (inspect.Scan, error) {
	if m.Kind == inspect.Head {
		return &pastScan{w: w, head: true}, nil
	}
	return &pastScan{w: w}, nil
}

type pastScan struct {
	w    *pastWorld
	head bool
	post bool
	name bool
}

func (s *pastScan) Write(p []byte) (int, error) {
	s.post = s.post || bytes.HasPrefix(p, []byte("POST"))
	s.name = s.name || bytes.Contains(p, []byte(s.w.next.host))
	return len(p), nil
}
func (s *pastScan) Take() []inspect.Finding { return nil }
func (s *pastScan) Settled() int64          { return 0 }

func (s *pastScan) Close() (inspect.Report, error) {
	switch {
	case s.post:
		return s.w.next.head, nil
	case s.head && s.name && s.w.next.private:
		return reportOf(0, false, "-"+string(inspect.Email)), nil
	case s.head:
		return inspect.Report{Coverage: inspect.Coverage{State: inspect.Full}}, nil
	}
	return s.w.next.body, nil
}

type pastGates struct{}

func (pastGates) Gate(netip.Addr) proxy.Gate { return &pastGate{} }

type pastGate struct{ bytes.Buffer }

func (g *pastGate) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(g.Bytes()).ReadAt(p, off)
}
func (g *pastGate) Size() int64              { return int64(g.Len()) }
func (g *pastGate) NewReader() io.ReadCloser { return io.NopCloser(bytes.NewReader(g.Bytes())) }
func (g *pastGate) Drop(int64)               {}
func (g *pastGate) Close()                   {}

type pastAtlas struct{ w *pastWorld }

func (a pastAtlas) Place(string, netip.Addr) policy.Place   { return a.w.next.place }
func (a pastAtlas) Unread(*policy.Flow) []inspect.GapReason { return a.w.next.unread }
func (a pastAtlas) Digest() string                          { return "test" }

// pastRegister is the real one but for what reviewers and exceptions say.
type pastRegister struct {
	*registry.Registry
	w *pastWorld
}

func (r pastRegister) Exceptions(context.Context, *policy.Flow) ([]policy.Exception, error) {
	return r.w.next.exceptions, nil
}
func (r pastRegister) Hold(context.Context, policy.Ticket) error { return nil }
func (r pastRegister) Use(context.Context, policy.Use) error     { return nil }
func (r pastRegister) Approval(_ context.Context, ticket string) (*policy.Approval, error) {
	if r.w.next.approval != nil {
		r.w.next.approval.Ticket = ticket
	}
	return r.w.next.approval, nil
}

// pastLedger counts from the numbers of the flow.
type pastLedger struct{ w *pastWorld }

func (l pastLedger) Peek(_ context.Context, c policy.Count) ([]policy.Bracket, error) {
	if l.w.next.broken {
		return nil, policy.ErrLedgerUnavailable
	}
	var out []policy.Bracket
	for _, lim := range c.Limits {
		b := policy.Bracket{Limit: lim.ID, Before: l.before(lim), Max: lim.Max}
		b.After = b.Before
		for _, p := range c.Persons {
			if lim.Kind == policy.CountAny || lim.Kind == policy.CountNS && p.NS || lim.Kind == policy.CountSP && p.SP {
				b.After++
			}
		}
		b.Exceeded = b.After > b.Max
		out = append(out, b)
	}
	return out, nil
}

func (l pastLedger) before(lim policy.Limit) int64 {
	f := &l.w.next
	extra := int64(len(lim.Bases)) * 3 // other bases are another count
	switch {
	case lim.Filing != "":
		return f.filed
	case lim.Kind == policy.CountNS:
		return f.ns + extra
	case lim.Kind == policy.CountSP:
		return f.sp
	}
	return f.ns + f.sp
}

func (l pastLedger) Reserve(_ context.Context, c policy.Count) (policy.Reservation, error) {
	for _, lim := range c.Limits {
		if lim.ID == l.w.next.full {
			l.w.next.full = ""
			return policy.Reservation{}, &policy.LimitError{Bracket: policy.Bracket{Limit: lim.ID}}
		}
	}
	return policy.Reservation{ID: "r", Flow: c.Flow}, nil
}
func (pastLedger) Commit(context.Context, string, bool) error              { return nil }
func (pastLedger) Release(context.Context, string) error                   { return nil }
func (pastLedger) Unsettled(context.Context) ([]policy.Reservation, error) { return nil, nil }
func (pastLedger) Ready(context.Context) error                             { return nil }

// reportOf makes a report of n persons who each have the classes. A class that
// begins with "-" is of low confidence, with "!" important, with "#" core.
func reportOf(n int, minor bool, classes ...string) inspect.Report {
	r := inspect.Report{Coverage: inspect.Coverage{State: inspect.Full, Seen: 4, Scanned: 4}}
	for _, name := range classes {
		t := inspect.Tally{Class: inspect.Class(strings.TrimLeft(name, "-!#"))}
		switch name[0] {
		case '-':
			t.Low = int64(max(1, n))
		case '!':
			t.Level, t.High = inspect.Important, 1
		case '#':
			t.Level, t.High = inspect.Core, 1
		default:
			t.Medium, t.High = int64(n), 1
		}
		r.Tallies = append(r.Tallies, t)
	}
	slices.SortFunc(r.Tallies, func(a, b inspect.Tally) int { return cmp.Compare(a.Class, b.Class) })
	for i := range n {
		p := inspect.Person{Key: inspect.Subject{byte(i), byte(i >> 8), 1}, Minor: minor && i == 0}
		for j, t := range r.Tallies {
			if strings.HasPrefix(string(t.Class), "pi.") {
				p.Classes.Add(j)
			}
		}
		r.Persons = append(r.Persons, p)
	}
	return r
}

func pick[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }
