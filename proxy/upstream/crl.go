package upstream

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// MaxList is the most that a file of revocation lists may have.
const MaxList = 32 << 20

type listsRef = atomic.Pointer[Lists]

// Lists are the operator's certificate revocation lists.
type Lists struct{ all []*List }

// List is one revocation list.
type List struct {
	crl     *x509.RevocationList
	revoked map[string]struct{} // serial numbers
	// part means that the list covers only some certificates of its issuer,
	// so that one it does not name may be revoked all the same.
	part bool

	mu     sync.Mutex
	signed map[string]bool // by the issuer with this digest; guarded by mu
}

// NewLists puts lists together.
func NewLists(l ...*List) *Lists { return &Lists{all: l} }

// ParseLists reads the revocation lists of one file, PEM blocks or one in DER.
// known are certificates, with those in the file; where the issuer of a list
// is among them, it must have signed it.
func ParseLists(text []byte, known ...*x509.Certificate) (out []*List, err error) {
	if len(text) > MaxList {
		return nil, fmt.Errorf("more than %d MiB; split it", MaxList>>20)
	}
	raw, certs, err := blocks(text)
	if err != nil {
		return nil, err
	}
	known = append(known[:len(known):len(known)], certs...)
	for i, der := range raw {
		l, err := parseList(der, known)
		if err != nil {
			return nil, fmt.Errorf("revocation list %d: %w", i+1, err)
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, errors.New("no revocation list; give X509 CRL blocks, or one list in DER")
	}
	return out, nil
}

// blocks takes a file apart. Text that is in no block is refused, or a block
// cut in two would be overlooked.
func blocks(text []byte) (lists [][]byte, certs []*x509.Certificate, err error) {
	if !bytes.Contains(text, []byte("-----BEGIN ")) {
		return [][]byte{text}, nil, nil
	}
	for rest := text; len(bytes.TrimSpace(rest)) > 0; {
		rest = bytes.TrimSpace(rest)
		var b *pem.Block
		if !bytes.HasPrefix(rest, []byte("-----BEGIN ")) {
			return nil, nil, errors.New("text outside of the PEM blocks")
		}
		if b, rest = pem.Decode(rest); b == nil {
			return nil, nil, errors.New("a PEM block is damaged")
		}
		switch b.Type {
		case "X509 CRL":
			lists = append(lists, b.Bytes)
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(b.Bytes)
			if err != nil {
				return nil, nil, errors.New("a certificate in it cannot be read")
			}
			certs = append(certs, c)
		default:
			return nil, nil, errors.New("a PEM block that is neither X509 CRL nor CERTIFICATE")
		}
	}
	return lists, certs, nil
}

func parseList(der []byte, known []*x509.Certificate) (*List, error) {
	crl, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, errors.New("cannot be read; give it as its issuer publishes it")
	}
	if crl.NextUpdate.IsZero() {
		return nil, errors.New("does not say until when it holds")
	}
	l := &List{crl: crl, revoked: make(map[string]struct{}, len(crl.RevokedCertificateEntries)), signed: map[string]bool{}}
	for _, e := range crl.Extensions {
		l.part = l.part || e.Critical
	}
	for _, e := range crl.RevokedCertificateEntries {
		for _, x := range e.Extensions {
			if x.Critical {
				return nil, errors.New("has entries of other issuers, which is not supported")
			}
		}
		if e.ReasonCode == removeFromList {
			return nil, errors.New("is the difference to another list; give the whole list")
		}
		l.revoked[string(e.SerialNumber.Bytes())] = struct{}{}
	}
	var claims, proved bool
	for _, c := range known {
		if l.names(c) {
			claims, proved = true, proved || l.by(c)
		}
	}
	if claims && !proved {
		return nil, errors.New("is not signed by its issuer")
	}
	return l, nil
}

const removeFromList = 8

// names reports whether a list says that it is of an issuer.
func (l *List) names(issuer *x509.Certificate) bool {
	return bytes.Equal(l.crl.RawIssuer, issuer.RawSubject) &&
		(len(l.crl.AuthorityKeyId) == 0 || len(issuer.SubjectKeyId) == 0 || bytes.Equal(l.crl.AuthorityKeyId, issuer.SubjectKeyId))
}

// maxSigners bounds what is remembered of one list: its name is in the hand
// of whoever makes a certificate.
const maxSigners = 64

// by reports whether an issuer signed the list.
func (l *List) by(issuer *x509.Certificate) bool {
	if !l.names(issuer) {
		return false
	}
	id := fingerprint(issuer)
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, checked := l.signed[id]
	if !checked {
		ok = l.crl.CheckSignatureFrom(issuer) == nil
		if len(l.signed) < maxSigners {
			l.signed[id] = ok
		}
	}
	return ok
}

// chains looks for the certificates of every verified chain in the lists of
// their issuers, and reports whether a current, full list of the leaf's issuer
// does not name it. A chain of several with a revoked certificate is enough to
// refuse: which of them another client would take is not known.
func (l *Lists) chains(all [][]*x509.Certificate, now time.Time) (good bool, err error) {
	for _, chain := range all {
		for i := range len(chain) - 1 {
			for _, list := range l.all {
				if !list.by(chain[i+1]) {
					continue
				}
				if _, bad := list.revoked[string(chain[i].SerialNumber.Bytes())]; bad {
					return false, revoked("a list in upstream.crls")
				}
				good = good || i == 0 && !list.part && !list.Stale(now)
			}
		}
	}
	return good, nil
}

// Issuer names the issuer of a list, for people.
func (l *List) Issuer() string { return l.crl.Issuer.String() }

// Until is when the list should be replaced.
func (l *List) Until() time.Time { return l.crl.NextUpdate }

// Stale reports whether a list is past its time, or not of now. What it names
// stays revoked; of what it does not name, it says nothing any more.
func (l *List) Stale(now time.Time) bool {
	return !now.Before(l.crl.NextUpdate) || now.Add(clockSkew).Before(l.crl.ThisUpdate)
}

// All returns the lists.
func (l *Lists) All() []*List { return slices.Clone(l.all) }
