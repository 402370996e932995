package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// serveNamed is customs serve with the demo's names in place of a resolver.
func serveNamed(file string) int {
	cfg, err := config.Load(file)
	if err == nil {
		quiet, _ := newLogger("info")
		err = serve(context.Background(), cfg, file, quiet, extras{lookup: demoLookup})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

// shoreCertificate is for every name under example.sg.
type shoreCertificate struct {
	cert tls.Certificate
	root []byte // PEM
}

func newShoreCertificate(t testing.TB) (c shoreCertificate) {
	t.Helper()
	var err error
	if c.cert, c.root, err = demoCertificate(); err != nil {
		t.Fatal(err)
	}
	return c
}

// shore is the origin of one row. It remembers each request and looks for the
// identity in everything that comes.
type shore struct {
	port   string
	secret []byte

	mu   sync.Mutex
	seen []arrival
	open int
	leak bool
	raw  http.Handler // in place of plainShore
}

func newShore(t testing.TB, k *conformity) *shore {
	t.Helper()
	o := &shore{secret: []byte(k.person.ResidentID)}
	server := httptest.NewUnstartedServer(o)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{k.cert.cert}}
	server.EnableHTTP2 = true
	server.Config.DisableGeneralOptionsHandler = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	k.t.Cleanup(func() { // not before the end: no later row must get its port
		server.CloseClientConnections()
		server.Close()
	})
	_, o.port, _ = net.SplitHostPort(server.Listener.Addr().String())
	return o
}

func portText(p uint16) string { return strconv.Itoa(int(p)) }

// answer sets what serves the requests.
func (o *shore) answer(h http.Handler) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.raw = h
}

func (o *shore) arrivals() []arrival {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]arrival(nil), o.seen...)
}

func (o *shore) leaked() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.leak
}

// settled waits until no request is being served.
func (o *shore) settled(t testing.TB) {
	t.Helper()
	waitFor(t, "the origin to end its answers", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.open == 0
	})
}

// ServeHTTP serves a request and remembers it.
func (o *shore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.open++
	h := o.raw
	o.mu.Unlock()
	if h == nil {
		h = http.HandlerFunc(plainShore)
	}
	body := &watched{ReadCloser: r.Body, sum: sha256.New(), secret: o.secret}
	r.Body = body
	defer func() {
		target, _ := url.PathUnescape(r.RequestURI)
		a := arrival{method: r.Method, path: r.RequestURI, proto: r.Proto, header: r.Header.Clone(), length: r.ContentLength}
		a.bytes, a.sum = body.total()
		o.mu.Lock()
		defer o.mu.Unlock()
		o.open--
		o.seen = append(o.seen, a)
		o.leak = o.leak || body.found() || strings.Contains(target+fmt.Sprint(r.Header, r.Trailer), string(o.secret))
	}()
	h.ServeHTTP(w, r)
}

// watched is a body that is summed and searched as it is read.
type watched struct {
	io.ReadCloser
	secret []byte

	mu   sync.Mutex
	sum  hash.Hash
	n    int64
	tail []byte
	hit  bool
}

func (b *watched) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sum.Write(p[:n])
	b.n += int64(n)
	b.tail = append(b.tail, p[:n]...)
	b.hit = b.hit || bytes.Contains(b.tail, b.secret)
	b.tail = append(b.tail[:0], b.tail[max(0, len(b.tail)-len(b.secret)):]...)
	return n, err
}

func (b *watched) total() (int64, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n, hex.EncodeToString(b.sum.Sum(nil))
}

func (b *watched) found() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hit
}

// plainShore is an origin that echoes bodies and serves clean text.
func plainShore(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	switch r.URL.Path {
	case "/text": // with its length, and in ranges
		http.ServeContent(w, r, "text.txt", time.Unix(1700000000, 0), bytes.NewReader(cleanText(n)))
	case "/trailers":
		text := cleanText(n)
		w.Header().Set("Trailer", "X-Sum")
		w.Write(text)
		w.Header().Set("X-Sum", sumHex(text))
	case "/gzip":
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(cleanText(n))
		z.Close()
	case "/moved":
		io.Copy(io.Discard, r.Body)
		status, _ := strconv.Atoi(r.URL.Query().Get("status"))
		http.Redirect(w, r, "/echo", status)
	case "/file": // of a form: the sum of what was uploaded
		file, _, err := r.FormFile("file")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		h := sha256.New()
		io.Copy(h, file)
		io.WriteString(w, hex.EncodeToString(h.Sum(nil)))
	default:
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data)
	}
}
