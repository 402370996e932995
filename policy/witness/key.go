package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/tree"
)

// MaxPrivateKey bounds the file of a witness's key.
const MaxPrivateKey = 1 << 10

// privateHead begins the line of a private key, as signed notes write them.
const privateHead = "PRIVATE+KEY+"

// GenerateKey makes a witness's key and returns its two lines.
func GenerateKey(name string) (private, public string, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	if public, err = tree.CosignerKey(name, pub); err != nil {
		return "", "", err
	}
	name, rest, _ := strings.Cut(public, "+")
	hash, _, _ := strings.Cut(rest, "+")
	return privateHead + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{0x04}, key.Seed()...)), public, nil
}

// ParseKey reads a private key's line and returns its signer, its verifier and
// its public line. Errors quote nothing of it.
func ParseKey(line string, now func() time.Time) (note.Signer, note.Verifier, string, error) {
	bad := errors.New("no private key of a witness: make one with customs witness init")
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), privateHead)
	name, rest, _ := strings.Cut(rest, "+")
	hash, data, _ := strings.Cut(rest, "+")
	b, err := base64.StdEncoding.DecodeString(data)
	if !ok || len(line) > MaxPrivateKey || err != nil || len(b) != 1+ed25519.SeedSize || b[0] != 0x04 {
		return nil, nil, "", bad
	}
	key := ed25519.NewKeyFromSeed(b[1:])
	public, err := tree.CosignerKey(name, key.Public().(ed25519.PublicKey))
	if err != nil || !strings.HasPrefix(public, fmt.Sprintf("%s+%s+", name, hash)) {
		return nil, nil, "", bad
	}
	v, err := tree.ParseCosigner(public)
	if err != nil {
		return nil, nil, "", bad
	}
	s, err := tree.NewCosigner(name, key, now)
	return s, v, public, err
}
