package proxytest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Received is one request as it reached an origin.
type Received struct {
	Method, Host, URI, Proto string
	Header                   http.Header
	ContentLength            int64 // -1 when chunked
	TransferEncoding         []string
	Trailer                  http.Header
	SHA256                   string // hex, of the body
	Bytes                    int64
	Err                      error // of reading the body
}

// OriginOptions are the settings of an Origin. The zero value speaks plain
// HTTP and answers with the body's digest.
type OriginOptions struct {
	CA    *CA      // nil speaks plain HTTP
	Names []string // names it has certificates for; nil is any
	H1    bool     // only HTTP/1.1
	// Handler answers instead of the digest. When it returns, what it left of
	// the body is read and recorded.
	Handler http.HandlerFunc
	Wrap    func(net.Conn) net.Conn // around each accepted connection
}

// Origin is a web server that records what it was sent.
type Origin struct {
	Addr netip.AddrPort

	server   *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	conns    atomic.Int64

	mu       sync.Mutex
	received []Received // guarded by mu
}

// NewOrigin starts an origin on a loopback port.
func NewOrigin(o OriginOptions) (*Origin, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &Origin{Addr: netip.MustParseAddrPort(l.Addr().String())}
	g.listener = &countingListener{l, &g.conns, o.Wrap}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(!o.H1)
	g.server = &http.Server{Handler: g.record(o.Handler), Protocols: protocols,
		ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second}
	if o.CA != nil {
		g.server.TLSConfig = &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			name := h.ServerName
			if name == "" {
				name = "127.0.0.1"
			}
			if len(o.Names) > 0 {
				name = o.Names[0]
			}
			return o.CA.Leaf(name)
		}}
	}
	g.serving.Go(func() {
		if o.CA != nil {
			err = g.server.ServeTLS(g.listener, "", "")
		} else {
			err = g.server.Serve(g.listener)
		}
	})
	return g, nil
}

func (g *Origin) record(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		body := &countingReader{r: io.TeeReader(r.Body, sum)}
		rec := Received{Method: r.Method, Host: r.Host, URI: r.RequestURI, Proto: r.Proto, Header: r.Header.Clone(),
			ContentLength: r.ContentLength, TransferEncoding: r.TransferEncoding}
		defer func() {
			if _, err := io.Copy(io.Discard, body); err != nil && !errors.Is(err, http.ErrBodyReadAfterClose) {
				rec.Err = err
			}
			rec.Trailer, rec.Bytes, rec.SHA256 = r.Trailer.Clone(), body.n, hex.EncodeToString(sum.Sum(nil))
			g.mu.Lock()
			g.received = append(g.received, rec)
			g.mu.Unlock()
		}()
		if h != nil {
			inner := *r
			inner.Body = struct {
				io.Reader
				io.Closer
			}{body, r.Body}
			h(w, &inner)
			return
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return
		}
		w.Header().Set("X-Bytes", strconv.FormatInt(body.n, 10))
		io.WriteString(w, hex.EncodeToString(sum.Sum(nil)))
	})
}

// Received returns the requests that ended so far.
func (g *Origin) Received() []Received {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Received(nil), g.received...)
}

// Conns returns how many connections were accepted.
func (g *Origin) Conns() int64 { return g.conns.Load() }

// Close stops the origin and waits for it.
func (g *Origin) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if g.server.Shutdown(ctx) != nil {
		g.server.Close()
	}
	g.serving.Wait()
}

type countingListener struct {
	net.Listener
	n    *atomic.Int64
	wrap func(net.Conn) net.Conn
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.n.Add(1)
	if l.wrap != nil {
		c = l.wrap(c)
	}
	return c, nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
