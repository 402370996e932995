package evidence

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// stanzaKind names how the payload's age file carries its key.
const stanzaKind = "datacustoms.dev/evidence-pair"

// pairKey is age's recipient and identity of a random key of 32 bytes. age has
// none of its own for that: its passphrases are stretched on purpose, which
// costs a second and adds nothing to 256 random bits. Each key is used for one
// file, so the nonce may be zero, as in age's own X25519.
type pairKey struct{ key *[keyLen]byte }

var (
	_ age.Recipient = pairKey{}
	_ age.Identity  = pairKey{}
)

func (p pairKey) aead() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, p.key[:], nil, stanzaKind, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return chacha20poly1305.New(key)
}

// Wrap implements age.Recipient.
func (p pairKey) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	a, err := p.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	return []*age.Stanza{{Type: stanzaKind, Body: a.Seal(nil, nonce, fileKey, nil)}}, nil
}

// Unwrap implements age.Identity.
func (p pairKey) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != stanzaKind || len(stanzas[0].Args) != 0 {
		return nil, age.ErrIncorrectIdentity
	}
	a, err := p.aead()
	if err != nil {
		return nil, err
	}
	fileKey, err := a.Open(nil, make([]byte, a.NonceSize()), stanzas[0].Body, nil)
	if err != nil || len(fileKey) != 16 { // age's own length
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

// encrypt encrypts a text and overwrites it.
func encrypt(text []byte, to age.Recipient) ([]byte, error) {
	defer clear(text)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("evidence: encrypt: %w", err)
	}
	return out.Bytes(), nil
}

// ErrSealed means that something cannot be opened by what was given.
var ErrSealed = errors.New("evidence: it cannot be decrypted: it was changed, or is not for this key")

// decrypt returns what was encrypted. The caller overwrites it.
func decrypt(sealed []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, ErrSealed
	}
	text := make([]byte, len(sealed)) // more than it can have
	n, err := io.ReadFull(r, text)
	if err == nil || err == io.EOF && n == 0 || errors.Is(err, io.ErrUnexpectedEOF) && n < len(text) {
		if more, rest := io.Copy(io.Discard, r); more == 0 && rest == nil {
			return text[:n], nil
		}
	}
	clear(text)
	return nil, ErrSealed
}
