package alert_test

import (
	"bytes"
	"testing"

	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// FuzzOutbox reads any bytes as an outbox: it never panics, and what was read
// is read again alike after it was written.
func FuzzOutbox(f *testing.F) {
	d, w := faultfs.New(), newWatch()
	o := open(f, d, w, &box{name: "a"})
	raise(f, o, some("x"), alert.Name(alert.Volume, "y", "80", "2026"))
	o.Deliver(bg, "a")
	o.Close()
	good := d.Bytes("data/alerts/outbox")
	f.Add(good)
	f.Add(good[:len(good)-7])
	f.Add(append(bytes.Clone(good), good...))
	f.Add(bytes.Join([][]byte{alert.Line(`{"op":"head","schema":"dc.alerts/1"}`), alert.Line(`{"op":"set","id":"x","delivery":{}}`), alert.Line(`{"op":"raise"}`)}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, twice, err := alert.Reread(data)
		if err == nil && !bytes.Equal(once, twice) {
			t.Errorf("read as\n%s\nthen as\n%s", once, twice)
		}
	})
}
