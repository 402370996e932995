package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/tree"
)

const (
	logKeyName = vault.Dir + "/log.key"
	logPubName = vault.Dir + "/log.pub"
)

// logRing holds the keys that sign the checkpoints of the log. It reads its
// file again when another process changed it, so that a rotation needs no
// restart.
type logRing struct {
	vault   *vault.Vault
	now     func() time.Time
	outside *outside

	mu   sync.Mutex
	seen os.FileInfo
	keys logKeys
	told string // what the file of public keys says
	sign []logSigner
}

// openLogRing reads the keys of the log, or makes the first.
func openLogRing(v *vault.Vault, now func() time.Time, out *outside) (*logRing, error) {
	r := &logRing{vault: v, now: now, outside: out}
	err := r.load()
	if errors.Is(err, fs.ErrNotExist) {
		if err = r.first(); err == nil || errors.Is(err, fs.ErrExist) {
			err = r.load()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	return r, r.publish()
}

// first makes the name of the log and its first key. A log that has signed has
// had one: another would be a second identity for it.
func (r *logRing) first() error {
	for _, made := range []string{logPubName, audit.Sub + "/checkpoint", audit.Sub + "/checkpoints"} {
		if _, err := os.Lstat(r.vault.Path(made)); err == nil {
			return fmt.Errorf("%s is gone, and %s is of the key that it held: put it back with customs keys restore", r.vault.Path(logKeyName), r.vault.Path(made))
		}
	}
	b := make([]byte, 4)
	rand.Read(b)
	k, err := r.make(logName(nodeName(), hex.EncodeToString(b)))
	if err != nil {
		return err
	}
	text, err := logKeys{Keys: []logKey{k}}.encode()
	if err != nil {
		return err
	}
	return r.vault.Create(logKeyName, text)
}

// logName is the identity of a log: the node's name with what cannot stand in
// the name of a key left out, and random digits that tell namesakes apart.
func logName(node, tag string) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '.':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		}
		return -1
	}, node)
	if clean = clean[:min(len(clean), 40)]; clean == "" {
		clean = "node"
	}
	return "customs/" + clean + "-" + tag
}

// make makes a key, or takes that of the external signer.
func (r *logRing) make(name string) (k logKey, err error) {
	k.Made = r.now().UTC().Truncate(time.Second)
	if r.outside.none() {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return logKey{}, err
		}
		k.Seed = private.Seed()
		k.Public, err = tree.VerifierKey(name, public)
		return k, err
	}
	s, err := r.outside.signer()
	if err != nil {
		return logKey{}, err
	}
	public, ok := s.Public().(ed25519.PublicKey)
	if !ok {
		return logKey{}, errors.New("the external signer's key is not of Ed25519")
	}
	k.Outside = true
	k.Public, err = tree.VerifierKey(name, public)
	return k, err
}

// load reads the file if it is another than the last time.
func (r *logRing) load() error {
	info, err := os.Stat(r.vault.Path(logKeyName))
	if err != nil {
		return err
	}
	if r.seen != nil && os.SameFile(info, r.seen) && info.ModTime().Equal(r.seen.ModTime()) {
		return nil
	}
	text, err := r.vault.Read(logKeyName)
	if err != nil {
		return err
	}
	keys, err := parseLogKeys(text)
	if err != nil {
		return fmt.Errorf("%s %w: restore it from a backup", r.vault.Path(logKeyName), err)
	}
	sign, err := keys.signers(r.outside)
	if err != nil {
		return err
	}
	r.seen, r.keys, r.sign = info, keys, sign
	return nil
}

// publish brings the file of public keys up to the keys there are. It takes no
// key away: one that the key file does not know was lost with a newer key file.
func (r *logRing) publish() error {
	want := r.keys.public()
	if want == r.told {
		return nil
	}
	have, err := os.ReadFile(r.vault.Path(logPubName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("public key of the log: %w", err)
	}
	for line := range strings.Lines(string(have)) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(strings.Fields(want), line) {
			return fmt.Errorf("%s names a key that %s does not: the key file is older than the log; restore a newer backup of the keys", r.vault.Path(logPubName), r.vault.Path(logKeyName))
		}
	}
	if string(have) != want {
		if err := r.vault.Public(logPubName, []byte(want)); err != nil {
			return fmt.Errorf("public key of the log: %w", err)
		}
	}
	r.told = want
	return nil
}

// origin is the identity of the log.
func (r *logRing) origin() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys.name()
}

// signers returns who signs the next checkpoint, the newest first. What the
// file says anew is taken up; while it cannot be read, the keys known stay. A
// key that was replaced, and that the external signer holds no more, is left
// out once that was seen.
func (r *logRing) signers() []note.Signer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.load() == nil {
		r.retire()
		_ = r.publish() // a failure leaves it to the next time
	}
	var out []note.Signer
	for _, s := range r.sign {
		if !s.lost.Load() {
			out = append(out, s.Signer)
		}
	}
	return out
}

// retire destroys keys whose overlap is over, once their successor has signed
// a checkpoint. It tries again with the next one.
func (r *logRing) retire() {
	over := func(k logKey) bool {
		return (len(k.Seed) > 0 || k.Outside) && !k.Until.IsZero() && !r.now().Before(k.Until)
	}
	if !r.keys.any(over) || !r.succeeded() {
		return
	}
	err := r.vault.Change(logKeyName, func(old []byte) ([]byte, error) {
		keys, err := parseLogKeys(old)
		if err != nil {
			return nil, err
		}
		for i := range keys.Keys {
			if over(keys.Keys[i]) {
				keys.Keys[i].Seed, keys.Keys[i].Outside = nil, false
			}
		}
		return keys.encode()
	})
	if err == nil {
		_ = r.load() // a failure leaves the file to the next time
	}
}

// succeeded reports whether the newest key signed the newest checkpoint.
func (r *logRing) succeeded() bool {
	text, err := os.ReadFile(filepath.Join(r.vault.Path(audit.Sub), "checkpoint"))
	if err != nil {
		return false
	}
	v, err := note.NewVerifier(r.keys.current().Public)
	if err != nil {
		return false
	}
	_, _, err = tree.OpenCheckpoint(text, v)
	return err == nil
}
