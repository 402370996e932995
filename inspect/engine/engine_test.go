package engine_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/inspect/synth"
)

var day = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func open(t testing.TB) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// scan reads data in pieces of n bytes, or whole when n is 0.
func scan(t testing.TB, e inspect.Inspector, m inspect.Meta, data []byte, n int) inspect.Report {
	t.Helper()
	if m.Time.IsZero() {
		m.Time = day
	}
	return inspecttest.Scan(t, e, m, data, n)
}

func TestConformance(t *testing.T) {
	inspecttest.Run(t, func(t testing.TB) inspect.Inspector { return open(t) })
}

func TestCatalogueCases(t *testing.T) {
	c, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range caseFaults(t, open(t), c) {
		t.Error(fault)
	}
}

// caseFaults holds an engine to the cases of its catalogue.
func caseFaults(t testing.TB, e *engine.Engine, c *rules.Catalogue) (faults []string) {
	t.Helper()
	count := func(rule, text string) (n int) {
		for _, f := range scan(t, e, inspect.Meta{}, []byte(text), 0).Findings {
			if f.Rule == rule && f.Confidence >= inspect.Medium {
				n++
			}
		}
		return n
	}
	for _, r := range c.Rules() {
		for i, text := range r.Hit {
			if count(r.ID, text) == 0 {
				faults = append(faults, fmt.Sprintf("%s: hit case %d is not found", r.ID, i+1))
			}
		}
		for i, text := range r.Miss {
			if count(r.ID, text) > 0 {
				faults = append(faults, fmt.Sprintf("%s: miss case %d is found", r.ID, i+1))
			}
		}
	}
	return faults
}

// TestCatalogueCasesCatch shows that a case which does not hold is told.
func TestCatalogueCasesCatch(t *testing.T) {
	c, err := rules.Load([]byte(`version: 1
rules:
  - id: x.mobile
    class: pi.contact.mobile
    level: general
    confirm: mobile
    base: medium
    source: a standard
    hit: ["13800138000", "13800138"]
    miss: ["call 13900139000", "1390013900"]
`))
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize), Catalogue: c})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"x.mobile: hit case 2 is not found", "x.mobile: miss case 1 is found"}
	if got := caseFaults(t, e, c); !slices.Equal(got, want) {
		t.Errorf("faults %q, want %q", got, want)
	}
}

func TestPersons(t *testing.T) {
	m := synth.New(1, day)
	people := m.Adults(3)
	child := m.Minor()
	tests := []struct {
		name            string
		meta            inspect.Meta
		data            []byte
		persons, linked int
		minors          int
	}{
		{"json objects", inspect.Meta{ContentType: "application/json"}, synth.JSON(people), 3, 3, 0},
		{"json of mobiles", inspect.Meta{}, synth.JSONOf(people, "mobile"), 3, 3, 0},
		{"csv rows", inspect.Meta{}, synth.CSV(people), 3, 3, 0},
		{"form", inspect.Meta{ContentType: "application/x-www-form-urlencoded"}, synth.Form(people[0]), 1, 1, 0},
		{"form nobody declares", inspect.Meta{}, synth.Form(people[1]), 1, 1, 0},
		{"a child", inspect.Meta{}, synth.JSON([]synth.Person{child}), 1, 1, 1},
		{"two persons on a line are not joined", inspect.Meta{},
			[]byte(people[0].ResidentID + " " + people[0].Mobile + "，" + people[1].Mobile + "\n"), 3, 3, 0},
		{"one key in two records", inspect.Meta{},
			[]byte(people[0].ResidentID + "，" + people[0].Mobile + "\n" + people[0].Mobile + "\n"), 2, 1, 0},
		{"the same person twice", inspect.Meta{}, append(synth.CSV(people), synth.JSON(people)...), 3, 3, 0},
		{"short and long form of one number", inspect.Meta{},
			[]byte("身份证 110105491231002\n身份证 11010519491231002X\n"), 1, 1, 0},
	}
	e := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := scan(t, e, tt.meta, tt.data, 0)
			minors := 0
			for _, p := range r.Persons {
				if p.Minor {
					minors++
				}
			}
			if len(r.Persons) != tt.persons || r.Linked != tt.linked || minors != tt.minors {
				t.Errorf("persons %d linked %d minors %d, want %d %d %d", len(r.Persons), r.Linked, minors, tt.persons, tt.linked, tt.minors)
			}
			if r.Coverage.State != inspect.Full {
				t.Errorf("coverage %v", r.Coverage)
			}
		})
	}
}

