package certs_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs"
)

func TestOpenMakesOneCA(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "data", "ca"), newClock()
	first := openCA(t, dir, c)
	again := openCA(t, dir, c)
	if !bytes.Equal(first.Bundle(), again.Bundle()) {
		t.Error("a second Open has another CA")
	}
	block, rest := pem.Decode(first.Bundle())
	if len(rest) != 0 {
		t.Errorf("the bundle has %d bytes after its one certificate", len(rest))
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.IsCA || !ca.MaxPathLenZero || ca.KeyUsage&x509.KeyUsageCertSign == 0 {
		t.Errorf("CA %v, path length zero %v, key usage %b", ca.IsCA, ca.MaxPathLenZero, ca.KeyUsage)
	}
	if len(ca.SubjectKeyId) != 20 || !bytes.Equal(ca.SubjectKeyId, ca.AuthorityKeyId) {
		t.Errorf("key identifiers %x and %x", ca.SubjectKeyId, ca.AuthorityKeyId)
	}
	if got, want := ca.NotAfter, start.Add(5*365*24*time.Hour); !got.Equal(want) {
		t.Errorf("ends %v, want %v", got, want)
	}
	if n := ca.SerialNumber.BitLen(); n < 110 || n > 128 {
		t.Errorf("serial number of %d bits", n)
	}
	if cn := ca.Subject.CommonName; !strings.HasPrefix(cn, "Data Customs CA gw1 ") || len(cn) > 64 {
		t.Errorf("common name %q", cn)
	}
	checkModes(t, dir)
}

func checkModes(t *testing.T, dir string) {
	t.Helper()
	keys, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700, keys[0]: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
		}
	}
}

func TestOpenAtTheSameTime(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	var wg sync.WaitGroup
	bundles := make([][]byte, 8)
	for n := range bundles {
		wg.Go(func() {
			a, err := certs.Open(dir, certs.Options{Now: c.Now})
			if err != nil {
				t.Error(err)
				return
			}
			bundles[n] = a.Bundle()
		})
	}
	wg.Wait()
	for _, b := range bundles {
		if !bytes.Equal(b, bundles[0]) {
			t.Fatal("two processes made two CAs")
		}
	}
}

func TestRootLeavesFilesToTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	r, err := a.Rotate(certs.RotateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{r.New + ".key", r.New + ".pem", "state.json", "lock"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%+v", info.Sys()); !strings.Contains(got, "Uid:12345") {
			t.Errorf("%s is not the owner's", name)
		}
	}
}

func TestLoadMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	if _, err := certs.Load(dir, certs.Options{}); !errors.Is(err, certs.ErrNone) {
		t.Errorf("Load of an empty folder: %v, want ErrNone", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("Load made the folder")
	}
}

func TestOpenRefusesWideKey(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	openCA(t, dir, c)
	keys, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	for _, mode := range []fs.FileMode{0o644, 0o640, 0o602} {
		if err := os.Chmod(keys[0], mode); err != nil {
			t.Fatal(err)
		}
		_, err := certs.Open(dir, certs.Options{Now: c.Now})
		if err == nil || !strings.Contains(err.Error(), "chmod 600 "+keys[0]) {
			t.Errorf("mode %o: %v, want the command that mends it", mode, err)
		}
	}
	if err := os.Chmod(keys[0], 0o600); err != nil {
		t.Fatal(err)
	}
	openCA(t, dir, c)
}

func TestOpenRefusesDamage(t *testing.T) {
	tests := []struct {
		name   string
		damage func(dir string, other *certs.Authority, otherDir string) error
		want   string
	}{
		{"state that is not JSON", func(dir string, _ *certs.Authority, _ string) error {
			return os.WriteFile(filepath.Join(dir, "state.json"), []byte("{"), 0o600)
		}, "restore it from a backup"},
		{"state of a newer program", func(dir string, _ *certs.Authority, _ string) error {
			return os.WriteFile(filepath.Join(dir, "state.json"), []byte(`{"version":2,"authorities":[]}`), 0o600)
		}, "version is 2"},
		{"state that leads out of the folder", func(dir string, _ *certs.Authority, _ string) error {
			return os.WriteFile(filepath.Join(dir, "state.json"), []byte(`{"version":1,"authorities":[{"id":"../../etc/passwd","source":"made","activate":"2026-01-01T00:00:00Z"}]}`), 0o600)
		}, "no valid id"},
		{"certificate of another CA", func(dir string, other *certs.Authority, _ string) error {
			return os.WriteFile(only(dir, ".pem"), other.Bundle(), 0o644)
		}, "belongs to none"},
		{"whole pair of another CA", func(dir string, _ *certs.Authority, otherDir string) error {
			return errors.Join(copyFile(only(otherDir, ".pem"), only(dir, ".pem")), copyFile(only(otherDir, ".key"), only(dir, ".key")))
		}, "another certificate than its name"},
		{"key that is gone", func(dir string, _ *certs.Authority, _ string) error {
			return os.Remove(only(dir, ".key"))
		}, "read the CA key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, otherDir := newClock(), filepath.Join(t.TempDir(), "other")
			dir := filepath.Join(t.TempDir(), "ca")
			openCA(t, dir, c)
			if err := tt.damage(dir, openCA(t, otherDir, c), otherDir); err != nil {
				t.Fatal(err)
			}
			_, err := certs.Open(dir, certs.Options{Now: c.Now})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Open: %v, want %q in it", err, tt.want)
			}
		})
	}
}

