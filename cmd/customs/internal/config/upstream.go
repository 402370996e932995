package config

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/datacustoms/customs/proxy/upstream"
)

// UpstreamIdentity is a client certificate of the operator and to which
// origins it is shown.
type UpstreamIdentity struct {
	Match []string `yaml:"match" is:"match" need:"yes" doc:"origins that the certificate is shown to, when they ask: host, *.suffix, or the address or network of origins that are asked for by address; the first entry that matches wins"`
	Cert  string   `yaml:"cert" is:"path" need:"yes" doc:"client certificate with its chain, PEM"`
	Key   string   `yaml:"key" is:"path" need:"yes" doc:"its key, PEM, for its owner only"`
}

const (
	maxIdentities = 64
	maxCRLs       = 64
)

// resolveUpstream are the paths of upstream.
func resolveUpstream(u *Upstream) (paths []*string) {
	for i := range u.Roots {
		paths = append(paths, &u.Roots[i])
	}
	for i := range u.CRLs {
		paths = append(paths, &u.CRLs[i])
	}
	for i := range u.Identities {
		paths = append(paths, &u.Identities[i].Cert, &u.Identities[i].Key)
	}
	return paths
}

// upstream checks the files that it names.
func (d *decoding) upstream(u *Upstream) {
	for i, root := range u.Roots {
		if what := badRoots(root); root != "" && what != "" {
			d.fault(d.places[fmt.Sprintf("upstream.roots[%d]", i)], "upstream.roots: "+what, "give a file of PEM certificates; the path is "+root)
		}
	}
	if n := len(u.CRLs); n > maxCRLs {
		d.fault(d.places["key upstream.crls"], fmt.Sprintf("upstream.crls: %d are more than %d", n, maxCRLs), "put several lists into one file")
	}
	for i, file := range u.CRLs {
		if what := badLists(file); file != "" && what != "" {
			d.fault(d.places[fmt.Sprintf("upstream.crls[%d]", i)], "upstream.crls: "+what, "the path is "+file)
		}
	}
	if n := len(u.Identities); n > maxIdentities {
		d.fault(d.places["key upstream.identities"], fmt.Sprintf("upstream.identities: %d are more than %d", n, maxIdentities), "match more with each")
	}
	for i, id := range u.Identities {
		at := fmt.Sprintf("upstream.identities[%d]", i)
		if d.places[at+".key"] == nil || d.places[at+".cert"] == nil || id.Cert == "" || id.Key == "" {
			continue // said already
		}
		if _, err := ReadIdentity(id); err != nil {
			d.fault(d.places[at+".key"], at+": "+err.Error(), "the paths are "+id.Cert+" and "+id.Key)
		}
	}
}

// badLists says what is wrong with a file of revocation lists, or "".
func badLists(file string) string {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return reason(err)
	case !info.Mode().IsRegular():
		return "not a file"
	case info.Size() > upstream.MaxList:
		return fmt.Sprintf("more than %d MiB", upstream.MaxList>>20)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return reason(err)
	}
	if _, err := upstream.ParseLists(text); err != nil {
		return err.Error()
	}
	return ""
}

// ReadIdentity reads a client certificate. Its key must be its owner's alone.
func ReadIdentity(c UpstreamIdentity) (*upstream.Identity, error) {
	cert, what := readPEM(c.Cert)
	if what != "" {
		return nil, errors.New("cert: " + what)
	}
	key, what := readPEM(c.Key)
	if what != "" {
		return nil, errors.New("key: " + what)
	}
	info, err := os.Stat(c.Key)
	if err != nil {
		return nil, errors.New("key: " + reason(err))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("key: can be read by others; run chmod 600 on it")
	}
	return upstream.NewIdentity(slices.Clone(c.Match), cert, key)
}
