package disk

import (
	"os"

	"github.com/datacustoms/customs/policy"
	"golang.org/x/sys/windows"
)

func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	if err == windows.ERROR_LOCK_VIOLATION {
		return policy.ErrLocked
	}
	return err
}

// unlinked cannot happen: an open file cannot be removed there.
func unlinked(*os.File) bool { return false }
