package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"filippo.io/age"
)

const (
	backupSchema = "dc.keybackup/1"
	maxBackup    = 8 << 20 // bytes of a backup, sealed or not
	maxItems     = 1000
)

// Backup is what a backup of keys holds: files, in the clear within the sealed
// whole.
type Backup struct {
	Schema string    `json:"schema"`
	Made   time.Time `json:"made"`
	Log    string    `json:"log"`    // identity of the log
	Stores string    `json:"stores"` // list of the installation's stores
	Items  []Item    `json:"items"`
	Digest []byte    `json:"digest"` // of the items
}

// Item is one file.
type Item struct {
	Name   string `json:"name"`
	Public bool   `json:"public,omitempty"` // no secret: certificates, public keys
	Bytes  []byte `json:"bytes"`
}

// itemForm is what a backup may hold, so that it writes nowhere else.
var itemForm = regexp.MustCompile(`^(keys/(root|log|counting|pseudonym-[0-9]{4})\.key|ca/[0-9a-f]{16}\.key)$`)

// publicForm is what it may hold of files that are no secret.
var publicForm = regexp.MustCompile(`^ca/([0-9a-f]{16}\.pem|state\.json)$`)

// Recipient returns whom a backup is sealed to: a public key of age, or who
// has the passphrase.
func Recipient(key string, pass []byte, work int) (age.Recipient, error) {
	if key != "" {
		r, err := age.ParseX25519Recipient(key)
		if err != nil {
			return nil, errors.New("the recipient is no public key of age: it begins with age1")
		}
		return r, nil
	}
	if err := checkPassphrase(pass, minPassphrase); err != nil {
		return nil, err
	}
	r, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return nil, errors.New("the passphrase cannot be used")
	}
	r.SetWorkFactor(work)
	return r, nil
}

// Identities returns who opens a backup: the text of a file of age identities,
// or the passphrase.
func Identities(text, pass []byte) ([]age.Identity, error) {
	if len(text) > 0 {
		list, err := age.ParseIdentities(bytes.NewReader(text))
		if err != nil {
			return nil, errors.New("the identity file holds no private key of age")
		}
		return list, nil
	}
	id, err := age.NewScryptIdentity(string(pass))
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	id.SetMaxWorkFactor(maxWork)
	return []age.Identity{id}, nil
}

// Encode seals a backup.
func (b Backup) Encode(to age.Recipient) ([]byte, error) {
	b.Schema, b.Digest = backupSchema, b.digest()
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("seal the backup: %w", err)
	}
	if out.Len() > maxBackup {
		return nil, fmt.Errorf("the backup has more than %d bytes", maxBackup)
	}
	return out.Bytes(), nil
}

func (b Backup) digest() []byte {
	h := sha256.New()
	for _, i := range b.Items {
		fmt.Fprintf(h, "%s\x00%v\x00%d\x00%x\n", i.Name, i.Public, len(i.Bytes), i.Bytes)
	}
	return h.Sum(nil)
}

// ErrNotYours means that a backup is sealed to somebody else.
var ErrNotYours = errors.New("neither the passphrase nor the identity opens this backup")

// DecodeBackup opens a sealed backup and checks its form. Its errors carry
// nothing of it.
func DecodeBackup(sealed []byte, who ...age.Identity) (Backup, error) {
	if len(sealed) > maxBackup {
		return Backup{}, fmt.Errorf("a backup has at most %d bytes", maxBackup)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), who...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return Backup{}, ErrNotYours
	}
	bad := errors.New("this is no backup of keys, or it is damaged")
	if err != nil {
		return Backup{}, bad
	}
	text, err := io.ReadAll(io.LimitReader(r, maxBackup+1))
	if err != nil || len(text) > maxBackup {
		return Backup{}, bad
	}
	return parseBackup(text)
}

// parseBackup reads what is in a backup.
func parseBackup(text []byte) (Backup, error) {
	var b Backup
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&b) != nil || d.More() || b.Schema != backupSchema || len(b.Items) == 0 || len(b.Items) > maxItems || !bytes.Equal(b.Digest, b.digest()) {
		return Backup{}, errors.New("this is no backup of keys, or it is damaged")
	}
	for n, i := range b.Items {
		form := itemForm
		if i.Public {
			form = publicForm
		}
		again := slices.ContainsFunc(b.Items[:n], func(o Item) bool { return o.Name == i.Name })
		if !form.MatchString(i.Name) || again || len(i.Bytes) == 0 || len(i.Bytes) > maxFile/2 {
			return Backup{}, fmt.Errorf("item %d of the backup cannot stand in one", n+1)
		}
	}
	return b, nil
}

// Files returns what a backup holds of this vault: every key, and the public
// files that belong to those of the CA.
func (v *Vault) Files() ([]Item, error) {
	names, err := v.Names()
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, name := range names {
		if !itemForm.MatchString(name) {
			continue
		}
		b, err := v.Read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, Item{Name: name, Bytes: b})
	}
	publics, err := v.publics()
	return append(out, publics...), err
}
