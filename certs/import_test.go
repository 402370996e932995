package certs_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs"
	"pgregory.net/rapid"
)

// recent makes a template valid around the real time, for foreign verifiers.
func recent(c *x509.Certificate) *x509.Certificate {
	c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().AddDate(1, 0, 0)
	return c
}

func pemOf(ders [][]byte) []byte {
	var out []byte
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

func TestImportChain(t *testing.T) {
	c := newClock()
	root := issue(t, caTemplate("Company Root"), p256(t), nil)
	middle := issue(t, caTemplate("Company Policy CA"), p256(t), &root)
	sub := issue(t, caTemplate("Company Gateway CA"), p256(t), &middle)
	tests := []struct {
		name           string
		file           []byte
		served, anchor pair
		length         int
	}{
		{"whole chain", join(sub.certPEM(), middle.certPEM(), root.certPEM()), middle, root, 3},
		{"any order", join(root.certPEM(), sub.certPEM(), middle.certPEM()), middle, root, 3},
		{"without the root", join(sub.certPEM(), middle.certPEM()), middle, middle, 3},
		{"alone", sub.certPEM(), sub, sub, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "ca")
			if _, err := certs.Import(dir, tt.file, sub.keyPEM(t), certs.Options{Now: c.Now}); err != nil {
				t.Fatal(err)
			}
			a := openCA(t, dir, c)
			if got := a.Bundle(); !bytes.Equal(got, tt.anchor.certPEM()) {
				t.Errorf("clients are given\n%s", got)
			}
			leaf, err := newMinter(t, a, c, 0).Leaf("example.com")
			if err != nil {
				t.Fatal(err)
			}
			if len(leaf.Certificate) != tt.length || !bytes.Equal(leaf.Certificate[tt.length-1], tt.served.cert.Raw) {
				t.Errorf("%d certificates are served, want %d", len(leaf.Certificate), tt.length)
			}
			verify(t, leaf, a.Bundle(), "example.com", c.Now())
		})
	}
}

func TestImportForms(t *testing.T) {
	c := newClock()
	rsaCA := issue(t, caTemplate("RSA CA"), rsaKey(t, 2048), nil)
	ec := issue(t, caTemplate("EC CA"), p256(t), nil)
	ecKey, err := x509.MarshalECPrivateKey(ec.key.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		ca   pair
		key  []byte
	}{
		{"PKCS#8", ec, ec.keyPEM(t)},
		{"SEC1 after EC PARAMETERS", ec, join(pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 0}}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: ecKey}))},
		{"PKCS#1", rsaCA, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaCA.key.(*rsa.PrivateKey))})},
		{"key file with the certificate in it", ec, join(ec.certPEM(), ec.keyPEM(t))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := certs.Import(filepath.Join(t.TempDir(), "ca"), tt.ca.certPEM(), tt.key, certs.Options{Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			leaf, err := newMinter(t, a, c, 0).Leaf("example.com")
			if err != nil {
				t.Fatal(err)
			}
			verify(t, leaf, a.Bundle(), "example.com", c.Now())
		})
	}
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestImportRefuses wants each fault at its field.
func TestImportRefuses(t *testing.T) {
	root := issue(t, caTemplate("Root"), p256(t), nil)
	spoil := func(change func(*x509.Certificate)) pair {
		template := caTemplate("Spoilt CA")
		change(template)
		return issue(t, template, p256(t), &root)
	}
	good := spoil(func(*x509.Certificate) {})
	zeroTemplate := caTemplate("Path Length Zero")
	zeroTemplate.MaxPathLenZero = true
	zero := issue(t, zeroTemplate, p256(t), nil)
	under := issue(t, caTemplate("Under It"), p256(t), &zero)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		ca    pair
		cert  []byte
		key   []byte
		field string
	}{
		{name: "server certificate", ca: spoil(func(c *x509.Certificate) { c.IsCA = false }), field: "isCA"},
		{name: "no key usage for signing", ca: spoil(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), field: "keyUsage"},
		{name: "key usage missing", ca: spoil(func(c *x509.Certificate) { c.KeyUsage = 0 }), field: "keyUsage"},
		{name: "for mail only", ca: spoil(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }), field: "extKeyUsage"},
		{name: "ended", ca: spoil(func(c *x509.Certificate) { c.NotAfter = start.Add(-time.Hour) }), field: "validity"},
		{name: "not yet begun", ca: spoil(func(c *x509.Certificate) { c.NotBefore = start.Add(time.Hour) }), field: "validity"},
		{name: "short RSA key", ca: issue(t, caTemplate("Short"), rsaKey(t, 1024), &root), field: "strength"},
		{name: "Ed25519", ca: issue(t, caTemplate("Ed"), edKey, &root), field: "strength"},
		{name: "path length of a parent", ca: under, cert: join(under.certPEM(), zero.certPEM()), field: "chain[1].pathLen"},
		{name: "key of another CA", ca: good, key: root.keyPEM(t), field: "key"},
		{name: "stranger in the chain", ca: good, cert: join(good.certPEM(), issue(t, caTemplate("Stranger"), p256(t), nil).certPEM()), field: "chain"},
		{name: "key in the certificate file", ca: good, cert: join(good.certPEM(), good.keyPEM(t)), field: "cert"},
		{name: "no certificate", ca: good, cert: []byte("hello"), field: "cert"},
		{name: "no key", ca: good, key: []byte("hello"), field: "key"},
		{name: "two keys", ca: good, key: join(good.keyPEM(t), good.keyPEM(t)), field: "key"},
		{name: "encrypted key", ca: good, key: pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}}), field: "key"},
		{name: "huge file", ca: good, cert: bytes.Repeat([]byte{'x'}, 2<<20), field: "cert"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.cert == nil {
				tt.cert = tt.ca.certPEM()
			}
			if tt.key == nil {
				tt.key = tt.ca.keyPEM(t)
			}
			dir := filepath.Join(t.TempDir(), "ca")
			_, err := certs.Import(dir, tt.cert, tt.key, certs.Options{Now: newClock().Now})
			var invalid *certs.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("Import: %v, want an InvalidError", err)
			}
			if !slices.ContainsFunc(invalid.Faults, func(f certs.Fault) bool { return f.Field == tt.field }) {
				t.Errorf("faults %+v, want one of %s", invalid.Faults, tt.field)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("a refused import left a folder")
			}
		})
	}
}