// only returns the one file of a folder with a suffix.
func only(dir, suffix string) string {
	names, _ := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if len(names) != 1 {
		return filepath.Join(dir, "missing"+suffix)
	}
	return names[0]
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

func TestOpenAdoptsWhenStateIsLost(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	if err := os.Remove(filepath.Join(dir, "state.json")); err != nil {
		t.Fatal(err)
	}
	if b := openCA(t, dir, c); !bytes.Equal(a.Bundle(), b.Bundle()) {
		t.Error("a lost state.json made a CA that no client trusts")
	}
	if _, err := a.Rotate(certs.RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "state.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := certs.Open(dir, certs.Options{Now: c.Now}); err == nil || !strings.Contains(err.Error(), "several CAs") {
		t.Errorf("Open with two pairs and no state: %v, want a refusal to guess", err)
	}
}

// TestOpenAfterCrash stops the first start before every change of the folder.
func TestOpenAfterCrash(t *testing.T) {
	errCrash := errors.New("crash")
	for stop := 1; ; stop++ {
		dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
		steps := 0
		_, err := certs.OpenSteps(dir, certs.Options{Now: c.Now}, func(string) error {
			if steps++; steps == stop {
				return errCrash
			}
			return nil
		})
		if err == nil {
			if stop < 7 {
				t.Errorf("only %d steps were tried", stop-1)
			}
			return
		}
		if !errors.Is(err, errCrash) {
			t.Fatalf("step %d: %v", stop, err)
		}
		a := openCA(t, dir, c)
		if b := openCA(t, dir, c); !bytes.Equal(a.Bundle(), b.Bundle()) {
			t.Errorf("step %d: the CA after the crash does not stay", stop)
		}
		if err := a.Ready(); err != nil {
			t.Errorf("step %d: %v", stop, err)
		}
	}
}

func TestReadyFollowsTheDates(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	if err := a.Ready(); err != nil {
		t.Error(err)
	}
	c.Add(6 * 365 * 24 * time.Hour)
	if err := a.Ready(); !errors.Is(err, certs.ErrValidity) {
		t.Errorf("Ready after the end: %v, want ErrValidity", err)
	}
	openCA(t, dir, c) // still loads, so that it can be rotated
	if _, err := a.Rotate(certs.RotateOptions{AtOnce: true}); err != nil {
		t.Fatal(err)
	}
	if err := a.Ready(); err != nil {
		t.Errorf("Ready after the rotation: %v", err)
	}
}

func TestOpenFiles(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	ca := issue(t, caTemplate("Company CA"), p256(t), nil)
	certFile, keyFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	put(t, certFile, ca.certPEM(), 0o644)
	put(t, keyFile, ca.keyPEM(t), 0o600)
	a, err := certs.OpenFiles(certFile, keyFile, certs.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Status(); len(got) != 1 || got[0].Source != certs.SourceFiles || got[0].Role != certs.Active {
		t.Errorf("status %+v", got)
	}
	if _, err := a.Rotate(certs.RotateOptions{}); err == nil || !strings.Contains(err.Error(), "SIGHUP") {
		t.Errorf("Rotate: %v, want how such a CA is replaced", err)
	}
	next := issue(t, caTemplate("Company CA 2"), p256(t), nil)
	put(t, certFile, next.certPEM(), 0o644)
	before := a.Bundle()
	if err := a.Reload(); err == nil {
		t.Error("Reload took a certificate without its key")
	}
	if !bytes.Equal(before, a.Bundle()) {
		t.Error("a failed Reload changed the CA")
	}
	put(t, keyFile, next.keyPEM(t), 0o600)
	if err := a.Reload(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bundle(), next.certPEM()) {
		t.Error("Reload kept the old CA")
	}
}

func TestOpenFilesMakesBothOrNone(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "keys"), newClock()
	certFile, keyFile := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")
	if _, err := certs.LoadFiles(certFile, keyFile, certs.Options{Now: c.Now}); !errors.Is(err, certs.ErrNone) {
		t.Errorf("LoadFiles: %v, want ErrNone", err)
	}
	a, err := certs.OpenFiles(certFile, keyFile, certs.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	checkModes(t, dir)
	b, err := certs.LoadFiles(certFile, keyFile, certs.Options{Now: c.Now})
	if err != nil || !bytes.Equal(a.Bundle(), b.Bundle()) {
		t.Errorf("LoadFiles after OpenFiles: another CA, or %v", err)
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := certs.OpenFiles(certFile, keyFile, certs.Options{Now: c.Now}); err == nil {
		t.Error("a certificate without its key was replaced or accepted")
	}
}

func put(t *testing.T, path string, data []byte, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
}
