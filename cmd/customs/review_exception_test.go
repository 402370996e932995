package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// exceptionDoc asks for an exception from today on.
func exceptionDoc(id, owner string, days int) string {
	today := time.Now().In(policy.Shanghai)
	return fmt.Sprintf(`{"schema":"dc.exception/1","id":%q,"exporter":"91310115MA1K3ABC99","owner":%q,"reason":"move of the mail archive",
"hosts":["127.0.0.0/8"],"waives":["two-persons"],"quota":{"transfers":2,"persons":10},"effective":%q,"expires":%q,"status":"effective"}`,
		id, owner, today.Format(time.DateOnly), today.AddDate(0, 0, days).Format(time.DateOnly))
}

// ask stores the document of an exception.
func (d desk) ask(name string) {
	d.t.Helper()
	var out bytes.Buffer
	if code := run([]string{"filing", "add", d.path(name), "--config", d.path("customs.yaml")}, &out, &out); code != 0 {
		d.t.Fatalf("filing add %s: exit %d\n%s", name, code, out.String())
	}
}

// TestAnExceptionIsReviewed walks a request to its approval, and one to its
// denial.
func TestAnExceptionIsReviewed(t *testing.T) {
	d := newDesk(t, "anna", "bo", "chen")
	for _, id := range []string{"EXC-1", "EXC-2"} {
		writeTest(t, d.path(id+".json"), exceptionDoc(id, "chen", 30))
		d.ask(id + ".json")
	}
	if out, _, code := d.do("show", "EXC-1", "--lang", "en"); code != 0 || !strings.Contains(out, "revision 1") || !strings.Contains(out, "transfers: 2, persons: 10") ||
		!strings.Contains(out, "two-persons") || !strings.Contains(out, "0 of 2 approvals; two different persons must approve") {
		t.Errorf("show: exit %d\n%s", code, out)
	}
	d.answer(1, "", "approve", "EXC-1", "chen") // who owns it
	d.answer(0, "another person must approve", "approve", "EXC-1", "anna")
	d.answer(0, "1 of 1 transfers and 10 of 10 persons are left", "approve", "EXC-1", "bo", "--transfers", "1")
	s := d.state("EXC-1")
	if s.State != registry.StateApproved || s.Exception == nil || s.Exception.ID != "EXC-1" || s.LeftTransfers != 1 {
		t.Errorf("approved: %+v", s)
	}
	d.answer(0, "denied, which is final", "deny", "EXC-2", "anna")
	d.answer(1, "", "approve", "EXC-2", "bo")
	if out, _, code := d.do("list", "--state", "approved", "--lang", "en"); code != 0 || !strings.Contains(out, "EXC-1") || strings.Contains(out, "EXC-2") {
		t.Errorf("approved: exit %d\n%s", code, out)
	}
}

// TestAnExceptionThatChanged is reviewed anew, and who saw the old one cannot
// approve the new one by the digest shown.
func TestAnExceptionThatChanged(t *testing.T) {
	d := newDesk(t, "anna", "bo")
	put := func(days int) {
		writeTest(t, d.path("x.json"), exceptionDoc("EXC-1", "li.ming", days))
		d.ask("x.json")
	}
	put(30)
	shown := d.state("EXC-1").Object
	d.answer(0, "1 of 2", "approve", "EXC-1", "anna", "--object", shown)
	put(60)
	d.answer(1, "not what you were shown", "approve", "EXC-1", "bo", "--object", shown)
	if s := d.state("EXC-1"); s.State != registry.StateOpen || s.Missing != 2 || s.Object == shown {
		t.Errorf("after the change: %+v", s)
	}
}
