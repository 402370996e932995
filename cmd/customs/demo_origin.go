package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// demoNames are the origins' names. They all lead to the demo's own server on
// loopback and never to a resolver.
var demoNames = []string{"*.example.sg", "*.example.de", "*.example.cn"}

// demoLookup answers for the demo's names and for no others.
func demoLookup(_ context.Context, name string) ([]netip.Addr, error) {
	for _, n := range demoNames {
		if strings.HasSuffix(name, strings.TrimPrefix(n, "*")) {
			return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
		}
	}
	return nil, &net.DNSError{Err: "the demo knows only *.example.sg, *.example.de and *.example.cn", Name: "withheld", IsNotFound: true}
}

// demoOrigin is an HTTPS server that counts the body bytes it really gets.
type demoOrigin struct {
	server *http.Server
	port   string
	root   []byte // PEM of its certificate
	ended  chan struct{}

	mu    sync.Mutex
	bytes map[string]int64 // by path
}

func newDemoOrigin(addr string) (*demoOrigin, error) {
	cert, root, err := demoCertificate()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	o := &demoOrigin{port: port, root: root, bytes: map[string]int64{}, ended: make(chan struct{})}
	o.server = &http.Server{Handler: o, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}}
	go func() {
		defer close(o.ended)
		o.server.ServeTLS(listener, "", "")
	}()
	return o, nil
}

// ServeHTTP counts the body and says how much there was.
func (o *demoOrigin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	o.mu.Lock()
	o.bytes[r.URL.Path] += n
	o.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "received\n")
}

func (o *demoOrigin) received(path string) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes[path]
}

func (o *demoOrigin) close() {
	if o == nil {
		return
	}
	o.server.Close()
	<-o.ended
}

// demoCertificate makes the origin's self-signed certificate.
func demoCertificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Data Customs demo origin"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 1, 0), DNSNames: demoNames, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
