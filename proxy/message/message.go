// Package message reads the messages of WebSocket and gRPC connections, each
// of which a flow is judged by as a part of its own.
//
// The unit of work is a reader of what one side sends: Next finds a message,
// Read gives its content, without masks, fragments and permessage-deflate.
// Nothing here touches a socket and nothing keeps more of a message than one
// frame of control or one window of deflate; who reads holds the rest back.
//
// The promise: what does not follow RFC 6455, RFC 7692 or the gRPC framing to
// the letter is a *FaultError and never a guess, because two readings of the
// same bytes would be a way round the scan.
package message

import (
	"errors"
	"fmt"
)

// The close codes of RFC 6455 that a gateway says itself.
const (
	CloseNormal   uint16 = 1000
	CloseGoing    uint16 = 1001 // the gateway shuts down, or nothing moved for too long
	CloseProtocol uint16 = 1002
	CloseNone     uint16 = 1005 // never sent: a close frame without a code
	CloseContent  uint16 = 1007 // text that is no UTF-8, content that cannot be inflated
	ClosePolicy   uint16 = 1008
	CloseTooBig   uint16 = 1009
	CloseBad      uint16 = 1014 // the other side broke off
)

// FaultError says that bytes are no messages, or too large ones.
type FaultError struct {
	Close uint16 // that answers it on a WebSocket
	What  string // in words of ours alone
}

func (e *FaultError) Error() string { return fmt.Sprintf("message: %s (close %d)", e.What, e.Close) }

func malformed(what string) error { return &FaultError{CloseProtocol, what} }

// Fault returns the fault in an error, or nil.
func Fault(err error) *FaultError {
	var f *FaultError
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Side says who sent what is read.
type Side uint8

// The sides: a client masks each frame, a server none.
const (
	Client Side = iota
	Server
)
