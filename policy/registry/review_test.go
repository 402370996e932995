package registry_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

// people are reviewers with their keys; who is trusted can change.
type people struct {
	signers map[string]sign.Signer
	all     map[string]sign.Verifier
	public  map[string]string
	trusted atomic.Pointer[[]sign.Verifier]
}

func newPeople(t testing.TB, names ...string) *people {
	t.Helper()
	p := &people{signers: map[string]sign.Signer{}, all: map[string]sign.Verifier{}, public: map[string]string{}}
	for _, n := range names {
		private, public, err := sign.Generate(n)
		if err != nil {
			t.Fatal(err)
		}
		p.add(t, n, private, public)
	}
	p.trust(names...)
	return p
}

func (p *people) add(t testing.TB, name, private, public string) {
	t.Helper()
	s, err := sign.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sign.ParseVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	p.signers[name], p.all[name], p.public[name] = s, v, public
}

func (p *people) trust(names ...string) {
	var out []sign.Verifier
	for _, n := range names {
		out = append(out, p.all[n])
	}
	p.trusted.Store(&out)
}

// reviewersOf trusts keys by their lines.
func reviewersOf(t testing.TB, lines []string) func() []sign.Verifier {
	t.Helper()
	keys, err := sign.ParseVerifiers(lines)
	if err != nil {
		t.Fatal(err)
	}
	return func() []sign.Verifier { return keys }
}

func (p *people) list() []sign.Verifier { return *p.trusted.Load() }

func reviewed(t testing.TB, p *people) (*registry.Registry, *clock) {
	t.Helper()
	c := newClock()
	return openFor(t, filepath.Join(t.TempDir(), "registry.db"), c, p), c
}

