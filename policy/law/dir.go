package law

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/datacustoms/customs/policy/sign"
)

// The endings of files.
const (
	ending    = ".yaml"
	signature = ending + ".sig"
)

// maxFiles bounds an operator's directory.
const maxFiles = 500

// readDir reads an operator's directory. Content that no trusted key signed is
// read for what else is wrong with it, and is no file that can be in force.
func readDir(dir string, keys []sign.Verifier) ([]found, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("rule packs in %s: read directory: %w", dir, err)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("rule packs in %s: no key is trusted to sign them; make one with customs keygen, "+
			"put the line that it prints under law.keys and sign each file with customs pack sign", dir)
	}
	if len(entries) > maxFiles {
		return nil, fmt.Errorf("rule packs in %s: the directory has more than %d files; keep only rule packs there", dir, maxFiles)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	var out []found
	fsys := os.DirFS(dir)
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case strings.HasSuffix(name, ending):
			f := found{name: name}
			f.open(fsys, keys, names[name+".sig"])
			out = append(out, f)
		case strings.HasSuffix(name, signature):
			if target := strings.TrimSuffix(name, ".sig"); !names[target] {
				out = append(out, found{name: name, faults: []error{
					fmt.Errorf("rule pack %s: signs nothing: there is no %s; put it back or remove the signature", name, target)}})
			}
		case strings.EqualFold(path.Ext(name), ending), strings.EqualFold(path.Ext(name), ".yml"):
			out = append(out, found{name: name, faults: []error{
				fmt.Errorf("rule pack %s: is not read; let its name end in %s", name, ending)}})
		}
	}
	return out, nil
}

// open reads a file of an operator and verifies its signature.
func (f *found) open(fsys fs.FS, keys []sign.Verifier, signed bool) {
	var err error
	if f.src, err = bounded(fsys, f.name, maxFile); err != nil {
		f.fault(fmt.Errorf("rule pack %s: %w", f.name, err))
		return
	}
	f.read()
	sig := f.name + ".sig"
	if !signed {
		f.fault(fmt.Errorf("rule pack %s: has no signature %s beside it; sign it with customs pack sign", f.name, sig))
	} else if b, err := bounded(fsys, sig, maxFile); err != nil {
		f.fault(fmt.Errorf("rule pack %s: signature: %w", f.name, err))
	} else if f.signer, err = sign.Verify(keys, sign.Pack, f.src, b); errors.Is(err, sign.ErrUnsigned) {
		f.fault(fmt.Errorf("rule pack %s: %w; sign it with a key of law.keys by customs pack sign, or add the key that signed it", f.name, err))
	} else if err != nil {
		f.fault(fmt.Errorf("rule pack %s: %w with customs pack sign", f.name, err))
	}
	if f.file != nil {
		f.file.signer = f.signer
	}
}

// bounded reads a regular file.
func bounded(fsys fs.FS, name string, most int) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a file")
	}
	in, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > most {
		return nil, fmt.Errorf("larger than %d bytes", most)
	}
	return b, nil
}
