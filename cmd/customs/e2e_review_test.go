package main

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// TestReviewReleases walks a held transfer through two reviewers: one cannot
// release it, nor the same twice, two can; another body is another ticket, and
// the quota ends it.
func TestReviewReleases(t *testing.T) {
	t.Parallel()
	c := newReviewCity(t, "anna", "bo")
	body := c.body()
	ticket, record := c.held(body)
	if again, _ := c.held(body); again != ticket {
		t.Fatalf("the same content has tickets %s and %s", ticket, again)
	}
	if r := c.record(record); r.Intent.Enforced != policy.Hold || r.Intent.Ticket != ticket || !r.Complete || !r.Intent.Decided.Has(policy.HeldForReview) {
		t.Errorf("record %+v", r.Intent)
	}
	if out := c.answer(0, "approve", ticket, "anna"); !strings.Contains(out, "1 of 2 approvals") || !strings.Contains(out, "another person must approve") {
		t.Errorf("one approver is told\n%s", out)
	}
	if got := c.staysHeld(body); got != ticket {
		t.Errorf("ticket %s, then %s", ticket, got)
	}
	c.answer(1, "approve", ticket, "anna")
	c.answer(1, "approve", ticket, "mallory")
	c.staysHeld(body)
	c.answer(0, "approve", ticket, "bo")
	c.settled()
	other, _ := c.held(body[:len(body)-1] + " }")
	if other == ticket {
		t.Error("another body has the ticket of the first")
	}
	c.passes(body)
	if got := c.staysHeld(body); got == "" {
		t.Error("no ticket after the quota was used")
	}
	if out, code := c.do("review", "show", ticket, "--format", "json"); code != 0 || !strings.Contains(out, `"used_transfers":1`) || strings.Contains(out, c.people[0].Email) {
		t.Errorf("show: exit %d\n%s", code, out)
	}
	c.checkReleased(ticket, "anna", "bo")
}

// checkReleased wants each step in the log: the answers with who gave them and
// why, and the release with what it rests on.
func (c *reviewCity) checkReleased(ticket string, approvers ...string) {
	c.t.Helper()
	for _, who := range approvers {
		found := slices.ContainsFunc(c.acts(), func(a policy.Admin) bool {
			return a.Act == "review.approve" && strings.HasPrefix(a.Object, ticket+"#") && a.Actor == who && a.Note == "looked at by "+who
		})
		if !found {
			c.t.Errorf("no entry of the approval by %s in %+v", who, c.acts())
		}
	}
	var out string
	waitFor(c.t, "the outcome of each release", func() bool {
		var code int
		out, code = c.do("audit", "list", "--format", "json")
		return code == 0 && !strings.Contains(out, `"complete":false`)
	})
	released := 0
	for line := range strings.Lines(out) {
		var r policy.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			c.t.Fatal(err)
		}
		if !r.Intent.Enforced.Releases() || !slices.Contains(r.Intent.Decided.Uses, ticket) {
			continue
		}
		released++
		var q policy.Question
		if err := json.Unmarshal(r.Intent.Question, &q); err != nil || q.Approval == nil || !slices.Equal(q.Approval.Approvers, approvers) || q.Approval.Ticket != ticket {
			c.t.Errorf("question %s, %v", r.Intent.Question, err)
		}
		if !r.Intent.Decided.Has(policy.ReviewApproved) || r.Outcome == nil || r.Outcome.Sent != policy.SentAll {
			c.t.Errorf("release %+v", r)
		}
	}
	if released != 1 {
		c.t.Errorf("%d records of a release under %s, want 1", released, ticket)
	}
	if out, code := c.do("audit", "verify"); code != 0 {
		c.t.Errorf("audit verify: exit %d %s", code, out)
	}
}

// TestReviewDenies lets one reviewer end a ticket, also after an approval.
func TestReviewDenies(t *testing.T) {
	c := newReviewCity(t, "anna", "bo", "chen")
	body := c.body()
	ticket, _ := c.held(body)
	c.answer(0, "approve", ticket, "anna")
	c.answer(0, "deny", ticket, "bo")
	c.answer(1, "approve", ticket, "chen")
	c.answer(1, "approve", ticket, "bo")
	c.settled()
	if status, _, text := c.post(c.client, "/", body); status != http.StatusForbidden || !strings.Contains(text, string(policy.ReviewDenied)) || !strings.Contains(text, `"action": "block"`) {
		t.Errorf("the retry: %d %s", status, text)
	}
	if out, code := c.do("review", "list", "--state", "denied", "--format", "json"); code != 0 || !strings.Contains(out, ticket) {
		t.Errorf("list: exit %d\n%s", code, out)
	}
	denied := slices.ContainsFunc(c.acts(), func(a policy.Admin) bool { return a.Act == "review.deny" && a.Actor == "bo" && a.Note != "" })
	if !denied {
		t.Errorf("acts %+v", c.acts())
	}
}

