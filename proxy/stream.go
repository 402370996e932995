package proxy

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// maxCounted is of how many persons a flow in messages may be: they are kept
// until it ends.
const maxCounted = 200_000

// stream is what a flow that leaves in parts has besides: its intent comes
// first, then an entry for each group of parts before that group leaves. The
// nil stream is of a flow that leaves as a whole.
type stream struct {
	how    string         // as Intent.Judged says it
	sofar  inspect.Report // of all parts until now
	recent inspect.Report // of the messages in hand
	looked bool           // the detector of splitting saw it
	begun  bool           // the intent is durable
	groups *policy.Group  // that were released, summed
	over   bool           // a group was blocked: nothing more leaves
	asked  []byte         // the question of the last entry
	window window
	tail   []byte // of the messages until now

	claims  []string // reservations that stand in entries
	counted map[inspect.Subject]policy.Counted
	year    int              // in which they were counted
	basis   string           // and under what
	hand    []policy.Counted // of the step in hand
}

func (s *stream) leaving() bool { return s != nil && s.begun }

// stage is the stage of the questions about content.
func (s *stream) stage() policy.Stage {
	if s != nil && s.how == policy.JudgedWindow {
		return policy.StageWindow
	}
	return policy.StagePart
}

// part is what the detector of splitting looks at: the messages in hand, as if
// they had come alone, or all there is.
func (s *stream) part(all *inspect.Report) *inspect.Report {
	if s.leaving() && s.how == policy.JudgedMessage {
		return &s.recent
	}
	return all
}

// looks reports whether the detector of splitting is told: of windows once,
// for the next is more of the same part.
func (s *stream) looks() bool {
	if s == nil || s.how == policy.JudgedMessage {
		return true
	}
	first := !s.looked
	s.looked = true
	return first
}

// fresh leaves out who was reserved for this flow already in this year.
func (s *stream) fresh(all []policy.Counted, at time.Time) []policy.Counted {
	if s == nil {
		return all
	}
	if y := at.In(policy.Shanghai).Year(); y != s.year {
		s.counted, s.year = map[inspect.Subject]policy.Counted{}, y
	}
	s.hand = nil
	for _, c := range all {
		if had := s.counted[c.Subject]; c.NS && !had.NS || c.SP && !had.SP {
			s.hand = append(s.hand, c)
		}
	}
	return s.hand
}

// rests has everybody reserved again under a basis that is another than that
// of the parts before.
func (s *stream) rests(v *policy.Verdict, c *asking) {
	if s == nil || !v.Action.Releases() {
		return
	}
	if under := v.Basis + " " + v.Filing; under != s.basis {
		s.basis, s.hand, c.count.Persons = under, c.everybody, c.everybody
	}
}

// adopt takes over what was reserved for a step whose entry is durable.
func (x *Exchange) adopt() {
	s := x.stream
	s.asked = x.intent.Question
	if x.held.ID != "" {
		s.claims = append(s.claims, x.held.ID)
		x.held = policy.Reservation{}
	}
	for _, c := range s.hand {
		had := s.counted[c.Subject]
		c.NS, c.SP = c.NS || had.NS, c.SP || had.SP
		s.counted[c.Subject] = c
	}
}

// group brings the next parts of a flow that is leaving to a verdict about all
// there was until now, and makes it durable.
func (x *Exchange) group(ctx context.Context, parts, size int64) {
	if !x.stream.over {
		x.conclude(ctx, false)
		x.leave(ctx, parts, size)
	}
}

// leave lets the next parts go, or ends the flow.
func (x *Exchange) leave(ctx context.Context, parts, size int64) {
	if x.verdict.Action.Releases() {
		x.enter(ctx, parts, size)
	}
	if !x.verdict.Action.Releases() {
		x.halt()
	}
}

// enter makes the verdict of a group durable, or turns it into a refusal.
func (x *Exchange) enter(ctx context.Context, parts, size int64) {
	s := x.stream
	g := policy.Group{Parts: parts, Bytes: size, Verdict: x.verdict}
	if !bytes.Equal(s.asked, x.intent.Question) {
		g.Question = x.intent.Question
	}
	if held := x.held; held.ID != "" {
		g.Reservation = &held
	}
	if err := x.append(ctx, policy.Entry{Kind: policy.KindGroup, Group: &g}); err != nil {
		x.release(ctx)
		x.verdict = x.stop(policy.RecorderUnavail)
		return
	}
	x.adopt()
	s.groups = s.groups.Join(&g)
}

// halt ends a flow whose head has left. There is no waiting for reviewers and
// no rewriting on the way.
func (x *Exchange) halt() {
	s := x.stream
	s.over = true
	x.verdict.Action = policy.Block
	if s.groups != nil {
		x.verdict.Reasons = slices.Insert(slices.Clone(x.verdict.Reasons), 0, policy.Reason{Code: policy.AfterRelease})
		x.g.Event(EventAfterRelease)
	}
}

// lastly puts what was found and decided in the end into the outcome of a flow
// that left in parts. It went out, at least its head: that was enforced.
func (x *Exchange) lastly(out *policy.Outcome) {
	x.describe()
	x.intent.Enforced = policy.Pass
	in := x.intent
	out.Late = &in
	if x.stream.over {
		out.Fault = x.verdict.Reasons[0].Code
	}
}

// Messages says that the body comes in messages: Judge decides on the head
// alone, and each message is a Part of its own. It comes before Judge.
func (x *Exchange) Messages() {
	if x.judged || x.step != Read {
		return
	}
	if x.scan != nil {
		x.closeScan()
	}
	if x.gate != nil {
		x.gate.Close()
		x.gate = nil
	}
	x.stream = &stream{how: policy.JudgedMessage, sofar: x.report}
	x.report = inspect.Report{}
}

