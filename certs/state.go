package certs

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Where a CA came from.
const (
	// SourceMade marks a CA that was made here.
	SourceMade = "made"
	// SourceImported marks a company's sub-CA.
	SourceImported = "imported"
	// SourceFiles marks a CA in files that are kept elsewhere.
	SourceFiles = "files"
)

// entry is what state.json says about one CA.
type entry struct {
	ID       string    `json:"id"`
	Source   string    `json:"source"`
	Activate time.Time `json:"activate"`
	Retire   time.Time `json:"retire,omitzero"` // zero: not replaced yet
}

// state is the content of state.json: the CAs in the order in which they sign.
type state struct {
	Version int     `json:"version"`
	CAs     []entry `json:"authorities"`
}

var idForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// member is one CA of an Authority with its dates.
type member struct {
	entry
	*issuer
}

// readState returns fs.ErrNotExist if there is no state yet.
func (s *store) readState() (state, error) {
	data, err := readLimited(s.path(stateName))
	if err != nil {
		return state{}, err
	}
	var st state
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&st); err != nil {
		return state{}, s.damaged("it is not the expected JSON")
	}
	if st.Version != 1 {
		return state{}, s.damaged("its version is %d, this program knows 1", st.Version)
	}
	if len(st.CAs) == 0 {
		return state{}, s.damaged("it names no CA")
	}
	for n, ca := range st.CAs {
		if !idForm.MatchString(ca.ID) {
			return state{}, s.damaged("authority %d has no valid id", n+1)
		}
		if n > 0 && ca.Activate.Before(st.CAs[n-1].Activate) {
			return state{}, s.damaged("authority %d is out of order", n+1)
		}
	}
	return st, nil
}

func (s *store) damaged(format string, args ...any) error {
	return fmt.Errorf("%s cannot be used: %s: restore it from a backup, or remove it to adopt the CA beside it", s.path(stateName), fmt.Sprintf(format, args...))
}

// writeState is the commit point of every change.
func (s *store) writeState(st state) error {
	st.Version = 1
	data, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the state of the CA: %w", err)
	}
	return s.write(stateName, 0o600, append(data, '\n'))
}

// save makes a CA's files durable. The state refers to them only afterwards.
func (s *store) save(i *issuer) error {
	key, err := encodeKey(i.key)
	if err != nil {
		return err
	}
	if s.seal != nil {
		if key, err = s.seal(i.id+".key", key); err != nil {
			return fmt.Errorf("seal the CA key: %w", err)
		}
	}
	if err := s.write(i.id+".key", 0o600, key); err != nil {
		return err
	}
	return s.write(i.id+".pem", 0o644, encodeCertificates(i.all()...))
}

// load reads one CA back and checks it as if it were new, because files can be
// exchanged while we are not looking.
func (s *store) load(id string) (*issuer, error) {
	i, err := loadPair(s.path(id+".pem"), func() (crypto.Signer, error) {
		return readKey(s.path(id+".key"), func(b []byte) ([]byte, error) {
			if s.unseal == nil {
				return b, nil
			}
			return s.unseal(id+".key", b)
		})
	})
	if err != nil {
		return nil, err
	}
	if i.id != id {
		return nil, fmt.Errorf("%s holds another certificate than its name says: restore it from a backup", s.path(id+".pem"))
	}
	return i, nil
}

// loadFiles reads the CA that the operator keeps.
func (a *Authority) loadFiles() (*issuer, error) {
	key := a.o.Signer
	if key == nil {
		key = func() (crypto.Signer, error) {
			return readKey(a.files[1], func(b []byte) ([]byte, error) { return b, nil })
		}
	}
	return loadPair(a.files[0], key)
}

// readKey reads the file of a private key.
func readKey(path string, unseal func([]byte) ([]byte, error)) (crypto.Signer, error) {
	text, err := readKeyFile(path)
	if err != nil {
		return nil, err
	}
	if text, err = unseal(text); err != nil {
		return nil, err
	}
	key, err := parseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// loadPair reads a certificate with its chain, and asks for its key.
func loadPair(certFile string, open func() (crypto.Signer, error)) (*issuer, error) {
	certPEM, err := readLimited(certFile)
	if err != nil {
		return nil, fmt.Errorf("read the CA certificate: %w", err)
	}
	certs, err := parseCertificates(certPEM)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	for _, c := range certs {
		if published(c) {
			return nil, fmt.Errorf("%s: %w", certFile, ErrPublished)
		}
	}
	key, err := open()
	if err != nil {
		return nil, fmt.Errorf("read the CA key: %w", err)
	}
	i, err := newIssuer(certs, key)
	if err == nil {
		err = i.accept()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	return i, nil
}

// members loads every CA that the state names. known are issuers that are loaded
// already; keeping them keeps the leaves they signed.
func (s *store) members(known []*member) ([]*member, error) {
	st, err := s.readState()
	for attempt := 1; err == nil; attempt++ {
		var list []*member
		if list, err = s.loadAll(st, known); err == nil {
			return list, nil
		}
		// Another process may have dropped a retired CA between the two reads.
		again, rerr := s.readState()
		if !errors.Is(err, fs.ErrNotExist) || rerr != nil || slices.Equal(st.CAs, again.CAs) || attempt == 3 {
			return nil, err
		}
		st, err = again, nil
	}
	return nil, err
}

func (s *store) loadAll(st state, known []*member) ([]*member, error) {
	list := make([]*member, 0, len(st.CAs))
	for _, e := range st.CAs {
		n := slices.IndexFunc(known, func(m *member) bool { return m.ID == e.ID })
		if n >= 0 {
			list = append(list, &member{entry: e, issuer: known[n].issuer})
			continue
		}
		i, err := s.load(e.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, &member{entry: e, issuer: i})
	}
	return list, nil
}

// adopt finds the one complete pair of a folder without state. It returns nil if
// there is none: keys without a certificate are what a crash leaves behind.
func (s *store) adopt() (*issuer, error) {
	names, err := filepath.Glob(s.path("*.pem"))
	if err != nil {
		return nil, fmt.Errorf("look for a CA in %s: %w", s.dir, err)
	}
	var found *issuer
	for _, name := range names {
		id := strings.TrimSuffix(filepath.Base(name), ".pem")
		if _, err := os.Stat(s.path(id + ".key")); err != nil || !idForm.MatchString(id) {
			continue
		}
		i, err := s.load(id)
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, fmt.Errorf("%s is missing, and %s holds several CAs: restore it from a backup, or move away the pairs that clients do not trust", s.path(stateName), s.dir)
		}
		found = i
	}
	return found, nil
}
