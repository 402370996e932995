package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"
)

const (
	caLife     = 5 * 365 * 24 * time.Hour // of a CA made here
	caBackdate = 24 * time.Hour           // for clients whose clock is behind
)

// issuer is one CA with its key. It does not change after it was made.
type issuer struct {
	id    string
	cert  *x509.Certificate
	above []*x509.Certificate // the CAs over cert, nearest first; empty for a CA made here
	key   crypto.Signer
	// constrained says that a CA of the chain may sign for some names only, so
	// that each leaf is verified before it is shown to a client.
	constrained bool
}

// newIssuer puts certificates and key together. The certificates may come in any
// order: the CA is the one the key belongs to, and the chain is built upwards
// from there.
func newIssuer(certs []*x509.Certificate, key crypto.Signer) (*issuer, error) {
	i := &issuer{key: key}
	rest := make([]*x509.Certificate, 0, len(certs))
	for _, c := range certs {
		if i.cert == nil && samePublicKey(c, key) {
			i.cert = c
			continue
		}
		rest = append(rest, c)
	}
	if i.cert == nil {
		e := &InvalidError{}
		e.add("key", "it belongs to none of the %d certificates of the certificate file", len(certs))
		return nil, e
	}
	for top := i.cert; len(rest) > 0; {
		n := parentOf(top, rest)
		if n < 0 {
			e := &InvalidError{}
			e.add("chain", "%d certificates of the file do not lead from the CA to its root: remove them or add the missing ones", len(rest))
			return nil, e
		}
		top = rest[n]
		i.above = append(i.above, top)
		rest = append(rest[:n], rest[n+1:]...)
	}
	i.id = certificateID(i.cert)
	for _, c := range i.all() {
		i.constrained = i.constrained || nameConstrained(c)
	}
	return i, nil
}

// parentOf returns the index of the certificate that signed child, or -1.
func parentOf(child *x509.Certificate, from []*x509.Certificate) int {
	if selfSigned(child) {
		return -1
	}
	for n, c := range from {
		if !bytes.Equal(child.RawIssuer, c.RawSubject) {
			continue
		}
		// Weak algorithms do not verify any more; accept names them.
		if weakSignature(child.SignatureAlgorithm) ||
			c.CheckSignature(child.SignatureAlgorithm, child.RawTBSCertificate, child.Signature) == nil {
			return n
		}
	}
	return -1
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) &&
		(len(c.AuthorityKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, c.SubjectKeyId))
}

func nameConstrained(c *x509.Certificate) bool {
	return len(c.PermittedDNSDomains)+len(c.ExcludedDNSDomains)+len(c.PermittedIPRanges)+len(c.ExcludedIPRanges) > 0
}

// all returns the CA and what is over it.
func (i *issuer) all() []*x509.Certificate {
	return append([]*x509.Certificate{i.cert}, i.above...)
}

// anchor returns the certificate that clients install: the root if we have it,
// because several TLS libraries accept nothing else as an anchor.
func (i *issuer) anchor() *x509.Certificate {
	if len(i.above) > 0 {
		return i.above[len(i.above)-1]
	}
	return i.cert
}

// served returns what follows the leaf in a handshake. Clients have the root, so
// it is left out.
func (i *issuer) served() [][]byte {
	var out [][]byte
	for _, c := range i.all() {
		if !selfSigned(c) {
			out = append(out, c.Raw)
		}
	}
	return out
}

// ends returns the first moment at which a certificate of the chain is over.
func (i *issuer) ends() time.Time {
	end := i.cert.NotAfter
	for _, c := range i.above {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end
}

// usable says whether the CA may sign at a moment.
func (i *issuer) usable(now time.Time) error {
	if now.Before(i.cert.NotBefore) {
		return fmt.Errorf("%w: it begins on %s: check this machine's clock", ErrValidity, i.cert.NotBefore.UTC().Format(time.RFC3339))
	}
	if end := i.ends(); !now.Before(end) {
		return fmt.Errorf("%w: it ended on %s: make a new one with customs ca rotate --activate-after 0s", ErrValidity, end.UTC().Format(time.RFC3339))
	}
	return nil
}

// makeIssuer makes a new self-signed CA.
func makeIssuer(host string, life time.Duration, now time.Time) (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the CA's key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	ski, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	if len(host) > 40 {
		host = host[:40] // a common name has 64 characters at most
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			Organization: []string{"Data Customs"},
			CommonName:   fmt.Sprintf("Data Customs CA %s %x", host, serial.Bytes()[:3]),
		},
		NotBefore:             now.Add(-caBackdate),
		NotAfter:              now.Add(life),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
		SubjectKeyId:          ski,
		AuthorityKeyId:        ski,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign the CA: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the CA back: %w", err)
	}
	return newIssuer([]*x509.Certificate{cert}, key)
}

// newSerial returns 128 random bits. Three leading bytes are always there, for
// the tag in a CA's subject.
func newSerial() (*big.Int, error) {
	b := make([]byte, 16)
	for {
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("draw a serial number: %w", err)
		}
		if b[0] != 0 {
			return new(big.Int).SetBytes(b), nil
		}
	}
}

// keyID is the subject key identifier of RFC 7093 method 1: the first 160 bits
// of the SHA-256 of the public key.
func keyID(public crypto.PublicKey) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	sum := sha256.Sum256(spki)
	return sum[:20], nil
}

func certificateID(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:8])
}