// Part is one message of a flow.
type Part struct {
	x      *Exchange
	gate   Gate // nil in observe mode
	scan   inspect.Scan
	report inspect.Report
	size   int64
	first  []byte // its two ends
	last   []byte
	failed policy.Code
	passed bool // and its entry is durable
}

// Part opens the next message. A part must be closed.
func (x *Exchange) Part(meta inspect.Meta) (p *Part) {
	p = &Part{x: x}
	defer p.contain()
	meta.Time = x.flow.Time
	var spool io.ReaderAt
	if x.g.o.Mode == Enforce {
		p.gate = x.g.o.Store.Gate(x.flow.Session.Client.Addr())
		spool = p.gate
	}
	var err error
	if p.scan, err = x.g.o.Inspector.Open(meta, spool); err != nil {
		p.scan, p.failed = nil, policy.ScanFailed
	}
	return p
}

// contain turns a panic of the gate or the scan into a refusal.
func (p *Part) contain() {
	if recover() != nil {
		p.x.g.Event(EventPanic)
		p.failed = policy.ScanFailed
	}
}

// Fill reads a message to its end, as Exchange.Fill does a body.
func (p *Part) Fill(ctx context.Context, r io.Reader) error {
	return pour(ctx, r, func(b []byte) bool {
		p.Write(b)
		return p.failed == "" || p.gate == nil
	})
}

// Write takes bytes of a message. What it cannot take, it fails for; in
// observe mode it is the reader of a tee.
func (p *Part) Write(b []byte) (int, error) {
	if p.failed == "" {
		p.take(b)
	}
	return len(b), nil
}

func (p *Part) take(b []byte) {
	defer p.contain()
	if p.gate != nil {
		if _, err := p.gate.Write(b); err != nil {
			p.failed = codeOf(err)
			return
		}
	}
	p.size += int64(len(b))
	p.remember(b)
	if _, err := p.scan.Write(b); err != nil {
		p.failed = policy.ScanFailed
	}
}

// Fail refuses the message, and with it the flow, for a reason that no policy
// is asked about.
func (p *Part) Fail(code policy.Code) {
	if p.failed == "" {
		p.failed = code
	}
}

// Size returns how many bytes came.
func (p *Part) Size() int64 { return p.size }

// Clean ends the message and reports whether it was read in full and nothing
// was found in it, so that it takes no others with it that are judged together.
func (p *Part) Clean() bool {
	p.closeScan()
	return p.failed == "" && len(p.report.Tallies) == 0 && p.report.Coverage.State == inspect.Full
}

// Judge brings the message to its verdict; see JudgeParts.
func (p *Part) Judge(ctx context.Context) policy.Verdict { return p.x.JudgeParts(ctx, p) }

// JudgeParts brings messages together to one verdict, about all the flow held
// until now. When it releases, its entry is durable. After one that does not,
// nothing of the flow leaves any more. In observe mode all pass, and what was
// found in them is in the late verdict.
func (x *Exchange) JudgeParts(ctx context.Context, parts ...*Part) policy.Verdict {
	s := x.stream
	if s == nil || s.how != policy.JudgedMessage || !x.sendsOK {
		return x.stop(policy.InternalFault)
	}
	var size int64
	reports := make([]inspect.Report, len(parts))
	for i, p := range parts {
		p.closeScan()
		reports[i], size = p.report, size+p.size
		if p.failed != "" {
			x.Fail(p.failed)
		}
	}
	s.recent = inspect.Merge(reports...)
	s.add()
	if x.g.o.Mode == Observe {
		return policy.Verdict{Action: policy.Pass}
	}
	if len(s.sofar.Persons) > maxCounted {
		x.Fail(policy.Oversize)
	}
	x.group(ctx, int64(len(parts)), size)
	for _, p := range parts {
		p.passed = x.verdict.Action.Releases()
	}
	return x.verdict
}

// maxMismatches bounds what a flow of many messages keeps of them.
const maxMismatches = 32

// add takes the messages in hand to what there was before.
func (s *stream) add() {
	had := s.sofar
	if len(s.recent.Persons) == 0 { // most messages: nobody is sorted in
		s.sofar.Persons = nil
	}
	sum := inspect.Merge(s.sofar, s.recent)
	switch {
	case len(s.recent.Persons) > 0:
	case len(sum.Tallies) == len(had.Tallies):
		sum.Persons, sum.Linked = had.Persons, had.Linked
	default: // persons refer to classes by their place among the tallies
		sum = inspect.Merge(had, s.recent)
	}
	sum.Findings = nil
	sum.Mismatches = sum.Mismatches[:min(len(sum.Mismatches), maxMismatches)]
	s.sofar = sum
}

func (p *Part) closeScan() {
	defer p.contain()
	if p.scan == nil {
		return
	}
	scan := p.scan
	p.scan = nil
	r, err := scan.Close()
	if err != nil {
		p.Fail(policy.ScanFailed)
		return
	}
	p.report = r
	if p.seam() != nil {
		p.Fail(policy.ScanFailed)
	}
}

// Body returns the bytes of the message, if its verdict releases.
func (p *Part) Body() io.ReadCloser {
	if !p.passed || p.gate == nil {
		return io.NopCloser(eofReader{})
	}
	return p.gate.NewReader()
}

// Close frees what the message held. It comes after the last read.
func (p *Part) Close() {
	p.closeScan()
	if p.gate != nil {
		p.gate.Close()
	}
}
