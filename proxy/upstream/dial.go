package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// Dial opens a TCP connection to exactly one address, which the caller has
// from a Guard. No proxy and no resolver is asked.
func Dial(ctx context.Context, to netip.AddrPort, timeout time.Duration) (*net.TCPConn, error) {
	d := net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	c, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// Fault turns an error on the way to an origin into its reason code.
func Fault(err error) policy.Code {
	var refused *proxy.RefusedError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var handshake *HandshakeError
	var timeout net.Error
	switch {
	case errors.As(err, &refused):
		return refused.Code
	case errors.As(err, &cert), errors.As(err, &record), alerted(err), errors.Is(err, http.ErrSchemeMismatch):
		return policy.OriginUntrusted
	case errors.Is(err, context.Canceled):
		return policy.ClientGone
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return policy.OriginTimeout
	case errors.As(err, &handshake) && LossOf(handshake.Err) != Cut:
		return policy.OriginUntrusted // no terms that both accept
	}
	return policy.OriginUnreachable
}

// alerted reports whether the origin ended TLS with an alert.
func alerted(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// Roots returns the system's roots with those of the PEM files' contents.
func Roots(pems ...[]byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	for i, pem := range pems {
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("upstream: extra roots %d: no certificate in PEM form; export them as BEGIN CERTIFICATE blocks", i+1)
		}
	}
	return pool, nil
}
