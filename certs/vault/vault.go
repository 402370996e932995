// Package vault keeps the private keys of an installation in files, in the
// clear or sealed under a passphrase.
//
// A sealed file stands where the clear one stood. It is encrypted under the
// installation's master key, with its own name as associated data, so that two
// files cannot be exchanged; the master key is drawn once and is itself in
// keys/master.sealed, an age file under the passphrase. So another passphrase
// changes that one file only.
//
// Each change is durable when it returns, and after a crash in it a name
// stands for the old file or for the complete new one.
package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// Dir is where keys are below a data directory.
	Dir = "keys"
	// Master is the name of the file with the sealed master key.
	Master = Dir + "/master.sealed"

	maxFile  = 64 << 10 // bytes of one file
	lockWait = 10 * time.Second
)

// Options are the settings of a Vault.
type Options struct {
	// Data is the data directory; all names are below it.
	Data string
	// Passphrase returns the passphrase of the master key; nil keeps keys in
	// the clear. It is called at most once by Open.
	Passphrase func() ([]byte, error)
	// Work is the logarithm of scrypt's work; 0 is DefaultWork.
	Work int
	// Lock takes the exclusive lock that a file stands for, or answers an error
	// that is Locked. Required.
	Lock   func(path string) (io.Closer, error)
	Locked error
	// Step is called before each change of a directory; an error from it stops
	// the change there, as a crash would. It is nil outside tests.
	Step func(what string) error
}

// Vault reads and writes the key files of one installation. It is safe for
// concurrent use.
type Vault struct {
	o      Options
	master []byte     // nil: keys are in the clear
	mu     sync.Mutex // one writer of this process
}

// The errors that callers tell apart.
var (
	// ErrPassphrase means that the passphrase does not open the master key.
	ErrPassphrase = errors.New("the passphrase does not open " + Master + ": give the one that the keys of this installation were sealed under")
	// ErrSealed means that the keys are sealed and nobody named the passphrase.
	ErrSealed = errors.New("the keys of this installation are sealed: name their passphrase under keys.passphrase of the configuration")
	// ErrClear means that a key is in the clear although a passphrase is named.
	// ErrNoMaster means that keys are sealed and their master key is gone.
	ErrNoMaster = errors.New(Master + " is gone, and sealed keys are here that only it opens: put it back, or move " + Dir + " aside and restore the keys from a backup")
	ErrClear    = errors.New("keys.passphrase is set, but this key is in the clear: run customs keys protect while the gateway is stopped")
)

// Open opens the vault. With a passphrase it unseals the master key; an
// installation that has no key yet gets one.
func Open(o Options) (*Vault, error) {
	if o.Data == "" || o.Lock == nil {
		return nil, errors.New("vault: options need Data and Lock")
	}
	v := &Vault{o: o}
	sealed := present(v.path(Master))
	if o.Passphrase == nil {
		if sealed {
			return nil, ErrSealed
		}
		return v, nil
	}
	if !sealed {
		if err := v.lostMaster(); err != nil {
			return nil, err
		}
	}
	if !sealed && v.begun() {
		return nil, ErrClear
	}
	pass, err := o.Passphrase()
	if err != nil {
		return nil, fmt.Errorf("passphrase of the keys: %w", err)
	}
	defer clear(pass)
	if !sealed {
		return v, v.begin(pass)
	}
	v.master, err = v.readMaster(pass)
	return v, err
}

// begun reports whether the installation has keys.
func (v *Vault) begun() bool {
	found, err := filepath.Glob(filepath.Join(v.path(Dir), "*.key"))
	return err != nil || len(found) > 0
}

// lostMaster refuses to go on without the master key where keys are sealed
// under it.
func (v *Vault) lostMaster() error {
	list, err := v.States()
	for _, s := range list {
		if s.Sealed {
			return ErrNoMaster
		}
	}
	return err
}

// Sealed reports whether keys are sealed.
func (v *Vault) Sealed() bool { return v.master != nil }

func (v *Vault) path(name string) string { return filepath.Join(v.o.Data, filepath.FromSlash(name)) }

// Path returns where a key is.
func (v *Vault) Path(name string) string { return v.path(name) }

// Read returns a key. A missing file is fs.ErrNotExist. Its errors never carry
// bytes of the key.
func (v *Vault) Read(name string) ([]byte, error) {
	b, err := v.raw(name)
	if err != nil {
		return nil, err
	}
	return v.Unseal(name, b)
}

// raw reads the file of a key as it stands there.
func (v *Vault) raw(name string) ([]byte, error) {
	path := v.path(name)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); info.Mode().IsRegular() && mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s can be read by others (mode %04o): run chmod 600 on it", path, mode)
	}
	return readRegular(path, info)
}

func readRegular(path string, info fs.FileInfo) ([]byte, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: put the key itself there, no link to it", path)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s has %d bytes, the limit is %d", path, info.Size(), maxFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// Create writes a key that is not there yet; fs.ErrExist says that it is.
func (v *Vault) Create(name string, key []byte) error {
	return v.locked(func() error {
		if present(v.path(name)) {
			return fmt.Errorf("%s: %w", v.path(name), fs.ErrExist)
		}
		return v.put(name, key)
	})
}

// Change replaces a key by what change makes of it, while no other process
// changes keys. A nil answer leaves it as it is.
func (v *Vault) Change(name string, change func(old []byte) ([]byte, error)) error {
	return v.locked(func() error {
		old, err := v.Read(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		fresh, err := change(old)
		if err != nil || fresh == nil {
			return err
		}
		return v.put(name, fresh)
	})
}

// Remove destroys a key for good.
func (v *Vault) Remove(name string) error {
	return v.locked(func() error { return v.destroy(v.path(name)) })
}

func (v *Vault) put(name string, key []byte) error {
	b, err := v.Seal(name, key)
	if err != nil {
		return err
	}
	return v.replace(v.path(name), b, 0o600)
}

// Public writes a file that is no secret.
func (v *Vault) Public(name string, b []byte) error {
	return v.locked(func() error { return v.replace(v.path(name), b, 0o644) })
}

// locked runs a change while no other one runs, in this process or another.
func (v *Vault) locked(change func() error) (err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	dir := v.path(Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("directory of keys: %w", err)
	}
	var held io.Closer
	for end := time.Now().Add(lockWait); ; time.Sleep(10 * time.Millisecond) {
		held, err = v.o.Lock(filepath.Join(dir, "lock"))
		if err == nil {
			break
		}
		if v.o.Locked == nil || !errors.Is(err, v.o.Locked) || time.Now().After(end) {
			return fmt.Errorf("lock the keys: %w", err)
		}
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	return change()
}

func present(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Names returns the names of the key files there are, below keys and, for a CA
// that is kept with the data, below ca.
func (v *Vault) Names() ([]string, error) {
	var out []string
	for _, dir := range []string{Dir, "ca"} {
		list, err := os.ReadDir(v.path(dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range list {
			if strings.HasSuffix(e.Name(), ".key") {
				out = append(out, dir+"/"+e.Name())
			}
		}
	}
	return out, nil
}

// Blind returns a vault that can say which keys there are, and read none that
// is sealed.
func Blind(o Options) *Vault { return &Vault{o: o} }
