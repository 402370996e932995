package alert

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
)

// nameOf is the name of a receiver: what it is and a digest of where, which is
// no secret and tells no token of an address.
func nameOf(kind, where string) string {
	sum := sha256.Sum256([]byte(where))
	return kind + "-" + hex.EncodeToString(sum[:4])
}

// faultOf says in words of our own why a receiver could not be asked. What it
// answered is not quoted: nobody knows what it says.
func faultOf(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		host     x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		alert    tls.AlertError
		record   tls.RecordHeaderError
		name     *net.DNSError
		deadline interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &unknown):
		return "its certificate is not of a known authority: add that to upstream.roots"
	case errors.As(err, &host):
		return "its certificate is for another name"
	case errors.As(err, &invalid):
		return "its certificate is not valid now, or not for this use"
	case errors.As(err, &verify), errors.As(err, &alert):
		return "TLS could not be agreed on"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak TLS"
	case errors.As(err, &name):
		return "its name could not be resolved"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "it cannot be reached from here"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &deadline) && deadline.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "it closed the connection"
	}
	return faultUnknown
}

const faultUnknown = "its answer was not understood"
