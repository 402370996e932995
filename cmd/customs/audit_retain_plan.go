package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// Why a segment is kept.
const (
	keptYoung    = "young"       // something in it is younger than the retention
	keptWritten  = "written"     // entries are still added to it
	keptHold     = "hold"        // a hold covers it, or stands in it
	keptFiling   = "filing"      // something went under a filing that has not ended long enough ago
	keptProvide  = "provision"   // something went abroad, less than three years ago
	keptRecord   = "record"      // it ends a record that begins in a segment that is kept
	keptKey      = "key"         // it names a key that the log is verified with
	keptStream   = "not_shipped" // a stream has not sent it on yet
	keptUnending = "incomplete"  // a flow in it has no end, or no checkpoint covers it
	keptClock    = "clock"       // it looks old, and the clock is not trusted
)

// planned is what retention says to one segment.
type planned struct {
	Ordinal int       `json:"segment"`
	First   uint64    `json:"first_seq"`
	Last    uint64    `json:"last_seq"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"` // of its newest entry, where that was read
	State   string    `json:"state"`
	Delete  bool      `json:"delete"`
	Kept    string    `json:"kept,omitempty"`  // a code
	Which   string    `json:"which,omitempty"` // hold or filing
	Done    bool      `json:"done,omitempty"`
}

// retention decides which segments of a log are deleted. What it cannot know
// keeps them.
type retention struct {
	src     audit.Source
	keep    time.Duration
	now     time.Time
	holds   []hold
	ends    map[string]time.Time // of filings; zero for one that has not ended
	behind  uint64               // the first entry that a stream still needs
	stream  string               // which
	synced  syncState            // what the system says of its clock
	checked bool                 // a person has compared the clock
	kept    [][2]uint64          // entries of segments that are kept
	pending map[string]bool      // flows that begin in a segment that is kept and go on after it
}

// plan looks at every segment, oldest first.
func (r *retention) plan(ctx context.Context) ([]planned, error) {
	all, err := audit.Segments(ctx, r.src)
	if err != nil {
		return nil, err
	}
	r.pending = map[string]bool{}
	var out []planned
	for _, s := range all {
		p := planned{Ordinal: s.Ordinal, First: s.First, Last: s.Last, From: s.From, To: s.To, State: s.State}
		switch {
		case s.State == audit.Gone:
		case s.State == audit.Opened:
			p.Kept = keptWritten
		case r.young(s.From):
			p.Kept = keptYoung // entries are not older than their segment
		default:
			if err := r.look(ctx, &p); err != nil {
				return nil, fmt.Errorf("segment %d: %w", s.Ordinal, err)
			}
			p.Delete = p.Kept == ""
		}
		if p.Kept != "" {
			r.kept = append(r.kept, [2]uint64{p.First, p.Last})
		}
		out = append(out, p)
	}
	if r.checked || !slices.ContainsFunc(out, func(p planned) bool { return p.Delete }) {
		return out, nil
	}
	doubt, err := r.clockDoubt(ctx, all)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if doubt != "" && out[i].Delete {
			out[i].Delete, out[i].Kept, out[i].Which = false, keptClock, doubt
		}
	}
	return out, nil
}

func (r *retention) young(t time.Time) bool { return !t.Add(r.keep).Before(r.now) }

// lately reports whether a provision was made, or a filing ended, too short a
// time ago: records of provision are kept for longer than a log has to be.
func (r *retention) lately(end time.Time) bool {
	return !end.Add(max(r.keep, config.LeastProvision.Duration())).Before(r.now)
}

// stays reports whether an entry stands in a segment that is kept.
func (r *retention) stays(seq uint64) bool {
	return slices.ContainsFunc(r.kept, func(k [2]uint64) bool { return k[0] <= seq && seq <= k[1] })
}

// segmentFlow is what is known of a flow within one segment.
type segmentFlow struct {
	exporter string
	complete bool
}

// looking is the reading of one segment.
type looking struct {
	r       *retention
	p       *planned
	flows   map[string]*segmentFlow
	filings map[string]bool
	newest  time.Time
	abroad  bool // something in it left the mainland, or may have
}

// keep keeps the segment; the first reason stands.
func (l *looking) keep(code, which string) {
	if l.p.Kept == "" {
		l.p.Kept, l.p.Which = code, which
	}
}

// look reads a segment that may be old enough.
func (r *retention) look(ctx context.Context, p *planned) error {
	l := &looking{r: r, p: p, flows: map[string]*segmentFlow{}, filings: map[string]bool{}}
	if p.Last >= r.behind {
		l.keep(keptStream, r.stream)
	}
	_, err := audit.ReadFrom(ctx, r.src, p.First, func(i audit.Item) error {
		if i.Seq > p.Last {
			return errPast
		}
		e, err := readRetained(i)
		if err == nil {
			l.entry(i.Seq, e)
		}
		return err
	})
	if err != nil && !errors.Is(err, errPast) {
		return err
	}
	l.judge()
	return nil
}

