package certs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

const (
	stateName = "state.json"
	lockName  = "lock"
	lockWait  = 10 * time.Second
)

// store is the folder of an Authority. Each write is durable when it returns.
type store struct {
	dir          string
	seal, unseal func(name string, key []byte) ([]byte, error) // nil: keys are in the clear
	// step is called before each change of the folder; an error from it stops
	// the change there, as a crash would. It is nil outside tests.
	step func(what string) error
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

func (s *store) reach(what string) error {
	if s.step == nil {
		return nil
	}
	return s.step(what)
}

// prepare makes the folder, for its owner only.
func (s *store) prepare() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the CA: %w", err)
	}
	return syncDir(filepath.Dir(s.dir))
}

// write replaces a file as a whole: readers see the old bytes or the new ones,
// also after a power loss.
func (s *store) write(name string, mode fs.FileMode, data []byte) error {
	if err := s.reach("write " + filepath.Ext(name)); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "new-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", s.path(name), err)
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = keepOwner(f, s.dir)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.reach("rename " + filepath.Ext(name))
	}
	if err == nil {
		err = os.Rename(f.Name(), s.path(name))
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", s.path(name), err)
	}
	return nil
}

// remove deletes a file that nothing refers to any more.
func (s *store) remove(name string) error {
	if err := s.reach("remove " + filepath.Ext(name)); err != nil {
		return err
	}
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", s.path(name), err)
	}
	return syncDir(s.dir)
}

// lock keeps other processes from writing until unlock is called. The operating
// system drops it if we die.
func (s *store) lock() (unlock func(), err error) {
	f, err := os.OpenFile(s.path(lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the folder of the CA: %w", err)
	}
	if err := keepOwner(f, s.dir); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the folder of the CA: %w", err)
	}
	for deadline := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		held, err := tryLock(f)
		if held {
			return func() { f.Close() }, nil
		}
		if err == nil && time.Now().Before(deadline) {
			continue
		}
		if err == nil {
			err = fmt.Errorf("another process has held it for %s: end that process", lockWait)
		}
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", s.path(lockName), err)
	}
}

// readLimited reads a small file whole.
func readLimited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxPEM {
		return nil, fmt.Errorf("%s has %d bytes, the limit is %d", path, info.Size(), maxPEM)
	}
	return os.ReadFile(path)
}

// readKeyFile reads a private key that only its owner can read.
func readKeyFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("key file %s has mode %04o, so others on this machine can use the CA: run chmod 600 %s, and rotate the CA if others had access", path, mode, path)
	}
	return readLimited(path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && runtime.GOOS != "windows" {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
