package engine_test

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
)

// trueByNature are classes whose findings in files of a machine are right:
// they are counted and shown, and not held against the engine.
func trueByNature() map[inspect.Class]string {
	return map[inspect.Class]string{
		inspect.Email:      "addresses of authors, maintainers and test users",
		inspect.IPAddress:  "addresses in documentation, examples and test data",
		inspect.SecretKey:  "keys made for tests of TLS, SSH and cloud clients",
		inspect.MAC:        "addresses in examples and test data",
		inspect.Coordinate: "places in time zone tables, examples and test data",
		inspect.Track:      "ways in examples and test data",
		inspect.Landline:   "numbers in locale tables and manual pages",
		inspect.IBAN:       "published examples of validators",
		inspect.Survey:     "definitions of projections",
		inspect.Genomic:    "sequences that benchmarks and examples work on",
	}
}

// TestHonestFiles scans files of this machine in place: code, packages and
// what programs share. The places of what it finds are shown with -v; what
// was found never is. -reps says how many times two megabytes of each.
func TestHonestFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("files of the machine are read only in long runs")
	}
	roots := []struct{ name, dir string }{
		{"GOROOT", filepath.Join(goEnv("GOROOT"), "src")},
		{"module cache", goEnv("GOMODCACHE")},
		{"/usr/share", "/usr/share"},
	}
	e := open(t)
	for _, root := range roots {
		t.Run(root.name, func(t *testing.T) {
			paths := sample(root.dir)
			if len(paths) == 0 {
				t.Skipf("%s has no files here", root.dir)
			}
			f := inspecttest.NewFalse(root.name)
			f.Least = 4 // one file of a small sample may hold a number several times
			unread := 0
			for _, path := range paths {
				if f.Bytes > int64(*reps)<<21 {
					break
				}
				data, err := os.ReadFile(path)
				if err != nil {
					unread++
					continue
				}
				rel, err := filepath.Rel(root.dir, path)
				if err != nil {
					rel = filepath.Base(path)
				}
				f.Add(rel, len(data), scan(t, e, inspect.Meta{}, data, 64<<10))
			}
			t.Logf("%d of %d files could not be opened", unread, len(paths))
			report(t, f, trueByNature())
		})
	}
}

func goEnv(name string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(out))
}

// sample lists files below a folder in an order that is the same for the same
// files and mixes the whole tree. Package archives of the module cache stand
// there unpacked too, so they are left out.
func sample(dir string) []string {
	if dir == "" || dir == "src" {
		return nil
	}
	var paths []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be read is not honest text
		}
		if d.IsDir() && strings.HasSuffix(path, filepath.Join("cache", "download")) {
			return fs.SkipDir
		}
		if info, err := d.Info(); d.Type().IsRegular() && err == nil && info.Size() > 0 && info.Size() < 1<<20 {
			paths = append(paths, path)
		}
		return nil
	})
	rnd := rand.New(rand.NewPCG(1, 2))
	rnd.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths
}
