package certs

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"
)

// Role is what a CA does at a moment.
type Role string

// The roles of a CA.
const (
	// Active signs now.
	Active Role = "active"
	// Next will sign after its activation; clients install it before.
	Next Role = "next"
	// Previous signs no more and is trusted until it retires.
	Previous Role = "previous"
)

// Info describes one CA of an Authority.
type Info struct {
	Role      Role      `json:"role"`
	ID        string    `json:"id"`
	Source    string    `json:"source"` // made, imported or files
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Key       string    `json:"key"`    // kind and size
	SHA256    string    `json:"sha256"` // fingerprint of the certificate that clients install
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"` // the first end in the chain
	Activates time.Time `json:"activates"`
	Retires   time.Time `json:"retires,omitzero"`
}

// Status lists the CAs that count now: active, then next, then previous ones.
func (a *Authority) Status() []Info {
	var out []Info
	a.each(func(role Role, m *member) {
		kind, _ := keyName(m.cert.PublicKey)
		out = append(out, Info{
			Role: role, ID: m.ID, Source: m.Source,
			Subject: m.cert.Subject.String(), Issuer: m.cert.Issuer.String(),
			Key: kind, SHA256: fingerprint(m.anchor().Raw),
			NotBefore: m.cert.NotBefore, NotAfter: m.ends(),
			Activates: m.Activate, Retires: m.Retire,
		})
	})
	return out
}

// Bundle returns, as PEM, every certificate that clients must trust now. For a
// sub-CA that is the root of its chain, or its highest certificate if the root
// was not imported.
func (a *Authority) Bundle() []byte { return a.BundleOf(Active, Next, Previous) }

// BundleOf is Bundle for some roles only. Several platforms install one
// certificate a file.
func (a *Authority) BundleOf(roles ...Role) []byte {
	var out bytes.Buffer
	seen := map[string]bool{}
	a.each(func(role Role, m *member) {
		for _, want := range roles {
			if raw := string(m.anchor().Raw); role == want && !seen[raw] {
				seen[raw] = true
				out.Write(encodeCertificates(m.anchor()))
			}
		}
	})
	return out.Bytes()
}

// each visits the CAs that are not retired: active, next, previous.
func (a *Authority) each(visit func(Role, *member)) {
	now := a.o.Now()
	active := a.signer(now)
	visit(Active, active)
	var previous []*member
	for _, m := range living(a.list(), now) {
		switch {
		case m == active:
		case m.Activate.After(now):
			visit(Next, m)
		default:
			previous = append(previous, m)
		}
	}
	for _, m := range previous {
		visit(Previous, m)
	}
}

// fingerprint is the SHA-256 of a certificate, in the notation of openssl and of
// the certificate windows of browsers.
func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	var out bytes.Buffer
	for n, b := range sum {
		if n > 0 {
			out.WriteByte(':')
		}
		fmt.Fprintf(&out, "%02X", b)
	}
	return out.String()
}
