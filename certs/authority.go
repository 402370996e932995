package certs

import (
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the settings of an Authority. The zero value is what production
// uses.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Host is named in the subject of a CA made here; empty is the machine's name.
	Host string
	// Life is how long a CA made here lives; 0 is five years.
	Life time.Duration
	// Seal and Unseal encrypt the file of a key that is kept in a folder, for
	// its name there; nil keeps keys in the clear.
	Seal, Unseal func(name string, key []byte) ([]byte, error)
	// Signer is asked by OpenFiles and LoadFiles for the key in place of its
	// file, as for one in a hardware module. It is asked again by Reload.
	Signer func() (crypto.Signer, error)
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Host == "" {
		o.Host, _ = os.Hostname() // an empty name is fine: the tag tells CAs apart
	}
	if o.Life <= 0 {
		o.Life = caLife
	}
	return o
}

func (o Options) store(dir string) *store { return &store{dir: dir, seal: o.Seal, unseal: o.Unseal} }

// Authority is the gateway's CA: the one that signs now, and during a rotation
// its successor and its predecessor. It is safe for concurrent use.
type Authority struct {
	o     Options
	store *store    // nil if the CA is in files that are kept elsewhere
	files [2]string // certificate and key, if store is nil

	mu sync.Mutex // held by everything that replaces cas
	// cas holds the CAs by the moment they begin to sign. The slice and what it
	// points to never change; a change stores another slice.
	cas atomic.Pointer[[]*member]
}

// Open loads the CA in dir, or makes one at the first start. A CA that is over
// its dates is loaded too, so that it can be rotated: ask Ready before serving.
func Open(dir string, o Options) (*Authority, error) {
	return open(o.store(dir), o)
}

func open(s *store, o Options) (*Authority, error) {
	a := &Authority{o: o.withDefaults(), store: s}
	err := a.load()
	if errors.Is(err, ErrNone) {
		err = a.initialise()
	}
	if err == nil {
		err = a.dropRetired()
	}
	if err != nil {
		return nil, fmt.Errorf("open the CA: %w", err)
	}
	return a, nil
}

// Load is Open without making anything: it returns ErrNone if dir has no CA.
func Load(dir string, o Options) (*Authority, error) {
	a := &Authority{o: o.withDefaults(), store: o.store(dir)}
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("load the CA: %w", err)
	}
	return a, nil
}

// OpenFiles uses a CA in two files that the operator keeps: certificate with its
// chain, and key. It is replaced by exchanging the files and calling Reload. If
// neither file exists, a CA is made there; if one does, nothing is touched.
func OpenFiles(certFile, keyFile string, o Options) (*Authority, error) {
	a := &Authority{o: o.withDefaults(), files: [2]string{certFile, keyFile}}
	if o.Signer == nil && absent(certFile) && absent(keyFile) {
		if err := a.makeFiles(); err != nil {
			return nil, fmt.Errorf("make the CA: %w", err)
		}
	}
	return loadedFiles(a)
}

// LoadFiles is OpenFiles without making anything: it returns ErrNone if neither
// file exists.
func LoadFiles(certFile, keyFile string, o Options) (*Authority, error) {
	a := &Authority{o: o.withDefaults(), files: [2]string{certFile, keyFile}}
	if absent(certFile) && (o.Signer != nil || absent(keyFile)) {
		return nil, fmt.Errorf("%s: %w", certFile, ErrNone)
	}
	return loadedFiles(a)
}

func absent(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func loadedFiles(a *Authority) (*Authority, error) {
	if err := a.Reload(); err != nil {
		return nil, err
	}
	return a, nil
}

// Reload takes up what another process changed: a rotation, an import, or
// exchanged files. After an error the Authority goes on with what it has. It is
// cheap when nothing changed, so it may be called every few seconds; call it on
// SIGHUP too.
func (a *Authority) Reload() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.store != nil {
		if err := a.loadLocked(); err != nil {
			return fmt.Errorf("reload the CA: %w", err)
		}
		return nil
	}
	i, err := a.loadFiles()
	if err != nil {
		return fmt.Errorf("load the CA: %w", err)
	}
	if old := a.list(); len(old) == 1 && old[0].id == i.id {
		return nil
	}
	e := entry{ID: i.id, Source: SourceFiles, Activate: i.cert.NotBefore}
	a.cas.Store(&[]*member{{entry: e, issuer: i}})
	return nil
}

// Ready returns nil if leaves can be signed now.
func (a *Authority) Ready() error {
	now := a.o.Now()
	return a.signer(now).usable(now)
}

// makeFiles writes a new CA to the operator's two files.
func (a *Authority) makeFiles() error {
	i, err := makeIssuer(a.o.Host, a.o.Life, a.o.Now())
	if err != nil {
		return err
	}
	key, err := encodeKey(i.key)
	if err != nil {
		return err
	}
	for n, data := range [][]byte{encodeCertificates(i.cert), key} {
		if err := os.MkdirAll(filepath.Dir(a.files[n]), 0o700); err != nil {
			return fmt.Errorf("make the folder of the CA: %w", err)
		}
		mode := []fs.FileMode{0o644, 0o600}[n]
		s := &store{dir: filepath.Dir(a.files[n])} // the operator keeps these in the clear
		if err := s.write(filepath.Base(a.files[n]), mode, data); err != nil {
			return err
		}
	}
	return nil
}

func (a *Authority) list() []*member {
	if p := a.cas.Load(); p != nil {
		return *p
	}
	return nil
}

// signer returns the CA that signs at a moment: the last that is active. Before
// the first activation, with a clock that went back, it is the first.
func (a *Authority) signer(now time.Time) *member {
	list := a.list()
	active := list[0]
	for _, m := range list[1:] {
		if !now.Before(m.Activate) {
			active = m
		}
	}
	return active
}

func (a *Authority) load() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.loadLocked()
}

func (a *Authority) loadLocked() error {
	list, err := a.store.members(a.list())
	if err != nil {
		if absent(a.store.path(stateName)) {
			return fmt.Errorf("%s: %w", a.store.dir, ErrNone)
		}
		return err
	}
	a.cas.Store(&list)
	return nil
}

// initialise makes the first CA, unless another process was faster.
func (a *Authority) initialise() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.store.prepare(); err != nil {
		return err
	}
	unlock, err := a.store.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.loadLocked(); !errors.Is(err, ErrNone) {
		return err
	}
	source := SourceMade
	i, err := a.store.adopt()
	if err != nil {
		return err
	}
	now := a.o.Now()
	if i == nil {
		if i, err = makeIssuer(a.o.Host, a.o.Life, now); err != nil {
			return err
		}
		if err := a.store.save(i); err != nil {
			return err
		}
	} else if !selfSigned(i.cert) {
		source = SourceImported
	}
	first := entry{ID: i.id, Source: source, Activate: now.UTC().Truncate(time.Second)}
	return a.commit([]*member{{entry: first, issuer: i}})
}

// commit makes a list of CAs durable, and then current. The store is locked.
func (a *Authority) commit(list []*member) error {
	var st state
	for _, m := range list {
		st.CAs = append(st.CAs, m.entry)
	}
	if err := a.store.writeState(st); err != nil {
		return err
	}
	a.cas.Store(&list)
	return nil
}
