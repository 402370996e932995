package evidence

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"filippo.io/age"
)

// Auditor is a person who may open evidence together with another.
type Auditor struct {
	Name string `json:"name"`
	Key  string `json:"key"` // age recipient: age1..., or age1pq1... that withstands quantum computers
}

// recipient is an auditor's key, ready for use.
type recipient struct {
	name string
	id   [sha256.Size]byte // of the key
	to   age.Recipient
}

// maxKey bounds the text of a key; one of the hybrid kind has some 2,000.
const maxKey = 4 << 10

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,31}$`)

// CheckName says what is wrong with an auditor's name, or nothing.
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return errors.New("an auditor's name has 1 to 32 of the characters a-z, 0-9, dot, hyphen and underscore, and begins with a letter or digit")
	}
	return nil
}

// ParseKey reads a public key. Only age's own kinds are taken: a plugin or a
// passphrase cannot be encrypted to by a gateway.
func ParseKey(key string) (age.Recipient, error) {
	bad := errors.New("this is no public key of age: it begins with age1 and is printed by customs evidence keygen or age-keygen")
	if len(key) > maxKey || strings.TrimSpace(key) != key {
		return nil, bad
	}
	if r, err := age.ParseX25519Recipient(key); err == nil && r.String() == key {
		return r, nil
	}
	if r, err := age.ParseHybridRecipient(key); err == nil && r.String() == key {
		return r, nil
	}
	return nil, bad
}

// recipients checks a list of auditors.
func recipients(list []Auditor) ([]recipient, error) {
	if len(list) < 2 || len(list) > MaxAuditors {
		return nil, fmt.Errorf("evidence: %d auditors, there must be 2 to %d", len(list), MaxAuditors)
	}
	names, keys := map[string]bool{}, map[string]string{}
	out := make([]recipient, len(list))
	for i, a := range list {
		if err := CheckName(a.Name); err != nil {
			return nil, fmt.Errorf("evidence: auditor %d: %w", i+1, err)
		}
		to, err := ParseKey(a.Key)
		if err != nil {
			return nil, fmt.Errorf("evidence: auditor %s: %w", a.Name, err)
		}
		if names[a.Name] {
			return nil, fmt.Errorf("evidence: auditor %s is named twice", a.Name)
		}
		if other, twice := keys[a.Key]; twice {
			return nil, fmt.Errorf("evidence: %s and %s have the same key: two persons are needed", other, a.Name)
		}
		names[a.Name], keys[a.Key] = true, a.Name
		out[i] = recipient{name: a.Name, id: sha256.Sum256([]byte(a.Key)), to: to}
	}
	return out, nil
}

// Least is how many bytes a file for these auditors needs for one finding.
func Least(list []Auditor) int64 {
	n := 2 << 10
	for _, a := range list {
		// Of a hybrid key what age adds is less than its text.
		n += len(a.Key) + (len(a.Key)+512+80*len(list))*4/3
	}
	return int64(n)
}

// PublicKey returns the public key of an identity.
func PublicKey(id age.Identity) (string, error) {
	switch id := id.(type) {
	case *age.X25519Identity:
		return id.Recipient().String(), nil
	case *age.HybridIdentity:
		return id.Recipient().String(), nil
	}
	return "", errors.New("evidence: an identity of this kind cannot be used: make one with customs evidence keygen")
}
