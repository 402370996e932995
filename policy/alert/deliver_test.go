package alert_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// asked is a receiver that hands each try to a test.
type asked struct {
	name string
	send func(ctx context.Context, a *alert.Alert) error
}

func (r *asked) Name() string                                   { return r.name }
func (r *asked) Send(ctx context.Context, a *alert.Alert) error { return r.send(ctx, a) }

// A receiver that is down is not asked for all that waits, a clock that was set
// back does not put it off, and a person who asks again is not put off either.
func TestARoundEnds(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	tries := 0
	o := open(t, d, w, &box{name: "a", fail: func(*alert.Alert) error { tries++; return errors.New("it answered 500") }})
	defer o.Close()
	for i := range 8 {
		raise(t, o, some(fmt.Sprint(i)))
	}
	for range 100 {
		before := tries
		wait, _ := o.Deliver(bg, "a")
		if tries-before > 3 {
			t.Fatalf("%d tries in one round", tries-before)
		}
		w.turn(wait)
	}
	if tries < 150 {
		t.Errorf("only %d tries in 100 rounds: the first holds up the others", tries)
	}
	if o.Deliver(bg, "a"); tries == 0 {
		t.Fatal("nothing was tried")
	}
	before := tries
	if o.Deliver(bg, "a"); tries != before {
		t.Error("tried before its time")
	}
	w.turn(-48 * time.Hour)
	if o.Deliver(bg, "a"); tries == before {
		t.Error("a clock that was set back puts the receiver off")
	}
	before = tries
	if o.Retry(some("0").Sealed().ID) != 1 {
		t.Error("nothing was put up again")
	}
	if o.Deliver(bg, "a"); tries == before {
		t.Error("a person who asks again is put off")
	}
}

// What is on its way when the program is told to stop goes on, and what the
// stop itself cut off says nothing about the receiver.
func TestStopping(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		d, w := faultfs.New(), newWatch()
		ctx, stop := context.WithCancel(bg)
		told := 0
		r := &asked{"a", func(sending context.Context, _ *alert.Alert) error {
			stop()
			if sending.Err() != nil {
				t.Error("what was on its way was cut off at once")
			}
			if arrives {
				return nil
			}
			return errors.New("cut off")
		}}
		o, err := alert.Open(alert.Options{Dir: "data", Files: d, Now: w.now, Receivers: []alert.Receiver{r}, Tell: func(*alert.Alert, alert.Delivery) { told++ }})
		if err != nil {
			t.Fatal(err)
		}
		raise(t, o, some("x"))
		o.Deliver(ctx, "a")
		o.Close()
		list, err := alert.Load(d, "data")
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		got, want := list[0].Deliveries[0], alert.Waiting
		if arrives {
			want = alert.Sent
		}
		if got.State != want || (got.Tries == 1) != arrives || (told == 1) != arrives {
			t.Errorf("arrives %t: %+v, told %d times", arrives, got, told)
		}
	}
}

// Run serves every receiver, whatever the others do.
func TestRunServesAll(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	hang := make(chan struct{})
	got := make(chan string, 9)
	take := func(name string) alert.Receiver {
		return &asked{name, func(_ context.Context, a *alert.Alert) error { got <- name + " " + a.Object; return nil }}
	}
	o := open(t, d, w, &asked{"hangs", func(ctx context.Context, _ *alert.Alert) error { <-hang; return nil }}, take("b"), take("c"))
	defer o.Close()
	ctx, stop := context.WithCancel(bg)
	done := make(chan struct{})
	go func() { defer close(done); o.Run(ctx) }()
	raise(t, o, some("x"))
	var names []string
	for range 2 {
		select {
		case name := <-got:
			names = append(names, name)
		case <-time.After(10 * time.Second):
			t.Error("a receiver waits for one that hangs")
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"b x", "c x"}) {
		t.Errorf("got %v", names)
	}
	stop()
	close(hang)
	<-done
}

