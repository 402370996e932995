package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyRing holds the keys that are derived from the root key of an
// installation. The root key is made at first start and never leaves its file.
type keyRing struct{ root []byte }

const rootKeyLen = 32

// openKeys reads DIR/keys/root.key, or makes it.
func openKeys(dir string) (*keyRing, error) {
	path := filepath.Join(dir, "keys", "root.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeys(path)
	}
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("root key %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(root) != rootKeyLen {
		return nil, fmt.Errorf("root key %s is not %d bytes of hex: restore it from a backup; without it persons already counted cannot be recognised", path, rootKeyLen)
	}
	return &keyRing{root: root}, nil
}

// makeKeys writes a new root key. O_EXCL keeps two first starts apart.
func makeKeys(path string) (*keyRing, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	root := make([]byte, rootKeyLen)
	rand.Read(root)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(root) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	return &keyRing{root: root}, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// key derives the key of one purpose.
func (k *keyRing) key(purpose string) []byte {
	out, err := hkdf.Key(sha256.New, k.root, nil, "data-customs/1 "+purpose, 32)
	if err != nil {
		panic("keys: a 32-byte key cannot be too long for HKDF")
	}
	return out
}

// pseudonym returns what records show instead of a client or user.
func (k *keyRing) pseudonym(clear bool) func(kind, value string) string {
	key := k.key("pseudonym")
	return func(kind, value string) string {
		if clear && kind != "ticket" {
			return value
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(kind + "\x00" + value))
		return kind[:1] + "-" + hex.EncodeToString(m.Sum(nil)[:8])
	}
}
