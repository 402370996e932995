package main

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/tree"
)

const (
	logKeysSchema = "dc.logkeys/1"
	maxLogKeys    = 1000
)

// logKey is one key of the log. Without a seed its private part is destroyed,
// or kept elsewhere.
type logKey struct {
	Public  string    `json:"public"` // NAME+HASH+KEY
	Seed    []byte    `json:"seed,omitempty"`
	Made    time.Time `json:"made"`
	Until   time.Time `json:"until,omitzero"`     // when it is destroyed; zero: it was not replaced
	Pending bool      `json:"pending,omitempty"`  // its rotation is not recorded yet: it signs nothing
	Outside bool      `json:"external,omitempty"` // an external signer holds it
}

// logKeys is the content of the key file of the log, newest first.
type logKeys struct {
	Schema string   `json:"schema"`
	Keys   []logKey `json:"keys"`
}

var errLogKeys = errors.New("does not hold the keys of a log")

// parseLogKeys reads the key file. Its error carries nothing of it.
func parseLogKeys(text []byte) (logKeys, error) {
	var k logKeys
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&k) != nil || d.More() || k.Schema != logKeysSchema || len(k.Keys) == 0 || len(k.Keys) > maxLogKeys {
		return logKeys{}, errLogKeys
	}
	name, signing := "", 0
	for i, one := range k.Keys {
		v, err := note.NewVerifier(one.Public)
		if err != nil || i > 0 && v.Name() != name || one.Pending && i > 0 || one.Outside && len(one.Seed) > 0 || one.Until.IsZero() && len(one.Seed) == 0 && !one.Outside {
			return logKeys{}, errLogKeys
		}
		name = v.Name()
		if !one.Pending && one.Until.IsZero() {
			signing++
		}
		if len(one.Seed) == 0 {
			continue
		}
		if len(one.Seed) != ed25519.SeedSize {
			return logKeys{}, errLogKeys
		}
		own, err := tree.VerifierKey(name, ed25519.NewKeyFromSeed(one.Seed).Public().(ed25519.PublicKey))
		if err != nil || own != one.Public {
			return logKeys{}, errLogKeys
		}
	}
	if signing != 1 {
		return logKeys{}, errLogKeys
	}
	return k, nil
}

func (k logKeys) encode() ([]byte, error) {
	k.Schema = logKeysSchema
	b, err := json.Marshal(k)
	return append(b, '\n'), err
}

func (k logKeys) any(is func(logKey) bool) bool { return slices.ContainsFunc(k.Keys, is) }

// current is the newest key that signs.
func (k logKeys) current() logKey {
	for _, one := range k.Keys {
		if !one.Pending {
			return one
		}
	}
	return logKey{}
}

// name is the identity of the log.
func (k logKeys) name() string {
	name, _, _ := strings.Cut(k.current().Public, "+")
	return name
}

// public returns the public keys, newest first.
func (k logKeys) public() string {
	var b strings.Builder
	for _, one := range k.Keys {
		if !one.Pending {
			b.WriteString(one.Public + "\n")
		}
	}
	return b.String()
}

// logSigner is a key that signs, and whether it was seen to be lost.
type logSigner struct {
	note.Signer
	lost *atomic.Bool
}

// signers returns those that can sign, newest first.
func (k logKeys) signers(out *outside) ([]logSigner, error) {
	var list []logSigner
	for _, one := range k.Keys {
		var key crypto.Signer
		lost := new(atomic.Bool)
		switch {
		case one.Pending:
			continue
		case one.Outside:
			public, err := publicOf(one.Public)
			if err != nil {
				return nil, err
			}
			key = outsideKey{public, out, lost, !one.Until.IsZero()}
		case len(one.Seed) > 0:
			key = ed25519.NewKeyFromSeed(one.Seed)
		default:
			continue
		}
		s, err := tree.NewSigner(k.name(), key)
		if err != nil {
			return nil, err
		}
		list = append(list, logSigner{s, lost})
	}
	return list, nil
}

// outsideKey is a key of the log that an external signer holds. Its public
// part is known before the program runs.
type outsideKey struct {
	public   ed25519.PublicKey
	from     *outside
	lost     *atomic.Bool
	replaced bool
}

func (k outsideKey) Public() crypto.PublicKey { return k.public }

func (k outsideKey) Sign(rand io.Reader, msg []byte, o crypto.SignerOpts) ([]byte, error) {
	s, err := k.from.holding(k.public)
	if err != nil {
		k.lost.Store(k.replaced && (errors.Is(err, errOtherKey) || k.from.none()))
		return nil, err
	}
	return s.Sign(rand, msg, o)
}

// publicOf reads the key of a line NAME+HASH+KEY.
func publicOf(line string) (ed25519.PublicKey, error) {
	parts := strings.SplitN(line, "+", 3)
	if len(parts) != 3 {
		return nil, errLogKeys
	}
	b, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(b) != 1+ed25519.PublicKeySize {
		return nil, errLogKeys
	}
	return b[1:], nil
}