func TestSettledKeepsClose(t *testing.T) {
	m := synth.New(4, day)
	for _, c := range []synth.Corpus{m.APILog(300), m.Prose(500), m.Table(300), m.Negatives(700)} {
		s, err := open(t).Open(inspect.Meta{Time: day}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(c.Data); i += 100 {
			end := min(i+100, len(c.Data))
			if _, err := s.Write(c.Data[i:end]); err != nil {
				t.Fatal(err)
			}
			if held := int64(end) - s.Settled(); held > 6144 {
				t.Fatalf("%s: %d bytes held back at %d", c.Name, held, end)
			}
		}
		if _, err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCorpora(t *testing.T) {
	m := synth.New(8, day)
	e := open(t)
	for _, c := range []synth.Corpus{m.APILog(1000), m.Prose(1000), m.Table(500)} {
		r := scan(t, e, inspect.Meta{}, c.Data, 0)
		want := map[inspect.Class]int64{}
		for _, l := range c.Labels {
			want[inspect.Class(l.Class)]++
		}
		for class, n := range want {
			if got := r.Count(class, inspect.Medium); got != n {
				t.Errorf("%s: %d of %s, want %d", c.Name, got, class, n)
			}
		}
		for _, y := range r.Tallies { // names and addresses are there and have no labels
			if want[y.Class] == 0 && y.At(inspect.Medium) > 0 && y.Class != inspect.Name && y.Class != inspect.Address {
				t.Errorf("%s: tallies %+v", c.Name, r.Tallies)
			}
		}
	}
	bad := m.Negatives(20_000)
	r := scan(t, e, inspect.Meta{}, bad.Data, 0)
	for _, y := range r.Tallies {
		if n := y.At(inspect.Medium); n > 0 {
			t.Errorf("%d of %s in %d bytes of hard negatives", n, y.Class, len(bad.Data))
		}
	}
}

func TestLimits(t *testing.T) {
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize), MaxFindings: 10, MaxPersons: 20})
	if err != nil {
		t.Fatal(err)
	}
	data := synth.CSV(synth.New(1, day).Adults(100))
	for _, n := range []int{0, 7} {
		s, err := e.Open(inspect.Meta{Time: day}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(data); {
			k := len(data) - i
			if n > 0 {
				k = min(n, k)
			}
			if _, err := s.Write(data[i : i+k]); err != nil {
				t.Fatal(err)
			}
			i += k
		}
		r, err := s.Close()
		if err != nil {
			t.Fatal(err)
		}
		all := int64(0)
		for _, y := range r.Tallies {
			all += y.At(inspect.Low)
		}
		if len(r.Findings) != 10 || len(r.Persons) != 20 || r.Count(inspect.ResidentID, inspect.Medium) != 100 ||
			all < 400 || r.Omitted != all-10 || r.Coverage.State != inspect.Partial {
			t.Errorf("%d findings, %d omitted, %d persons, %+v", len(r.Findings), r.Omitted, len(r.Persons), r.Coverage)
		}
	}
	if _, err := engine.New(engine.Options{Key: []byte("short")}); err == nil {
		t.Error("a short key is accepted")
	}
}

func TestSubjectsDependOnTheKey(t *testing.T) {
	other, err := engine.New(engine.Options{Key: append(make([]byte, engine.KeySize-1), 1)})
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("13800138000")
	a, b := scan(t, open(t), inspect.Meta{}, text, 0), scan(t, other, inspect.Meta{}, text, 0)
	if a.Persons[0].Key == b.Persons[0].Key {
		t.Error("two keys give one subject")
	}
	c := scan(t, open(t), inspect.Meta{}, []byte("+86 138-0013-8000"), 0)
	if a.Persons[0].Key != c.Persons[0].Key {
		t.Error("two writings of one number give two subjects")
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte(`{"\u624b\u673a":"138\u00300138000"}`), uint8(3))
	f.Add([]byte("tel=%2B86+138+0013+8000&x=zhang%40example.com"), uint8(1))
	f.Add(synth.SecretGB18030(), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		e := open(t)
		if a, b := scan(t, e, inspect.Meta{}, data, 0), scan(t, e, inspect.Meta{}, data, int(n)+1); !inspecttest.Same(a, b) {
			t.Fatalf("whole %+v\nin pieces of %d %+v", a, int(n)+1, b)
		}
	})
}

// TestSubject holds keys to their definition.
func TestSubject(t *testing.T) {
	r := scan(t, open(t), inspect.Meta{}, []byte(phoneA), 0)
	m := hmac.New(sha256.New, make([]byte, engine.KeySize))
	_, _ = m.Write([]byte("mobile\x00+86" + phoneA)) // never fails
	if got := r.Persons[0].Key; !bytes.Equal(got[:], m.Sum(nil)[:len(got)]) {
		t.Errorf("key %x is not the HMAC of the mobile number", got)
	}
}
