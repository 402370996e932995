package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/datacustoms/customs/policy"
)

// The ways in which a flow can answer a replay.
const (
	unchanged    = "unchanged"
	stricter     = "stricter" // it left, and would not
	looser       = "looser"   // it did not leave, and would
	otherGrounds = "grounds"  // the same for the flow, on other grounds
	undetermined = "undetermined"
	notAsked     = "not_asked" // no policy was asked: of the wire, a limit or a store
)

// replayLine is one flow in the list.
type replayLine struct {
	Record    string         `json:"record"`
	Time      time.Time      `json:"time"`
	Exporter  string         `json:"exporter"`
	Recipient string         `json:"recipient,omitempty"`
	Host      string         `json:"host"`
	Persons   int            `json:"persons"`
	Change    string         `json:"change"`
	Old       replayOutcome  `json:"old"`
	New       *replayOutcome `json:"new,omitempty"`
	Unknown   []string       `json:"unknown,omitempty"`
	Assumed   []string       `json:"counted_by_this_flow_alone,omitempty"`
	Error     string         `json:"error,omitempty"`
}

// replayOutcome is what of a verdict matters to those it is about.
type replayOutcome struct {
	Action  policy.Action   `json:"action"`
	Reasons []policy.Reason `json:"reasons"`
	Need    policy.Need     `json:"need"`
	Basis   string          `json:"basis,omitempty"`
	Filing  string          `json:"filing,omitempty"`
}

func outcomeOf(v *policy.Verdict) replayOutcome {
	reasons := v.Reasons
	if len(reasons) == 0 {
		reasons = []policy.Reason{}
	}
	return replayOutcome{v.Action, reasons, v.Need, v.Basis, v.Filing}
}

// differs says in what two outcomes differ: their reasons and, where these are
// the same, what else.
func (o *replayOutcome) differs(now *replayOutcome, say func(zh, en string) string) string {
	was, is := o.reasons(), now.reasons()
	if was != is {
		return was + " → " + is
	}
	out := was
	for _, x := range []struct{ zh, en, was, is string }{
		{"所需路径", "need", o.Need.String(), now.Need.String()}, {"出境依据", "basis", o.Basis, now.Basis}, {"备案", "filing", o.Filing, now.Filing}} {
		if x.was != x.is {
			out += "; " + say(x.zh, x.en) + " " + dash(x.was) + " → " + dash(x.is)
		}
	}
	if out == was {
		out += "; " + say("理由的细节不同，见 --format json", "a detail of a reason, see --format json")
	}
	return out
}

func (o *replayOutcome) reasons() string {
	var out []string
	for _, r := range o.Reasons {
		out = append(out, r.String())
	}
	return dash(strings.Join(out, ","))
}

func changeOf(old, now *policy.Verdict) string {
	switch {
	case old.Action.Releases() && !now.Action.Releases():
		return stricter
	case !old.Action.Releases() && now.Action.Releases():
		return looser
	case reflect.DeepEqual(outcomeOf(old), outcomeOf(now)):
		return unchanged
	}
	return otherGrounds
}

// replaySum is a line of the summary.
type replaySum struct {
	Exporter string `json:"exporter"`
	Change   string `json:"change"`
	Old      string `json:"old"`
	New      string `json:"new,omitempty"`
	Reason   string `json:"reason"` // the first new one, or what is not known
	Flows    int    `json:"flows"`
	Persons  int    `json:"persons"`
}

// replayOutput lists the flows that would change and sums them up.
type replayOutput struct {
	w      *bufio.Writer
	tab    *tabwriter.Writer
	json   bool
	zh     bool
	rows   int
	counts map[string]int
	sums   map[replaySum]*[2]int // flows and persons
}

// maxRows bounds how many rows wait for the width of their columns.
const maxRows = 1000

func newReplayOutput(w io.Writer, format string, chinese bool) *replayOutput {
	b := bufio.NewWriter(w)
	o := &replayOutput{w: b, tab: tabwriter.NewWriter(b, 0, 0, 2, ' ', 0), json: format == "json", zh: chinese,
		counts: map[string]int{}, sums: map[replaySum]*[2]int{}}
	if !o.json {
		fmt.Fprintln(o.tab, o.say("时间", "TIME")+" ("+zone+")\t"+o.say("记录\t变化\t结论\t理由\t数据处理者\t目的地\t人数", "RECORD\tCHANGE\tACTION\tREASON\tEXPORTER\tDESTINATION\tPERSONS"))
	}
	return o
}

