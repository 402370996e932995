package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// Identity is a client certificate of ours, shown to the origins that it is
// for, and to nobody else.
type Identity struct {
	Digest string // SHA-256 of the certificate, hex
	match  []string
	cert   tls.Certificate
}

// NewIdentity makes an identity of PEM texts. match are hosts, *.suffixes,
// addresses and networks.
func NewIdentity(match []string, cert, key []byte) (*Identity, error) {
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, errors.New("certificate and key cannot be read, or do not belong together; give both in PEM form")
	}
	if pair.Leaf == nil {
		return nil, errors.New("no certificate")
	}
	if len(pair.Leaf.ExtKeyUsage) > 0 && !mayIdentify(pair.Leaf) {
		return nil, errors.New("the certificate is not for clients; have one made with the extended key usage clientAuth")
	}
	return &Identity{Digest: fingerprint(pair.Leaf), match: match, cert: pair}, nil
}

func mayIdentify(c *x509.Certificate) bool {
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageClientAuth || u == x509.ExtKeyUsageAny {
			return true
		}
	}
	return false
}

// Until is when the certificate ends.
func (i *Identity) Until() time.Time { return i.cert.Leaf.NotAfter }

// show sets a handshake up to show the certificate when it is asked for, and
// returns whether it was.
func (i *Identity) show(c *tls.Config) *atomic.Bool {
	shown := new(atomic.Bool)
	if i == nil {
		return shown
	}
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		shown.Store(true)
		return &i.cert, nil
	}
	return shown
}

// Identities are all of ours; the first that matches is shown.
type Identities struct{ all []*Identity }

// NewIdentities puts identities together.
func NewIdentities(all ...*Identity) *Identities { return &Identities{all: all} }

// find returns the identity for an origin, or nil. Without TLS there is none.
func (l *Identities) find(k *Key) *Identity {
	if l == nil || k.Scheme != "https" {
		return nil
	}
	for _, i := range l.all {
		for _, m := range i.match {
			if matches(m, k.Host) {
				return i
			}
		}
	}
	return nil
}

// matches reports whether a pattern means a host. A network means a host by
// its address alone: whoever answers a name's look-up must not choose to whom
// a certificate is shown.
func matches(pattern, host string) bool {
	pattern = strings.ToLower(strings.TrimSuffix(pattern, "."))
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasPrefix(suffix, ".") && strings.HasSuffix(host, suffix) && len(host) > len(suffix)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if p, err := netip.ParsePrefix(pattern); err == nil {
			return p.Contains(a)
		}
		b, err := netip.ParseAddr(pattern)
		return err == nil && b.Unmap() == a.Unmap()
	}
	return pattern == host
}
