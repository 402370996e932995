package rego_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

var reps = flag.Int("reps", 0, "ask this many cells of the law's product; 0: a sample that meets all pairs; -1: all of them; -2: all where no other authority is asked")

// The axes of the product.
var (
	axisSensitive = []int{0, 1, 9_999, 10_000}
	axisPersons   = []int{99_999, 100_000, 999_999, 1_000_000}
	axisCIIO      = []string{"no", "yes", ""}
	axisImportant = []bool{false, true}
	axisCarries   = []string{"plain", "sensitive", "both", "nothing"}
	// A trailing "?" is a claim that is not registered, "+" one of a transfer
	// with mainland data in it.
	axisClaim = []string{"", "EX_SMALL", "EX_CONTRACT", "EX_CONTRACT?", "EX_HR", "EX_EMERGENCY", "EX_LEGAL_DUTY",
		"EX_TREATY", "EX_TRANSIT", "EX_TRANSIT?", "EX_TRANSIT+"}
	axisZone = []string{zoneNone, zoneUncovered, zoneOfflist, zoneOnlist, zoneUnverifiedList, zoneUnverifiedRow,
		zoneRegistration, zoneExportUnknown, zoneExportYes, zoneGeneral, zoneOtherKind, zoneStrictRow}
	// A trailing "/" is a contract of the bay area used outside it, "+list" a
	// registration of the zone's list besides.
	axisHeld = []string{"", "SA", "SC", "CERT", "GBA_SC", "GBA_SC/", "+list", "SC+list"}
	// Whether another authority has to approve, and did.
	axisApproval = []string{"", "asked", "granted"}
)

// zoneOf says which zone, scenario and list a state of axisZone is.
var zoneOf = map[string][3]string{
	zoneNone: {"", "retail.member", "A"}, zoneUncovered: {"A", "hr.group", "A"}, zoneOfflist: {"A", "retail.goods.stock", "A"},
	zoneOnlist: {"A", "retail.member", "A"}, zoneUnverifiedList: {"U", "retail.member", "U"}, zoneUnverifiedRow: {"E", "retail.member", "E"},
	zoneRegistration: {"R", "retail.member", "R"}, zoneExportUnknown: {"X", "retail.member", "X"},
	zoneOtherKind: {"K", "retail.member", "K"}, zoneStrictRow: {"S", "retail.member", "S"},
	zoneExportYes: {"X", "retail.member", "X"}, zoneGeneral: {"G", "retail.member", "G"},
}

// stride walks the cells in mixed order: it is coprime to every axis, and about
// the golden section of the whole.
const stride = 751_853

// sample is how many cells meet each value of each axis with each of every
// other.
const sample = 1_600

// cell is the n-th cell of the product.
func cell(n int) facts {
	at := func(size int) int { i := n % size; n /= size; return i }
	f := facts{sp: axisSensitive[at(len(axisSensitive))], ns: axisPersons[at(len(axisPersons))], ciio: axisCIIO[at(len(axisCIIO))],
		important: axisImportant[at(len(axisImportant))]}
	carries := axisCarries[at(len(axisCarries))]
	f.plain, f.sensitive = carries == "plain" || carries == "both", carries == "sensitive" || carries == "both"
	f.claim = axisClaim[at(len(axisClaim))]
	f.registered = f.claim != "" && !strings.HasSuffix(f.claim, "?")
	f.domestic = strings.HasSuffix(f.claim, "+") && f.plain
	f.claim = strings.TrimRight(f.claim, "?+")
	f.zone = axisZone[at(len(axisZone))]
	held := axisHeld[at(len(axisHeld))]
	f.held, _, f.listed = strings.Cut(held, "+list")
	f.inBay = !strings.HasSuffix(f.held, "/")
	f.held = strings.TrimSuffix(f.held, "/")
	approval := axisApproval[at(len(axisApproval))]
	f.asked = approval != "" && (f.plain || f.sensitive || f.important)
	f.granted = approval == "granted"
	return f
}

func cells() int {
	return len(axisSensitive) * len(axisPersons) * len(axisCIIO) * len(axisImportant) * len(axisCarries) *
		len(axisClaim) * len(axisZone) * len(axisHeld) * len(axisApproval)
}

