package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Origin is an HTTPS server on loopback that reads bodies and answers 204.
type Origin struct {
	URL  string
	Cert []byte // PEM, for whoever is to trust it

	server *http.Server
	ended  chan struct{}
	bytes  atomic.Int64
}

// OpenOrigin starts an origin with a certificate of its own. Close it.
func OpenOrigin() (*Origin, error) {
	cert, text, err := selfSigned(time.Now())
	if err != nil {
		return nil, fmt.Errorf("bench: origin certificate: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("bench: origin: %w", err)
	}
	o := &Origin{URL: "https://" + l.Addr().String() + "/", Cert: text, ended: make(chan struct{})}
	o.server = &http.Server{Handler: http.HandlerFunc(o.serve), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}}
	go func() {
		defer close(o.ended)
		o.server.ServeTLS(l, "", "") // ends with Close
	}()
	return o, nil
}

func (o *Origin) serve(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	o.bytes.Add(n)
	if err != nil {
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Received returns how many body bytes arrived.
func (o *Origin) Received() int64 { return o.bytes.Load() }

// Close stops the origin and waits for it.
func (o *Origin) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := o.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = o.server.Close()
	}
	<-o.ended
	return err
}

func selfSigned(now time.Time) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "bench origin"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
