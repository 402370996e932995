package vault_test

import (
	"bufio"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/certs/vault"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "-signer" {
		pretend(os.Args[2], os.Args[3])
		return
	}
	goleak.VerifyTestMain(m)
}

// pretend is an external signer, and one that misbehaves.
func pretend(how, file string) {
	der, _ := os.ReadFile(file)
	parsed, _ := x509.ParsePKCS8PrivateKey(der)
	key := parsed.(crypto.Signer)
	in := bufio.NewScanner(os.Stdin)
	for asked := 1; in.Scan(); asked++ {
		var r struct {
			ID                uint64
			Op, Hash, Padding string
			Data              []byte
		}
		if json.Unmarshal(in.Bytes(), &r) != nil {
			return
		}
		out := map[string]any{"id": r.ID}
		if r.Op == "public" {
			out["public"], _ = x509.MarshalPKIXPublicKey(key.Public())
		} else if out["signature"] = sign(key, r.Hash, r.Padding, r.Data); !misbehave(how, file, r.ID, out) {
			return
		}
		b, _ := json.Marshal(out)
		fmt.Printf("%s\n", b)
	}
}

func sign(key crypto.Signer, hash, padding string, data []byte) []byte {
	var o crypto.SignerOpts = map[string]crypto.Hash{"sha256": crypto.SHA256}[hash]
	if padding == "pss" {
		o = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	}
	sig, _ := key.Sign(rand.Reader, data, o)
	return sig
}

// misbehave changes an answer and says whether to go on.
func misbehave(how, file string, id uint64, out map[string]any) bool {
	switch how {
	case "dies":
		return false
	case "dies once":
		if f, err := os.OpenFile(file+".died", os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			f.Close()
			return false
		}
	case "silent":
		select {}
	case "wrong signature":
		out["signature"] = []byte("no signature at all")
	case "other id":
		out["id"] = id + 1
	case "refuses":
		delete(out, "signature")
		out["error"] = "PIN 4711 is locked"
	case "babbles":
		fmt.Println("hello")
	case "floods":
		fmt.Println(strings.Repeat("x", 1<<20))
	}
	return true
}

func keyFile(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	file := filepath.Join(t.TempDir(), "key")
	if err == nil {
		err = os.WriteFile(file, der, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func external(t *testing.T, how string, key any, limit time.Duration) *vault.External {
	t.Helper()
	e, err := vault.OpenExternal([]string{os.Args[0], "-signer", how, keyFile(t, key)}, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestExternalSigns(t *testing.T) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rs, _ := rsa.GenerateKey(rand.Reader, 2048)
	sum := sha256.Sum256([]byte("message"))
	tests := []struct {
		name string
		key  any
		data []byte
		opts crypto.SignerOpts
		good bool
	}{
		{"Ed25519 and the message", ed, []byte("message"), crypto.Hash(0), true},
		{"Ed25519 and a hash", ed, sum[:], crypto.SHA256, false},
		{"ECDSA", ec, sum[:], crypto.SHA256, true},
		{"RSA", rs, sum[:], crypto.SHA256, true},
		{"RSA with PSS", rs, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}, true},
		{"a digest of another length", ec, sum[:9], crypto.SHA256, false},
		{"a hash that is not offered", ec, sum[:20], crypto.SHA1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := external(t, "well", tt.key, 0)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if _, err := e.Sign(rand.Reader, tt.data, tt.opts); (err == nil) != tt.good {
						t.Errorf("Sign = %v, want good %v", err, tt.good)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestExternalMisbehaves(t *testing.T) {
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	tests := []struct {
		how, want string
	}{
		{"dies", "has ended"},
		{"dies once", ""},
		{"silent", "does not answer"},
		{"wrong signature", "does not verify"},
		{"other id", "another request"},
		{"refuses", "refused"},
		{"babbles", "no line of JSON"},
		{"floods", "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			limit := 5 * time.Second
			if tt.how == "silent" {
				limit = 200 * time.Millisecond
			}
			e := external(t, tt.how, key, limit)
			_, err := e.Sign(rand.Reader, []byte("message"), crypto.Hash(0))
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Sign = %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("Sign = %v, want %q", err, tt.want)
			case err != nil && strings.Contains(err.Error(), "4711"):
				t.Errorf("the program's words are passed on: %v", err)
			}
			if errors.Is(err, vault.ErrRefused) != (tt.how == "refuses") {
				t.Errorf("%v is a refusal, or not", err)
			}
		})
	}
}

// TestExternalWithAnotherKey exchanges the key while the program is down.
func TestExternalWithAnotherKey(t *testing.T) {
	_, first, _ := ed25519.GenerateKey(rand.Reader)
	_, second, _ := ed25519.GenerateKey(rand.Reader)
	file := keyFile(t, first)
	e, err := vault.OpenExternal([]string{os.Args[0], "-signer", "well", file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.Close()
	if _, err := e.Sign(rand.Reader, []byte("m"), crypto.Hash(0)); err != nil {
		t.Errorf("started again: %v", err)
	}
	e.Close()
	der, _ := x509.MarshalPKCS8PrivateKey(second)
	if err := os.WriteFile(file, der, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Sign(rand.Reader, []byte("m"), crypto.Hash(0)); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("Sign = %v", err)
	}
	if _, err := vault.OpenExternal([]string{filepath.Join(t.TempDir(), "none")}, 0); err == nil {
		t.Error("a program that is not there was opened")
	}
}
