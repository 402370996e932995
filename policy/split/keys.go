package split

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// keyring holds the keys of the years. Each is made of the root key and of a
// secret in a file of its own: without that file nobody can tell whom the
// samples of the year are of.
type keyring struct {
	files policy.Files
	dir   string
	root  []byte
	rand  io.Reader

	mu   sync.Mutex
	keys map[int]*key
}

// key is the key of one year.
type key struct {
	mac   []byte
	block cipher.Block
}

type keyFile struct {
	Year   int    `json:"year"`
	Secret []byte `json:"secret"`
}

func (k *keyring) file(year int) string { return filepath.Join(k.dir, strconv.Itoa(year)+".key") }

// get returns the key of a year, or nil for a year that has none and is not to
// get one.
func (k *keyring) get(year int, makeIt bool) (*key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if have := k.keys[year]; have != nil {
		return have, nil
	}
	secret, err := k.read(year)
	if errors.Is(err, fs.ErrNotExist) {
		if !makeIt {
			return nil, nil
		}
		secret, err = k.create(year)
	}
	if err != nil {
		return nil, err
	}
	m := hmac.New(sha256.New, k.root)
	fmt.Fprintf(m, "customs split year\x00%d\x00", year)
	m.Write(secret)
	sum := m.Sum(nil)
	block, err := aes.NewCipher(sum[:16])
	if err != nil {
		return nil, err
	}
	k.keys[year] = &key{mac: sum[16:], block: block}
	return k.keys[year], nil
}

func (k *keyring) read(year int) ([]byte, error) {
	name := k.file(year)
	f, err := k.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4<<10))
	if err != nil {
		return nil, err
	}
	var kf keyFile
	if err := json.Unmarshal(b, &kf); err != nil || kf.Year != year || len(kf.Secret) != 32 {
		return nil, fmt.Errorf("%s is not the key of its year; restore it from a backup, or remove it to begin anew", name)
	}
	return kf.Secret, nil
}

// create makes a key durable before anything is hashed with it.
func (k *keyring) create(year int) ([]byte, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(k.rand, secret); err != nil {
		return nil, err
	}
	b, err := json.Marshal(keyFile{year, secret})
	if err != nil {
		return nil, err
	}
	return secret, journal.Replace(k.files, k.file(year), k.file(year)+".tmp", b)
}

// destroy removes the key of a year for good.
func (k *keyring) destroy(year int) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.keys, year)
	if err := k.files.Remove(k.file(year)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return k.files.SyncDir(k.dir)
}

// before removes the keys of the years before one, of which nothing is left.
func (k *keyring) before(year int) error {
	names, err := k.files.List(k.dir)
	if err != nil {
		return err
	}
	for _, n := range names {
		if of, err := strconv.Atoi(strings.TrimSuffix(n, ".key")); err == nil && of < year && strings.HasSuffix(n, ".key") {
			if err := k.destroy(of); err != nil {
				return err
			}
		}
	}
	return nil
}

// word is the keyed value of a name, zero for none.
func (k *key) word(kind string, parts ...string) uint64 {
	if parts[0] == "" {
		return 0
	}
	m := hmac.New(sha256.New, k.mac)
	fmt.Fprintf(m, "%s\x00%q", kind, parts)
	return binary.BigEndian.Uint64(m.Sum(nil))
}

func (k *key) digest(kind string, d inspect.Subject) uint64 {
	if d == (inspect.Subject{}) {
		return 0
	}
	return k.word(kind, string(d[:]))
}

func (k *key) number(column int, n int64) uint64 {
	return k.word("number", strconv.Itoa(column), strconv.FormatInt(n, 10))
}
