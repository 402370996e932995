package upstream_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/upstream"
)

// issuer is an authority that also answers about its certificates.
type issuer struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  time.Time
	next int64
}

func newIssuer(t testing.TB, by *issuer) *issuer {
	t.Helper()
	i := &issuer{t: t, now: time.Now(), next: 100}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "upstream test CA"}, NotBefore: i.now.Add(-time.Hour),
		NotAfter: i.now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	if by == nil {
		i.cert, i.key = i.make(tmpl, nil)
	} else {
		i.cert, i.key = by.make(tmpl, by)
	}
	return i
}

func (i *issuer) make(tmpl *x509.Certificate, by *issuer) (*x509.Certificate, *ecdsa.PrivateKey) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		i.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		i.t.Fatal(err)
	}
	return cert, key
}

func (i *issuer) leaf(change func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	i.next++
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(i.next), NotBefore: i.now.Add(-time.Hour), NotAfter: i.now.Add(time.Hour),
		DNSNames: []string{"origin.example"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(tmpl)
	}
	return i.make(tmpl, i)
}

func (i *issuer) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(i.cert)
	return p
}

// about answers about a certificate by OCSP, signed by the issuer or, where
// signer is given, by that.
func (i *issuer) about(c *x509.Certificate, status int, age time.Duration, signer *x509.Certificate, key crypto.Signer) []byte {
	i.t.Helper()
	r := ocsp.Response{Status: status, SerialNumber: c.SerialNumber, ThisUpdate: i.now.Add(-age - time.Minute), NextUpdate: i.now.Add(-age + time.Minute)}
	if status == ocsp.Revoked {
		r.RevokedAt = i.now.Add(-age - time.Hour)
	}
	if signer == nil {
		signer, key = i.cert, i.key
	} else {
		r.Certificate = signer
	}
	b, err := ocsp.CreateResponse(i.cert, signer, r, key)
	if err != nil {
		i.t.Fatal(err)
	}
	return b
}

// list is a revocation list of the issuer.
func (i *issuer) list(age time.Duration, critical bool, revoked ...*x509.Certificate) []byte {
	i.t.Helper()
	tmpl := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: i.now.Add(-age - time.Minute), NextUpdate: i.now.Add(-age + time.Minute)}
	for _, c := range revoked {
		tmpl.RevokedCertificateEntries = append(tmpl.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: i.now})
	}
	if critical {
		tmpl.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 28}, Critical: true, Value: []byte{0x30, 0}}}
	}
	der, err := x509.CreateRevocationList(rand.Reader, tmpl, i.cert, i.key)
	if err != nil {
		i.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
}

// meet has a verifier meet an origin.
func meet(t *testing.T, v *upstream.Verifier, a upstream.Ask, server *tls.Config) (*policy.Origin, error) {
	t.Helper()
	near, far := pair(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer far.Close()
		s := tls.Server(far, server)
		if s.Handshake() == nil {
			s.Write([]byte("x"))
		}
	}()
	defer func() { near.Close(); <-done }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, o, err := v.Handshake(ctx, near, a)
	if err == nil {
		c.Read(make([]byte, 1))
	}
	return o, err
}

func codeOf(err error) policy.Code {
	var refused *proxy.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return upstream.Fault(err)
}

