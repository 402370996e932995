package certs

import "time"

// OpenSteps is Open with a function that runs before each change of the folder
// and can stop it there.
func OpenSteps(dir string, o Options, step func(string) error) (*Authority, error) {
	return open(&store{dir: dir, step: step}, o)
}

// SetSteps does the same for an Authority that is open.
func (a *Authority) SetSteps(step func(string) error) { a.store.step = step }

// CanonicalName is canonicalName without the address.
func CanonicalName(name string) (string, error) {
	host, _, err := canonicalName(name)
	return host, err
}

// Published is published, for the test of the constant.
var Published = published

// ParseCertificates and ParseKey are the parsers that outside bytes enter.
var (
	ParseCertificates = parseCertificates
	ParseKey          = parseKey
)

// CheckImport is checkImport; it returns the chain from the CA upwards.
func CheckImport(certPEM, keyPEM []byte, now time.Time) (chain [][]byte, err error) {
	i, err := checkImport(certPEM, keyPEM, now)
	if err != nil {
		return nil, err
	}
	for _, c := range i.all() {
		chain = append(chain, c.Raw)
	}
	return chain, nil
}
