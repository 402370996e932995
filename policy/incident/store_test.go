package incident_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// TestCrashesKeepAnIncidentWhole strikes every step of saving a second state:
// a restart finds the first or the second, whole.
func TestCrashesKeepAnIncidentWhole(t *testing.T) {
	rows := 0
	for n := range 6 {
		for _, fault := range []faultfs.Fault{faultfs.Lost, faultfs.Landed, faultfs.Torn, faultfs.Full, faultfs.Stop} {
			for _, loss := range []faultfs.Loss{faultfs.Power, faultfs.Half, faultfs.Kill} {
				rows++
				at := fmt.Sprintf("step %d fault %d loss %d", n, fault, loss)
				d := faultfs.New()
				s, err := incident.Open(d, "d")
				if err != nil {
					t.Fatal(err)
				}
				i := fresh(t, "", false)
				if err := s.Save(i); err != nil {
					t.Fatal(at, err)
				}
				if err := i.Add(step(incident.ActNote, 0)); err != nil {
					t.Fatal(err)
				}
				d.FailAt(n, fault)
				saved := s.Save(i) == nil
				d = d.Crash(loss)
				got, err := incident.Load(d, "d", i.ID)
				if err != nil || saved && len(got.Steps) != 2 {
					t.Errorf("%s: saved %v, found %+v, %v", at, saved, got, err)
				}
			}
		}
	}
	t.Logf("%d rows", rows)
}

func TestStore(t *testing.T) {
	d := faultfs.New()
	if list, err := incident.List(d, "d"); list != nil || err != nil {
		t.Errorf("no incidents at all: %v, %v", list, err)
	}
	s, err := incident.Open(d, "d")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := incident.Open(d, "d"); !errors.Is(err, policy.ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	i := fresh(t, "", false, incident.Exporter{USCC: motors})
	if err := s.Save(i); err != nil {
		t.Fatal(err)
	}
	got, err := incident.Load(d, "d", i.ID)
	if err != nil || !reflect.DeepEqual(got.Clocks, i.Clocks) || got.Digest(0) != i.Digest(0) {
		t.Errorf("read back %+v, %v", got, err)
	}
	if _, err := incident.Load(d, "d", "inc-20261122-zzzzzz"); !errors.Is(err, incident.ErrNone) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := incident.Load(d, "d", "../x"); !errors.Is(err, incident.ErrNone) {
		t.Errorf("a path: %v", err)
	}
	d.Put("d/incidents/inc-20261122-aaaaaa.json", d.Bytes("d/incidents/"+i.ID+".json"))
	d.Put("d/incidents/inc-20261122-bbbbbb.json", []byte("{}"))
	list, err := incident.List(d, "d")
	if len(list) != 1 || err == nil || !strings.Contains(err.Error(), "aaaaaa") || !strings.Contains(err.Error(), "bbbbbb") {
		t.Errorf("damaged ones beside a good one: %d, %v", len(list), err)
	}
}

// FuzzParse wants any file to be refused, or to be what it was when it is
// written again.
func FuzzParse(f *testing.F) {
	b, err := json.Marshal(fresh(f, "", false, incident.Exporter{USCC: motors}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"schema":"dc.incident/1","id":"inc-20261122-0a1b2c"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := incident.Parse(b)
		if err != nil {
			return
		}
		out, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		again, err := incident.Parse(out)
		if err != nil || again.Digest(len(again.Steps)-1) != i.Digest(len(i.Steps)-1) {
			t.Errorf("%s is another when read again: %v", out, err)
		}
		i.States(found)
	})
}