// put turns a cell into a question.
func (f facts) put(t testing.TB, r *policy.Rules) *policy.Question {
	z := zoneOf[f.zone]
	with := []string{"to HK", "for " + z[1]}
	if !f.inBay {
		with[0] = "to SG"
	}
	if f.claim != "" {
		with = append(with, "claims "+f.claim)
	}
	says := ""
	if f.granted {
		says = " with hgr"
	}
	if f.registered {
		with = append(with, f.claim+says)
	}
	if f.held != "" {
		with = append(with, f.held+says)
	}
	if f.listed {
		with = append(with, "list CN-TEST-LIST-"+z[2]+says)
	}
	var what []string
	switch {
	case f.domestic:
		what = append(what, "mobile")
	case f.plain:
		what = append(what, "name")
	}
	if f.sensitive {
		what = append(what, "card")
	}
	if f.important {
		what = append(what, "marked data")
	}
	if what == nil {
		what = append(what, "company code")
	}
	x := transfer{"Shenzhen company", strings.Join(what, " + "), int64(f.ns), int64(f.sp), ""}
	// The exporter is known before the brackets, for they depend on its zone.
	e := lawExporters[x.who]
	e.CIIO = policy.Tri(f.ciio)
	if z[0] != "" {
		e.Zone = "CN-TEST-" + z[0]
	}
	if f.zone == zoneExportYes {
		e.ZoneExport = policy.Yes
	}
	x.with = strings.Join(with, "; ")
	q := x.questionOf(t, r, e)
	for i := range q.Found {
		if f.asked {
			q.Found[i].Magnitude = 7 // the mark test.much
		}
	}
	return q
}

// codesOfReading are the codes that the reading speaks of; what a filing lacks
// besides is the matter of the filing tests.
var codesOfReading = []string{"CIIO_UNKNOWN", "FILING_NOT_FOUND", "FTZ_LIST_UNVERIFIED", "FTZ_NOT_REGISTERED", "PATHWAY_INSUFFICIENT",
	"SECTOR_APPROVAL_MISSING"}

// rulingOf is a verdict in the words of the reading.
func rulingOf(v policy.Verdict, f facts) ruling {
	got := ruling{need: v.Need.String(), action: v.Action.String(), basis: v.Basis}
	for _, r := range v.Reasons {
		c := string(r.Code)
		besides := v.Action.Releases() || f.important && r.Code == policy.CategoryNotCovered
		if slices.Contains(codesOfReading, c) || !besides {
			got.codes = append(got.codes, c)
		}
	}
	return got
}

func (a ruling) same(b ruling) bool {
	slices.Sort(a.codes)
	slices.Sort(b.codes)
	return a.need == b.need && a.action == b.action && a.basis == b.basis && slices.Equal(a.codes, b.codes)
}

// TestProductAgainstReading asks the policy and the reading about the same
// transfers. A sample meets each value of an axis with each of every other.
func TestProductAgainstReading(t *testing.T) {
	all := cells()
	n, step := sample, stride
	switch {
	case *reps == -2: // the approval is the last axis
		n, step = all/len(axisApproval), 1
	case *reps < 0 || *reps > all:
		n = all
	case *reps > 0:
		n = *reps
	case testing.Short():
		n = 500
	}
	b := lawBook(t, "")
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, rego.Options{Law: b, Cache: -1})
	var mu sync.Mutex
	var wg sync.WaitGroup
	if n >= sample && step == stride {
		checkPairs(t, n)
	}
	wrong, tally := 0, map[string]int{}
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				k := int(int64(i) * int64(step) % int64(all))
				f := cell(k)
				v, err := d.Decide(context.Background(), f.put(t, r))
				got, want := rulingOf(v, f), f.decide()
				mu.Lock()
				tally[fmt.Sprint(want.action, " ", want.need, " ", want.basis)]++
				if err != nil || !got.same(want) {
					if wrong++; wrong <= 12 {
						t.Errorf("cell %d: %+v\npolicy  %+v (%s) %v\nreading %+v", k, f, got, lawCodes(v), err, want)
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d cells, %d differ, %d outcomes", n, all, wrong, len(tally))
	for _, basis := range []string{"EX_NO_PI", "EX_TRANSIT", "EX_CONTRACT", "EX_HR", "EX_EMERGENCY", "EX_LEGAL_DUTY", "EX_TREATY",
		"EX_SMALL", "EX_FTZ_OFFLIST", "EX_FTZ_BELOW_LIST_THRESHOLD", "EX_FTZ_GENERAL_LIST"} {
		if n >= sample && tally["pass none "+basis] == 0 {
			t.Errorf("no cell passes under %s", basis)
		}
	}
}

// checkPairs wants each value of each axis together with each of every other
// among the first n cells.
func checkPairs(t *testing.T, n int) {
	t.Helper()
	sizes := []int{len(axisSensitive), len(axisPersons), len(axisCIIO), len(axisImportant), len(axisCarries), len(axisClaim), len(axisZone), len(axisHeld), len(axisApproval)}
	met := map[[4]int]bool{}
	for i := range n {
		k := i * stride % cells()
		at := make([]int, len(sizes))
		for a, size := range sizes {
			at[a], k = k%size, k/size
		}
		for a := range sizes {
			for b := range a {
				met[[4]int{a, at[a], b, at[b]}] = true
			}
		}
	}
	want := 0
	for a := range sizes {
		for b := range a {
			want += sizes[a] * sizes[b]
		}
	}
	if len(met) != want {
		t.Errorf("the sample meets %d of %d pairs", len(met), want)
	}
}