// A day begins in Shanghai, and what somebody still waits for is not forgotten
// for its age alone.
func TestDaysAndAges(t *testing.T) {
	d, w := faultfs.New(), newWatch()
	w.turn(time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC).Sub(start))
	o := open(t, d, w, &box{name: "a", fail: func(*alert.Alert) error { return errors.New("it answered 500") }})
	for i := range 500 {
		raise(t, o, some(fmt.Sprint(i)))
	}
	if _, err := o.Raise(bg, some("more")); !errors.Is(err, alert.ErrTooMany) {
		t.Errorf("the 501st of a day: %v", err)
	}
	w.turn(time.Minute)
	raise(t, o, some("more"))
	o.Close()
	w.turn(500 * 24 * time.Hour)
	o = open(t, d, w, &box{name: "a"})
	raise(t, o, some("last"))
	o.Close()
	if list, err := alert.Load(d, "data"); err != nil || len(list) != 502 {
		t.Errorf("%d alerts are kept, %v; all of them wait", len(list), err)
	}
}

// Each part of an alert's name tells it apart.
func TestNamesTellApart(t *testing.T) {
	mailTo := func(to string) string {
		m, err := alert.NewMail(alert.MailOptions{Relay: "relay.example.cn:25", From: "a@example.cn", To: to})
		if err != nil {
			t.Fatal(err)
		}
		return m.Name()
	}
	date := func(left int) string {
		return alert.DateOf("filing", "SC-1", "expiry", "2026-12-01", left, alert.Text{}).Sealed().ID
	}
	ids := map[string]string{}
	for what, id := range map[string]string{
		"one": alert.Name(alert.Volume, "x", "80", "2026"), "kind": alert.Name(alert.Date, "x", "80", "2026"), "object": alert.Name(alert.Volume, "y", "80", "2026"),
		"mark": alert.Name(alert.Volume, "x", "90", "2026"), "period": alert.Name(alert.Volume, "x", "80", "2027"), "shifted": alert.Name(alert.Volume, "x8", "0", "2026"),
		"near": date(3), "passed": date(-1), "mail": mailTo("a@example.cn"), "other mail": mailTo("b@example.cn"),
	} {
		if ids[id] != "" {
			t.Errorf("%s has the name of %s", what, ids[id])
		}
		ids[id] = what
	}
	if date(3) != date(1) {
		t.Error("the same date comes near twice")
	}
}

func TestSeverities(t *testing.T) {
	for percent, want := range map[int]alert.Severity{80: alert.Warning, 90: alert.Warning, 100: alert.Critical} {
		for _, filing := range []bool{true, false} {
			if a := alert.VolumeOf("x", alert.Facts{Limit: "l", Count: int64(percent), Max: 100, Percent: percent}, "2026", filing); a.Severity != want {
				t.Errorf("%d %%, filing %t: %s", percent, filing, a.Severity)
			}
		}
	}
	for left, want := range map[int]alert.Severity{5: alert.Warning, 0: alert.Warning, -1: alert.Critical} {
		if a := alert.DateOf("filing", "SC-1", "expiry", "2026-12-01", left, alert.Text{}); a.Severity != want {
			t.Errorf("%d days left: %s", left, a.Severity)
		}
	}
	for persons, want := range map[int64]string{9_999: "", 10_000: "10000", 99_999: "10000", 1_000_000: "1000000"} {
		if a := alert.SplitOf("r", "u", &policy.Split{Set: "s", Pieces: 2, Persons: persons}); a.Mark != want || a.Severity != alert.Critical {
			t.Errorf("%d persons: mark %q, want %q", persons, a.Mark, want)
		}
	}
}

// A mail says everything in both languages.
func TestMailIsInBothLanguages(t *testing.T) {
	p := &post{}
	relay := p.serve(t, nil, false)
	a := alert.VolumeOf("91310115MA1K3ABC99", alert.Facts{Limit: "national.sp.10000", Count: 9001, Max: 10000, Percent: 90}, "2026", false).Sealed()
	a.Time = start
	if err := mailer(t, alert.MailOptions{TLS: alert.NoTLS, Relay: relay}).Send(bg, &a); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(p.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	body := m.Body
	switch m.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{a.Title.ZH, a.Text.ZH, a.Title.EN, a.Text.EN, a.ID} {
		if want == "" || !strings.Contains(strings.ReplaceAll(string(text), "\r\n", "\n"), want) {
			t.Errorf("the mail lacks %q\n%s", want, text)
		}
	}
}
