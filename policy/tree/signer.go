package tree

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// signer signs notes with an Ed25519 key that may live elsewhere, as in a
// hardware module.
type signer struct {
	verifier note.Verifier
	key      crypto.Signer
}

// NewSigner returns a signer of checkpoints. Its key must be of Ed25519.
func NewSigner(name string, key crypto.Signer) (note.Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the log's key is not of Ed25519")
	}
	text, err := VerifierKey(name, public)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, err
	}
	return signer{v, key}, nil
}

// VerifierKey returns the public key in one line, NAME+HASH+KEY.
func VerifierKey(name string, public ed25519.PublicKey) (string, error) {
	text, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return "", fmt.Errorf("the log's public key: %w", err)
	}
	if _, err := note.NewVerifier(text); err != nil {
		return "", fmt.Errorf("the log's name %q cannot stand in a key: %w", name, err)
	}
	return text, nil
}

func (s signer) Name() string    { return s.verifier.Name() }
func (s signer) KeyHash() uint32 { return s.verifier.KeyHash() }

// Verifier returns the public key.
func (s signer) Verifier() note.Verifier { return s.verifier }

func (s signer) Sign(msg []byte) ([]byte, error) {
	sig, err := s.key.Sign(rand.Reader, msg, crypto.Hash(0))
	if err == nil && !s.verifier.Verify(msg, sig) {
		err = errors.New("the key's signature does not verify")
	}
	return sig, err
}

// AddSignature puts a signature line of another key under a signed note.
func AddSignature(signed []byte, name string, hash uint32, sig []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, hash)
	line := fmt.Sprintf("\u2014 %s %s\n", name, base64.StdEncoding.EncodeToString(append(b, sig...)))
	return append(bytes.Clone(signed), line...)
}

// Signed reports whether one of the verified signatures is of that key.
func Signed(n *note.Note, v note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

// ParseKeys reads public keys, one a line; empty lines and those that begin
// with # are left out.
func ParseKeys(text string) ([]note.Verifier, error) {
	var out []note.Verifier
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("line %d is no public key NAME+HASH+KEY", i+1)
		}
		out = append(out, v)
	}
	return out, nil
}
