package upstream

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Loss says what became of a request whose sending failed. The zero value
// says that nothing is known.
type Loss uint8

// The losses.
const (
	Unknown Loss = iota // it may have been processed, or could not be sent at all
	// Cut means that the connection ended. What the origin did with the
	// request is not known.
	Cut
	// Unprocessed means that the origin did nothing with the request: no byte
	// of it was written, or the origin said so.
	Unprocessed
)

// streamError has the fields of the HTTP/2 stream errors of net/http, which
// fill in any type that has them.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "stream error" }

const refusedStream = 0x7

// unprocessed are the errors of net/http that have no type of their own and
// say that a request was not processed.
var unprocessed = [...]string{
	"http2: Transport received Server's graceful shutdown GOAWAY",
	"http2: Transport received GOAWAY from server ErrCode:",
	"http2: client conn not usable",
	"http2: client conn could not be established",
}

// LossOf says what an error of Conn.RoundTrip means for the request. It holds
// only as long as no byte of a response came.
func LossOf(err error) Loss {
	var stream streamError
	if errors.As(err, &stream) {
		if stream.Code == refusedStream {
			return Unprocessed
		}
		return Unknown
	}
	kind := fmt.Sprintf("%T", err)
	if kind == "http.nothingWrittenError" {
		return Unprocessed
	}
	for _, said := range unprocessed {
		if strings.HasPrefix(err.Error(), said) {
			return Unprocessed
		}
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() || alerted(err) {
		return Unknown
	}
	for _, end := range [...]error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, net.ErrClosed} {
		if errors.Is(err, end) {
			return Cut
		}
	}
	switch {
	case kind == "http.transportReadFromServerError", kind == "http.http2GoAwayError", err.Error() == "http: server closed idle connection":
		return Cut
	}
	return Unknown
}

// Idempotent reports whether a request may be sent again although the origin
// may have processed it: by its method (RFC 9110, 9.2.2), or because the
// client numbered it.
func Idempotent(r *http.Request) bool {
	switch r.Method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "REPORT", "SEARCH":
		return true
	}
	return r.Header.Get("Idempotency-Key") != "" || r.Header.Get("X-Idempotency-Key") != ""
}
