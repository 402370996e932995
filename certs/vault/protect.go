package vault

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Protect seals every key that is in the clear and returns their names. It
// can be run again after a crash: a key is clear or sealed, never gone.
// Nothing else may use the installation meanwhile.
func Protect(o Options) (done []string, err error) {
	if o.Data == "" || o.Lock == nil || o.Passphrase == nil {
		return nil, errors.New("vault: options need Data, Lock and Passphrase")
	}
	v := &Vault{o: o}
	pass, err := o.Passphrase()
	if err != nil {
		return nil, fmt.Errorf("passphrase of the keys: %w", err)
	}
	defer clear(pass)
	if present(v.path(Master)) {
		v.master, err = v.readMaster(pass)
	} else if err = v.lostMaster(); err == nil {
		err = v.begin(pass)
	}
	if err != nil {
		return nil, err
	}
	err = v.locked(func() error {
		names, err := v.Names()
		if err != nil {
			return err
		}
		for _, name := range names {
			was, err := v.protect(name)
			if err != nil {
				return fmt.Errorf("seal %s: %w", name, err)
			}
			if was {
				done = append(done, name)
			}
		}
		return v.sweep()
	})
	return done, err
}

// protect seals one key and reports whether it was in the clear.
func (v *Vault) protect(name string) (bool, error) {
	b, err := v.raw(name)
	if err != nil {
		return false, err
	}
	if IsSealed(b) {
		_, err = v.Unseal(name, b)
		return false, err
	}
	sealed, err := v.Seal(name, b)
	if err != nil {
		return false, err
	}
	if back, err := v.Unseal(name, sealed); err != nil || subtle.ConstantTimeCompare(back, b) != 1 {
		return false, errors.New("what was sealed does not open again")
	}
	return true, v.replace(v.path(name), sealed, 0o600)
}

// sweep destroys what a crash left half written: it may be a key in the clear.
func (v *Vault) sweep() error {
	for _, dir := range []string{Dir, "ca"} {
		left, err := filepath.Glob(filepath.Join(v.path(dir), "new-*"))
		if err != nil {
			return err
		}
		for _, path := range left {
			if err := v.destroy(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rewrap puts the master key under another passphrase. The key files stay as
// they are.
func (v *Vault) Rewrap(pass []byte) error {
	if v.master == nil {
		return errors.New("the keys are in the clear: run customs keys protect")
	}
	return v.locked(func() error {
		if err := v.writeMaster(pass, v.master); err != nil {
			return err
		}
		b, err := os.ReadFile(v.path(Master))
		if err != nil {
			return err
		}
		back, err := openMaster(b, pass)
		if err == nil && !bytes.Equal(back, v.master) {
			err = errors.New("what was written does not open again")
		}
		return err
	})
}

// State says how a key is kept.
type State struct {
	Name   string
	Sealed bool
	Mode   fs.FileMode
	Size   int64
}

// States returns how each key file is kept.
func (v *Vault) States() ([]State, error) {
	names, err := v.Names()
	if err != nil {
		return nil, err
	}
	var out []State
	for _, name := range names {
		info, err := os.Lstat(v.path(name))
		if err != nil {
			return nil, err
		}
		b, err := readRegular(v.path(name), info)
		if err != nil {
			return nil, err
		}
		out = append(out, State{name, IsSealed(b), info.Mode().Perm(), info.Size()})
	}
	return out, nil
}
