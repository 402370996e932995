package disk_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
)

func TestFiles(t *testing.T) {
	var d disk.Files
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := errors.Join(d.MakeDir(dir), d.SyncDir(dir)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "f")
	for _, text := range []string{"one ", "two"} {
		f, err := d.Append(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Write([]byte(text))
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Truncate(name, 5); err != nil {
		t.Fatal(err)
	}
	if err := d.Rename(name, name+"2"); err != nil {
		t.Fatal(err)
	}
	f, err := d.Open(name + "2")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, _ := io.ReadAll(f)
	if n, err := f.Size(); string(b) != "one t" || n != 5 || err != nil {
		t.Errorf("file holds %q, size %d, %v", b, n, err)
	}
	if names, err := d.List(dir); err != nil || !slices.Equal(names, []string{"f2"}) {
		t.Errorf("List = %v, %v", names, err)
	}
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(name + "2"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode = %v, %v", info.Mode(), err)
		}
	}
	if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing file = %v", err)
	}
}

func TestLockIsExclusive(t *testing.T) {
	var d disk.Files
	name := filepath.Join(t.TempDir(), "lock")
	l, err := d.Lock(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Lock(name); !errors.Is(err, policy.ErrLocked) {
		t.Errorf("second Lock = %v", err)
	}
	l.Close()
	l, err = d.Lock(name)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestSyncOfARemovedFileIsAnError(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files cannot be removed there")
	}
	var d disk.Files
	name := filepath.Join(t.TempDir(), "f")
	f, err := d.Append(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.Sync(), d.Remove(name)); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err == nil {
		t.Error("bytes in a removed file were called durable")
	}
}
