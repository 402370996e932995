package certs_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// verify checks a leaf as a client does that trusts the bundle only.
func verify(t *testing.T, leaf *tls.Certificate, bundle []byte, name string, now time.Time) {
	t.Helper()
	between := x509.NewCertPool()
	for _, der := range leaf.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		between.AddCert(c)
	}
	_, err := leaf.Leaf.Verify(x509.VerifyOptions{
		Roots: pool(t, bundle), Intermediates: between, DNSName: name, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		t.Errorf("verify a leaf: %v", err)
	}
}

func TestLeafForEachKindOfName(t *testing.T) {
	c := newClock()
	a := openCA(t, filepath.Join(t.TempDir(), "ca"), c)
	m := newMinter(t, a, c, 0)
	long := strings.Repeat("a", 60) + "." + strings.Repeat("b", 60) + ".example.com"
	tests := []struct{ name, asked, dns, ip string }{
		{"host", "example.com", "example.com", ""},
		{"upper case and final dot", "WWW.Example.COM.", "www.example.com", ""},
		{"one label", "localhost", "localhost", ""},
		{"underscore", "my_bucket.s3.example.com", "my_bucket.s3.example.com", ""},
		{"double hyphen in third place", "r3---sn-abc.example.com", "r3---sn-abc.example.com", ""},
		{"Chinese", "例子.中国", "xn--fsqu00a.xn--fiqs8s", ""},
		{"longer than a common name", long, long, ""},
		{"IPv4", "192.0.2.7", "", "192.0.2.7"},
		{"IPv6", "2001:DB8:0::1", "", "2001:db8::1"},
		{"IPv4 as IPv6", "::ffff:192.0.2.7", "", "192.0.2.7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := m.Leaf(tt.asked)
			if err != nil {
				t.Fatal(err)
			}
			leaf := got.Leaf
			var names []string
			names = append(names, leaf.DNSNames...)
			for _, ip := range leaf.IPAddresses {
				names = append(names, ip.String())
			}
			if want := tt.dns + tt.ip; len(names) != 1 || names[0] != want || (len(leaf.IPAddresses) == 1) != (tt.ip != "") {
				t.Errorf("SAN %v, want exactly %s", names, want)
			}
			verify(t, got, a.Bundle(), tt.dns+tt.ip, c.Now())
			if leaf.NotAfter.Sub(leaf.NotBefore) != 48*time.Hour || !leaf.NotBefore.Equal(start.Add(-time.Hour)) {
				t.Errorf("valid from %v to %v", leaf.NotBefore, leaf.NotAfter)
			}
			if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature || len(leaf.SubjectKeyId) == 0 || len(leaf.AuthorityKeyId) == 0 {
				t.Errorf("CA %v, key usage %b, key ids %x %x", leaf.IsCA, leaf.KeyUsage, leaf.SubjectKeyId, leaf.AuthorityKeyId)
			}
		})
	}
}