// say chooses between the languages.
func (o *replayOutput) say(zh, en string) string {
	if o.zh {
		return zh
	}
	return en
}

// change gives a change in the reader's language.
func (o *replayOutput) change(c string) string {
	zh := map[string]string{stricter: "更严", looser: "更宽", otherGrounds: "依据不同", undetermined: "无法确定"}[c]
	if o.zh && zh != "" {
		return zh
	}
	return c
}

func (o *replayOutput) put(l replayLine) error {
	o.counts[l.Change]++
	if l.Change == unchanged || l.Change == notAsked {
		return nil
	}
	o.sum(&l)
	if o.json {
		return writeJSON(o.w, l)
	}
	action, reason := l.Old.Action.String()+" → ?", strings.Join(l.Unknown, ",")+l.Error
	if l.New != nil {
		action = l.Old.Action.String() + " → " + l.New.Action.String()
		reason = l.Old.differs(l.New, o.say)
	}
	_, err := fmt.Fprintf(o.tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", l.Time.In(policy.Shanghai).Format(time.DateTime), l.Record,
		o.change(l.Change), action, reason, dash(l.Exporter), cmp.Or(l.Recipient, l.Host), l.Persons)
	if o.rows++; err == nil && o.rows%maxRows == 0 {
		err = o.tab.Flush()
	}
	return err
}

// cut ends a list that is not complete: without a summary, which would look as
// if it were.
func (o *replayOutput) cut() error { return errors.Join(o.tab.Flush(), o.w.Flush()) }

func (o *replayOutput) sum(l *replayLine) {
	key := replaySum{Exporter: l.Exporter, Change: l.Change, Old: l.Old.Action.String()}
	switch {
	case l.New != nil:
		key.New = l.New.Action.String()
		if len(l.New.Reasons) > 0 {
			key.Reason = string(l.New.Reasons[0].Code)
		}
	case len(l.Unknown) > 0:
		key.Reason = l.Unknown[0]
	default:
		key.Reason = l.Error
	}
	if o.sums[key] == nil {
		o.sums[key] = new([2]int)
	}
	o.sums[key][0]++
	o.sums[key][1] += l.Persons
}

// close writes the summary.
func (o *replayOutput) close() error {
	sums := []replaySum{}
	for key, n := range o.sums {
		key.Flows, key.Persons = n[0], n[1]
		sums = append(sums, key)
	}
	slices.SortFunc(sums, func(a, b replaySum) int {
		return cmp.Or(cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.Change, b.Change), cmp.Compare(a.Reason, b.Reason),
			cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	total := 0
	for _, c := range []string{unchanged, stricter, looser, otherGrounds, undetermined, notAsked} {
		total += o.counts[c]
		o.counts[c] += 0 // each is told, also one of none
	}
	if o.json {
		if err := writeJSON(o.w, map[string]any{"summary": map[string]any{"flows": total, "counts": o.counts, "by": sums}}); err != nil {
			return err
		}
		return o.w.Flush()
	}
	if err := o.tab.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(o.w, o.say("\n共 %d 次传输：%d 次不变，%d 次更严，%d 次更宽，%d 次依据不同，%d 次无法确定，%d 次未询问决策规则\n",
		"\n%d flows: %d unchanged, %d stricter, %d looser, %d on other grounds, %d undetermined, %d that no policy was asked about\n"),
		total, o.counts[unchanged], o.counts[stricter], o.counts[looser], o.counts[otherGrounds], o.counts[undetermined], o.counts[notAsked])
	if len(sums) > 0 {
		fmt.Fprintln(o.tab, o.say("\n数据处理者\t变化\t结论\t理由\t次数\t人数", "\nEXPORTER\tCHANGE\tACTION\tREASON\tFLOWS\tPERSONS"))
	}
	for _, s := range sums {
		fmt.Fprintf(o.tab, "%s\t%s\t%s → %s\t%s\t%d\t%d\n", dash(s.Exporter), o.change(s.Change), s.Old, cmp.Or(s.New, "?"), dash(s.Reason), s.Flows, s.Persons)
	}
	if err := o.tab.Flush(); err != nil {
		return err
	}
	return o.w.Flush()
}

// progress counts records on a terminal, and nowhere else.
type progress struct{ bar *progressbar.ProgressBar }

func replayProgress(w io.Writer) progress {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription("records"), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())}
}

func (p progress) step() {
	if p.bar != nil {
		_ = p.bar.Add(1) // only for the eye
	}
}

func (p progress) close() {
	if p.bar != nil {
		_ = p.bar.Close()
	}
}
