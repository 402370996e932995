//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package certs

import "os"

// tryLock does nothing where flock is missing: there, run one writing command at
// a time.
func tryLock(*os.File) (held bool, err error) { return true, nil }

// keepOwner does nothing where files have no owner of this kind.
func keepOwner(*os.File, string) error { return nil }