var mustStaple = pkix.Extension{Id: []int{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}

func TestVerifier(t *testing.T) {
	ca := newIssuer(t, nil)
	other := newIssuer(t, nil)
	good, key := ca.leaf(nil)
	sibling, siblingKey := ca.leaf(nil)
	must, mustKey := ca.leaf(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{mustStaple} })
	answerer, answererKey := ca.leaf(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
	const day = 24 * time.Hour
	type row struct {
		name    string
		leaf    *x509.Certificate
		key     crypto.Signer
		staple  []byte
		lists   [][]byte
		require bool
		host    string
		code    policy.Code
		known   string // of revocation
	}
	rows := []row{
		{name: "nothing is known", known: "unknown"},
		{name: "nothing is known, and something must be", require: true, code: policy.OriginUntrusted, known: "unknown"},
		{name: "another name", host: "elsewhere.example", code: policy.OriginUntrusted},
		{name: "stapled good", staple: ca.about(good, ocsp.Good, 0, nil, nil), require: true, known: "good"},
		{name: "stapled good, by somebody the issuer lets", staple: ca.about(good, ocsp.Good, 0, answerer, answererKey), require: true, known: "good"},
		{name: "stapled good, by another server of the issuer", staple: ca.about(good, ocsp.Good, 0, sibling, siblingKey), code: policy.OriginUntrusted},
		{name: "stapled good, by another authority", staple: other.about(good, ocsp.Good, 0, nil, nil), code: policy.OriginUntrusted},
		{name: "stapled good, of another certificate", staple: ca.about(sibling, ocsp.Good, 0, nil, nil), code: policy.OriginUntrusted},
		{name: "stapled good, long ago", staple: ca.about(good, ocsp.Good, day, nil, nil), known: "unknown"},
		{name: "stapled good, of tomorrow", staple: ca.about(good, ocsp.Good, -day, nil, nil), known: "unknown"},
		{name: "stapled good, long ago, and it must be", staple: ca.about(good, ocsp.Good, day, nil, nil), require: true, code: policy.OriginUntrusted, known: "unknown"},
		{name: "stapled unknown", staple: ca.about(good, ocsp.Unknown, 0, nil, nil), known: "unknown"},
		{name: "stapled revoked", staple: ca.about(good, ocsp.Revoked, 0, nil, nil), code: policy.OriginRevoked, known: "revoked"},
		{name: "stapled revoked, long ago", staple: ca.about(good, ocsp.Revoked, day, nil, nil), code: policy.OriginRevoked, known: "revoked"},
		{name: "stapled try later", staple: ocsp.TryLaterErrorResponse, known: "unknown"},
		{name: "stapled nonsense", staple: []byte("nonsense"), code: policy.OriginUntrusted},
		{name: "must staple, and does", leaf: must, key: mustKey, staple: ca.about(must, ocsp.Good, 0, nil, nil), known: "good"},
		{name: "must staple, and does not", leaf: must, key: mustKey, code: policy.OriginUntrusted, known: "unknown"},
		{name: "must staple, and a list is not enough", leaf: must, key: mustKey, lists: [][]byte{ca.list(0, false)}, code: policy.OriginUntrusted, known: "unknown"},
		{name: "listed", lists: [][]byte{ca.list(0, false, good)}, code: policy.OriginRevoked, known: "revoked"},
		{name: "listed, though stapled good", staple: ca.about(good, ocsp.Good, 0, nil, nil), lists: [][]byte{ca.list(0, false, good)}, code: policy.OriginRevoked, known: "revoked"},
		{name: "listed in a list past its time", lists: [][]byte{ca.list(day, false, good)}, code: policy.OriginRevoked, known: "revoked"},
		{name: "listed in a partial list", lists: [][]byte{ca.list(0, true, good)}, code: policy.OriginRevoked, known: "revoked"},
		{name: "not listed", lists: [][]byte{ca.list(0, false, sibling)}, require: true, known: "listed_good"},
		{name: "not listed in a list past its time", lists: [][]byte{ca.list(day, false, sibling)}, require: true, code: policy.OriginUntrusted, known: "unknown"},
		{name: "not listed in a partial list", lists: [][]byte{ca.list(0, true, sibling)}, known: "unknown"},
		{name: "listed by another authority of the same name", lists: [][]byte{other.list(0, false, good)}, known: "unknown"},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			if tt.leaf == nil {
				tt.leaf, tt.key = good, key
			}
			if tt.host == "" {
				tt.host = "origin.example"
			}
			v := upstream.NewVerifier(upstream.VerifierOptions{Roots: ca.pool(), Require: tt.require})
			var lists []*upstream.List
			for _, text := range tt.lists {
				l, err := upstream.ParseLists(text)
				if err != nil {
					t.Fatal(err)
				}
				lists = append(lists, l...)
			}
			v.Use(upstream.NewLists(lists...))
			server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{tt.leaf.Raw}, PrivateKey: tt.key, OCSPStaple: tt.staple}}}
			o, err := meet(t, v, upstream.Ask{Host: tt.host}, server)
			known := ""
			if o != nil {
				known = o.Revocation
				if o.Certificate == "" {
					t.Error("no certificate in the facts")
				}
			}
			if err == nil && tt.code != "" || err != nil && codeOf(err) != tt.code || known != tt.known {
				t.Errorf("%v, revocation %q; want %q, %q", err, known, tt.code, tt.known)
			}
		})
	}
}

