package config

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy/sign"
)

// IsURL reports whether the source of a bundle is an address to fetch and no
// path.
func IsURL(bundle string) bool { return strings.Contains(bundle, "://") }

// privateKey is what a fault must not quote.
var privateKey = regexp.MustCompile(`(?i:PRIVATE\+KEY\+|AGE-SECRET-KEY-)[^\s"',\]}]*`)

// withhold takes private keys out of a text.
func withhold(s string) string { return privateKey.ReplaceAllString(s, "PRIVATE+KEY+…") }

// checkKey refuses what is no public key.
func checkKey(s string) (what, mend string) {
	if privateKey.MatchString(s) {
		return "is a private key, which must stay with its owner", "make a new key, since this one was written down here, and write the line NAME+… that customs keygen prints"
	}
	if _, err := sign.ParseVerifier(s); err != nil {
		return "is no public key", "write the line NAME+… that customs keygen printed"
	}
	return "", ""
}

// checkBundle accepts a path, or an http or https URL whose host, where it is
// an address, is on the local network.
func checkBundle(s string) (what, mend string) {
	if !IsURL(s) {
		return verify("path", s)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "is no address of a bundle", "write https://host/path, http://host/path or a path"
	case u.User != nil || u.Fragment != "":
		return "has a login or a fragment, which is not used", "leave them out; the bundle's signature says whose it is"
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !LocalAddr(a) {
		return "is not on the local network", "write an address that is loopback, private, link-local or unique local"
	}
	return "", ""
}

// LocalAddr reports whether bundles may be fetched from an address: loopback,
// private, link-local or unique local.
func LocalAddr(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// signed checks what has to be signed, and whose signatures count.
func (d *decoding) signed(c *Config) {
	if c.Law.Packs != "" && len(c.Law.Keys) == 0 {
		d.fault(d.places["key law.packs"], "law.packs: there is no key whose signature counts",
			"add law.keys with the public key that customs keygen prints, and sign each file with customs pack sign")
	}
	if c.Policy.Bundle != "" && len(c.Policy.Keys) == 0 {
		d.fault(d.places["key policy.bundle"], "policy.bundle: there is no key whose signature counts",
			"add policy.keys with the public key that customs keygen prints, and sign the bundle with customs policy sign")
	}
	if file := c.Policy.Bundle; file != "" && !IsURL(file) && d.places["policy.bundle"] != nil {
		if _, err := os.Stat(file); err != nil {
			d.fault(d.places["policy.bundle"], "policy.bundle: "+reason(err), "the path is "+file)
		}
	}
	d.keys("law.keys", c.Law.Keys)
	d.keys("policy.keys", c.Policy.Keys)
	d.keys("review.reviewers", c.Review.Reviewers)
}

// keys refuses two keys that could be taken for two persons and are one.
func (d *decoding) keys(path string, list []string) {
	var names, keys []string
	for i, line := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		v, err := sign.ParseVerifier(line)
		if err != nil {
			names, keys = append(names, ""), append(keys, "")
			continue // said already
		}
		key := keyOf(line)
		if j := slices.Index(names, v.Name()); j >= 0 {
			d.fault(d.places[at], fmt.Sprintf("%s: %s[%d] has the same name %s", at, path, j, v.Name()), "give each key a name of its own: customs keygen --name NAME FILE")
		} else if j := slices.Index(keys, key); j >= 0 {
			d.fault(d.places[at], fmt.Sprintf("%s: the same key as %s[%d] under another name", at, path, j), "one person has one key: leave one of them out")
		}
		names, keys = append(names, v.Name()), append(keys, key)
	}
}

// keyOf returns the key of a line NAME+HASH+KEY that was parsed.
func keyOf(line string) string {
	fields := strings.SplitN(strings.TrimSpace(line), "+", 3)
	raw, _ := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	return string(raw)
}
