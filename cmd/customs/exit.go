package main

import "fmt"

// exitError carries the exit code of a command: 1 when the answer is "no",
// 2 when it could not be given. A nil Err prints nothing.
type exitError struct {
	Code int
	Err  error
}

func (e exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e exitError) Unwrap() error { return e.Err }
