package audit_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
)

// FuzzCheckEntry wants that what the verifier takes for canonical is one value
// of compact JSON.
func FuzzCheckEntry(f *testing.F) {
	b, err := json.Marshal(policytest.Intent("f", policy.Pass))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"schema":"dc.entry/1","seq":1,"kind":"admin","admin":{"act":"\u00e9\\","x":[1,-0.5e+3,true,null,{}]}}`))
	f.Add([]byte(`{"schema":"a","schema":"b"}`))
	f.Add([]byte(`{"seq":01}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if audit.CheckEntry(b) != nil {
			return
		}
		var out bytes.Buffer
		if err := json.Compact(&out, b); err != nil || !bytes.Equal(out.Bytes(), b) {
			t.Errorf("taken: %q: %v", b, err)
		}
	})
}

// FuzzCheckDocument wants that no document is taken but with the entries that
// were proved.
func FuzzCheckDocument(f *testing.F) {
	text, key := document(f)
	good, _, err := audit.CheckDocument(text, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"schema":"dc.proof/1","entries":[{"seq":1,"entry":"","proof":"c2sp.org/tlog-proof@v1\nindex 0\n\n"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _, err := audit.CheckDocument(b, key)
		if err != nil {
			return
		}
		for _, e := range d.Entries {
			if e.Entry != good.Entries[0].Entry && e.Entry != good.Entries[1].Entry {
				t.Errorf("taken: %s", e.Entry)
			}
		}
	})
}
