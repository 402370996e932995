package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestBundleIsFetchedOnceAndThenAskedFor(t *testing.T) {
	var full, same atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` {
			same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full.Add(1)
		w.Header().Set("ETag", `"v1"`)
		w.Write([]byte("bundle"))
	}))
	defer s.Close()
	src := newBundleSource(s.URL+"/b", nil)
	for range 2 { // refused ones are fetched anew
		b, err := src.fetch(context.Background())
		if err != nil || string(b.body) != "bundle" || b.same {
			t.Fatalf("got %q, same %v, %v", b.body, b.same, err)
		}
	}
	b, _ := src.fetch(context.Background())
	src.accept(b)
	b, err := src.fetch(context.Background())
	if err != nil || !b.same || string(b.body) != "bundle" {
		t.Errorf("after it was accepted: %q, same %v, %v", b.body, b.same, err)
	}
	if full.Load() != 3 || same.Load() != 1 {
		t.Errorf("%d bodies and %d times nothing new, want 3 and 1", full.Load(), same.Load())
	}
}

func TestBundleServersThatAreRefused(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("evil")) }))
	defer elsewhere.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range maxBundle>>20 + 1 {
			w.Write(chunk)
		}
	})
	mux.HandleFunc("/said-large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "16777217")
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("bundle")) })
	mux.HandleFunc("/unasked", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	s := httptest.NewServer(mux)
	defer s.Close()
	t.Setenv("HTTP_PROXY", elsewhere.URL)
	tests := []struct{ name, from, want string }{
		{"to another host", s.URL + "/away", "redirects to another host"},
		{"in a circle", s.URL + "/loop", "redirects more than 3 times"},
		{"without an end", s.URL + "/large", "more than 16777216 bytes"},
		{"that says it is too large", s.URL + "/said-large", "more than 16777216 bytes"},
		{"without a bundle", s.URL + "/none", "answered with status 404"},
		{"that was not asked whether it changed", s.URL + "/unasked", "answered with status 304"},
		{"within the host", s.URL + "/moved", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := newBundleSource(tt.from+"?token=secret", nil).fetch(context.Background())
			if tt.want == "" {
				if err != nil || string(b.body) != "bundle" {
					t.Errorf("got %q, %v", b.body, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q, %v, want %q", b.body, err, tt.want)
			}
		})
	}
}

// A name may resolve to anything at the moment of the dial, so the address that
// is dialled is what counts.
func TestOnlyLocalAddressesAreDialled(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:80": true, "10.1.2.3:443": true, "[fd00::1]:80": true, "[::ffff:192.168.0.1]:1": true,
		"203.0.113.7:80": false, "[2001:db8::1]:80": false, "0.0.0.0:80": false, "[::ffff:8.8.8.8]:80": false, "nonsense": false} {
		if err := localOnly("tcp", address, nil); (err == nil) != want {
			t.Errorf("dial %s: %v, want allowed %v", address, err, want)
		}
	}
	c := bundleClient(nil)
	dial := c.Transport.(*http.Transport).DialContext
	if conn, err := dial(context.Background(), "tcp", "203.0.113.7:80"); err == nil || !strings.Contains(err.Error(), "local network") {
		t.Errorf("dialled %v, %v", conn, err)
	}
	if c.Transport.(*http.Transport).Proxy != nil {
		t.Error("the environment may name a proxy")
	}
}

func TestBundleServersMustBeTrusted(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("bundle")) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	if _, err := newBundleSource(s.URL, x509.NewCertPool()).fetch(context.Background()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown authority: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	if b, err := newBundleSource(s.URL, roots).fetch(context.Background()); err != nil || string(b.body) != "bundle" {
		t.Errorf("a known one: %q, %v", b.body, err)
	}
}

func TestBundleFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, bundleFile), "bundle")
	large, err := os.Create(filepath.Join(dir, "large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(maxBundle + 1); err != nil {
		t.Fatal(err)
	}
	large.Close()
	socket, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	tests := []struct{ name, path, want string }{
		{"the file", filepath.Join(dir, bundleFile), ""},
		{"its directory", dir, ""},
		{"too large", filepath.Join(dir, "large"), "more than 16777216 bytes"},
		{"not there", filepath.Join(dir, "nowhere"), "no such file"},
		{"no file", filepath.Join(dir, "s"), "is not a file"},
		{"a directory without one", t.TempDir(), "bundle.tar.gz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := newBundleSource(tt.path, nil).fetch(context.Background())
			if tt.want == "" && (err != nil || string(b.body) != "bundle") || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %q, %v, want %q", b.body, err, tt.want)
			}
		})
	}
}
