package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// keyRing holds the keys of an installation: those that are derived from its
// root key, which is made at first start and never leaves its file, those of
// the log, and those of the years' pseudonyms.
type keyRing struct {
	root  []byte
	kept  map[string][]byte // of an older root key, by purpose
	vault *vault.Vault
	log   *logRing
	names *nameKeys
}

const (
	rootKeyLen   = 32
	rootKeyName  = vault.Dir + "/root.key"
	keptKeyName  = vault.Dir + "/counting.key"
	restoringTag = vault.Dir + "/restoring"
)

// keptPurposes are the keys that persons are counted under. They outlive the
// root key that they were derived from: under others everybody who is counted
// would be counted anew.
func keptPurposes() []string { return []string{"subject", "ledger", "split"} }

// openKeys reads the keys of an installation, or makes them.
func openKeys(cfg *config.Config) (*keyRing, error) {
	v, err := openVault(cfg)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(v.Path(restoringTag)); err == nil {
		return nil, errors.New("a restore of the keys was interrupted: run customs keys restore again")
	}
	k := &keyRing{vault: v, names: newNameKeys(v)}
	if err := k.openRoot(); err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	if k.kept, err = readKept(v); err != nil {
		return nil, err
	}
	if err := k.names.begin(k.key("pseudonym"), time.Now()); err != nil {
		return nil, fmt.Errorf("key of pseudonyms: %w", err)
	}
	k.log, err = openLogRing(v, time.Now, newOutside(cfg.Keys.Log.Command))
	return k, err
}

func (k *keyRing) close() error { return k.log.outside.close() }

func rootPath(cfg *config.Config) string {
	return filepath.Join(cfg.Data, filepath.FromSlash(rootKeyName))
}

