package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// keyring holds the keys that turn a subject into a scoped person. A scope's
// key is made of the root key and of a random secret in a file of its own:
// who removes the file unlinks the scope's persons for good, also from
// somebody who has the root key.
type keyring struct {
	files policy.Files
	dir   string
	root  []byte
	rand  io.Reader

	mu   sync.Mutex
	keys map[string][]byte
	safe bool // every name in dir is durable
}

type keyFile struct {
	Scope  string `json:"scope"`
	Secret []byte `json:"secret"`
}

// keyScope names the key of a scope: a filing's year and validity share one.
func keyScope(id scopeID) string {
	if id.Filing != "" {
		return "filing/" + id.Filing
	}
	return "entity/" + strconv.Itoa(id.Year) + "/" + id.Entity
}

func (k *keyring) file(scope string) string {
	sum := sha256.Sum256([]byte(scope))
	return filepath.Join(k.dir, hex.EncodeToString(sum[:16])+".key")
}

// check returns a value that tells root keys apart and gives none away.
func (k *keyring) check() string {
	m := hmac.New(sha256.New, k.root)
	m.Write([]byte("customs ledger key check"))
	return hex.EncodeToString(m.Sum(nil)[:8])
}

// any reports whether a scope's key was ever made.
func (k *keyring) any() (bool, error) {
	names, err := k.files.List(k.dir)
	for _, n := range names {
		if strings.HasSuffix(n, ".key") {
			return true, err
		}
	}
	return false, err
}

// get returns a scope's key. Without make a scope that has none has no
// persons either, and the answer is nil.
func (k *keyring) get(scope string, makeIt bool) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key := k.keys[scope]; key != nil {
		return key, nil
	}
	secret, err := k.read(scope)
	if errors.Is(err, fs.ErrNotExist) {
		if !makeIt {
			return nil, nil
		}
		secret, err = k.create(scope)
	}
	// A key whose making was interrupted may be there by name and gone after
	// the next loss of power, and everybody would be counted anew.
	if err == nil && !k.safe {
		err = k.files.SyncDir(k.dir)
	}
	if k.safe = err == nil; err != nil {
		return nil, err
	}
	m := hmac.New(sha256.New, k.root)
	m.Write([]byte("customs ledger scope\x00" + scope + "\x00"))
	m.Write(secret)
	key := m.Sum(nil)
	k.keys[scope] = key
	return key, nil
}

func (k *keyring) read(scope string) ([]byte, error) {
	name := k.file(scope)
	f, err := k.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return nil, err
	}
	var kf keyFile
	if err := json.Unmarshal(b, &kf); err != nil || kf.Scope != scope || len(kf.Secret) != 32 {
		return nil, fmt.Errorf("%s is not the key of its scope; restore it from a backup", name)
	}
	return kf.Secret, nil
}

// create makes a key durable before any person is hashed with it.
func (k *keyring) create(scope string) ([]byte, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(k.rand, secret); err != nil {
		return nil, err
	}
	b, err := json.Marshal(keyFile{scope, secret})
	if err != nil {
		return nil, err
	}
	name := k.file(scope)
	if err := journal.Replace(k.files, name, name+".tmp", b); err != nil {
		return nil, fmt.Errorf("keep a scope key: %w", err)
	}
	return secret, nil
}

// destroy removes a scope's key, durably. Nobody can tell any more who the
// scope's persons are, also not with the root key.
func (k *keyring) destroy(scope string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, scope)
	name := k.file(scope)
	for _, n := range []string{name + ".tmp", name} {
		if err := removeOld(k.files, n); err != nil {
			return err
		}
	}
	return k.files.SyncDir(k.dir)
}
