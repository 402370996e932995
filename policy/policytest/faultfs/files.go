package faultfs

import (
	"bytes"
	"path"
	"sort"

	"github.com/datacustoms/customs/policy"
)

// Append opens a file for appending and makes it when it is not there.
func (d *Disk) Append(name string) (policy.AppendFile, error) {
	name = clean(name)
	d.mu.Lock()
	n := d.names[name]
	stopped := d.stopped
	d.mu.Unlock()
	if stopped {
		return nil, ErrStopped
	}
	if n == nil {
		n = &inode{}
		if err := d.step("create", name, func() error { d.names[name] = n; return nil }); err != nil {
			return nil, err
		}
	}
	return &file{d, name, n}, nil
}

// Open opens a file for reading what it holds now.
func (d *Disk) Open(name string) (policy.ReadFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return nil, ErrStopped
	}
	n := d.names[clean(name)]
	if n == nil {
		return nil, notExist("open", name)
	}
	return reader{bytes.NewReader(n.data[:len(n.data):len(n.data)])}, nil
}

type reader struct{ *bytes.Reader }

func (r reader) Size() (int64, error) { return r.Reader.Size(), nil }
func (r reader) Close() error         { return nil }

// List returns the names in a directory.
func (d *Disk) List(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return nil, ErrStopped
	}
	dir = clean(dir)
	if !d.dirs[dir] {
		return nil, notExist("list", dir)
	}
	var out []string
	for n := range d.names {
		if path.Dir(n) == dir {
			out = append(out, path.Base(n))
		}
	}
	for n := range d.dirs {
		if n != dir && path.Dir(n) == dir {
			out = append(out, path.Base(n))
		}
	}
	sort.Strings(out)
	return out, nil
}

// MakeDir makes a directory; directories survive every crash.
func (d *Disk) MakeDir(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return ErrStopped
	}
	for dir = clean(dir); dir != "." && dir != "/"; dir = path.Dir(dir) {
		d.dirs[dir] = true
	}
	return nil
}

// Rename replaces to.
func (d *Disk) Rename(from, to string) error {
	from, to = clean(from), clean(to)
	return d.step("rename", to, func() error {
		n := d.names[from]
		if n == nil {
			return notExist("rename", from)
		}
		delete(d.names, from)
		d.names[to] = n
		return nil
	})
}

// Remove takes a name away.
func (d *Disk) Remove(name string) error {
	name = clean(name)
	return d.step("remove", name, func() error {
		if d.names[name] == nil {
			return notExist("remove", name)
		}
		delete(d.names, name)
		return nil
	})
}

// Truncate shortens a file, durably.
func (d *Disk) Truncate(name string, size int64) error {
	name = clean(name)
	return d.step("truncate", name, func() error {
		n := d.names[name]
		if n == nil {
			return notExist("truncate", name)
		}
		if size < int64(len(n.data)) {
			n.data = append([]byte(nil), n.data[:size]...)
		}
		n.kept = n.data
		return nil
	})
}

// SyncDir makes the names in a directory durable.
func (d *Disk) SyncDir(dir string) error {
	dir = clean(dir)
	return d.step("syncdir", dir, func() error {
		for name := range d.kept {
			if path.Dir(name) == dir && d.names[name] == nil {
				delete(d.kept, name)
			}
		}
		for name, n := range d.names {
			if path.Dir(name) == dir {
				d.kept[name] = n
			}
		}
		return nil
	})
}

type file struct {
	d    *Disk
	name string
	n    *inode
}

func (f *file) Write(p []byte) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	kind, err := f.d.begin("write", f.name)
	switch kind {
	case Torn:
		f.n.data = append(f.n.data, p[:len(p)/2]...)
		return len(p) / 2, err
	case None, Landed, After, Rotten:
		f.n.data = append(f.n.data, p...)
		if kind == Rotten && len(p) > 0 {
			f.n.data[len(f.n.data)-1] ^= 1
		}
		return len(p), err
	}
	return 0, err
}

func (f *file) Sync() error {
	err := f.d.step("sync", f.name, func() error {
		f.n.kept = f.n.data[:len(f.n.data):len(f.n.data)]
		return nil
	})
	if err == nil && f.d.onSync != nil {
		f.d.onSync(f.name)
	}
	return err
}

func (f *file) Close() error { return nil }
