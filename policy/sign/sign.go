// Package sign signs and verifies what an installation must not take from just
// anybody: rule packs, policy bundles and the approvals of reviewers.
//
// A signature is a signed note (C2SP signed-note) over the kind and the SHA-256
// of the content, made with an Ed25519 key. The kind keeps a signature of one
// thing from being taken for one of another. Keys are the lines that
// golang.org/x/mod/sumdb/note reads: a private key begins with
// PRIVATE+KEY+NAME+, a public key with NAME+.
package sign

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Kind says what a signature is good for.
type Kind string

// The kinds.
const (
	Pack     Kind = "pack"     // a file of rule packs
	Bundle   Kind = "bundle"   // a bundle of policy modules
	Approval Kind = "approval" // a reviewer's answer to a held transfer or an exception
)

// maxSignature bounds a signature file.
const maxSignature = 16 << 10

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// ErrUnsigned means that no key that is trusted signed the content.
var ErrUnsigned = errors.New("no trusted key signed it")

// Signer is a private key with its name.
type Signer struct {
	s   note.Signer
	key ed25519.PrivateKey
}

// Name returns the name of the key.
func (s Signer) Name() string { return s.s.Name() }

// Ed25519 returns the key itself, for formats that are no notes.
func (s Signer) Ed25519() ed25519.PrivateKey { return slices.Clone(s.key) }

// Verifier returns the public half.
func (s Signer) Verifier() (Verifier, error) {
	if len(s.key) != ed25519.PrivateKeySize {
		return Verifier{}, errors.New("there is no private key")
	}
	text, err := note.NewEd25519VerifierKey(s.Name(), s.key.Public().(ed25519.PublicKey))
	if err != nil {
		return Verifier{}, err
	}
	return ParseVerifier(text)
}

// Verifier is a public key with its name.
type Verifier struct {
	v   note.Verifier
	key string
}

// Name returns the name of the key.
func (v Verifier) Name() string { return v.v.Name() }

// Public returns the key itself without its name: two verifiers of one key
// are one person, however they are called.
func (v Verifier) Public() string { return v.key }

// Ed25519 returns the key itself, for formats that are no notes.
func (v Verifier) Ed25519() ed25519.PublicKey { return material(v.key, 1) }

// Generate makes a key pair of that name, each key one line of text.
func Generate(name string) (private, public string, err error) {
	if !nameForm.MatchString(name) {
		return "", "", errors.New("name of a key: use 1 to 64 lower-case letters, digits, dots, dashes or underscores")
	}
	return note.GenerateKey(rand.Reader, name)
}

// ParseSigner reads a private key. An error never quotes it.
func ParseSigner(text string) (Signer, error) {
	s, err := note.NewSigner(strings.TrimSpace(text))
	seed := material(text, 5)
	if err != nil || seed == nil || !nameForm.MatchString(s.Name()) {
		return Signer{}, errors.New("is no private key; it begins with PRIVATE+KEY+ and is made by customs keygen")
	}
	return Signer{s, ed25519.NewKeyFromSeed(seed)}, nil
}

// ParseVerifier reads a public key.
func ParseVerifier(text string) (Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(text))
	if err != nil || material(text, 3) == nil || !nameForm.MatchString(v.Name()) {
		return Verifier{}, errors.New("is no public key; it is the line NAME+… that customs keygen prints")
	}
	// NAME+hash+key, where the hash covers the name too.
	return Verifier{v, strings.SplitN(strings.TrimSpace(text), "+", 3)[2]}, nil
}

// ParseVerifiers reads public keys and refuses two of one name.
func ParseVerifiers(texts []string) ([]Verifier, error) {
	var out []Verifier
	seen := map[string]bool{}
	for i, t := range texts {
		v, err := ParseVerifier(t)
		if err != nil {
			return nil, fmt.Errorf("key %d %w", i+1, err)
		}
		if seen[v.Name()] {
			return nil, fmt.Errorf("key %d: two keys have the name %s", i+1, v.Name())
		}
		seen[v.Name()] = true
		out = append(out, v)
	}
	return out, nil
}

// material returns the 32 bytes of a key in a line of that many fields. The
// last is the base64 of the algorithm, one byte, and of them; it may hold a +.
func material(text string, fields int) []byte {
	parts := strings.SplitN(strings.TrimSpace(text), "+", fields)
	b, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(b) != 1+ed25519.SeedSize {
		return nil
	}
	return b[1:]
}

// statement is the text that is signed.
func statement(kind Kind, content []byte) string {
	sum := sha256.Sum256(content)
	return fmt.Sprintf("data-customs %s\nsha256 %s\n", kind, hex.EncodeToString(sum[:]))
}

// Sign returns the signature of content, as the text of a file beside it.
func Sign(s Signer, kind Kind, content []byte) ([]byte, error) {
	return note.Sign(&note.Note{Text: statement(kind, content)}, s.s)
}

// Verify returns the name of a trusted key that signed the content as that
// kind. Anything else is an error, ErrUnsigned where the keys do not match.
func Verify(trusted []Verifier, kind Kind, content, signature []byte) (string, error) {
	if len(signature) > maxSignature {
		return "", fmt.Errorf("signature is larger than %d bytes", maxSignature)
	}
	var keys []note.Verifier
	for _, v := range trusted {
		keys = append(keys, v.v)
	}
	n, err := note.Open(signature, note.VerifierList(keys...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return "", ErrUnsigned
	case err != nil:
		return "", errors.New("signature is damaged; sign the file again")
	case n.Text != statement(kind, content):
		return "", errors.New("signature belongs to other content or to another kind of file; sign the file again")
	}
	return n.Sigs[0].Name, nil
}
