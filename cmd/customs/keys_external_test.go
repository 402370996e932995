package main

import (
	"bufio"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

const signerEnv = "CUSTOMS_TEST_SIGNER" // file of the key

// TestPretendSigner is an external signer when this binary is started as one.
func TestPretendSigner(t *testing.T) {
	file := os.Getenv(signerEnv)
	if file == "" || os.Getenv(signerEnv+"_CHILD") == "" {
		t.Skip("runs as a child only")
	}
	der, _ := os.ReadFile(file)
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		os.Exit(1)
	}
	key := parsed.(crypto.Signer)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var r struct {
			ID       uint64
			Op, Hash string
			Data     []byte
		}
		if json.Unmarshal(in.Bytes(), &r) != nil {
			os.Exit(1)
		}
		out := map[string]any{"id": r.ID}
		if r.Op == "public" {
			out["public"], _ = x509.MarshalPKIXPublicKey(key.Public())
		} else {
			out["signature"], _ = key.Sign(rand.Reader, r.Data, map[string]crypto.Hash{"sha256": crypto.SHA256}[r.Hash])
		}
		b, _ := json.Marshal(out)
		fmt.Printf("%s\n", b)
	}
	os.Exit(0)
}

// pretendSigner returns the command line of an external signer with a key.
func pretendSigner(t *testing.T, key any) []string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	file := filepath.Join(t.TempDir(), "key")
	if err == nil {
		err = os.WriteFile(file, der, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return []string{"/usr/bin/env", signerEnv + "=" + file, signerEnv + "_CHILD=1", os.Args[0], "-test.run=^TestPretendSigner$"}
}

// TestLogKeyOutside has a program sign the log, and rotates to it from a file
// and back.
func TestLogKeyOutside(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	data := t.TempDir()
	cfg := &config.Config{Data: data}
	keysIn(t, data)
	cfg.Keys.Log.Command = pretendSigner(t, private)
	open := func() *keyRing {
		t.Helper()
		k, err := openKeys(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { k.close() })
		return k
	}
	k := open()
	if !k.log.astray() {
		t.Error("nobody says that a file still signs")
	}
	line, err := k.log.prepare()
	if err == nil {
		err = k.log.succeed(line, k.log.now())
	}
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := tree.VerifierKey(k.log.origin(), public); line != want || k.log.astray() {
		t.Errorf("the new key is %s, want %s", line, want)
	}
	text, err := tree.Checkpoint{Origin: k.log.origin(), Size: 1}.Sign(open().log.signers()...)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := note.NewVerifier(line)
	if _, n, err := tree.OpenCheckpoint(text, v); err != nil || len(n.Sigs) != 1 {
		t.Errorf("the program's signature: %v", err)
	}
	log, err := openLog(cfg, k)
	if err != nil {
		t.Fatal(err)
	}
	_, err = log.Append(t.Context(), policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "test"}})
	if err = errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.log.prepare(); err == nil || !strings.Contains(err.Error(), "still holds a key") {
		t.Errorf("a rotation to the same key: %v", err)
	}
	cfg.Keys.Log.Command = nil
	if line, err := open().log.prepare(); err != nil || line == "" {
		t.Errorf("back to a file: %q, %v", line, err)
	}
}

// TestCAKeyOutside mints leaves with a CA whose key a program holds.
func TestCAKeyOutside(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	if _, err := certs.OpenFiles(cert, key, certs.Options{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	held, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Data: dir, CA: config.CA{Cert: cert}}
	cfg.Keys.CA.Command = pretendSigner(t, held)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	v, err := openVault(cfg)
	if err != nil {
		t.Fatal(err)
	}
	a, err := openCA(cfg, v)
	if err != nil {
		t.Fatal(err)
	}
	m, err := certs.NewMinter(a, certs.MinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Leaf("example.sg"); err != nil {
		t.Errorf("Leaf: %v", err)
	}
}
