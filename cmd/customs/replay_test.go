package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// counted is a flow of the arithmetic world: what the test needs to predict
// its verdict without asking anybody.
type counted struct {
	ns, sp    int64 // of the year, this flow included
	sensitive bool
	governed  bool
}

// needs is arts. 5, 7 and 8 with the first number of persons that needs a
// contract.
func (c counted) needs(first int64) string {
	switch {
	case !c.governed:
		return "none"
	case c.sp >= 10_000 || c.ns >= 1_000_000:
		return "sa_volume"
	case c.sensitive || c.sp >= 1 || c.ns >= first:
		return "sc_or_cert"
	}
	return "none"
}

// others is what the ledger of the world adds to a national count of persons:
// three for each of the grounds that count towards it, the observed among them.
const others = 3 * 6

// arithmeticWorld is a past of flows that differ in nothing but counts, kind
// of data and destination. What is in them the test knows from sending them.
func arithmeticWorld(t testing.TB, flows int) (*pastWorld, map[string]counted) {
	w := newPastWorld(t, nil, "package customs.operator\n", pastFilings()...)
	rng := rand.New(rand.NewPCG(5, 11))
	var sent []counted
	for range flows {
		f, c := arithmeticFlow(rng)
		w.send(f)
		sent = append(sent, c)
	}
	records := w.records()
	if len(records) != flows {
		t.Fatalf("%d records of %d flows", len(records), flows)
	}
	plain := map[string]counted{}
	for i, r := range records {
		plain[r.ID] = sent[i]
	}
	return w, plain
}

func arithmeticFlow(rng *rand.Rand) (pastFlow, counted) {
	f := pastFlow{exporter: policy.Exporter{USCC: pick(rng, motors, lake), CIIO: policy.No}, host: pick(rng, "api.example.sg", "x.example.com"),
		place: policy.Place{Country: pick(rng, "US", "US", "US", "CN"), Source: "table"},
		ns:    rng.Int64N(130_000), sp: pick[int64](rng, 0, 0, 0, 5),
		head: inspect.Report{Coverage: inspect.Coverage{State: inspect.Full}}}
	persons, sensitive := pick[int64](rng, 1, 1, 7), false
	switch rng.IntN(5) {
	case 0:
		f.ns = pick[int64](rng, 49_980, 49_981, 49_982, 99_974, 99_975, 99_980, 99_981, 99_982)
	case 1:
		persons, sensitive = 2, true
	}
	// The filing of one exporter says that its destination is in Singapore.
	filed := f.exporter.USCC == motors && f.host == "api.example.sg"
	c := counted{ns: f.ns + others, sp: f.sp, sensitive: sensitive, governed: f.place.Country != "CN" || filed}
	if sensitive {
		f.body = reportOf(int(persons), false, "pi.finance.bankcard")
		c.sp += persons
	} else {
		f.body = reportOf(int(persons), false, "pi.contact.mobile")
		c.ns += persons
	}
	return f, c
}

