package synth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestSameSeedSamePeople(t *testing.T) {
	a, b, c := synth.New(5, day).Adults(50), synth.New(5, day).Adults(50), synth.New(6, day).Adults(50)
	ids := map[string]bool{}
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("the same seed gives other people")
		}
		ids[a[i].ResidentID], ids[c[i].ResidentID] = true, true
	}
	if len(ids) != 100 {
		t.Errorf("%d different people of 100", len(ids))
	}
}

func TestAges(t *testing.T) {
	m := synth.New(1, day)
	for range 500 {
		if born := m.Minor().Born; !born.After(day.AddDate(-14, 0, 0)) {
			t.Fatalf("a minor born on %v", born)
		}
		if born := m.Adult().Born; born.After(day.AddDate(-18, 0, 0)) {
			t.Fatalf("an adult born on %v", born)
		}
	}
}

func TestDocuments(t *testing.T) {
	m := synth.New(2, day)
	people := m.Adults(4)
	var rows []map[string]any
	if err := json.Unmarshal(synth.JSON(people), &rows); err != nil || len(rows) != 4 || rows[2]["mobile"] != people[2].Mobile {
		t.Errorf("JSON: %v, %v", rows, err)
	}
	if got := bytes.Count(synth.CSV(people), []byte("\n")); got != 5 {
		t.Errorf("CSV has %d lines", got)
	}
	if v, err := url.ParseQuery(string(synth.Form(people[0]))); err != nil || v.Get("idNo") != people[0].ResidentID {
		t.Errorf("form: %v", err)
	}
	if !bytes.Contains(synth.SecretGB18030(), []byte("\xbb\xfa\xc3\xdc\xa1\xef")) {
		t.Error("the GB18030 document has no mark")
	}
	for _, c := range []synth.Corpus{m.APILog(100), m.Prose(100), m.Table(20)} {
		lines := bytes.Split(c.Data, []byte("\n"))
		for _, l := range c.Labels {
			if !bytes.Contains(lines[l.Line-1], []byte(l.Value)) {
				t.Fatalf("%s: label %+v is wrong", c.Name, l)
			}
		}
	}
}

func ExampleNew() {
	m := synth.New(1, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	p := m.Adult()
	fmt.Println(len(p.ResidentID), len(p.Mobile), len(p.BankCard))
	// Output: 18 11 19
}
