package rego

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/loader/filter"

	"github.com/datacustoms/customs/policy/sign"
)

// algorithm signs bundles: the keys are Ed25519.
const algorithm = "EdDSA"

const (
	manifestName   = ".manifest"
	signaturesName = ".signatures.json"
	dataName       = "data.json"
)

// roots are the only places that a bundle may fill.
var roots = []string{"customs/operator", "customs/operator_test"}

// opened is what a verified bundle holds.
type opened struct {
	modules, tests []module
	data           map[string]any
	revision       string
	signer         string
}

// BundleInfo describes a bundle that was verified.
type BundleInfo struct {
	Revision string   `json:"revision,omitempty"`
	Signer   string   `json:"signer"`
	Modules  []string `json:"modules"`
	Tests    []string `json:"tests,omitempty"`
	Data     []string `json:"data,omitempty"` // names below data.customs.operator
}

// InspectBundle verifies a bundle and says what is in it.
func InspectBundle(b []byte, keys []sign.Verifier) (BundleInfo, error) {
	o, err := openBundle(b, keys)
	if err != nil {
		return BundleInfo{}, fmt.Errorf("policy bundle: %w", err)
	}
	info := BundleInfo{Revision: o.revision, Signer: o.signer, Modules: []string{}}
	for _, m := range o.modules {
		info.Modules = append(info.Modules, m.name)
	}
	for _, m := range o.tests {
		info.Tests = append(info.Tests, m.name)
	}
	for name := range o.data {
		info.Data = append(info.Data, name)
	}
	slices.Sort(info.Data)
	return info, nil
}

// openBundle unpacks a bundle within bounds and lets OPA verify signature,
// files and roots. What it is given is exactly what was unpacked here.
func openBundle(b []byte, keys []sign.Verifier) (opened, error) {
	if len(keys) == 0 {
		return opened{}, errors.New("no key is trusted to sign one; name it under policy.keys")
	}
	files, err := unpack(b)
	if err != nil {
		return opened{}, err
	}
	if err := checkFiles(files); err != nil {
		return opened{}, err
	}
	trusted := map[string]*bundle.KeyConfig{}
	for _, k := range keys {
		text, err := publicPEM(k)
		if err != nil {
			return opened{}, err
		}
		trusted[k.Name()] = &bundle.KeyConfig{Key: text, Algorithm: algorithm}
	}
	got, err := bundle.NewCustomReader(&fileLoader{files: files}).
		WithBundleVerificationConfig(bundle.NewVerificationConfig(trusted, "", "", nil)).
		WithSizeLimitBytes(maxBundleFile).WithCapabilities(capabilities()).
		WithLazyLoadingMode(false).WithRegoVersion(ast.RegoV1).Read()
	if err != nil {
		return opened{}, fmt.Errorf("%w; sign the files again with a key under policy.keys", err)
	}
	return contents(files, &got)
}

// contents sorts out what OPA has verified.
func contents(files []file, got *bundle.Bundle) (opened, error) {
	o := opened{revision: got.Manifest.Revision, signer: signerOf(got.Signatures)}
	if got.Manifest.Roots == nil {
		return opened{}, errors.New(".manifest: roots must be customs/operator")
	}
	for _, f := range files {
		if !strings.HasSuffix(f.name, ".rego") {
			continue
		}
		m := module{"bundle/" + f.name, string(f.text), true}
		if isTest(f.name) {
			o.tests = append(o.tests, m)
		} else {
			o.modules = append(o.modules, m)
		}
	}
	customs, _ := got.Data["customs"].(map[string]any)
	for name, value := range customs {
		below, ok := value.(map[string]any)
		if name != "operator" || !ok {
			return opened{}, errors.New("data must be an object below customs.operator")
		}
		if len(below) > 0 {
			o.data = below
		}
	}
	return o, nil
}

// checkFiles looks at the manifest by itself, for OPA takes one without roots
// for a bundle of everything.
func checkFiles(files []file) error {
	var manifest, signatures bool
	for _, f := range files {
		switch f.name {
		case signaturesName:
			signatures = true
		case manifestName:
			manifest = true
			if err := checkManifest(f.text); err != nil {
				return fmt.Errorf(".manifest: %w", err)
			}
		}
	}
	if !signatures {
		return errors.New("is not signed: .signatures.json is missing; make a signed one with customs policy sign")
	}
	if !manifest {
		return errors.New(".manifest is missing; it must name the roots, {\"roots\": [\"customs/operator\"]}")
	}
	return nil
}

func checkManifest(b []byte) error {
	var m struct {
		Revision string         `json:"revision"`
		Roots    []string       `json:"roots"`
		Rego     *int           `json:"rego_version"`
		Metadata map[string]any `json:"metadata"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return errors.New("must be JSON with revision, roots, rego_version and metadata, and nothing else")
	}
	if len(m.Roots) == 0 {
		return errors.New("roots must be customs/operator")
	}
	for _, r := range m.Roots {
		at := strings.Trim(r, "/")
		if !slices.ContainsFunc(roots, func(root string) bool { return at == root || strings.HasPrefix(at, root+"/") }) {
			return fmt.Errorf("roots must be within %s", strings.Join(roots, " and "))
		}
	}
	if m.Rego != nil && *m.Rego != 1 {
		return errors.New("rego_version must be 1")
	}
	return nil
}

// signerOf reads the name of the key that verified a bundle.
func signerOf(s bundle.SignaturesConfig) string {
	if len(s.Signatures) != 1 {
		return ""
	}
	head, rest, _ := strings.Cut(s.Signatures[0], ".")
	payload, _, _ := strings.Cut(rest, ".")
	for _, part := range []string{head, payload} {
		var id struct {
			Kid   string `json:"kid"`
			KeyID string `json:"keyid"`
		}
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || json.Unmarshal(b, &id) != nil {
			continue
		}
		if name := id.Kid + id.KeyID; name != "" {
			return name
		}
	}
	return ""
}

func publicPEM(k sign.Verifier) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Ed25519())
	if err != nil {
		return "", fmt.Errorf("key %s: %w", k.Name(), err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// fileLoader hands files that were unpacked to OPA's reader.
type fileLoader struct {
	files []file
	next  int
}

func (l *fileLoader) NextFile() (*bundle.Descriptor, error) {
	if l.next == len(l.files) {
		return nil, io.EOF
	}
	f := l.files[l.next]
	l.next++
	return bundle.NewDescriptor(f.name, "/"+f.name, bytes.NewReader(f.text)), nil
}

func (l *fileLoader) WithFilter(filter.LoaderFilter) bundle.DirectoryLoader         { return l }
func (l *fileLoader) WithPathFormat(bundle.PathFormat) bundle.DirectoryLoader       { return l }
func (l *fileLoader) WithSizeLimitBytes(int64) bundle.DirectoryLoader               { return l }
func (l *fileLoader) WithFollowSymlinks(followSymlinks bool) bundle.DirectoryLoader { return l }