// TestReviewExpires lets an approval run out.
func TestReviewExpires(t *testing.T) {
	t.Parallel()
	c := newReviewCity(t, "anna", "bo")
	body := c.body()
	ticket, _ := c.held(body)
	c.answer(0, "approve", ticket, "anna", "--expires", "2s", "--transfers", "100")
	c.answer(0, "approve", ticket, "bo", "--expires", "1d", "--transfers", "100")
	waitFor(t, "the approval to expire", func() bool {
		out, _ := c.do("review", "show", ticket, "--format", "json")
		return strings.Contains(out, `"state":"expired"`)
	})
	c.staysHeld(body)
	if n := len(c.origin.arrivals()); n != 0 {
		t.Errorf("origin saw %d requests", n)
	}
}

// TestReviewOfAnException asks for an exception: with two approvals transfers
// go without a hold until its quota is used.
func TestReviewOfAnException(t *testing.T) {
	t.Parallel()
	c := newReviewCity(t, "anna", "bo")
	body := c.body()
	c.held(body)
	path := filepath.Join(c.dir, "exception.json")
	writeTest(t, path, exceptionDoc("EXC-1", "li.ming", 7))
	if out, code := c.do("filing", "add", path); code != 0 {
		t.Fatalf("filing add: exit %d\n%s", code, out)
	}
	c.staysHeld(body)
	c.answer(0, "approve", "EXC-1", "anna")
	c.staysHeld(body)
	c.answer(0, "approve", "EXC-1", "bo")
	c.passes(body)
	c.passes(c.body())
	before := len(c.origin.arrivals())
	waitFor(t, "a hold once the quota is used", func() bool { // at first the refusal may say that it is
		_, _, answer := c.post(c.client, "/", body)
		return strings.Contains(answer, `"action": "hold"`)
	})
	if n := len(c.origin.arrivals()); n != before {
		t.Errorf("origin saw %d requests beyond the quota", n-before)
	}
	if out, code := c.do("review", "list", "--state", "used_up"); code != 0 || !strings.Contains(out, "EXC-1") {
		t.Errorf("list: exit %d\n%s", code, out)
	}
	source := audit.Source{Files: disk.Files{}, Dir: filepath.Join(c.dir, "customs-data")}
	used := 0
	err := audit.Records(context.Background(), source, func(r policy.Record) error {
		if r.Intent.Decided.Has(policy.ExceptionApplied) && slices.Contains(r.Intent.Decided.Uses, "EXC-1") {
			used++
		}
		return nil
	})
	if err != nil || used != 2 {
		t.Errorf("%d records under the exception, %v", used, err)
	}
}

// TestSuspendedRecipient suspends a recipient of an effective filing.
func TestSuspendedRecipient(t *testing.T) {
	c := newReviewCity(t, "anna", "bo")
	body := childWithDiagnosis(t)
	add := func(name, text string) {
		path := filepath.Join(c.dir, name)
		writeTest(t, path, text)
		if out, code := c.do("filing", "add", path); code != 0 {
			t.Fatalf("filing add %s: exit %d\n%s", name, code, out)
		}
	}
	add("filing.json", sampleFiling(time.Now()))
	c.passes(body)
	add("recipient.json", `{"schema":"dc.recipient/1","id":"R1","country":"SG","status":"suspended"}`)
	var answer string
	waitFor(t, "the suspension to take effect", func() bool {
		var status int
		status, _, answer = c.post(c.client, "/", body)
		return status == http.StatusForbidden
	})
	if !strings.Contains(answer, string(policy.RecipientDenied)) {
		t.Errorf("refused with\n%s", answer)
	}
}

// TestQuotaIsTakenOnce sends the same approved content from many clients at
// once: as many arrive as the quota has, and no more.
func TestQuotaIsTakenOnce(t *testing.T) {
	c := newReviewCity(t, "anna", "bo")
	body := c.body()
	ticket, _ := c.held(body)
	c.answer(0, "approve", ticket, "anna", "--transfers", "3")
	c.answer(0, "approve", ticket, "bo", "--transfers", "9")
	c.settled()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { c.post(c.client, "/", body) })
	}
	wg.Wait()
	if n := len(c.origin.arrivals()); n != 3 {
		t.Errorf("origin saw %d requests, approved are 3", n)
	}
	if out, _ := c.do("review", "show", ticket, "--lang", "en"); !strings.Contains(out, "transfers 3, persons 3") {
		t.Errorf("show\n%s", out)
	}
}