func openFor(t testing.TB, path string, c *clock, p *people) *registry.Registry {
	t.Helper()
	r, err := registry.Open(path, registry.Options{Now: c.Now, Reviewers: p.list})
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

const ticketID = "t-00112233445566aa"

func ticket(id string, c *clock) policy.Ticket {
	return policy.Ticket{ID: id, At: c.Now(), Flow: "f1", Exporter: uscc, Host: "api.example.sg", Country: "SG",
		Reasons: []policy.Reason{{Code: policy.HeldForReview, Rule: "big"}}, Persons: policy.PersonCount{Total: 3, NS: 3}}
}

func hold(t testing.TB, r *registry.Registry, x policy.Ticket) {
	t.Helper()
	if err := r.Hold(ctx, x); err != nil {
		t.Fatal(err)
	}
}

// answer signs an answer of a reviewer to what the register shows.
func (p *people) answer(t testing.TB, r *registry.Registry, c *clock, id, who string, change ...func(*registry.Answer)) (registry.Change, error) {
	t.Helper()
	s, err := r.Ticket(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	a := registry.Answer{Ticket: id, Object: s.Object, Verdict: registry.Approve, Reviewer: who, Reason: "checked", At: c.Now()}
	if s.Exception == nil {
		a.Expires = c.Now().Add(time.Hour)
	}
	for _, f := range change {
		f(&a)
	}
	return r.Answer(ctx, a, p.sign(t, who, a))
}

func (p *people) sign(t testing.TB, who string, a registry.Answer) []byte {
	t.Helper()
	b, err := sign.Sign(p.signers[who], sign.Approval, a.Statement())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (p *people) approve(t testing.TB, r *registry.Registry, c *clock, id string, who ...string) {
	t.Helper()
	for _, w := range who {
		if _, err := p.answer(t, r, c, id, w); err != nil {
			t.Fatal(err)
		}
	}
}

// approvers returns who releases a ticket, or "" for nobody.
func approvers(t testing.TB, r *registry.Registry, id string) string {
	t.Helper()
	a, err := r.Approval(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if a == nil {
		return ""
	}
	return strings.Join(a.Approvers, " ")
}

func TestTwoPersonsReleaseAndOneDoesNot(t *testing.T) {
	p := newPeople(t, "ann", "bob", "eve")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	state := func() string {
		s, err := r.Ticket(ctx, ticketID)
		if err != nil {
			t.Fatal(err)
		}
		return s.State + " " + strings.Join(s.Approvers, " ")
	}
	if got := state(); got != "open " {
		t.Errorf("new: %q", got)
	}
	p.approve(t, r, c, ticketID, "ann")
	c.add(time.Minute)
	p.approve(t, r, c, ticketID, "ann")
	if got := approvers(t, r, ticketID); got != "" {
		t.Errorf("one person twice released it: %q", got)
	}
	p.approve(t, r, c, ticketID, "bob")
	if got := approvers(t, r, ticketID); got != "ann bob" {
		t.Errorf("two persons: %q", got)
	}
	if got := state(); got != "approved ann bob" {
		t.Errorf("two persons: %q", got)
	}
	// Who is no reviewer any more does not count any more.
	p.trust("bob", "eve")
	if got := approvers(t, r, ticketID); got != "" {
		t.Errorf("a removed reviewer still counts: %q", got)
	}
	p.approve(t, r, c, ticketID, "eve")
	if got := approvers(t, r, ticketID); got != "bob eve" {
		t.Errorf("after another one: %q", got)
	}
	p.trust("ann", "bob", "eve")
	c.add(time.Hour)
	if got := approvers(t, r, ticketID); got != "" {
		t.Errorf("released by %q after the earliest end", got)
	}
	if _, err := p.answer(t, r, c, ticketID, "eve", func(a *registry.Answer) { a.Verdict = registry.Deny }); err != nil {
		t.Fatal(err)
	}
	if got := state(); !strings.HasPrefix(got, "denied") {
		t.Errorf("after a denial: %q", got)
	}
	if a, err := r.Approval(ctx, ticketID); err != nil || !reflect.DeepEqual(a, &policy.Approval{Ticket: ticketID, Denied: true, Approvers: []string{"eve"}}) {
		t.Errorf("after a denial: %+v, %v", a, err)
	}
	if _, err := p.answer(t, r, c, ticketID, "ann"); err == nil || !strings.Contains(err.Error(), "final") {
		t.Errorf("approved what was denied: %v", err)
	}
}

// Two names of one key are one person.
func TestOneKeyUnderTwoNames(t *testing.T) {
	p := newPeople(t, "ann")
	private, public, err := sign.Generate("bea")
	if err != nil {
		t.Fatal(err)
	}
	p.add(t, "bea", private, public)
	renamedPrivate, renamedPublic := rename(t, private, public, "cat")
	p.add(t, "cat", renamedPrivate, renamedPublic)
	p.trust("bea", "cat")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	p.approve(t, r, c, ticketID, "bea", "cat")
	if got := approvers(t, r, ticketID); got != "" {
		t.Errorf("released by one key: %q", got)
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	p := newPeople(t, "ann", "bob", "mallory")
	p.trust("ann", "bob")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	hold(t, r, ticket("t-ffffffffffffffff", c))
	good := func() registry.Answer {
		s, err := r.Ticket(ctx, ticketID)
		if err != nil {
			t.Fatal(err)
		}
		return registry.Answer{Ticket: ticketID, Object: s.Object, Verdict: registry.Approve, Reviewer: "ann", Reason: "ok", At: c.Now(), Expires: c.Now().Add(time.Hour)}
	}
	tests := []struct {
		name   string
		change func(*registry.Answer)
		signer string
		want   string // fields
	}{
		{"another's key", func(*registry.Answer) {}, "bob", "signature"},
		{"somebody unknown", func(a *registry.Answer) { a.Reviewer = "mallory" }, "mallory", "reviewer"},
		{"another ticket than was signed", nil, "", "object signature"},
		{"what the register does not hold", func(a *registry.Answer) { a.Object = strings.Repeat("0", 64) }, "ann", "object"},
		{"no verdict", func(a *registry.Answer) { a.Verdict = "" }, "ann", "verdict"},
		{"no reason", func(a *registry.Answer) { a.Reason = " " }, "ann", "reason"},
		{"a number in the reason", func(a *registry.Answer) { a.Reason = "called 13800138000" }, "ann", "reason"},
		{"no end", func(a *registry.Answer) { a.Expires = time.Time{} }, "ann", "expires"},
		{"an end that has passed", func(a *registry.Answer) { a.Expires = c.Now() }, "ann", "expires"},
		{"an end in 31 days", func(a *registry.Answer) { a.Expires = c.Now().Add(31 * 24 * time.Hour) }, "ann", "expires"},
		{"from before the ticket", func(a *registry.Answer) { a.At = c.Now().Add(-time.Hour) }, "ann", "at"},
		{"from the future", func(a *registry.Answer) { a.At = c.Now().Add(time.Hour); a.Expires = a.At.Add(time.Hour) }, "ann", "at"},
		{"less than nothing", func(a *registry.Answer) { a.Transfers, a.Persons = -1, -1 }, "ann", "persons transfers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := good()
			var signature []byte
			if tt.change != nil {
				tt.change(&a)
				signature = p.sign(t, tt.signer, a)
			} else { // replayed
				signature = p.sign(t, "ann", a)
				a.Ticket = "t-ffffffffffffffff"
			}
			_, err := r.Answer(ctx, a, signature)
			if got := strings.Join(faults(err), " "); got != tt.want {
				t.Errorf("got %q, want %q (%v)", got, tt.want, err)
			}
			if err != nil && strings.Contains(err.Error(), "13800138000") {
				t.Error("the error repeats a number")
			}
		})
	}
	if s, err := r.Ticket(ctx, ticketID); err != nil || len(s.Answers) != 0 {
		t.Errorf("%d answers were stored, %v", len(s.Answers), err)
	}
	if _, err := r.Answer(ctx, registry.Answer{Ticket: "t-0000000000000000"}, nil); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("no ticket: %v", err)
	}
	// The same answer again changes nothing, an older one is refused.
	a := good()
	signature := p.sign(t, "ann", a)
	first, err := r.Answer(ctx, a, signature)
	if err != nil || first.Act != registry.ActApprove || first.Kind != registry.KindReview || first.Object != ticketID {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := r.Answer(ctx, a, signature); err != nil || !again.Same || again.Seq != first.Seq {
		t.Errorf("again: %+v, %v", again, err)
	}
	a.At = a.At.Add(-time.Minute)
	if _, err := r.Answer(ctx, a, p.sign(t, "ann", a)); !slices.Equal(faults(err), []string{"at"}) {
		t.Errorf("older: %v", err)
	}
	since, err := r.Since(ctx, 0)
	if err != nil || len(since) != 1 || since[0].Note != "ok" || since[0].Actor != "ann" {
		t.Errorf("changes %+v, %v", since, err)
	}
}

func TestQuota(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	give := func(who string, transfers, persons int64) {
		t.Helper()
		if _, err := p.answer(t, r, c, ticketID, who, func(a *registry.Answer) { a.Transfers, a.Persons = transfers, persons }); err != nil {
			t.Fatal(err)
		}
	}
	use := func(flow string, persons int64) error {
		return r.Use(ctx, policy.Use{Flow: flow, At: c.Now(), IDs: []string{ticketID}, Persons: persons})
	}
	if err := use("f0", 3); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("without approval: %v", err)
	}
	give("ann", 5, 7)
	give("bob", 3, 0) // 9 persons
	for i, step := range []struct {
		flow    string
		persons int64
		want    error
	}{{"f1", 3, nil}, {"f1", 3, nil}, {"f2", 3, nil}, {"f3", 3, policy.ErrUsedUp}, {"f3", 1, nil}, {"f4", 0, policy.ErrUsedUp}} {
		if err := use(step.flow, step.persons); !errors.Is(err, step.want) || (err == nil) != (step.want == nil) {
			t.Errorf("step %d: %v, want %v", i, err, step.want)
		}
	}
	s, err := r.Ticket(ctx, ticketID)
	if err != nil || s.State != registry.StateUsedUp || s.UsedTransfers != 3 || s.UsedPersons != 7 || s.Quota != (registry.Quota{Transfers: 3, Persons: 7}) {
		t.Errorf("%+v, %v", s, err)
	}
	if got := approvers(t, r, ticketID); got != "" {
		t.Errorf("still released by %q", got)
	}
	// It can be given again, in all.
	c.add(time.Minute)
	give("ann", 4, 20)
	give("bob", 4, 20)
	if err := use("f5", 3); err != nil {
		t.Error(err)
	}
	if err := use("f6", 3); !errors.Is(err, policy.ErrUsedUp) {
		t.Errorf("a fifth: %v", err)
	}
}

func TestUsesAreAllOrNothing(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	r, c := reviewed(t, p)
	hold(t, r, ticket(ticketID, c))
	p.approve(t, r, c, ticketID, "ann", "bob")
	err := r.Use(ctx, policy.Use{Flow: "f", At: c.Now(), IDs: []string{ticketID, "nothing"}, Persons: 1})
	if !errors.Is(err, policy.ErrUsedUp) {
		t.Fatal(err)
	}
	if s, err := r.Ticket(ctx, ticketID); err != nil || s.UsedTransfers != 0 {
		t.Errorf("%d were taken, %v", s.UsedTransfers, err)
	}
}

// Many at once, through two handles on one file as two processes have them,
// never take more than there is.
func TestUsersAtOnceNeverPassTheQuota(t *testing.T) {
	p := newPeople(t, "ann", "bob")
	c := newClock()
	path := filepath.Join(t.TempDir(), "registry.db")
	handles := []*registry.Registry{openFor(t, path, c, p), openFor(t, path, c, p)}
	hold(t, handles[0], ticket(ticketID, c))
	for _, who := range []string{"ann", "bob"} {
		if _, err := p.answer(t, handles[0], c, ticketID, who, func(a *registry.Answer) { a.Transfers = 20 }); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	var passed atomic.Int64
	for i := range 64 {
		wg.Go(func() {
			err := handles[i%2].Use(ctx, policy.Use{Flow: fmt.Sprint("f", i/2), At: c.Now(), IDs: []string{ticketID}, Persons: 1})
			switch {
			case err == nil:
				passed.Add(1)
			case !errors.Is(err, policy.ErrUsedUp):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	// Each flow asked twice, and the second time took nothing.
	if s, err := handles[1].Ticket(ctx, ticketID); err != nil || s.UsedTransfers != 20 || passed.Load() != 40 {
		t.Errorf("%d passed, %d taken of 20, %v", passed.Load(), s.UsedTransfers, err)
	}
}
