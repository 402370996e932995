package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// trustFiles writes a client certificate, its key and a revocation list.
func trustFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: now, NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(time.Hour)}, own, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}, "list.pem": {Type: "X509 CRL", Bytes: list}} {
		write(t, filepath.Join(dir, name), string(pem.EncodeToMemory(&b)))
	}
	open, err := os.ReadFile(filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(dir, "shared.pem")
	write(t, shared, string(open))
	if err := os.Chmod(shared, 0o640); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUpstreamTrust(t *testing.T) {
	dir := trustFiles(t)
	tests := []struct{ name, text, want string }{
		{"all of it", "{revocation: require, crls: [list.pem], identities: [{match: [a.example, 203.0.113.0/24], cert: cert.pem, key: key.pem}]}", ""},
		{"another policy", "{revocation: online}", "is not one of staple, require"},
		{"no list", "{crls: [nowhere.pem]}", "no such file"},
		{"a certificate for a list", "{crls: [cert.pem]}", "no revocation list"},
		{"a folder", "{crls: [.]}", "not a file"},
		{"no key", "{identities: [{match: [a.example], cert: cert.pem, key: nowhere.pem}]}", "key: no such file"},
		{"no certificate", "{identities: [{match: [a.example], cert: nowhere.pem, key: key.pem}]}", "cert: no such file"},
		{"a key that others can read", "{identities: [{match: [a.example], cert: cert.pem, key: shared.pem}]}", "chmod 600"},
		{"a list for a key", "{identities: [{match: [a.example], cert: cert.pem, key: list.pem}]}", "do not belong together"},
		{"for nobody", "{identities: [{cert: cert.pem, key: key.pem}]}", "has no match"},
		{"too many lists", "{crls: [" + strings.TrimSuffix(strings.Repeat("list.pem,", 65), ",") + "]}", "65 are more than 64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, "c.yaml")
			write(t, file, "upstream: "+tt.text+"\n")
			_, err := config.Load(file)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if got := config.Default().Upstream.Revocation; got != "staple" {
		t.Errorf("without a setting: %q", got)
	}
}