var errPast = errors.New("past the segment")

// entry takes up one entry of the segment.
func (l *looking) entry(seq uint64, e *retained) {
	if e.Time.After(l.newest) {
		l.newest = e.Time
	}
	if e.Kind == policy.KindAdmin {
		l.r.lookAct(seq, e, l.keep)
		return
	}
	f := l.flows[e.Flow]
	if f == nil {
		f = &segmentFlow{}
		l.flows[e.Flow] = f
		if e.Kind != policy.KindIntent && l.r.pending[e.Flow] {
			l.keep(keptRecord, e.Flow)
		}
	}
	e.onto(f, l.filings)
	l.abroad = l.abroad || e.abroad()
	for _, h := range l.r.holds {
		if h.open() && h.covers(e.Time, f.exporter) {
			l.keep(keptHold, h.ID)
		}
	}
}

// judge says what the whole of the segment says, and remembers which flows of a
// kept one go on.
func (l *looking) judge() {
	l.p.To = l.newest
	if l.r.young(l.newest) {
		l.keep(keptYoung, "")
	}
	for _, id := range slices.Sorted(maps.Keys(l.filings)) {
		if end, known := l.r.ends[id]; !known || end.IsZero() || l.r.lately(end) {
			l.keep(keptFiling, id)
		}
	}
	if l.abroad && l.r.lately(l.newest) {
		l.keep(keptProvide, "")
	}
	if l.p.Kept == "" {
		return
	}
	for id, f := range l.flows {
		if f.complete {
			delete(l.r.pending, id)
		} else {
			l.r.pending[id] = true
		}
	}
}

// lookAct keeps the acts that a hold or a verifier needs.
func (r *retention) lookAct(seq uint64, e *retained, keep func(code, which string)) {
	if e.Admin == nil {
		return
	}
	if strings.HasPrefix(e.Admin.Act, "key.") {
		keep(keptKey, e.Admin.Act)
	}
	for _, h := range r.holds {
		if h.open() && (h.Entry == seq || h.Exporter == "" && h.covers(e.Time, "")) {
			keep(keptHold, h.ID)
		}
		if h.Released == seq && r.stays(h.Entry) {
			keep(keptHold, h.ID) // without its end the hold would hold again
		}
	}
}

// retained is the part of an entry that retention reads.
type retained struct {
	Kind    policy.EntryKind `json:"kind"`
	Time    time.Time        `json:"time"`
	Flow    string           `json:"flow"`
	Intent  *retainedIntent  `json:"intent"`
	Outcome *struct {
		Late *retainedIntent `json:"late"`
	} `json:"outcome"`
	Group *struct {
		Verdict struct {
			Filing string `json:"filing"`
		} `json:"verdict"`
	} `json:"group"`
	Admin *policy.Admin `json:"admin"`
}

type retainedIntent struct {
	Exporter string        `json:"exporter"`
	Enforced policy.Action `json:"enforced"`
	Place    policy.Place  `json:"place"`
	Decided  struct {
		Filing string `json:"filing"`
	} `json:"decided"`
}

func readRetained(i audit.Item) (*retained, error) {
	e := &retained{}
	if err := json.Unmarshal(i.Bytes, e); err != nil {
		return nil, fmt.Errorf("entry %d cannot be read: %w", i.Seq, err)
	}
	return e, nil
}

// abroad reports whether the entry tells of something that leaves the mainland,
// or goes where nobody knows.
func (e *retained) abroad() bool {
	for _, in := range []*retainedIntent{e.Intent, e.late()} {
		if in != nil && in.Enforced.Releases() && in.Place.Overseas() {
			return true
		}
	}
	return false
}

func (e *retained) late() *retainedIntent {
	if e.Outcome == nil {
		return nil
	}
	return e.Outcome.Late
}

// onto adds an entry to what is known of its flow, and notes the filings that
// something went under.
func (e *retained) onto(f *segmentFlow, filings map[string]bool) {
	note := func(filing string) {
		if filing != "" {
			filings[filing] = true
		}
	}
	if e.Intent != nil {
		f.exporter = e.Intent.Exporter
		f.complete = !e.Intent.Enforced.Releases()
		if !f.complete {
			note(e.Intent.Decided.Filing)
		}
	}
	if e.Group != nil {
		note(e.Group.Verdict.Filing)
	}
	if e.Outcome != nil {
		f.complete = true
		if late := e.Outcome.Late; late != nil {
			note(late.Decided.Filing)
			if late.Exporter != f.exporter {
				f.exporter = "" // either
			}
		}
	}
}
