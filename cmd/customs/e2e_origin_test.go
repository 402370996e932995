package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// arrival is one request as an origin saw it.
type arrival struct {
	method, path, proto string
	header              http.Header
	length              int64 // Content-Length, -1 when chunked
	bytes               int64
	sum                 string // SHA-256 of the body, hex
}

// origin is an HTTPS server (HTTP/1.1 and h2) that remembers what arrived.
type origin struct {
	*httptest.Server
	mu      sync.Mutex
	arrived []arrival
	handle  func(w http.ResponseWriter, r *http.Request, a arrival) // after the body was read
	raw     http.Handler                                            // instead of all that
}

func newOrigin(t testing.TB) *origin {
	t.Helper()
	o := &origin{}
	o.Server = httptest.NewUnstartedServer(http.HandlerFunc(o.serve))
	o.EnableHTTP2 = true
	o.StartTLS()
	t.Cleanup(o.Close)
	return o
}

func (o *origin) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	raw := o.raw
	o.mu.Unlock()
	if raw != nil {
		raw.ServeHTTP(w, r)
		return
	}
	h := sha256.New()
	n, err := io.Copy(h, r.Body)
	if err != nil {
		return
	}
	a := arrival{method: r.Method, path: r.URL.RequestURI(), proto: r.Proto, header: r.Header.Clone(), length: r.ContentLength,
		bytes: n, sum: hex.EncodeToString(h.Sum(nil))}
	o.mu.Lock()
	o.arrived = append(o.arrived, a)
	handle := o.handle
	o.mu.Unlock()
	if handle != nil {
		handle(w, r, a)
		return
	}
	fmt.Fprintf(w, "%d %s\n", a.bytes, a.sum)
}

// answer sets what the origin does with requests from now on.
func (o *origin) answer(raw http.Handler) {
	o.mu.Lock()
	o.raw = raw
	o.mu.Unlock()
}

func (o *origin) arrivals() []arrival {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]arrival(nil), o.arrived...)
}

// rootPEM writes the origin's certificate to a file of that name in dir.
func (o *origin) rootPEM(t testing.TB, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sampleConfig is the configuration of the design document with free ports.
const sampleConfig = `data: ./customs-data
listen: {proxy: 127.0.0.1:0, console: 127.0.0.1:0}
mode: enforce
law: {spi: strict}
ca: {cert: ca.pem, key: ca.key}
upstream:
  roots: [extra-roots.pem]
  allow: [127.0.0.0/8]
exporters:
  - {uscc: 91310115MA1K3ABC99, name: Example Motors, ciio: false, clients: [10.0.0.0/8, 127.0.0.0/8]}
destinations:
  - {match: ["*.example.sg", "203.0.113.0/24"], country: SG}
`

// city is a gateway with one origin behind it.
type city struct {
	*gatewayProcess
	origin *origin
	caFile string
}

// newCity starts an origin and a gateway in front of it.
func newCity(t testing.TB, config string, env ...string) *city {
	t.Helper()
	dir := t.TempDir()
	o := newOrigin(t)
	o.rootPEM(t, dir, "extra-roots.pem")
	g := startGateway(t, dir, config, env...)
	return &city{gatewayProcess: g, origin: o, caFile: filepath.Join(dir, "ca.pem")}
}

// client is a Go client that goes through the gateway and trusts its CA.
func (c *city) client(h2 bool) *http.Client {
	c.t.Helper()
	text, err := os.ReadFile(c.caFile)
	if err != nil {
		c.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: c.proxy}),
		TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: h2, MaxIdleConnsPerHost: 64}
	c.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: deadline}
}

// post sends a body and returns status, header and answer.
func (c *city) post(client *http.Client, path, body string, header ...string) (int, http.Header, string) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.origin.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(answer)
}
