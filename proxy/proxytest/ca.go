// Package proxytest is the world around a gateway, inside one process: a
// certificate authority, origins that record what reached them, clients,
// connections with faults, and a gateway whose parts are fakes. It opens
// sockets on loopback alone.
package proxytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"
)

// CA is a certificate authority for tests. It is safe for concurrent use.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	mu     sync.Mutex
	serial int64                       // guarded by mu
	leaves map[string]*tls.Certificate // guarded by mu
}

// NewCA makes an authority that lives for the process.
func NewCA() (*CA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "proxytest CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &CA{cert: cert, key: key, serial: 1, leaves: map[string]*tls.Certificate{}}, nil
}

// Pool returns a pool that trusts only this authority.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.cert)
	return pool
}

// Leaf returns the certificate of one name or address.
func (c *CA) Leaf(name string) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if leaf, ok := c.leaves[name]; ok {
		return leaf, nil
	}
	c.serial++
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(c.serial), NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(12 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if ip := net.ParseIP(name); ip != nil {
		tmpl.IPAddresses = []net.IP{ip}
	} else {
		tmpl.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, c.cert, &c.key.PublicKey, c.key)
	if err != nil {
		return nil, err
	}
	leaf := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: c.key}
	c.leaves[name] = leaf
	return leaf, nil
}

// Staple answers by OCSP about the leaf of a name, with a status of package
// ocsp.
func (c *CA) Staple(name string, status int) ([]byte, error) {
	leaf, err := c.Leaf(name)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(leaf.Certificate[0])
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return ocsp.CreateResponse(c.cert, c.cert, ocsp.Response{Status: status, SerialNumber: cert.SerialNumber,
		ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(time.Hour), RevokedAt: now.Add(-time.Hour)}, c.key)
}
