package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// TestKeysStandNowhereElse seals, rotates, backs up and restores an
// installation, and looks for its keys and passphrases in all that was said
// and in every file but those of clear keys.
func TestKeysStandNowhereElse(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "c.yaml")
	pass, other := "correct horse battery staple", "tomorrow's passphrase is longer"
	for name, text := range map[string]string{"c.yaml": "data: data\nkeys: {passphrase: {file: pass}}\n", "pass": pass, "other": other} {
		writeTest(t, filepath.Join(dir, name), text)
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keysIn(t, data)
	cfg := &config.Config{Data: data}
	said := &bytes.Buffer{}
	command := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(args, &out, &out); got != want {
			t.Errorf("%v: exit %d, want %d\n%s", args, got, want, out.Bytes())
		}
		said.Write(out.Bytes())
	}
	who := []string{"--by", "anna", "--reason", "test"}
	secrets := func() [][]byte {
		k := keysIn(t, cfg.Data)
		list := [][]byte{[]byte(pass), []byte(other), []byte(hex.EncodeToString(k.root)), k.root, k.names.of(k.log.now())}
		for _, one := range k.log.keys.Keys {
			list = append(list, one.Seed, []byte(base64.StdEncoding.EncodeToString(one.Seed)))
		}
		return list
	}
	command(0, append([]string{"keys", "rotate", "log", "--data", data}, who...)...)
	command(0, append([]string{"keys", "rotate", "root", "--data", data}, who...)...)
	hidden := secrets()
	command(0, append([]string{"keys", "protect", "--config", file, "--work", "10"}, who...)...)
	command(0, "keys", "list", "--config", file)
	command(2, "keys", "backup", "--data", data, "--out", filepath.Join(dir, "none"), "--passphrase-file", filepath.Join(dir, "other"))
	command(0, "keys", "backup", "--config", file, "--out", filepath.Join(dir, "backup"), "--passphrase-file", filepath.Join(dir, "other"))
	command(0, "keys", "restore", filepath.Join(dir, "backup"), "--check", "--passphrase-file", filepath.Join(dir, "other"))
	command(2, "keys", "restore", filepath.Join(dir, "backup"), "--check", "--passphrase-file", filepath.Join(dir, "pass"))
	command(2, append([]string{"keys", "protect", "--data", data}, who...)...)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == filepath.Join(dir, "pass") || path == filepath.Join(dir, "other") {
			return err
		}
		text, err := os.ReadFile(path)
		for i, s := range hidden {
			if len(s) > 0 && bytes.Contains(text, s) {
				t.Errorf("secret %d stands in %s", i, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range hidden {
		if len(s) > 0 && bytes.Contains(said.Bytes(), s) {
			t.Errorf("secret %d was said:\n%s", i, said)
		}
	}
}

// TestDestroyPseudonyms destroys the key of a past year, twice, and wants it
// left out when a backup that still has it comes back.
func TestDestroyPseudonyms(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "pass")
	writeTest(t, file, "correct horse battery staple\n")
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	k := keysIn(t, data)
	if err := k.names.keep(nameKey{Year: 2025, Key: make([]byte, rootKeyLen)}); err != nil {
		t.Fatal(err)
	}
	command := func(want string, code int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(append(args, "--data", data, "--lang", "en"), &out, &out); got != code || !bytes.Contains(out.Bytes(), []byte(want)) {
			t.Errorf("%v: exit %d, want %d and %q\n%s", args, got, code, want, out.Bytes())
		}
	}
	who := []string{"--by", "anna", "--reason", "old"}
	backup := filepath.Join(dir, "backup")
	command("files are in", 0, "keys", "backup", "--out", backup, "--passphrase-file", file)
	destroy := append([]string{"keys", "destroy", "--pseudonyms", "2025"}, who...)
	command("destroyed the key", 0, destroy...)
	command("destroyed before", 0, destroy...)
	command("left out keys/pseudonym-2025.key", 0, append([]string{"keys", "restore", backup, "--passphrase-file", file}, who...)...)
	writeTest(t, filepath.Join(data, filepath.FromSlash(restoringTag)), "interrupted")
	command("restore of the keys was interrupted", 2, append([]string{"keys", "rotate", "log"}, who...)...)
	command("wrote 0 files", 0, append([]string{"keys", "restore", backup, "--passphrase-file", file}, who...)...)
	if got := yearKeys(t, data); len(got) != 1 || got[0] == "pseudonym-2025.key" {
		t.Errorf("keys of %v", got)
	}
	var out bytes.Buffer
	if code := run([]string{"audit", "verify", "--data", data}, &out, &out); code != 0 {
		t.Errorf("verify: exit %d\n%s", code, out.Bytes())
	}
}
