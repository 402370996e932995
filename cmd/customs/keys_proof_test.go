package main

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/tree"
)

// A file of the log's keys holds those of one log, one of which signs.
func TestLogKeysAreOfOneLog(t *testing.T) {
	key := func(name string, seed byte, until time.Time) logKey {
		private := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), seed))
		public, err := tree.VerifierKey(name, private.Public().(ed25519.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		return logKey{Public: public, Seed: private.Seed(), Until: until}
	}
	never, soon := time.Time{}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		keys []logKey
		ok   bool
	}{
		{"one key", []logKey{key("customs/a-1", 1, never)}, true},
		{"an older key beside it", []logKey{key("customs/a-1", 1, never), key("customs/a-1", 2, soon)}, true},
		{"an older key of another log", []logKey{key("customs/a-1", 1, never), key("customs/b-2", 2, soon)}, false},
		{"two that sign", []logKey{key("customs/a-1", 1, never), key("customs/a-1", 2, never)}, false},
		{"none that signs", []logKey{key("customs/a-1", 1, soon)}, false},
		{"the seed of another key", []logKey{{Public: key("customs/a-1", 1, never).Public, Seed: key("customs/a-1", 2, never).Seed}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, err := logKeys{Keys: tt.keys}.encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parseLogKeys(text); (err == nil) != tt.ok {
				t.Errorf("parseLogKeys = %v", err)
			}
		})
	}
}

// What holds a private key is read only when nobody else can read it.
func TestSecretFilesAreForTheirOwner(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o666: false} {
		put(t, file, "AGE-SECRET-KEY")
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := readSecretFile(file); (err == nil) != ok {
			t.Errorf("mode %04o: %v", mode, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}
