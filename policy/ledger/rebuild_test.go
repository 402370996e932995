package ledger_test

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// told is a ledger with the log that a gateway would have of it.
func told(t *testing.T) (*faultfs.Disk, []ledger.Intent) {
	t.Helper()
	d := faultfs.New()
	var log []ledger.Intent
	flow := 0
	send := func(l *ledger.Ledger, sent policy.Sent, end func(id string) error) {
		flow++
		c := count(fmt.Sprint("flow-", flow), policytest.Persons(10*flow, 4))
		r := must(t, l, c)
		log = append(log, ledger.Intent{ID: r.ID, Flow: c.Flow, Commitment: r.Commitment, Sent: sent,
			InDoubt: sent == policy.SentUnknown})
		if err := end(r.ID); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		l := open(t, d)
		send(l, policy.SentAll, func(id string) error { return l.Commit(bg, id, false) })
		send(l, policy.SentNone, func(id string) error { return l.Release(bg, id) })
		send(l, policy.SentUnknown, func(id string) error { return l.Commit(bg, id, true) })
		send(l, policy.SentUnknown, func(id string) error {
			log[len(log)-1].Settled = policy.SentNone
			if err := l.Commit(bg, id, true); err != nil {
				return err
			}
			_, err := l.Settle(bg, id, false)
			return err
		})
		send(l, "", func(string) error { return nil })
		refused := must(t, l, count("refused", policytest.Persons(900+n, 1)))
		if err := l.Release(bg, refused.ID); err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	l := open(t, d)
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	l.Close()
	return d, log
}

func each(log []ledger.Intent) iter.Seq2[ledger.Intent, error] {
	return func(yield func(ledger.Intent, error) bool) {
		for _, in := range log {
			if !yield(in, nil) {
				return
			}
		}
	}
}

func rebuild(d *faultfs.Disk, log []ledger.Intent, write bool) (*ledger.RebuildReport, error) {
	return ledger.Rebuild(bg, ledger.RebuildOptions{Dir: "data", Files: d, Key: key, Write: write, Intents: each(log)})
}

func TestRebuildAgrees(t *testing.T) {
	d, log := told(t)
	for _, write := range []bool{false, true, false, true} {
		rep, err := rebuild(d, log, write)
		if err != nil {
			t.Fatal(err)
		}
		if !rep.Same() || rep.Running || rep.Reservations != 18 || rep.Intents != 15 || rep.Open != 6 || rep.Segments != 4 {
			t.Errorf("report %+v", rep)
		}
		if fmt.Sprint(rep.Before) != fmt.Sprint(rep.After) || (rep.Base != "") != write {
			t.Errorf("report %+v", rep)
		}
	}
	want := load(t, d)
	l := open(t, d)
	chapter(t, l, 1)
	if err := l.FoldNow(bg); err != nil {
		t.Fatal(err)
	}
	if rep, err := rebuild(d, log, false); err != nil || !rep.Running || len(rep.Differs) > 0 {
		t.Errorf("beside a gateway: %+v, %v", rep, err)
	}
	if _, err := rebuild(d, log, true); err == nil || !strings.Contains(err.Error(), "stop the gateway") {
		t.Errorf("Rebuild with Write beside a gateway = %v", err)
	}
	l.Close()
	if load(t, d) == want {
		t.Error("nothing was counted after the rebuild")
	}
}

// lines edits a file's lines and gives them their right check sums.
func lines(d *faultfs.Disk, name string, edit func([][]byte) [][]byte) {
	all := bytes.SplitAfter(d.Bytes(name), []byte{'\n'})
	d.Put(name, ledger.Sign(bytes.Join(edit(all), nil)))
}

func line(all [][]byte, op string) int {
	return slices.IndexFunc(all, func(b []byte) bool { return bytes.Contains(b, []byte(`"op":"`+op+`"`)) })
}

func without(op string) func([][]byte) [][]byte {
	return func(all [][]byte) [][]byte { i := line(all, op); return slices.Delete(all, i, i+1) }
}

func TestRebuildFindsWhatDoesNotAgree(t *testing.T) {
	const second, third, newest = "data/ledger/journal-00000002", "data/ledger/journal-00000003", "data/ledger/newest"
	tests := []struct {
		name string
		do   func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent
		want string // in the error, or in what differs
	}{
		{"a line removed", func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			lines(d, second, without("reserve"))
			return log
		}, "journal-00000002 holds"},
		{"a segment removed", func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			d.Remove(second)
			return log
		}, "journal-00000002 is missing"},
		{"the newest segment removed", func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			d.Remove("data/ledger/journal-00000004")
			return log
		}, "journal-00000004 is missing"},
		{"a line changed", func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			lines(d, third, func(all [][]byte) [][]byte {
				i := line(all, "commit")
				all[i] = bytes.Replace(all[i], []byte(`"commit"`), []byte(`"nommit"`), 1)
				return all
			})
			return log
		}, "journal-00000003, record"},
		{"a commitment changed", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[5].Commitment = strings.Repeat("0", 64)
			return log
		}, "not those of the log's commitment"},
		{"another flow", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[5].Flow = "flow-1"
			return log
		}, "another flow"},
		{"sent by the log, taken back in the journal", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[1].Sent = policy.SentSome
			return log
		}, "it is taken back in the journal, and the log says that it was sent"},
		{"not sent by the log, final in the journal", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[0].Sent = policy.SentNone
			return log
		}, "it is final in the journal, and the log says that nothing was sent"},
		{"settled by nobody", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[3].Settled = ""
			return log
		}, "no operator"},
		{"settled in the log alone", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			log[2].Settled = policy.SentNone
			return log
		}, "in the journal it is in doubt"},
		{"an intent without a reservation line", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			return append(log, ledger.Intent{ID: strings.Repeat("ab", 16), Flow: "x", Commitment: "y", Sent: policy.SentAll})
		}, "no line of it"},
		{"a reservation that no intent names", func(_ *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			return log[1:]
		}, "(final)"},
		{"the end of the newest segment removed", func(d *faultfs.Disk, log []ledger.Intent) []ledger.Intent {
			d.Remove("data/ledger/journal-00000004")
			d.Remove("data/ledger/base-00000003")
			d.Remove(newest)
			lines(d, third, without("reserve"))
			return log
		}, "no line of it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, log := told(t)
			rep, err := rebuild(d, tt.do(d, log), false)
			got := fmt.Sprint(err)
			if err == nil {
				got = strings.Join(append(rep.Differs, rep.Unnamed...), "\n")
				if rep.Same() {
					t.Error("the report says that all agrees")
				}
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("Rebuild says %q, want %q", got, tt.want)
			}
		})
	}
}

