package rego

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The bounds of a bundle.
const (
	maxBundle      = 8 << 20  // packed
	maxBundleFile  = 8 << 20  // one file, unpacked
	maxBundleTotal = 16 << 20 // unpacked
	maxBundleFiles = 512
)

// file is one file of a bundle; its name has no slash in front.
type file struct {
	name string
	text []byte
}

var fileForm = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,200}$`)

// unpack reads a tar.gz within the bounds and refuses whatever is no plain
// file of a policy. The files come sorted by name.
func unpack(b []byte) ([]file, error) {
	if len(b) > maxBundle {
		return nil, fmt.Errorf("is larger than %d bytes", maxBundle)
	}
	packed := bytes.NewReader(b)
	gz, err := gzip.NewReader(packed)
	if err != nil {
		return nil, errors.New("is no tar.gz")
	}
	gz.Multistream(false)
	// A header may be long, too: the bound is on all that is unpacked.
	text := &io.LimitedReader{R: gz, N: maxBundleTotal + 1}
	files, err := readTar(tar.NewReader(text))
	if err == nil {
		_, err = io.Copy(io.Discard, text)
	}
	switch {
	case text.N <= 0:
		return nil, fmt.Errorf("holds more than %d bytes unpacked", maxBundleTotal)
	case errors.Is(err, errEntry):
		return nil, err
	case err != nil:
		return nil, errors.New("is a damaged tar.gz")
	case packed.Len() > 0:
		return nil, errors.New("something follows the tar.gz")
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	for i := range files {
		if i > 0 && files[i].name == files[i-1].name {
			return nil, fmt.Errorf("holds %s twice", files[i].name)
		}
	}
	return files, nil
}

// errEntry marks faults of an entry, whose text is fit to be shown.
var errEntry = errors.New("entry")

func readTar(in *tar.Reader) ([]file, error) {
	var files []file
	for n := 1; ; n++ {
		h, err := in.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if n > maxBundleFiles {
			return nil, fmt.Errorf("%w %d: a bundle holds at most %d", errEntry, n, maxBundleFiles)
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(h.Name, "."), "/")
		if strings.HasPrefix(h.Name, ".") && !strings.HasPrefix(h.Name, "./") {
			name = h.Name
		}
		switch {
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%w %d: is no plain file", errEntry, n)
		case !fileForm.MatchString(name) || !fs.ValidPath(name):
			return nil, fmt.Errorf("%w %d: its name is no plain path of letters, digits, dots, dashes and underscores", errEntry, n)
		case !belongs(name):
			return nil, fmt.Errorf("%w %d: %s: a policy bundle holds .manifest, .signatures.json, data.json and *.rego, and nothing else", errEntry, n, name)
		case h.Size > maxBundleFile:
			return nil, fmt.Errorf("%w %d: %s is larger than %d bytes", errEntry, n, name, maxBundleFile)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, text})
	}
}

// belongs reports whether a bundle may hold a file of that name. What OPA
// would take besides, as compiled code and patches, is left to nobody.
func belongs(name string) bool {
	base := path.Base(name)
	return name == manifestName || name == signaturesName || base == dataName ||
		strings.HasSuffix(base, ".rego") && !strings.HasPrefix(base, ".")
}