func TestImportNamesFaultsOfBothFiles(t *testing.T) {
	_, err := certs.Import(filepath.Join(t.TempDir(), "ca"), []byte("x"), []byte("y"), certs.Options{})
	var invalid *certs.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Faults) != 2 {
		t.Errorf("Import: %v, want a fault for each file", err)
	}
}

func TestImportBesideACA(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	plan, err := a.Rotate(certs.RotateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sub := issue(t, caTemplate("Company Gateway CA"), p256(t), nil)
	b, err := certs.Import(dir, sub.certPEM(), sub.keyPEM(t), certs.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	if got := roles(b); !slices.Equal(got, []certs.Role{certs.Active, certs.Previous}) || b.Status()[0].Source != certs.SourceImported || b.Status()[1].ID != plan.Old {
		t.Errorf("status %+v", b.Status())
	}
	if _, err := os.Stat(filepath.Join(dir, plan.New+".key")); err == nil {
		t.Error("the CA that will never sign is still there")
	}
	if _, err := certs.Import(dir, sub.certPEM(), sub.keyPEM(t), certs.Options{Now: c.Now}); err == nil {
		t.Error("the same CA was imported twice")
	}
}

func TestNameConstraints(t *testing.T) {
	c := newClock()
	template := caTemplate("Constrained CA")
	template.PermittedDNSDomains = []string{"example.com"}
	template.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}}
	sub := issue(t, template, p256(t), nil)
	a, err := certs.Import(filepath.Join(t.TempDir(), "ca"), sub.certPEM(), sub.keyPEM(t), certs.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	m := newMinter(t, a, c, 0)
	for name, want := range map[string]bool{"www.example.com": true, "www.example.org": false, "10.1.2.3": false} {
		_, err := m.Leaf(name)
		if got := err == nil; got != want {
			t.Errorf("Leaf(%s): %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), name) {
			t.Errorf("the error repeats the name: %v", err)
		}
	}
}

func TestGoproxyCAIsRefused(t *testing.T) {
	data, err := os.ReadFile("testdata/goproxy-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	key := p256(t)
	own := pair{key: key}
	dir := t.TempDir()
	if _, err := certs.Import(filepath.Join(dir, "ca"), data, own.keyPEM(t), certs.Options{}); !errors.Is(err, certs.ErrPublished) {
		t.Errorf("Import: %v, want ErrPublished", err)
	}
	sub := issue(t, caTemplate("Mine"), key, nil)
	if _, err := certs.Import(filepath.Join(dir, "ca"), join(sub.certPEM(), data), own.keyPEM(t), certs.Options{}); !errors.Is(err, certs.ErrPublished) {
		t.Errorf("Import with it in the chain: %v, want ErrPublished", err)
	}
	put(t, filepath.Join(dir, "c.pem"), data, 0o644)
	put(t, filepath.Join(dir, "c.key"), own.keyPEM(t), 0o600)
	if _, err := certs.OpenFiles(filepath.Join(dir, "c.pem"), filepath.Join(dir, "c.key"), certs.Options{}); !errors.Is(err, certs.ErrPublished) {
		t.Errorf("OpenFiles: %v, want ErrPublished", err)
	}
}

// TestPublished has each half of the check work without the other.
func TestPublished(t *testing.T) {
	data, err := os.ReadFile("testdata/goproxy-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	list, err := certs.ParseCertificates(data)
	if err != nil {
		t.Fatal(err)
	}
	ca := list[0]
	ca.Subject.CommonName, ca.Issuer.CommonName = "renamed", "renamed"
	if !certs.Published(ca) {
		t.Error("its key under another name is not recognised")
	}
	ca.RawSubjectPublicKeyInfo = []byte("another")
	if certs.Published(ca) {
		t.Error("another name with another key is taken for it")
	}
	ca.Subject.CommonName = "GoProxy.github.io"
	if !certs.Published(ca) {
		t.Error("its name with another key is not recognised")
	}
}

// TestImportChainProperty: any order of any part of a chain that holds the CA
// and leads upwards without a gap is accepted, and nothing else.
func TestImportChainProperty(t *testing.T) {
	chain := []pair{issue(t, caTemplate("C3"), p256(t), nil)}
	for n := 2; n >= 0; n-- {
		chain = append([]pair{issue(t, caTemplate(fmt.Sprintf("C%d", n)), p256(t), &chain[0])}, chain...)
	}
	key := chain[0].keyPEM(t)
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(rt, "order")
		keep := rapid.SliceOfN(rapid.Bool(), 4, 4).Draw(rt, "keep")
		var file []byte
		for _, n := range order {
			if keep[n] {
				file = append(file, chain[n].certPEM()...)
			}
		}
		want := keep[0]
		for n := 1; n < 4; n++ {
			want = want && (keep[n-1] || !keep[n])
		}
		runs++
		_, err := certs.Import(filepath.Join(dir, fmt.Sprint(runs)), file, key, certs.Options{Now: newClock().Now})
		if (err == nil) != want {
			rt.Fatalf("kept %v in order %v: %v", keep, order, err)
		}
	})
}

func FuzzImport(f *testing.F) {
	ca := issue(f, caTemplate("Seed"), p256(f), nil)
	sub := issue(f, caTemplate("Seed Sub"), p256(f), &ca)
	f.Add(ca.certPEM(), ca.keyPEM(f))
	f.Add(join(sub.certPEM(), ca.certPEM()), sub.keyPEM(f))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, certPEM, keyPEM []byte) {
		list, err := certs.ParseCertificates(certPEM)
		if (err == nil) != (len(list) > 0) {
			t.Fatalf("%d certificates and error %v", len(list), err)
		}
		if _, err := certs.ParseKey(keyPEM); err != nil && len(keyPEM) > 40 && bytes.Contains([]byte(err.Error()), keyPEM) {
			t.Fatal("the error repeats the key")
		}
		chain, err := certs.CheckImport(certPEM, keyPEM, start)
		if err != nil {
			return
		}
		again, err := certs.CheckImport(pemOf(chain), keyPEM, start)
		if err != nil || !slices.EqualFunc(chain, again, bytes.Equal) {
			t.Fatalf("an accepted CA is not accepted as it would be stored: %v", err)
		}
	})
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"example.com", "EXAMPLE.com.", "例子.中国", "192.0.2.1", "::ffff:1.2.3.4", "a..b", "1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once, err := certs.CanonicalName(name)
		if err != nil {
			return
		}
		if twice, err := certs.CanonicalName(once); err != nil || twice != once {
			t.Errorf("%q becomes %q and then %q, %v", name, once, twice, err)
		}
	})
}
