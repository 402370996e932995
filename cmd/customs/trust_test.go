package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// oldList writes a revocation list that ended an hour ago.
func oldList(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	was := time.Now().Add(-2 * time.Hour)
	by := &x509.Certificate{SerialNumber: big.NewInt(1), KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: was, NextUpdate: was.Add(time.Hour)}, by, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "list.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadTrust(t *testing.T) {
	path := oldList(t)
	got, err := readTrust(config.Upstream{CRLs: []string{path}})
	if err != nil || len(got.lists.All()) != 1 || len(got.stale) != 1 || !strings.Contains(got.stale[0], path) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := readTrust(config.Upstream{CRLs: []string{path + ".none"}}); err == nil || !strings.Contains(err.Error(), "upstream.crls[0]") {
		t.Errorf("no file: %v", err)
	}
	if _, err := readTrust(config.Upstream{Identities: []config.UpstreamIdentity{{Cert: path, Key: path}}}); err == nil || !strings.Contains(err.Error(), "upstream.identities[0]") {
		t.Errorf("no identity: %v", err)
	}
}

// Lists and identities change with a reload; the rest of upstream does not.
func TestUpstreamUntilRestart(t *testing.T) {
	was, now := config.Default(), config.Default()
	now.Upstream.CRLs, now.Upstream.Identities = []string{"x"}, []config.UpstreamIdentity{{Cert: "x"}}
	if left := needRestart(was, now); len(left) != 0 {
		t.Errorf("need a restart: %v", left)
	}
	now.Upstream.Revocation = "require"
	if left := needRestart(was, now); !reflect.DeepEqual(left, []string{"upstream"}) {
		t.Errorf("need a restart: %v", left)
	}
}
