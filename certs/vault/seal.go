package vault

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// DefaultWork is the logarithm of scrypt's work for a new master key.
const DefaultWork = 17

const (
	maxWork   = 20 // of a file that is read
	masterLen = chacha20poly1305.KeySize

	minPassphrase = 12
	maxPassphrase = 1 << 10

	sealedHead = "customs-sealed-1 " // begins a sealed file
)

// Seal encrypts a key for its name; in a vault in the clear it is returned as
// it is.
func (v *Vault) Seal(name string, key []byte) ([]byte, error) {
	if v.master == nil {
		return key, nil
	}
	if len(key) > maxFile/2 {
		return nil, fmt.Errorf("%s has %d bytes, the limit of a key is %d", name, len(key), maxFile/2)
	}
	box := v.box()
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(key)+box.Overhead())
	rand.Read(nonce)
	text := base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, key, bound(name)))
	return []byte(sealedHead + text + "\n"), nil
}

// Unseal is the inverse of Seal. What is not sealed is refused in a vault
// whose keys are.
func (v *Vault) Unseal(name string, b []byte) ([]byte, error) {
	if !IsSealed(b) {
		if v.master != nil {
			return nil, fmt.Errorf("%s: %w", name, ErrClear)
		}
		return b, nil
	}
	if v.master == nil {
		return nil, fmt.Errorf("%s: %w", name, ErrSealed)
	}
	text, ended := strings.CutSuffix(strings.TrimPrefix(string(b), sealedHead), "\n")
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	box := v.box()
	if err != nil || !ended || len(b) > maxFile || strings.ContainsAny(text, "\r\n") || len(raw) < box.NonceSize() {
		return nil, fmt.Errorf("%s is no sealed key: restore it from a backup", name)
	}
	key, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], bound(name))
	if err != nil {
		return nil, fmt.Errorf("%s was damaged, exchanged with another file, or sealed in another installation: restore it from a backup", name)
	}
	return key, nil
}

// IsSealed reports whether a file holds a sealed key.
func IsSealed(b []byte) bool { return bytes.HasPrefix(b, []byte(sealedHead)) }

func (v *Vault) box() cipher.AEAD {
	box, err := chacha20poly1305.NewX(v.master)
	if err != nil {
		panic("vault: the master key has another length")
	}
	return box
}

func bound(name string) []byte { return []byte("customs key file\x00" + name) }

// begin draws the master key of an installation that has none.
func (v *Vault) begin(pass []byte) error {
	return v.locked(func() error {
		if present(v.path(Master)) { // another first start was faster
			var err error
			v.master, err = v.readMaster(pass)
			return err
		}
		master := make([]byte, masterLen)
		rand.Read(master)
		if err := v.writeMaster(pass, master); err != nil {
			return err
		}
		v.master = master
		return nil
	})
}

func (v *Vault) readMaster(pass []byte) ([]byte, error) {
	if err := checkPassphrase(pass, 1); err != nil {
		return nil, err
	}
	path := v.path(Master)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	b, err := readRegular(path, info)
	if err != nil {
		return nil, err
	}
	return openMaster(b, pass)
}

// openMaster decrypts a master key.
func openMaster(b, pass []byte) ([]byte, error) {
	damaged := fmt.Errorf("%s is damaged: restore it from a backup", Master)
	id, err := age.NewScryptIdentity(string(pass))
	if err != nil {
		return nil, damaged
	}
	id.SetMaxWorkFactor(maxWork)
	r, err := age.Decrypt(bytes.NewReader(b), id)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, damaged
	}
	master, err := io.ReadAll(io.LimitReader(r, masterLen+1))
	if err != nil || len(master) != masterLen {
		return nil, damaged
	}
	return master, nil
}

func (v *Vault) writeMaster(pass, master []byte) error {
	if err := checkPassphrase(pass, minPassphrase); err != nil {
		return err
	}
	to, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return errors.New("the passphrase cannot be used")
	}
	work := v.o.Work
	if work == 0 {
		work = DefaultWork
	}
	to.SetWorkFactor(work)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(master)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("seal the master key: %w", err)
	}
	return v.replace(v.path(Master), out.Bytes(), 0o600)
}

func checkPassphrase(pass []byte, least int) error {
	if len(pass) < least || len(pass) > maxPassphrase {
		return fmt.Errorf("a passphrase has %d to %d bytes", least, maxPassphrase)
	}
	return nil
}
