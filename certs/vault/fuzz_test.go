package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/datacustoms/customs/certs/vault"
)

// FuzzUnseal gives a sealed vault any file: it opens only what it sealed for
// that name.
func FuzzUnseal(f *testing.F) {
	v, err := vault.Open(options(f.TempDir(), secret))
	if err != nil {
		f.Fatal(err)
	}
	good, err := v.Seal("keys/root.key", []byte(rootK))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("customs-sealed-1 \n"))
	f.Add([]byte(rootK))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.Unseal("keys/root.key", b)
		if err == nil && (!bytes.Equal(b, good) || string(got) != rootK) {
			t.Errorf("%q was opened", b)
		}
	})
}

// FuzzMaster gives the opener of the master key any file.
func FuzzMaster(f *testing.F) {
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"))
	f.Add([]byte("age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAA\n--- AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Contains(b, []byte(" 1")) || bytes.Contains(b, []byte(" 2")) {
			return // much work is allowed there, and is slow
		}
		if _, err := vault.OpenMaster(b, []byte(secret)); err == nil {
			t.Errorf("%q was opened", b)
		}
	})
}

func backupOf(items ...vault.Item) vault.Backup {
	return vault.Backup{Made: time.Unix(1e9, 0).UTC(), Log: "customs/gw-1a2b3c4d", Items: items}
}

// FuzzBackup gives the reader of a backup any text. What it takes writes
// nowhere but where keys are.
func FuzzBackup(f *testing.F) {
	for _, name := range []string{"keys/root.key", "../keys/root.key", "keys/lock", "ca/state.json", "/etc/passwd"} {
		b := backupOf(vault.Item{Name: name, Bytes: []byte("x")})
		h := sha256.New()
		fmt.Fprintf(h, "%s\x00%v\x00%d\x00%x\n", name, false, 1, "x")
		b.Schema, b.Digest = "dc.keybackup/1", h.Sum(nil)
		text, _ := json.Marshal(b)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := vault.ParseBackup(text)
		if err != nil {
			return
		}
		for _, i := range b.Items {
			if strings.Contains(i.Name, "..") || !strings.HasPrefix(i.Name, "keys/") && !strings.HasPrefix(i.Name, "ca/") {
				t.Errorf("a backup writes %q", i.Name)
			}
		}
	})
}

// FuzzAnswer gives the reader of an external signer any line.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"id":1,"signature":"AAAA"}`))
	f.Add([]byte(`{"id":1,"error":"PIN 4711"}`))
	f.Add([]byte(`{"id":2}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if _, err := vault.ParseAnswer(line, 1); err != nil && strings.Contains(err.Error(), "4711") {
			t.Errorf("the program's words are passed on: %v", err)
		}
		if key, err := vault.ParsePublic(line); err == nil && key == nil {
			t.Error("no key and no fault")
		}
	})
}

func TestBackup(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := age.GenerateX25519Identity()
	b := backupOf(vault.Item{Name: "keys/root.key", Bytes: []byte(rootK)})
	to, err := vault.Recipient(id.Recipient().String(), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := b.Encode(to)
	if err != nil || bytes.Contains(sealed, []byte(rootK[:16])) {
		t.Fatalf("Encode = %q, %v", sealed, err)
	}
	who, err := vault.Identities([]byte(id.String()), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := vault.DecodeBackup(sealed, who...)
	if err != nil || len(got.Items) != 1 || string(got.Items[0].Bytes) != rootK || got.Log != b.Log {
		t.Errorf("DecodeBackup = %+v, %v", got, err)
	}
	if _, err := vault.DecodeBackup(sealed, other); err != vault.ErrNotYours {
		t.Errorf("somebody else: %v", err)
	}
	for n := 0; n < len(sealed); n += 5 {
		cut := bytes.Clone(sealed)
		cut[n] ^= 1
		if got, err := vault.DecodeBackup(cut, who...); err == nil {
			t.Errorf("bit of byte %d: opened %+v", n, got)
		}
		if _, err := vault.DecodeBackup(sealed[:n], who...); err == nil {
			t.Errorf("cut at %d: opened", n)
		}
	}
	if _, err := vault.Recipient("ssh-ed25519 AAAA", nil, 0); err == nil {
		t.Error("a recipient that is none")
	}
	if _, err := vault.Identities([]byte("AGE-SECRET-KEY-1"), nil); err == nil || strings.Contains(err.Error(), "AGE-SECRET") {
		t.Errorf("an identity that is none: %v", err)
	}
}
