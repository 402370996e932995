package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

const (
	maxStaple = 64 << 10
	// clockSkew is how far an origin's clock may be ahead of ours.
	clockSkew = 5 * time.Minute
	// stapleAge bounds a staple that states no end.
	stapleAge = 7 * 24 * time.Hour
)

// staple reads the OCSP answer that an origin stapled, and reports whether it
// is current and good. No answer, one that only says "try later", and one that
// is not current tell nothing. One that makes no sense, is not signed by the
// issuer or is of another certificate is refused: somebody made it. One that
// says revoked counts also after its time.
func staple(cs *tls.ConnectionState, now time.Time) (good bool, err error) {
	if len(cs.OCSPResponse) == 0 {
		return false, nil
	}
	r, err := readStaple(cs.OCSPResponse, cs.PeerCertificates[0], issuers(cs.VerifiedChains))
	if err != nil || r == nil {
		return false, err
	}
	end := r.NextUpdate
	if end.IsZero() {
		end = r.ThisUpdate.Add(stapleAge)
	}
	switch {
	case r.Status == ocsp.Revoked:
		return false, revoked("its issuer by OCSP")
	case r.Status != ocsp.Good, now.After(end), now.Add(clockSkew).Before(r.ThisUpdate):
		return false, nil
	}
	return true, nil
}

// readStaple returns an answer about leaf that one of the issuers, or somebody
// whom it lets sign such answers, signed. Without an answer in it, it is nil.
func readStaple(raw []byte, leaf *x509.Certificate, by []*x509.Certificate) (*ocsp.Response, error) {
	if len(raw) > maxStaple {
		return nil, untrusted("its stapled OCSP answer is too long")
	}
	for _, issuer := range by {
		r, err := ocsp.ParseResponseForCert(raw, leaf, issuer)
		var status ocsp.ResponseError
		if errors.As(err, &status) {
			return nil, nil
		}
		if err == nil && mayAnswer(r.Certificate, issuer) {
			return r, nil
		}
	}
	return nil, untrusted("its stapled OCSP answer is not of its issuer about this certificate")
}

// mayAnswer reports whether the signer of an answer may sign it. The library
// checks that the issuer signed its certificate, but any server of the same
// issuer has such a one.
func mayAnswer(signer, issuer *x509.Certificate) bool {
	return signer == nil || signer.Equal(issuer) || slices.Contains(signer.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning)
}

var featureExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}

const statusRequest = 5

// mustStaple reports whether a certificate demands a stapled answer (RFC
// 7633). One whose demands cannot be read demands it.
func mustStaple(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if !e.Id.Equal(featureExtension) {
			continue
		}
		var features []int
		rest, err := asn1.Unmarshal(e.Value, &features)
		return err != nil || len(rest) > 0 || slices.Contains(features, statusRequest)
	}
	return false
}
