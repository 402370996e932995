package rego

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/datacustoms/customs/policy/sign"
)

// SignBundle packs the policy in a directory, its *.rego and data.json files
// and its .manifest if there is one, into a signed OPA bundle. Other files stay
// behind. What would not be taken by New for its own faults is refused here.
func SignBundle(dir string, s sign.Signer) ([]byte, error) {
	files, err := gather(dir)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f file) bool { return f.name == signaturesName })
	if !slices.ContainsFunc(files, func(f file) bool { return strings.HasSuffix(f.name, ".rego") || filepath.Base(f.name) == dataName }) {
		return nil, fmt.Errorf("policy in %s: holds neither *.rego nor data.json", dir)
	}
	if !slices.ContainsFunc(files, func(f file) bool { return f.name == manifestName }) {
		text, err := json.Marshal(map[string]any{"roots": roots, "rego_version": 1})
		if err != nil {
			return nil, err
		}
		files = append(files, file{manifestName, text})
	}
	signatures, err := signFiles(files, s)
	if err != nil {
		return nil, fmt.Errorf("sign policy bundle: %w", err)
	}
	b, err := packFiles(append(files, file{signaturesName, signatures}))
	if err != nil {
		return nil, err
	}
	v, err := s.Verifier()
	if err != nil {
		return nil, fmt.Errorf("sign policy bundle: %w", err)
	}
	src, err := readSource(Options{Bundle: b, Keys: []sign.Verifier{v}})
	if err != nil {
		return nil, err
	}
	if _, err := compile(src); err != nil {
		return nil, err
	}
	if err := checkTests(src.tests); err != nil {
		return nil, err
	}
	return b, nil
}

// PackDir packs a directory that holds the files of a signed bundle, with its
// .signatures.json, as they are.
func PackDir(dir string) ([]byte, error) {
	files, err := gather(dir)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(files, func(f file) bool { return f.name == signaturesName }) {
		return nil, fmt.Errorf("policy in %s: is not signed, .signatures.json is missing; sign it with customs policy sign", dir)
	}
	return packFiles(files)
}

// gather reads the files of a directory that belong to a bundle.
func gather(dir string) ([]file, error) {
	var files []file
	total := 0
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case e.IsDir() || !belongs(name):
			return nil
		case !e.Type().IsRegular():
			return fmt.Errorf("%s is no plain file", name)
		case len(files) == maxBundleFiles-2:
			return fmt.Errorf("%s: a bundle holds at most %d files", name, maxBundleFiles)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if total += int(min(info.Size(), maxBundleTotal+1)); total > maxBundleTotal {
			return fmt.Errorf("%s: a bundle holds at most %d bytes", name, maxBundleTotal)
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files = append(files, file{name, text})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("policy in %s: %w", dir, err)
	}
	return files, nil
}

// signFiles writes .signatures.json: a JWT over the hash of each file.
func signFiles(files []file, s sign.Signer) ([]byte, error) {
	hasher, err := bundle.NewSignatureHasher(bundle.SHA256)
	if err != nil {
		return nil, err
	}
	var infos []bundle.FileInfo
	for _, f := range files {
		var value any = f.text
		if bundle.IsStructuredDoc(f.name) {
			if err := util.Unmarshal(f.text, &value); err != nil {
				return nil, fmt.Errorf("%s: is no JSON", f.name)
			}
		}
		sum, err := hasher.HashFile(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		infos = append(infos, bundle.NewFile(f.name, fmt.Sprintf("%x", sum), string(bundle.SHA256)))
	}
	if len(s.Ed25519()) == 0 {
		return nil, errors.New("there is no private key")
	}
	der, err := x509.MarshalPKCS8PrivateKey(s.Ed25519())
	if err != nil {
		return nil, errors.New("the private key cannot be used")
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	token, err := bundle.GenerateSignedToken(infos, bundle.NewSigningConfig(key, algorithm, ""), s.Name())
	if err != nil {
		return nil, errors.New("the private key cannot be used")
	}
	return json.Marshal(map[string]any{"signatures": []string{token}})
}

// packFiles writes a tar.gz; equal files make equal bytes.
func packFiles(files []file) ([]byte, error) {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	w := tar.NewWriter(gz)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: "/" + f.name, Mode: 0o644, Size: int64(len(f.text)), Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return nil, fmt.Errorf("pack policy bundle: %w", err)
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, fmt.Errorf("pack policy bundle: %w", err)
		}
	}
	if err := errors.Join(w.Close(), gz.Close()); err != nil {
		return nil, fmt.Errorf("pack policy bundle: %w", err)
	}
	return out.Bytes(), nil
}