// A group whose entry was reported failed and landed all the same was taken
// back: it sent nothing, though others of its flow did.
func TestRebuildTakesAFailedGroupForWhatItIs(t *testing.T) {
	d, log := told(t)
	log[1].Sent, log[1].Unsure = policy.SentSome, true
	rep, err := rebuild(d, log, false)
	if err != nil || !rep.Same() || len(rep.Noted) != 1 || !strings.Contains(rep.Noted[0], "reported failed") {
		t.Errorf("%+v, %v", rep, err)
	}
	log[0].Unsure = true // the one before it is in the log, and was sent
	if rep, err := rebuild(d, log, false); err != nil || !rep.Same() {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestRebuildMendsABase(t *testing.T) {
	d, log := told(t)
	base := files(d, "base-")[0]
	want, good := load(t, d), d.Bytes(base)
	for _, damage := range []func(b []byte) []byte{
		func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		func(b []byte) []byte { return b[:len(b)/2] },
		func([]byte) []byte { return nil },
	} {
		d.Put(base, damage(slices.Clone(good)))
		if _, err := ledger.Open(options(d)); err == nil || !strings.Contains(err.Error(), "base-00000003") ||
			!strings.Contains(err.Error(), "customs ledger rebuild --write") {
			t.Errorf("Open with a damaged base = %v", err)
		}
		rep, err := rebuild(d, log, true)
		if err != nil || rep.Present == "" || len(rep.Differs) > 0 {
			t.Fatalf("Rebuild = %+v, %v", rep, err)
		}
		if !slices.Contains(d.Files(), base+".bad") {
			t.Error("the damaged base was not kept")
		}
		if got := load(t, d); got != want {
			t.Errorf("rebuilt it counts\n%s\nwant\n%s", got, want)
		}
		for _, name := range files(d, "base-") {
			d.Remove(name)
		}
	}
}

func TestRebuildSeesAFalseBase(t *testing.T) {
	const rows = 12 // of the only scope
	row := len("customs ledger base 2\n") + 3*16
	tests := []struct {
		name string
		edit func(b []byte) []byte
		want string
	}{
		{"nothing changed", func(b []byte) []byte { return b }, ""},
		{"another person", func(b []byte) []byte { b[row+12]++; return b }, "the persons in force are not those of the journal"},
		{"fewer persons in an opening", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"persons":70`), []byte(`"persons":10`), 1)
		}, "persons of before the gateway, sp under SC are in force, and the journal comes to"},
		{"a reservation less", func(b []byte) []byte {
			all := bytes.SplitAfter(b, []byte{'\n'})
			i := line(all, "reserve")
			return bytes.Join(slices.Delete(all, i, i+1), nil)
		}, "reservations in doubt are in force, and the journal comes to"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, log := told(t)
			l := open(t, d)
			o := ledger.Opening{ID: "o", Entity: policytest.Exporter, Year: 2026, Kind: policy.CountSP, Basis: "SC", Persons: 70}
			if err := l.Preset(bg, o); err != nil {
				t.Fatal(err)
			}
			l.Close()
			l = open(t, d)
			if err := l.FoldNow(bg); err != nil {
				t.Fatal(err)
			}
			l.Close()
			base := files(d, "base-")[0]
			d.Put(base, ledger.SignBase(tt.edit(d.Bytes(base)), rows))
			rep, err := rebuild(d, log, true)
			if err != nil || rep.Present != "" || strings.Join(rep.Differs, "") == "" != (tt.want == "") ||
				!strings.Contains(strings.Join(rep.Differs, "\n"), tt.want) {
				t.Fatalf("Rebuild = %+v, %v", rep, err)
			}
			if rep, err := rebuild(d, log, false); err != nil || !rep.Same() {
				t.Errorf("a second time: %+v, %v", rep, err)
			}
		})
	}
}

// An entry may land in the log although the gateway was told that it did not:
// the counts are right, and somebody is told.
func TestRebuildNotesWhatOnlyTheLogKnows(t *testing.T) {
	d, log := told(t)
	log[1].Sent, log[1].InDoubt = policy.SentUnknown, true // taken back
	log[2].Sent, log[2].InDoubt = policy.SentAll, false    // in doubt
	rep, err := rebuild(d, log, false)
	if err != nil || !rep.Same() {
		t.Fatalf("Rebuild = %v, %+v", err, rep)
	}
	got := strings.Join(rep.Noted, "\n")
	if len(rep.Noted) != 2 || !strings.Contains(got, "nothing was sent") || !strings.Contains(got, "settle it so") {
		t.Errorf("noted %q", got)
	}
}