func TestLeafRefusesNames(t *testing.T) {
	c := newClock()
	m := newMinter(t, openCA(t, filepath.Join(t.TempDir(), "ca"), c), c, 0)
	names := []string{
		"", ".", "a..b", "*.example.com", "-a.com", "a-.com", "a b.com", "a/b", "user@example.com", "example.com:443",
		"[::1]", "fe80::1%eth0", "1.2.3", "256.1.1.1", "evil.com\x00.good.com", strings.Repeat("a", 64) + ".com",
		strings.Repeat("a.", 127) + "com", strings.Repeat("a", 2000), "\xff\xfe.com",
	}
	for _, name := range names {
		_, err := m.Leaf(name)
		if !errors.Is(err, certs.ErrName) {
			t.Errorf("Leaf(%.40q): %v, want ErrName", name, err)
		} else if len(name) > 4 && strings.Contains(err.Error(), name) {
			t.Errorf("the error repeats the name: %v", err)
		}
	}
	if s := m.Stats(); s.Failed != uint64(len(names)) || s.Minted != 0 || s.Size != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestLeafIsRenewed(t *testing.T) {
	c := newClock()
	a := openCA(t, filepath.Join(t.TempDir(), "ca"), c)
	m := newMinter(t, a, c, 0)
	leaf := func() *tls.Certificate {
		t.Helper()
		l, err := m.Leaf("example.com")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first := leaf()
	c.Add(23 * time.Hour)
	if leaf() != first {
		t.Error("renewed in the first half of its life")
	}
	c.Add(time.Hour)
	second := leaf()
	if second == first {
		t.Error("not renewed in the second half of its life")
	}
	c.Add(-10 * 24 * time.Hour) // before the CA's own begin
	if _, err := m.Leaf("example.com"); !errors.Is(err, certs.ErrValidity) {
		t.Errorf("with a clock before the CA: %v, want ErrValidity", err)
	}
}

func TestLeafNeverOutlivesTheCA(t *testing.T) {
	c := newClock()
	a, err := certs.Open(filepath.Join(t.TempDir(), "ca"), certs.Options{Now: c.Now, Life: 72 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	m := newMinter(t, a, c, 0)
	end := start.Add(72 * time.Hour)
	for c.Now().Before(end) {
		leaf, err := m.Leaf("example.com")
		if err != nil {
			t.Fatal(err)
		}
		if leaf.Leaf.NotAfter.After(end) {
			t.Errorf("a leaf ends %v, after its CA", leaf.Leaf.NotAfter)
		}
		verify(t, leaf, a.Bundle(), "example.com", c.Now())
		c.Add(time.Hour)
	}
	if _, err := m.Leaf("example.com"); !errors.Is(err, certs.ErrValidity) {
		t.Errorf("after the CA's end: %v, want ErrValidity", err)
	}
}

func TestLeafCacheIsBounded(t *testing.T) {
	c := newClock()
	m := newMinter(t, openCA(t, filepath.Join(t.TempDir(), "ca"), c), c, 32)
	for n := range 200 {
		if _, err := m.Leaf(fmt.Sprintf("h%d.example.com", n)); err != nil {
			t.Fatal(err)
		}
	}
	if s := m.Stats(); s.Size > 32 || s.Size < 16 || s.Minted != 200 {
		t.Errorf("stats %+v, want at most 32 leaves", s)
	}
	before := m.Stats().Minted
	if _, err := m.Leaf("h199.example.com"); err != nil {
		t.Fatal(err)
	}
	if m.Stats().Minted != before {
		t.Error("the newest leaf was not kept")
	}
}

func TestLeafIsMintedOnce(t *testing.T) {
	c := newClock()
	m := newMinter(t, openCA(t, filepath.Join(t.TempDir(), "ca"), c), c, 0)
	const names, callers = 5, 40
	var wg sync.WaitGroup
	var got [names][callers]*tls.Certificate
	gate := make(chan struct{})
	for n := range names {
		for k := range callers {
			wg.Go(func() {
				<-gate
				leaf, err := m.Leaf(fmt.Sprintf("h%d.example.com", n))
				if err != nil {
					t.Error(err)
				}
				got[n][k] = leaf
			})
		}
	}
	close(gate)
	wg.Wait()
	for n := range got {
		for _, leaf := range got[n] {
			if leaf != got[n][0] {
				t.Fatalf("name %d has several leaves", n)
			}
		}
	}
	if s := m.Stats(); s.Minted != names || s.Minted+s.Hits+s.Waited != names*callers {
		t.Errorf("stats %+v, want %d mints for %d calls", s, names, names*callers)
	}
}

// TestLeafDuringRotation changes the signer under load: every leaf must verify
// with the bundle of the moment.
func TestLeafDuringRotation(t *testing.T) {
	c := newClock()
	a := openCA(t, filepath.Join(t.TempDir(), "ca"), c)
	m := newMinter(t, a, c, 0)
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for n := range 50 {
				leaf, err := m.Leaf(fmt.Sprintf("h%d.example.com", n%7))
				if err != nil {
					t.Error(err)
					return
				}
				verify(t, leaf, a.Bundle(), "", c.Now())
				if k == 0 && n%20 == 10 {
					if _, err := a.Rotate(certs.RotateOptions{AtOnce: true}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestHandshake(t *testing.T) {
	c := &clock{at: time.Now()}
	a := openCA(t, filepath.Join(t.TempDir(), "ca"), c)
	m := newMinter(t, a, c, 0)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) { return m.Leaf(h.ServerName) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer listener.Close()
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok") // sent within the handshake's first write
			conn.Close()
		}
	})
	conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: pool(t, a.Bundle()), ServerName: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"}); err == nil {
		conn.Close()
		t.Error("a client without the CA accepted the leaf")
	}
}

// TestOpenSSLAccepts asks an implementation that is not ours.
func TestOpenSSLAccepts(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CUSTOMS_CI") != "" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is not installed")
	}
	c := &clock{at: time.Now()}
	dir := t.TempDir()
	root := issue(t, recent(caTemplate("Root")), p256(t), nil)
	sub := issue(t, recent(caTemplate("Sub")), p256(t), &root)
	imported, err := certs.Import(filepath.Join(dir, "sub"), join(sub.certPEM(), root.certPEM()), sub.keyPEM(t), certs.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]*certs.Authority{"made": openCA(t, filepath.Join(dir, "made"), c), "sub": imported} {
		leaf, err := newMinter(t, a, c, 0).Leaf("www.example.com")
		if err != nil {
			t.Fatal(err)
		}
		bundle, leafFile, chain := filepath.Join(dir, name+"-b.pem"), filepath.Join(dir, name+"-l.pem"), filepath.Join(dir, name+"-c.pem")
		put(t, bundle, a.Bundle(), 0o644)
		put(t, leafFile, pemOf(leaf.Certificate[:1]), 0o644)
		put(t, chain, pemOf(leaf.Certificate), 0o644)
		out, err := exec.Command(openssl, "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "www.example.com",
			"-no-CAfile", "-no-CApath", "-no-CAstore", "-CAfile", bundle, "-untrusted", chain, leafFile).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("OK")) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

func BenchmarkLeafHit(b *testing.B) {
	c := newClock()
	m := newMinter(b, openCA(b, filepath.Join(b.TempDir(), "ca"), c), c, 0)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := m.Leaf("www.example.com"); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkLeafMint(b *testing.B) {
	c := newClock()
	m := newMinter(b, openCA(b, filepath.Join(b.TempDir(), "ca"), c), c, 0)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if _, err := m.Leaf(fmt.Sprintf("h%d.example.com", n)); err != nil {
			b.Fatal(err)
		}
	}
}
