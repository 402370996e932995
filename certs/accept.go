package certs

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// publishedSPKI is the SHA-256 of the public key of the CA published with
	// goproxy, as SubjectPublicKeyInfo.
	publishedSPKI = "c012de113a81789eb5c392c0580156bbc281f9f93e07f08cafa3329672e6993b"
	// publishedName is its common name. Certificates of that name are refused
	// with any key, because earlier releases published others.
	publishedName = "goproxy.github.io"
)

// published says whether a certificate is, or calls itself, goproxy's CA.
func published(c *x509.Certificate) bool {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:]) == publishedSPKI ||
		strings.EqualFold(c.Subject.CommonName, publishedName) ||
		strings.EqualFold(c.Issuer.CommonName, publishedName)
}

// accept checks that a CA can do the gateway's work, and names everything that
// is wrong. Dates are checked apart: a CA that ended must still load, so that
// it can be rotated.
func (i *issuer) accept() error {
	e := &InvalidError{}
	for n, c := range i.all() {
		if published(c) {
			e.cause = ErrPublished
			e.add(place("cert", n), "%v", ErrPublished)
			return e
		}
		i.acceptOne(e, n, c)
	}
	return e.orNil()
}

func (i *issuer) acceptOne(e *InvalidError, n int, c *x509.Certificate) {
	if !c.BasicConstraintsValid || !c.IsCA {
		e.add(place("isCA", n), "it is not a CA certificate (basicConstraints CA:TRUE is missing): ask for a subordinate CA, not for a server certificate")
	}
	if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
		e.add(place("keyUsage", n), "it may not sign certificates (keyUsage keyCertSign is missing)")
	}
	if c.KeyUsage == 0 && n == 0 {
		e.add("keyUsage", "the extension is missing: ask for keyUsage keyCertSign")
	}
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0 &&
		!slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
		e.add(place("extKeyUsage", n), "its extended key usage leaves out serverAuth, so clients would refuse its leaves")
	}
	if name, strong := keyName(c.PublicKey); !strong {
		e.add(place("strength", n), "its key is %s: at least ECDSA P-256 or RSA 2048 is needed", name)
	}
	if weakSignature(c.SignatureAlgorithm) && !selfSigned(c) {
		e.add(place("signature", n), "it is signed with %s, which clients refuse", c.SignatureAlgorithm)
	}
	if n > 0 && (c.MaxPathLen > 0 || c.MaxPathLenZero) && c.MaxPathLen < n {
		e.add(place("pathLen", n), "its path length %d does not allow the %d CAs below it", c.MaxPathLen, n)
	}
}

// acceptDates checks every certificate's dates.
func (i *issuer) acceptDates(now time.Time) error {
	e := &InvalidError{}
	for n, c := range i.all() {
		switch {
		case now.Before(c.NotBefore):
			e.cause = ErrValidity
			e.add(place("validity", n), "it begins on %s: wait, or check this machine's clock", c.NotBefore.UTC().Format(time.RFC3339))
		case !now.Before(c.NotAfter):
			e.cause = ErrValidity
			e.add(place("validity", n), "it ended on %s: ask for a new one", c.NotAfter.UTC().Format(time.RFC3339))
		}
	}
	return e.orNil()
}

// place names a field of the CA itself, or of the n-th certificate over it.
func place(field string, n int) string {
	if n == 0 {
		return field
	}
	return fmt.Sprintf("chain[%d].%s", n, field)
}

func weakSignature(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.DSAWithSHA256, x509.ECDSAWithSHA1, x509.UnknownSignatureAlgorithm:
		return true
	}
	return false
}
