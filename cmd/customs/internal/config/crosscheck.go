package config

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// resolve makes relative paths relative to the file's directory, the default
// data directory too: every command that is given the same file must find the
// same stores, wherever it is started.
func (d *decoding) resolve(c *Config) {
	paths := []*string{&c.Data, &c.Law.Packs, &c.CA.Cert, &c.CA.Key, &c.Countries.MMDB, &c.Policy.Dir, &c.Alerts.Mail.Password, &c.Keys.Passphrase.File}
	if !IsURL(c.Policy.Bundle) {
		paths = append(paths, &c.Policy.Bundle)
	}
	for i := range c.Inspect.Rules {
		paths = append(paths, &c.Inspect.Rules[i])
	}
	for i := range c.Alerts.Webhooks {
		paths = append(paths, &c.Alerts.Webhooks[i].Secret)
	}
	for _, p := range slices.Concat(paths, resolveStreams(c), resolveUpstream(&c.Upstream)) {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(d.dir, *p)
		}
	}
}

// crosscheck looks at what no single value shows: files, and values that do
// not go together.
func (d *decoding) crosscheck(c *Config) {
	if c.Listen.Proxy == c.Listen.Console && !strings.HasSuffix(c.Listen.Proxy, ":0") && d.places["key listen"] != nil {
		d.fault(d.places["key listen"], "proxy and console listen on the same address", "give the console another port")
	}
	d.exist("law.packs", c.Law.Packs, true)
	d.exist("policy.dir", c.Policy.Dir, true)
	d.exist("countries.mmdb", c.Countries.MMDB, false)
	d.upstream(&c.Upstream)
	for i, file := range c.Inspect.Rules {
		d.exist(fmt.Sprintf("inspect.rules[%d]", i), file, false)
	}
	d.signed(c)
	d.authority(c)
	d.keeping(c)
	d.exporters(c.Exporters)
	d.unread(c)
	d.passthrough(c)
	d.alerts(c.Alerts)
	d.retention(c.Audit)
	d.witnesses(c.Audit.Witnesses)
	d.streams(c.Streams)
	d.evidence(c.Evidence)
	d.limits(c.Limits)
}

func (d *decoding) exist(path, file string, dir bool) {
	if file == "" || d.places[path] == nil {
		return
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		d.fault(d.places[path], fmt.Sprintf("%s: %s", path, reason(err)), "the path is "+file)
	case info.IsDir() && !dir:
		d.fault(d.places[path], path+": is a directory", "name the file in it; the path is "+file)
	case !info.IsDir() && dir:
		d.fault(d.places[path], path+": is not a directory", "the path is "+file)
	}
}

// reason is an error of the file system without the path.
func reason(err error) string {
	if os.IsNotExist(err) {
		return "no such file or directory"
	}
	if os.IsPermission(err) {
		return "permission denied"
	}
	return "cannot be opened"
}

// badRoots says what is wrong with a file of certificates, or "".
func badRoots(file string) string {
	data, what := readPEM(file)
	if what != "" {
		return what
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return "no certificate in the file"
	}
	return ""
}

// readPEM reads a regular file of at most 4 MiB that holds a PEM block.
func readPEM(file string) (data []byte, what string) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular():
		return nil, "not a file"
	case info.Size() > 4<<20:
		return nil, "more than 4 MiB"
	}
	if data, err = os.ReadFile(file); err != nil {
		return nil, reason(err)
	}
	if block, _ := pem.Decode(bytes.TrimSpace(data)); block == nil {
		return nil, "not PEM"
	}
	return data, ""
}

// authority checks the CA's files. That neither exists is no fault: they are
// made at first start.
func (d *decoding) authority(c *Config) {
	ca := c.CA
	if ca.Cert == "" && ca.Key == "" {
		return
	}
	if d.places["key keys.ca.command"] != nil && ca.Key == "" {
		if _, cert := readPEM(ca.Cert); cert != "" {
			d.fault(d.places["ca.cert"], "ca.cert: "+cert, "the path is "+ca.Cert)
		}
		return
	}
	if ca.Cert == "" || ca.Key == "" {
		d.fault(d.places["key ca"], "ca: one of cert and key is missing", "give both, or none")
		return
	}
	_, cert := readPEM(ca.Cert)
	_, key := readPEM(ca.Key)
	const absent = "no such file or directory"
	if cert == absent && key == absent {
		return
	}
	if cert != "" {
		d.fault(d.places["ca.cert"], "ca.cert: "+cert, "the path is "+ca.Cert)
	}
	if key != "" {
		d.fault(d.places["ca.key"], "ca.key: "+key, "the path is "+ca.Key)
	}
}

// exporters refuses what would leave open which exporter a client belongs to.
func (d *decoding) exporters(list []Exporter) {
	codes := map[string]int{}
	owner := map[netip.Prefix]int{}
	for i, e := range list {
		at := fmt.Sprintf("exporters[%d]", i)
		if j, twice := codes[e.USCC]; twice && e.USCC != "" {
			d.fault(d.places[at+".uscc"], fmt.Sprintf("%s.uscc: the same code as exporters[%d]", at, j), "join their clients in one entry")
		}
		codes[e.USCC] = i
		if len(e.Clients) == 0 && d.places[at+".clients"] != nil {
			d.fault(d.places[at+".clients"], at+".clients: no network", "add the networks of its clients")
		}
		for k, p := range e.Clients {
			if !p.IsValid() {
				continue
			}
			if j, twice := owner[p]; twice {
				d.fault(d.places[fmt.Sprintf("%s.clients[%d]", at, k)],
					fmt.Sprintf("%s.clients: %s also belongs to exporters[%d]", at, p, j), "a network belongs to one exporter: keep it in one place")
			}
			owner[p] = i
		}
	}
}

// unread refuses a grant that lets go more, or less, than its author can have
// meant.
func (d *decoding) unread(c *Config) {
	for i, to := range c.Destinations {
		at := fmt.Sprintf("destinations[%d].unread", i)
		place := d.places["key "+at]
		if place == nil {
			continue
		}
		if to.Country == "CN" {
			d.fault(place, at+": destinations in the mainland are not read anyway", "leave unread out")
		}
		if list := d.places["key "+at+".exporters"]; list != nil && len(to.Unread.Exporters) == 0 {
			d.fault(list, at+".exporters: no exporter", "name one, or leave the key out to mean all")
		}
		for j, code := range to.Unread.Exporters {
			if !slices.ContainsFunc(c.Exporters, func(e Exporter) bool { return e.USCC == code }) {
				path := fmt.Sprintf("%s.exporters[%d]", at, j)
				d.fault(d.places[path], path+": is no exporter of this file", "add it to exporters, or correct the code")
			}
		}
	}
}

func (d *decoding) limits(l Limits) {
	at := d.places["key limits"]
	switch {
	case at == nil:
	case l.FlowMemory < 64<<10:
		d.fault(at, "limits.flow_memory is below 64KiB", "give 64KiB or more")
	case l.Memory < l.FlowMemory:
		d.fault(at, "limits.memory is less than limits.flow_memory", "one flow must fit in the budget of all")
	case l.Spill < l.FlowSpill:
		d.fault(at, "limits.spill is less than limits.flow_spill", "one flow must fit in the budget of all")
	}
}
