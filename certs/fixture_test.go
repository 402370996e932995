package certs_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs"
)

// start is the moment at which the clock of every test begins.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func openCA(t testing.TB, dir string, c *clock) *certs.Authority {
	t.Helper()
	a, err := certs.Open(dir, certs.Options{Now: c.Now, Host: "gw1"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newMinter(t testing.TB, a *certs.Authority, c *clock, size int) *certs.Minter {
	t.Helper()
	m, err := certs.NewMinter(a, certs.MinterOptions{Now: c.Now, Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// pool is what a client that installed the bundle trusts.
func pool(t testing.TB, bundle []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(bundle) {
		t.Fatal("the bundle has no certificate")
	}
	return p
}

// pair is a CA of a company, made for a test.
type pair struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func (p pair) certPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw})
}

func (p pair) keyPEM(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func p256(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// caTemplate is a good CA; tests spoil one field.
func caTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             start.AddDate(-1, 0, 0),
		NotAfter:              start.AddDate(3, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

// issue makes a certificate for key, signed by parent, or by itself if parent is
// nil.
func issue(t testing.TB, template *x509.Certificate, key crypto.Signer, parent *pair) pair {
	t.Helper()
	up, by := template, key
	if parent != nil {
		up, by = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, up, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return pair{cert, key}
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
