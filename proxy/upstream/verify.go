package upstream

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// VerifierOptions are the settings of a Verifier.
type VerifierOptions struct {
	Roots *x509.CertPool // nil is the system's
	// Require refuses an origin of whose certificate nothing is known: no
	// good staple, and no full list of its issuer.
	Require bool
	Now     func() time.Time // nil is time.Now
}

// Verifier decides whether an origin is who it says. It asks nobody: it goes
// by the certificate, by the OCSP answer that the origin staples, and by the
// operator's revocation lists. It is safe for concurrent use.
type Verifier struct {
	o     VerifierOptions
	lists listsRef
}

// NewVerifier makes a verifier without revocation lists.
func NewVerifier(o VerifierOptions) *Verifier {
	if o.Now == nil {
		o.Now = time.Now
	}
	v := &Verifier{o: o}
	v.lists.Store(&Lists{})
	return v
}

// Use exchanges the operator's revocation lists.
func (v *Verifier) Use(l *Lists) { v.lists.Store(l) }

// Ask is what a handshake asks an origin for.
type Ask struct {
	Host     string   // canonical name or address that the certificate must be valid for
	Protos   []string // offered by ALPN; the first is preferred
	Identity *Identity
	Tickets  tls.ClientSessionCache // of one key alone; nil resumes nothing
}

// Handshake makes a TLS connection of raw and verifies who answers. The facts
// are returned also with an error, if the origin showed a certificate. The
// caller closes raw after an error.
func (v *Verifier) Handshake(ctx context.Context, raw net.Conn, a Ask) (*tls.Conn, *policy.Origin, error) {
	var origin *policy.Origin
	c := &tls.Config{RootCAs: v.o.Roots, ServerName: a.Host, MinVersion: tls.VersionTLS12, NextProtos: a.Protos,
		ClientSessionCache: a.Tickets, Time: v.o.Now,
		VerifyConnection: func(cs tls.ConnectionState) (err error) {
			origin, err = v.Check(&cs)
			return err
		}}
	shown := a.Identity.show(c)
	t := tls.Client(raw, c)
	err := t.HandshakeContext(ctx)
	if err != nil {
		var untrusted *tls.CertificateVerificationError
		if origin == nil && errors.As(err, &untrusted) && len(untrusted.UnverifiedCertificates) > 0 {
			origin = &policy.Origin{Certificate: fingerprint(untrusted.UnverifiedCertificates[0])}
		}
		return nil, origin, err
	}
	if a.Identity != nil && shown.Load() {
		origin.Identity = a.Identity.Digest
	}
	return t, origin, nil
}

// Check looks at a connection whose certificate chain and name crypto/tls has
// verified, resumed ones included.
func (v *Verifier) Check(cs *tls.ConnectionState) (*policy.Origin, error) {
	if len(cs.VerifiedChains) == 0 || len(cs.PeerCertificates) == 0 {
		return nil, untrusted("no chain was verified")
	}
	leaf := cs.PeerCertificates[0]
	o := &policy.Origin{Certificate: fingerprint(leaf), Version: tls.VersionName(cs.Version), ALPN: cs.NegotiatedProtocol}
	if cs.Version < tls.VersionTLS12 {
		return o, untrusted("it speaks no TLS 1.2")
	}
	now := v.o.Now()
	listed, err := v.lists.Load().chains(cs.VerifiedChains, now)
	if err != nil {
		o.Revocation = "revoked"
		return o, err
	}
	good, err := staple(cs, now)
	switch {
	case err != nil:
		var refused *proxy.RefusedError
		if errors.As(err, &refused) && refused.Code == policy.OriginRevoked {
			o.Revocation = "revoked"
		}
		return o, err
	case good:
		o.Revocation = "good"
	case mustStaple(leaf):
		o.Revocation = "unknown"
		return o, untrusted("its certificate demands a stapled OCSP answer, and no current one came")
	case listed:
		o.Revocation = "listed_good"
	default:
		o.Revocation = "unknown"
		if v.o.Require {
			return o, untrusted("nothing is known of the revocation of its certificate; name a list in upstream.crls, or set upstream.revocation to staple")
		}
	}
	return o, nil
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

func untrusted(why string) error {
	return &proxy.RefusedError{Code: policy.OriginUntrusted, Err: errors.New("origin: " + why)}
}

func revoked(how string) error {
	return &proxy.RefusedError{Code: policy.OriginRevoked, Err: errors.New("origin: its certificate was revoked, says " + how)}
}

// issuers returns who may have issued the leaf, by the verified chains.
func issuers(chains [][]*x509.Certificate) (out []*x509.Certificate) {
	for _, c := range chains {
		if len(c) > 1 && !slices.ContainsFunc(out, c[1].Equal) {
			out = append(out, c[1])
		}
	}
	return out
}
