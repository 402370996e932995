package certs

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNone reports a folder that has no CA yet. Load returns it.
	ErrNone = errors.New("no certificate authority here yet: make one with customs ca init")
	// ErrPublished reports the CA whose private key is published with goproxy.
	// Anyone could sign for it, so it is refused everywhere.
	ErrPublished = errors.New("this is the CA published with goproxy: its private key is public, make or import another")
	// ErrPending reports a rotation that waits for its activation.
	ErrPending = errors.New("a rotation is planned already")
	// ErrValidity reports a CA that cannot sign now because of its dates.
	ErrValidity = errors.New("the certificate authority is outside its dates")
)

// Fault is one thing that is wrong with a CA that somebody wants to use.
type Fault struct {
	Field   string `json:"field"`   // cert, key, chain, isCA, keyUsage, extKeyUsage, validity, strength, signature, pathLen
	Problem string `json:"problem"` // what is wrong, and how to mend it
}

// InvalidError lists everything that is wrong with a CA.
type InvalidError struct {
	Faults []Fault
	cause  error // a sentinel that callers may ask for, or nil
}

// Error gives one fault a line.
func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.Field + ": " + f.Problem
	}
	return "the certificate authority cannot be used: " + strings.Join(lines, "; ")
}

// Unwrap returns the sentinel that applies, so that errors.Is finds it.
func (e *InvalidError) Unwrap() error { return e.cause }

func (e *InvalidError) add(field, format string, args ...any) {
	e.Faults = append(e.Faults, Fault{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// orNil returns the error only if it holds a fault.
func (e *InvalidError) orNil() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return e
}
