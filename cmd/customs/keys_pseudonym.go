package main

import (
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
	"strconv"
	"sync"
	"time"

	"github.com/datacustoms/customs/certs/vault"
)

// nameKeys holds the keys of the pseudonyms of clients and users, one a
// calendar year where the law counts. Each is random and in a file of its own:
// without that file nobody can tell any more which pseudonyms of the year are
// of one client, also not with the root key.
type nameKeys struct {
	vault *vault.Vault

	mu    sync.Mutex
	years [2]yearKey // flows of the old year end in the new one
}

// yearKey is the key of a year that is in use.
type yearKey struct {
	year  int
	key   []byte
	saved bool      // in its file; until then the key is tried again
	tried time.Time // the last time
}

// nameKey is the content of a year's file.
type nameKey struct {
	Year int    `json:"year"`
	Key  []byte `json:"key"`
	// Derived says that the root key makes the key too: it is that of a year
	// which began before years had keys of their own.
	Derived string `json:"derived,omitempty"`
}

func newNameKeys(v *vault.Vault) *nameKeys { return &nameKeys{vault: v} }

func nameKeyName(year int) string {
	return vault.Dir + "/pseudonym-" + strconv.Itoa(year) + ".key"
}

func parseNameKey(text []byte, year int) (nameKey, error) {
	var k nameKey
	if json.Unmarshal(text, &k) != nil || k.Year != year || len(k.Key) != rootKeyLen {
		return nameKey{}, errors.New("is not the key of its year")
	}
	return k, nil
}

// begin gives the current year of an older installation the key that its
// pseudonyms were made with. One that has a key of its log is not older: its
// files are lost, and what replaces them is not derived.
func (n *nameKeys) begin(derived []byte, now time.Time) error {
	found, err := filepath.Glob(n.vault.Path(vault.Dir + "/pseudonym-*.key"))
	if err != nil || len(found) > 0 {
		return err
	}
	if _, err := os.Lstat(n.vault.Path(logPubName)); err == nil {
		return n.create(now)
	}
	return n.keep(nameKey{Year: yearOf(now), Key: derived, Derived: "root"})
}

// create makes the key of a year unless it has one.
func (n *nameKeys) create(now time.Time) error {
	_, err := n.read(yearOf(now))
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key := make([]byte, rootKeyLen)
	rand.Read(key)
	return n.keep(nameKey{Year: yearOf(now), Key: key})
}

func (n *nameKeys) keep(k nameKey) error {
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	err = n.vault.Create(nameKeyName(k.Year), append(text, '\n'))
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	return err
}

func (n *nameKeys) read(year int) (nameKey, error) {
	text, err := n.vault.Read(nameKeyName(year))
	if err != nil {
		return nameKey{}, err
	}
	k, err := parseNameKey(text, year)
	if err != nil {
		return nameKey{}, fmt.Errorf("%s %w: restore it from a backup", n.vault.Path(nameKeyName(year)), err)
	}
	return k, nil
}

// of returns the key of the year that a time is in. While the file cannot be
// read or written a key in memory serves, and is written as soon as that
// works: a record needs a pseudonym also while the disk is full.
func (n *nameKeys) of(at time.Time) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	year := yearOf(at)
	k := &n.years[year%2]
	if year != k.year {
		*k = yearKey{year: year}
	}
	if k.saved || k.key != nil && at.Sub(k.tried).Abs() < time.Second {
		return k.key
	}
	k.tried = at
	if k.key == nil {
		k.key = make([]byte, rootKeyLen)
		rand.Read(k.key)
	}
	have, err := n.read(year)
	if errors.Is(err, fs.ErrNotExist) {
		if err = n.keep(nameKey{Year: year, Key: k.key}); err == nil {
			have, err = n.read(year)
		}
	}
	if err == nil {
		k.key, k.saved = have.Key, true
	}
	return k.key
}

// pseudonym returns what records show instead of a client or user: one value a
// year, that in which a flow began. A ticket is no person's: it stays the same over the end of a year, so
// that what was held in one can be released in the next.
func (k *keyRing) pseudonym(clear bool) func(at time.Time, kind, value string) string {
	ticket := k.key("pseudonym")
	return func(at time.Time, kind, value string) string {
		key := ticket
		if kind != "ticket" {
			if clear {
				return value
			}
			key = k.names.of(at)
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(kind + "\x00" + value))
		return kind[:1] + "-" + hex.EncodeToString(m.Sum(nil)[:8])
	}
}
