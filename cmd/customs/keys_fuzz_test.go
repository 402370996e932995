package main

import (
	"testing"
	"time"
)

// FuzzKeyFiles gives the readers of key files any text. Keys of a log that are
// taken can sign, or say that they cannot, and are written back as they were read.
func FuzzKeyFiles(f *testing.F) {
	r := &logRing{now: time.Now, outside: newOutside(nil)}
	k, err := r.make("customs/gw-1a2b3c4d")
	if err != nil {
		f.Fatal(err)
	}
	good, err := logKeys{Keys: []logKey{k}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"schema":"dc.logkeys/1","keys":[{"public":"customs/a+00000000+AQ==","made":"2026-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"year":2026,"key":"AAAA"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = parseRoot(text)
		_, _ = parseKept(text)
		_, _ = parseNameKey(text, 2026)
		_, _ = publicOf(string(text))
		keys, err := parseLogKeys(text)
		if err != nil {
			return
		}
		if _, err := keys.signers(r.outside); err != nil {
			t.Errorf("keys that were taken cannot sign: %v", err)
		}
		back, err := keys.encode()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseLogKeys(back); err != nil || again.public() != keys.public() {
			t.Errorf("written back they are others: %v", err)
		}
	})
}
