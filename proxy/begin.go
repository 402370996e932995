package proxy

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Step is what a front door does next with an exchange. The zero value
// refuses.
type Step uint8

// The steps.
const (
	Refused Step = iota // do not read; Judge, then answer the refusal
	Read                // Fill, Judge, and only then send
	Unread              // Judge, then send without reading
)

// Exchange is a flow while the gateway holds it. One goroutine owns it.
type Exchange struct {
	g     *Gateway
	flow  policy.Flow
	step  Step
	began time.Time
	read  time.Time // when the last byte of the part was in

	gate    Gate
	scan    inspect.Scan
	meta    inspect.Meta     // of the body
	heads   []inspect.Report // of names, head and trailers
	texts   [][]byte         // what heads are of
	full    bool             // the gate took no more of the body
	rest    []byte           // of the body, that was read and found no room
	report  inspect.Report
	private bool // a name of the flow was not scanned, or holds a finding at any confidence: it is withheld

	rules   *policy.Rules
	verdict policy.Verdict
	told    []byte          // digests of head and trailers in which something was found
	failed  *policy.Verdict // a refusal that no policy is asked about
	intent  policy.Intent
	receipt policy.Receipt
	held    policy.Reservation
	stream  *stream // nil for a flow that leaves as a whole
	judged  bool
	sendsOK bool // the verdict releases and its entry is durable
	done    bool
}

// Begin opens the exchange of one flow. head is its request line and headers
// as text; meta describes the body. The names are scanned before a resolver
// hears of them, and the head before anybody does. Begin writes nothing: a
// caller that drops an exchange before Judge must Close it.
func (g *Gateway) Begin(ctx context.Context, f policy.Flow, head []byte, meta inspect.Meta) *Exchange {
	x := &Exchange{g: g, flow: f, began: g.o.Now()}
	if x.flow.ID == "" {
		x.flow.ID = g.o.NewID()
	}
	if x.flow.Time.IsZero() {
		x.flow.Time = x.began
	}
	meta.Time = x.flow.Time
	x.meta = meta
	x.start(ctx, head, meta)
	if x.failed != nil {
		x.observeAnyway(ctx, meta)
	}
	return x
}

func (x *Exchange) start(ctx context.Context, head []byte, meta inspect.Meta) {
	defer x.contain(policy.InternalFault)
	if err := x.begin(ctx, head, meta); err != nil {
		x.fail(err)
	}
}

// observeAnyway lets a flow go on in observe mode although it could not be
// asked about. Without an address there is nowhere to go on to.
func (x *Exchange) observeAnyway(ctx context.Context, meta inspect.Meta) {
	defer x.contain(policy.InternalFault)
	d := &x.flow.Destination
	if x.g.o.Mode != Observe || x.flow.Refused != "" || x.failed.Has(policy.DialRefused) || x.failed.Has(policy.NameUnresolved) {
		return
	}
	if !d.Addr.IsValid() {
		addr, err := x.g.o.Resolver.Resolve(ctx, d.Host, d.Port)
		if err != nil {
			return
		}
		d.Addr = addr
	}
	x.readAnyway(meta)
	x.step = Read
}

// readAnyway opens the scan of an observed flow: who goes out counts, whatever
// is wrong.
func (x *Exchange) readAnyway(meta inspect.Meta) {
	defer x.contain(policy.ScanFailed)
	if x.scan != nil {
		return
	}
	if scan, err := x.g.o.Inspector.Open(meta, nil); err == nil {
		x.scan = scan
	}
}

func (x *Exchange) begin(ctx context.Context, head []byte, meta inspect.Meta) (err error) {
	said := x.flow.Declared
	x.flow.Declared, x.private = policy.Declared{}, true // until they are scanned
	if x.rules, err = x.g.o.Law.At(x.flow.Time); err != nil {
		return &RefusedError{policy.LawUnavailable, err}
	}
	s, d := x.flow.Session, &x.flow.Destination
	text := []byte(s.Host + "\n" + s.SNI + "\n" + d.Host + "\n")
	names, err := x.scanHead(text)
	if err != nil {
		return err
	}
	x.tell(names, text)
	x.private = len(names.Tallies) > 0 || names.Coverage.State != inspect.Full
	if policy.HeadHolds(&names) {
		// To look such a name up would already send what it holds.
		return &RefusedError{Code: policy.NameHoldsData}
	}
	if len(head) > 0 {
		report, err := x.scanHead(head)
		if err != nil {
			return err
		}
		x.tell(report, head)
	}
	if err := x.declare(said); err != nil {
		return err
	}
	if x.flow.Refused != "" { // nobody is asked, a resolver least of all
		return &RefusedError{Code: x.flow.Refused}
	}
	if err := x.locate(ctx); err != nil {
		return err
	}
	if err := x.first(ctx); err != nil {
		return err
	}
	if x.step != Read {
		return nil
	}
	var spool io.ReaderAt // none in observe mode: the gate tees and keeps nothing
	if x.g.o.Mode == Enforce {
		x.gate = x.g.o.Store.Gate(s.Client.Addr())
		spool = x.gate
	}
	if x.scan, err = x.g.o.Inspector.Open(meta, spool); err != nil {
		return &RefusedError{policy.ScanFailed, err}
	}
	return nil
}