// openRoot reads the root key, or makes it. The pseudonyms' first key is made
// before it: an installation that has a root key and no other is an older one.
func (k *keyRing) openRoot() error {
	text, err := k.vault.Read(rootKeyName)
	if errors.Is(err, fs.ErrNotExist) {
		if err := k.lostRoot(); err != nil {
			return err
		}
		if err := k.names.create(time.Now()); err != nil {
			return err
		}
		err = k.vault.Create(rootKeyName, newRoot())
		if err == nil || errors.Is(err, fs.ErrExist) { // another first start was faster
			text, err = k.vault.Read(rootKeyName)
		}
		if err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	k.root, err = parseRoot(text)
	if err != nil {
		return fmt.Errorf("%s %w: restore it from a backup; without it persons already counted cannot be recognised", k.vault.Path(rootKeyName), err)
	}
	return nil
}

// lostRoot refuses a new root key beside what only an older one can have made.
func (k *keyRing) lostRoot() error {
	for _, made := range []string{logKeyName, logPubName, keptKeyName, "audit/segment-*", "ledger/journal-*"} {
		if present(k.vault.Path(""), made) && !present(k.vault.Path(""), rootKeyName) {
			return fmt.Errorf("%s is gone, and what is in %s was made with it: put the keys back with customs keys restore; without them persons already counted cannot be recognised",
				k.vault.Path(rootKeyName), filepath.Dir(k.vault.Path(made)))
		}
	}
	return nil
}

func newRoot() []byte {
	root := make([]byte, rootKeyLen)
	rand.Read(root)
	return []byte(hex.EncodeToString(root) + "\n")
}

func parseRoot(text []byte) ([]byte, error) {
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(root) != rootKeyLen {
		return nil, fmt.Errorf("is not %d bytes of hex", rootKeyLen)
	}
	return root, nil
}

func readKept(v *vault.Vault) (map[string][]byte, error) {
	text, err := v.Read(keptKeyName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept, err := parseKept(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w: restore it from a backup", v.Path(keptKeyName), err)
	}
	return kept, nil
}

func parseKept(text []byte) (map[string][]byte, error) {
	var kept map[string][]byte
	bad := errors.New("does not hold the keys that persons are counted under")
	if json.Unmarshal(text, &kept) != nil || len(kept) != len(keptPurposes()) {
		return nil, bad
	}
	for _, p := range keptPurposes() {
		if len(kept[p]) != rootKeyLen {
			return nil, bad
		}
	}
	return kept, nil
}

// key returns the key of one purpose.
func (k *keyRing) key(purpose string) []byte {
	if kept := k.kept[purpose]; kept != nil {
		return kept
	}
	out, err := hkdf.Key(sha256.New, k.root, nil, "data-customs/1 "+purpose, 32)
	if err != nil {
		panic("keys: a 32-byte key cannot be too long for HKDF")
	}
	return out
}

// rootID tells root keys apart and gives none away.
func rootID(root []byte) string {
	m := hmac.New(sha256.New, root)
	m.Write([]byte("customs root key id"))
	return hex.EncodeToString(m.Sum(nil)[:8])
}

func vaultOptions(cfg *config.Config) vault.Options {
	o := vault.Options{Data: cfg.Data, Lock: disk.Files{}.Lock, Locked: policy.ErrLocked}
	if !cfg.Keys.Passphrase.None() {
		o.Passphrase = func() ([]byte, error) { return passphrase(cfg.Keys.Passphrase) }
	}
	return o
}

func openVault(cfg *config.Config) (*vault.Vault, error) { return vault.Open(vaultOptions(cfg)) }

// passphrase asks where the configuration says.
func passphrase(p config.Passphrase) ([]byte, error) {
	switch {
	case p.File != "":
		return vault.PassphraseFile(p.File)
	case p.Credential != "":
		return vault.PassphraseCredential(os.Getenv("CREDENTIALS_DIRECTORY"), p.Credential)
	}
	return vault.PassphraseCommand(context.Background(), p.Command)
}

// logOptions are how every program of an installation opens its log.
func logOptions(cfg *config.Config, keys *keyRing) audit.Options {
	return audit.Options{Dir: cfg.Data, Node: nodeName(), Files: disk.Files{}, Now: time.Now,
		Origin: keys.log.origin(), Signers: keys.log.signers, Every: cfg.Audit.Checkpoint}
}

// openLog opens the log of an installation for writing.
func openLog(cfg *config.Config, keys *keyRing) (*audit.Log, error) {
	return audit.Open(logOptions(cfg, keys))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var errOtherKey = errors.New("the external signer holds another key than the log's: run customs keys rotate log")

// outside is a key that an external signer holds. The program is started when
// something is to be signed for the first time.
type outside struct {
	args []string
	open chan *vault.External // holds it, or nil
}

func newOutside(args []string) *outside {
	o := &outside{args: args, open: make(chan *vault.External, 1)}
	o.open <- nil
	return o
}

func (o *outside) none() bool { return len(o.args) == 0 }

func (o *outside) signer() (crypto.Signer, error) {
	e := <-o.open
	defer func() { o.open <- e }()
	if e != nil {
		return e, nil
	}
	if o.none() {
		return nil, errors.New("an external signer holds this key: name it under keys.log.command")
	}
	var err error
	if e, err = vault.OpenExternal(o.args, 0); err != nil {
		e = nil
		return nil, err
	}
	return e, nil
}

// holding returns the signer if it holds a key. A program that was started with
// another key is started again, once: it may have a new one since.
func (o *outside) holding(public ed25519.PublicKey) (crypto.Signer, error) {
	for again := true; ; again = false {
		s, err := o.signer()
		if err != nil || public.Equal(s.Public()) {
			return s, err
		}
		if !again {
			return nil, errOtherKey
		}
		if err := o.close(); err != nil {
			return nil, err
		}
	}
}

func (o *outside) close() error {
	e := <-o.open
	defer func() { o.open <- nil }()
	if e == nil {
		return nil
	}
	return e.Close()
}
