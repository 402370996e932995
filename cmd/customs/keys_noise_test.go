package main

import (
	"testing"
	"time"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// TestKeyNamesAreNoPersons scans what acts of keys are about as a reason is
// scanned: chance must not make it look like a person's number.
func TestKeyNamesAreNoPersons(t *testing.T) {
	in, err := noteScanner(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	r := &logRing{now: time.Now, outside: newOutside(nil)}
	for range 300 {
		k, err := r.make("customs/gw-1a2b3c4d")
		if err != nil {
			t.Fatal(err)
		}
		root, _ := parseRoot(newRoot())
		for _, object := range []string{k.Public, "root key " + dashed(rootID(root)), vault.Dir} {
			o := order{Subject: &orderSubject{Object: object}}
			if err := o.checkSubject(); err != nil {
				t.Errorf("%s: %v", object, err)
			}
			if err := noteFault(in, withoutHex(object), time.Now()); err != nil {
				t.Errorf("%s: %v", object, err)
			}
		}
	}
}