// declare takes over what a client declared unless the scanner finds anything
// in it: it is never sent, but it stands in the record.
func (x *Exchange) declare(said policy.Declared) error {
	if said == (policy.Declared{}) {
		return nil
	}
	report, err := x.scanHead([]byte(said.Link + "\n" + said.Purpose + "\n" + said.Scenario + "\n" + said.Claim + "\n"))
	if err == nil && len(report.Tallies) == 0 && report.Coverage.State == inspect.Full {
		x.flow.Declared = said
	}
	return err
}

// scanHead reads text of a head to its end.
func (x *Exchange) scanHead(text []byte) (inspect.Report, error) {
	meta := inspect.Meta{Kind: inspect.Head, Size: int64(len(text)), Time: x.flow.Time}
	scan, err := x.g.o.Inspector.Open(meta, strings.NewReader(string(text)))
	if err == nil {
		_, err = scan.Write(text)
	}
	if err != nil {
		return inspect.Report{}, &RefusedError{policy.ScanFailed, err}
	}
	report, err := scan.Close()
	if err != nil {
		return inspect.Report{}, &RefusedError{policy.ScanFailed, err}
	}
	return report, nil
}

// tell adds the report of a head or of trailers.
func (x *Exchange) tell(r inspect.Report, text []byte) {
	x.heads, x.texts = append(x.heads, r), append(x.texts, text)
	if policy.HeadHolds(&r) {
		sum := sha256.Sum256(text)
		x.told = append(x.told, sum[:]...)
	}
}

// locate finds who and where the destination is: the filings first, then the
// operator's map, then the country table. What may go there unread is only in
// the operator's map.
func (x *Exchange) locate(ctx context.Context) error {
	d := &x.flow.Destination
	if !d.Addr.IsValid() {
		addr, err := x.g.o.Resolver.Resolve(ctx, d.Host, d.Port)
		if err != nil {
			return err
		}
		d.Addr = addr
	}
	if err := x.g.o.Register.Identify(ctx, &x.flow); err != nil {
		return &RefusedError{policy.RegisterUnavail, err}
	}
	if d.Place.Country == "" {
		// Filings that name the destination and disagree on its country all
		// mean one overseas.
		if p := x.g.o.Atlas.Place(d.Host, d.Addr); d.Place.Source == "" || p.Overseas() {
			d.Place = p
		}
	}
	x.flow.Unread = x.g.o.Atlas.Unread(&x.flow)
	if x.g.o.PassThroughs != nil {
		x.flow.PassThrough = x.g.o.PassThroughs.Covering(&x.flow)
	}
	return nil
}

// first asks about the head alone.
func (x *Exchange) first(ctx context.Context) error {
	q := x.question(policy.StageHead, inspect.Merge(x.heads...), []policy.Bracket{})
	v, err := x.g.o.Decider.Decide(ctx, q)
	if err != nil {
		return &RefusedError{policy.DeciderFailed, err}
	}
	if x.intent.Question, err = q.Canonical(); err != nil {
		return &RefusedError{policy.DeciderFailed, err}
	}
	switch {
	case !v.Final:
		x.step = Read
	case v.Action == policy.PassUnread:
		x.step, x.verdict = Unread, v
	case v.Action.Releases(), v.Action == policy.Hold:
		x.step = Read // a head alone releases nothing that was to be read, and has no ticket
	case x.g.o.Mode == Observe:
		x.step = Read
	default:
		x.step, x.verdict, x.failed = Refused, v, &v
	}
	return nil
}

// question builds the canonical question of a stage.
func (x *Exchange) question(stage policy.Stage, r inspect.Report, brackets []policy.Bracket) *policy.Question {
	f, rules := &x.flow, x.rules
	q := &policy.Question{
		Stage: stage, Date: day(f.Time),
		Direction: f.Direction, Protocol: f.Protocol,
		Destination: policy.AskedPlace{Place: f.Destination.Place, Overseas: f.Destination.Place.Overseas(),
			Recipient: f.Destination.Recipient, Denied: rules.Denies(&f.Destination)},
		Exporter: f.Session.Exporter, Declared: f.Declared,
		Brackets: brackets, Pack: rules.Pack, Profile: rules.Profile,
		Found: []policy.Found{}, Candidates: []policy.Candidate{},
	}
	q.Coverage, q.Link = policy.AskCoverage(r.Coverage), policy.AskedLink{Unread: f.Unread, PassThrough: f.PassThrough}
	q.Content, q.Split = policy.AskContent(r.Mismatches), x.intent.Split.Asked()
	q.Found, q.Persons = policy.AskFound(rules, &r)
	return q
}

// day is the civil date in Shanghai.
func day(t time.Time) string { return t.In(policy.Shanghai).Format(time.DateOnly) }

// fail turns an error into the refusal that it means.
func (x *Exchange) fail(err error) {
	x.Fail(codeOf(err))
}

func codeOf(err error) policy.Code {
	var refused *RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return policy.InternalFault
}

// Fail refuses the flow for a reason that no policy is asked about. The first
// reason stays, and after Judge it changes nothing, except that an observed
// flow's late verdict says it, and that nothing more leaves of a flow in parts.
func (x *Exchange) Fail(code policy.Code) {
	if x.failed != nil || x.judged && !x.observed() && !x.stream.leaving() {
		return
	}
	v := x.stop(code)
	x.failed, x.step = &v, Refused
}

// contain turns a panic of a part into a refusal.
func (x *Exchange) contain(code policy.Code) {
	if recover() != nil {
		x.g.Event(EventPanic)
		x.failed = nil
		x.Fail(code)
	}
}
