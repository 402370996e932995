package ledger_test

import (
	"testing"

	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// FuzzLoad feeds a journal to the reader: it refuses or it counts, and what it
// counts is not negative.
func FuzzLoad(f *testing.F) {
	d := faultfs.New()
	l := open(f, d)
	must(f, l, count("a", policytest.Persons(0, 3)))
	l.Close()
	const name = "data/ledger/journal-00000001"
	good := d.Bytes(name)
	f.Add(good)
	f.Add(good[:len(good)-4])
	f.Add([]byte("00000000 {}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := faultfs.New()
		if err := c.MakeDir("data/ledger"); err != nil {
			t.Fatal(err)
		}
		c.Put(name, b)
		v, err := ledger.Load(c, "data")
		if err != nil {
			return
		}
		for _, total := range v.Totals() {
			if total.NS < 0 || total.SP < 0 || total.Any < max(total.NS, total.SP) {
				t.Errorf("totals %+v", total)
			}
		}
	})
}
