package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	leafLife     = 48 * time.Hour
	leafBackdate = time.Hour // for clients whose clock is behind
	cacheSize    = 2048
)

// errAbandoned reaches those who waited for a mint that panicked.
var errAbandoned = errors.New("the certificate was not finished")

// MinterOptions are the settings of a Minter. The zero value is what production
// uses.
type MinterOptions struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Size bounds the leaves in the cache; 0 is 2,048, which is about 8 MiB.
	Size int
}

// Stats counts what a Minter did.
type Stats struct {
	Minted uint64 // leaves signed
	Hits   uint64 // leaves found in the cache
	Waited uint64 // callers that waited for a leaf another one was minting
	Failed uint64 // leaves refused: a bad name, or a CA that cannot sign
	Size   int    // leaves in the cache now
}

// Minter makes the certificates that clients see, one a host name: a SAN with
// exactly that name, 48 hours of life of which the first has passed, never
// beyond the CA's end. It has one key for all of them, made with it and never
// stored. It is safe for concurrent use, and any number of callers that ask for
// one name cause one signature.
type Minter struct {
	authority *Authority
	now       func() time.Time
	key       *ecdsa.PrivateKey
	keyID     []byte
	cache     *cache

	minted, hits, waited, failed atomic.Uint64
}

// NewMinter makes a Minter that signs with what the authority says.
func NewMinter(a *Authority, o MinterOptions) (*Minter, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Size <= 0 {
		o.Size = cacheSize
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the leaf key: %w", err)
	}
	id, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	return &Minter{authority: a, now: o.Now, key: key, keyID: id, cache: newCache(o.Size)}, nil
}

// Leaf returns a certificate with its chain for a host name (A-labels or
// Unicode) or an address without brackets. The result is shared: do not change
// it. Errors are ErrName, ErrValidity, or a CA whose constraints exclude the
// name; none of them repeats the name.
func (m *Minter) Leaf(name string) (*tls.Certificate, error) {
	host, ip, err := canonicalName(name)
	if err != nil {
		m.failed.Add(1)
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	now := m.now()
	signer := m.authority.signer(now).issuer
	s := m.cache.shard(host)
	leaf, f, lead := s.get(host, now, signer)
	switch {
	case leaf != nil:
		m.hits.Add(1)
		return leaf.cert, nil
	case lead:
		m.fly(s, f, host, ip, now, signer)
	default:
		m.waited.Add(1)
		<-f.done // a mint is one signature: it ends
	}
	if f.err != nil {
		m.failed.Add(1)
		return nil, fmt.Errorf("make a certificate: %w", f.err)
	}
	return f.leaf.cert, nil
}

// fly mints for everybody who waits, and wakes them even if it panics.
func (m *Minter) fly(s *shard, f *flight, host string, ip netip.Addr, now time.Time, signer *issuer) {
	f.err = errAbandoned
	defer s.land(host, m.cache.limit, f)
	f.leaf, f.err = m.mint(host, ip, now, signer)
	if f.err == nil {
		m.minted.Add(1)
	}
}

func (m *Minter) mint(host string, ip netip.Addr, now time.Time, signer *issuer) (*cached, error) {
	if err := signer.usable(now); err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"Data Customs"}},
		NotBefore:             latest(now.Add(-leafBackdate), signer.cert.NotBefore),
		NotAfter:              earliest(now.Add(leafLife-leafBackdate), signer.ends()),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		SubjectKeyId:          m.keyID,
	}
	if len(host) <= 64 { // the limit of a common name; clients read the SAN
		template.Subject.CommonName = host
	}
	if ip.IsValid() {
		template.IPAddresses = []net.IP{ip.AsSlice()}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, m.key.Public(), signer.key)
	if err != nil {
		return nil, fmt.Errorf("sign a leaf: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read a leaf back: %w", err)
	}
	if signer.constrained {
		if err := signer.permits(leaf, now); err != nil {
			return nil, err
		}
	}
	return &cached{
		name: host, issuer: signer, begins: leaf.NotBefore,
		// Half of what is left, so that near the CA's end a leaf is still used
		// more than once.
		renewAt: now.Add(leaf.NotAfter.Sub(now) / 2),
		cert:    &tls.Certificate{Certificate: append([][]byte{der}, signer.served()...), PrivateKey: m.key, Leaf: leaf},
	}, nil
}

// permits says whether the name constraints of the chain let clients accept a
// leaf. The error of the verifier would name the host, so it is not passed on.
func (i *issuer) permits(leaf *x509.Certificate, now time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(i.anchor())
	for _, c := range i.all() {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now}); err != nil {
		return errors.New("the name constraints of the imported CA exclude this host: ask for a sub-CA without them")
	}
	return nil
}

// Stats returns the counts so far.
func (m *Minter) Stats() Stats {
	return Stats{
		Minted: m.minted.Load(), Hits: m.hits.Load(), Waited: m.waited.Load(), Failed: m.failed.Load(),
		Size: m.cache.size(),
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