func TestVerifierRevokedIntermediate(t *testing.T) {
	root := newIssuer(t, nil)
	middle := newIssuer(t, root)
	leaf, key := middle.leaf(nil)
	v := upstream.NewVerifier(upstream.VerifierOptions{Roots: root.pool()})
	server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw, middle.cert.Raw}, PrivateKey: key}}}
	if _, err := meet(t, v, upstream.Ask{Host: "origin.example"}, server); err != nil {
		t.Fatal(err)
	}
	l, err := upstream.ParseLists(root.list(0, false, middle.cert))
	if err != nil {
		t.Fatal(err)
	}
	v.Use(upstream.NewLists(l...))
	if _, err := meet(t, v, upstream.Ask{Host: "origin.example"}, server); codeOf(err) != policy.OriginRevoked {
		t.Errorf("revoked intermediate: %v", err)
	}
}

func TestVerifierTerms(t *testing.T) {
	ca := newIssuer(t, nil)
	leaf, key := ca.leaf(nil)
	v := upstream.NewVerifier(upstream.VerifierOptions{Roots: ca.pool()})
	pair := tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}
	for _, tt := range []struct {
		max     uint16
		version string
	}{{tls.VersionTLS13, "TLS 1.3"}, {tls.VersionTLS12, "TLS 1.2"}, {tls.VersionTLS11, ""}} {
		o, err := meet(t, v, upstream.Ask{Host: "origin.example", Protos: []string{"h2", "http/1.1"}},
			&tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: tt.max, NextProtos: []string{"http/1.1"}})
		if tt.version == "" {
			if err == nil {
				t.Error("TLS 1.1 was spoken")
			}
			continue
		}
		if err != nil || o.Version != tt.version || o.ALPN != "http/1.1" || len(o.Certificate) != 64 {
			t.Errorf("%+v, %v", o, err)
		}
	}
}

func TestParseLists(t *testing.T) {
	ca, other := newIssuer(t, nil), newIssuer(t, nil)
	leaf, _ := ca.leaf(nil)
	list := ca.list(0, false, leaf)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
	foreign := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.cert.Raw})
	block, _ := pem.Decode(list)
	forged := append([]byte(nil), block.Bytes...)
	forged[len(forged)-1] ^= 1
	tests := []struct {
		name string
		text []byte
		want int // lists; 0 is an error
	}{
		{"PEM", list, 1},
		{"DER", block.Bytes, 1},
		{"two", append(append([]byte(nil), list...), list...), 2},
		{"with its issuer", append(append([]byte(nil), own...), list...), 1},
		{"with an issuer of the same name that did not sign it", append(append([]byte(nil), foreign...), list...), 1},
		{"forged, with its issuer", append(append([]byte(nil), own...), pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: forged})...), 0},
		{"text in between", append(append([]byte(nil), list...), "hello"...), 0},
		{"damaged", list[:len(list)-30], 0},
		{"a certificate alone", own, 0},
		{"another block", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), 0},
		{"nothing", nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := upstream.ParseLists(tt.text)
			if len(l) != tt.want || (err == nil) != (tt.want > 0) {
				t.Errorf("%d lists, %v, want %d", len(l), err, tt.want)
			}
		})
	}
	if l, err := upstream.ParseLists(list); err != nil || l[0].Stale(time.Now()) || !l[0].Stale(time.Now().Add(time.Hour)) || l[0].Issuer() == "" {
		t.Errorf("list: %v", err)
	}
}

func FuzzParseLists(f *testing.F) {
	f.Add([]byte("-----BEGIN X509 CRL-----\nAA==\n-----END X509 CRL-----\n"))
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := upstream.ParseLists(b)
		if (err == nil) != (len(l) > 0) {
			t.Errorf("%d lists, %v", len(l), err)
		}
	})
}

func FuzzStaple(f *testing.F) {
	ca := newIssuer(f, nil)
	leaf, _ := ca.leaf(nil)
	f.Add(ca.about(leaf, ocsp.Good, 0, nil, nil))
	f.Add([]byte(ocsp.TryLaterErrorResponse))
	v := upstream.NewVerifier(upstream.VerifierOptions{Roots: ca.pool(), Require: true})
	valid := string(ca.about(leaf, ocsp.Good, 0, nil, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		cs := &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{leaf},
			VerifiedChains: [][]*x509.Certificate{{leaf, ca.cert}}, OCSPResponse: b}
		if o, err := v.Check(cs); err == nil && o.Revocation == "good" && len(b) < len(valid)/2 {
			t.Errorf("good by %d bytes", len(b))
		}
	})
}
