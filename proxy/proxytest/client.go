package proxytest

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Client returns a client behind the proxy at addr that trusts roots, and
// speaks HTTP/2 or only HTTP/1.1 to it. Close its idle connections at the
// end.
func Client(addr string, roots *x509.CertPool, h2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!h2)
	protocols.SetHTTP2(h2)
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		Proxy:                 http.ProxyURL(&url.URL{Scheme: "http", Host: addr}),
		TLSClientConfig:       &tls.Config{RootCAs: roots},
		Protocols:             protocols,
		ExpectContinueTimeout: 5 * time.Second,
		DisableCompression:    true,
	}}
}

// Connect opens a tunnel to authority through the proxy at addr. early is
// sent in the same packet as the CONNECT request.
func Connect(ctx context.Context, addr, authority string, early []byte) (net.Conn, *http.Response, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	head := fmt.Sprintf("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", authority, authority)
	if _, err := c.Write(append([]byte(head), early...)); err != nil {
		c.Close()
		return nil, nil, err
	}
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, &http.Request{Method: http.MethodConnect})
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	if br.Buffered() > 0 {
		b, _ := br.Peek(br.Buffered())
		return &replayed{Conn: c, head: b}, resp, nil
	}
	return c, resp, nil
}

// Tunnel is Connect and a TLS handshake inside. sni may differ from the
// authority, and names the certificate that is asked for.
func Tunnel(ctx context.Context, addr, authority, sni string, roots *x509.CertPool, protos ...string) (*tls.Conn, error) {
	c, resp, err := Connect(ctx, addr, authority, nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		c.Close()
		return nil, errors.New("connect answered " + resp.Status)
	}
	t := tls.Client(c, &tls.Config{ServerName: sni, RootCAs: roots, NextProtos: protos})
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

type replayed struct {
	net.Conn
	head []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.head) > 0 {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	return r.Conn.Read(p)
}
