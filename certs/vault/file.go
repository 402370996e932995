package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

func (v *Vault) reach(what, path string) error {
	if v.o.Step == nil {
		return nil
	}
	return v.o.Step(what + " " + filepath.Base(path))
}

// replace writes a file whole, aside first. What stood there is overwritten as
// far as the disk obeys: on a copying file system or a flash disk its blocks
// may stay.
func (v *Vault) replace(path string, b []byte, mode fs.FileMode) (err error) {
	if err := v.reach("write", path); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "new-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = keepOwner(f, dir)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := v.reach("rename", path); err != nil {
		return err
	}
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if old != nil {
		defer old.Close()
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if old == nil {
		return nil
	}
	if err := v.reach("overwrite", path); err != nil {
		return err
	}
	return overwrite(old)
}

// destroy removes a file, overwritten first.
func (v *Vault) destroy(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := v.reach("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return err
	}
	return overwrite(f)
}

// overwrite puts zeros where a key was.
func overwrite(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(make([]byte, min(info.Size(), maxFile)), 0); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && runtime.GOOS != "windows" {
		return err
	}
	return nil
}

// publics returns the files of a CA that are no secret.
func (v *Vault) publics() ([]Item, error) {
	list, err := os.ReadDir(v.path("ca"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, e := range list {
		name := "ca/" + e.Name()
		if !publicForm.MatchString(name) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		b, err := readRegular(v.path(name), info)
		if err != nil {
			return nil, err
		}
		out = append(out, Item{Name: name, Public: true, Bytes: b})
	}
	return out, nil
}

// Put writes the file of a backup: sealed if keys are, or as it is if it is no
// secret. It takes the place of one that differs or cannot be read, and reports
// whether the file changed.
func (v *Vault) Put(i Item) (bool, error) {
	changed := false
	err := v.locked(func() error {
		if err := os.MkdirAll(filepath.Dir(v.path(i.Name)), 0o700); err != nil {
			return err
		}
		if same, err := v.Same(i); err == nil && same {
			return nil
		}
		changed = true
		if i.Public {
			return v.replace(v.path(i.Name), i.Bytes, 0o644)
		}
		return v.put(i.Name, i.Bytes)
	})
	return changed, err
}

// Same reports whether a file is there as the backup has it.
func (v *Vault) Same(i Item) (bool, error) {
	read := v.Read
	if i.Public {
		read = func(name string) ([]byte, error) { return os.ReadFile(v.path(name)) }
	}
	have, err := read(i.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && bytes.Equal(have, i.Bytes), err
}