// TestAChangedThresholdChangesWhatArithmeticSays halves the first threshold of
// the law in a pack and wants exactly those records to differ whose count lies
// between the two numbers and who needed nothing before.
func TestAChangedThresholdChangesWhatArithmeticSays(t *testing.T) {
	w, plain := arithmeticWorld(t, 100**reps)
	private := w.private()
	dir := w.packs("stricter", private, map[string]string{"cn-2024.yaml": national(t, "reach: 100000, need: sc_or_cert", "reach: 50000, need: sc_or_cert")})
	var want []string
	for id, c := range plain {
		if c.needs(100_000) != c.needs(50_000) {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	if len(want) < len(plain)/20 || len(want) > len(plain)/2 {
		t.Fatalf("%d of %d records should differ: the world is not a test", len(want), len(plain))
	}
	out, code := asProcess(t, "explain", "--data", w.data(), "--packs", dir, "--keys", w.key, "--records", stripped(t, w.records()))
	if code != 0 {
		t.Errorf("explain: exit %d", code)
	}
	var differ []string
	lines := derivedLines(t, out)
	for _, r := range w.records() {
		if l := lines[r.ID]; l.Verdict == nil || verdictText(t, r.Intent.Decided) != verdictText(t, *l.Verdict) {
			differ = append(differ, r.ID)
		}
	}
	slices.Sort(differ)
	if !slices.Equal(differ, want) {
		t.Errorf("%d records differ, %d should\ngot  %v\nwant %v", len(differ), len(want), differ, want)
	}
	listed, sum := replayedLines(t, w, "--packs", dir, "--keys", w.key)
	if !slices.Equal(listed[""], want) {
		t.Errorf("replay lists %d records, want %d\ngot  %v\nwant %v", len(listed[""]), len(want), listed[""], want)
	}
	if sum["unchanged"] != len(plain)-len(want) || sum["undetermined"] != 0 {
		t.Errorf("summary %v of %d records", sum, len(plain))
	}
	same := w.packs("same", private, map[string]string{"cn-2024.yaml": national(t)})
	if listed, _ := replayedLines(t, w, "--packs", same, "--keys", w.key); len(listed[""]) != 0 {
		t.Errorf("the same pack changes %v", listed)
	}
	t.Logf("%d of %d records change", len(want), len(plain))
}

// replayedLines runs replay and returns the records it lists by change, sorted,
// all of them under "", and its counts.
func replayedLines(t testing.TB, w *pastWorld, args ...string) (map[string][]string, map[string]int) {
	t.Helper()
	out, code := asProcess(t, append([]string{"replay", "--data", w.data(), "--since", "2026-11-01", "--format", "json"}, args...)...)
	if code != 0 {
		t.Fatalf("replay %v: exit %d", args, code)
	}
	ids := map[string][]string{}
	var counts map[string]int
	s := bufio.NewScanner(bytes.NewReader(out))
	for s.Scan() {
		var l struct {
			replayLine
			Summary *struct {
				Counts map[string]int `json:"counts"`
			} `json:"summary"`
		}
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if l.Summary != nil {
			counts = l.Summary.Counts
			continue
		}
		ids[l.Change] = append(ids[l.Change], l.Record)
	}
	var all []string
	for _, list := range ids {
		slices.Sort(list)
		all = append(all, list...)
	}
	slices.Sort(all)
	ids[""] = all
	return ids, counts
}

// TestReplayUnderAnotherPolicy adds an operator's rule and takes one away.
func TestReplayUnderAnotherPolicy(t *testing.T) {
	w, _ := arithmeticWorld(t, 40)
	dir := filepath.Join(t.TempDir(), "rego")
	writeFileIn(t, dir, "deny.rego", "package customs.operator\n\ndeny contains \"no-us\" if input.destination.country == \"US\"\n")
	var want []string
	for _, r := range w.records() {
		if r.Intent.Place.Country == "US" && r.Intent.Decided.Action.Releases() {
			want = append(want, r.ID)
		}
	}
	listed, sum := replayedLines(t, w, "--policy", dir)
	if len(want) == 0 || !slices.Equal(listed[stricter], want) || sum[unchanged] != 40-len(want) {
		t.Errorf("stricter are %v (%v), want %v", listed[stricter], sum, want)
	}
	// The day of the flows is in the span, as the first and as the last.
	for span, n := range map[string]int{"2026-11-20": 40, "2026-11-19": 0} {
		if _, sum := replayedLines(t, w, "--policy", dir, "--until", span); sum[stricter]+sum[unchanged] != n {
			t.Errorf("--until %s: %v, want %d records", span, sum, n)
		}
	}
	for span, n := range map[string]int{"2026-11-20": 40, "2026-11-21": 0} {
		if _, sum := replayedLines(t, w, "--policy", dir, "--since", span); sum[stricter]+sum[unchanged] != n {
			t.Errorf("--since %s: %v, want %d records", span, sum, n)
		}
	}
}

// TestReplayTakesThePackOfTheFlowsDay gives a stricter pack that is in force
// only from the day after the flows.
func TestReplayTakesThePackOfTheFlowsDay(t *testing.T) {
	w, _ := arithmeticWorld(t, 30)
	stricter := []string{"reach: 100000, need: sc_or_cert", "reach: 2, need: sc_or_cert"}
	from := func(day string) string { // the first flows are of 20 November 2026
		old := national(t, "effective_from: 2024-03-22", "effective_from: 2024-03-22\neffective_to: "+day)
		next := national(t, append(stricter, "id: cn-2024", "id: cn-next", "effective_from: 2024-03-22", "effective_from: "+nextDay(t, day))...)
		return w.packs("from"+day, w.private(), map[string]string{"cn-2024.yaml": old, "cn-next.yaml": next})
	}
	if listed, sum := replayedLines(t, w, "--packs", from("2026-11-20"), "--keys", w.key); len(listed[""]) != 0 {
		t.Errorf("a pack of the day after changes %v (%v)", listed[""], sum)
	}
	if listed, sum := replayedLines(t, w, "--packs", from("2026-11-19"), "--keys", w.key); len(listed[""]) == 0 {
		t.Errorf("the pack of the day changes nothing (%v)", sum)
	}
}

func nextDay(t testing.TB, day string) string {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return at.AddDate(0, 0, 1).Format(time.DateOnly)
}

// TestReplayWithAFiling registers, for the past, a filing that was missing.
func TestReplayWithAFiling(t *testing.T) {
	w, _ := arithmeticWorld(t, 60)
	f := pastFiling("SC-NEW", lake, policy.SC, "x.example.com", "US", inspect.BankCard)
	f.Volume = policy.Volume{NSPerYear: 1000, SPPerYear: 1000}
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "filings")
	writeFileIn(t, dir, "new.json", string(doc))
	var want, unread, other []string
	for _, r := range w.records() {
		in := r.Intent
		switch named := in.Host == "x.example.com"; {
		case in.Exporter != lake:
		case named && in.Place.Country == "CN": // passed unread, and the filing says that it is in the US
			unread = append(unread, r.ID)
		case named && !in.Decided.Action.Releases():
			want = append(want, r.ID)
		case !in.Decided.Action.Releases(): // there is a filing now that does not fit
			other = append(other, r.ID)
		}
	}
	listed, sum := replayedLines(t, w, "--filings", dir)
	for _, x := range []struct {
		change string
		want   []string
	}{{looser, want}, {undetermined, unread}, {otherGrounds, other}} {
		slices.Sort(x.want)
		if len(x.want) == 0 || !slices.Equal(listed[x.change], x.want) {
			t.Errorf("%s: listed %v, want %v (%v)", x.change, listed[x.change], x.want, sum)
		}
	}
}

func writeFileIn(t testing.TB, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
