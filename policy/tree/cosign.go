package tree

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature marks a key of C2SP tlog-cosignature: Ed25519 over a
// checkpoint and the time at which the witness saw it.
const algCosignature = 0x04

// cosignatureLen is the length of a cosignature: seconds and signature.
const cosignatureLen = 8 + ed25519.SignatureSize

// maxSize bounds the entries of a log: above 1<<62 proofs are not computed in
// finite time.
const maxSize = 1 << 56

// MaxVerifierKey bounds a line with a public key.
const MaxVerifierKey = 1 << 10

// cosigner is a witness's public key. It is a note.Verifier.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// ParseCosigner reads the public key of a witness, NAME+HASH+KEY, as C2SP
// signed-note writes keys of tlog-cosignature.
func ParseCosigner(vkey string) (note.Verifier, error) {
	if len(vkey) > MaxVerifierKey {
		return nil, fmt.Errorf("a witness's key is longer than %d bytes", MaxVerifierKey)
	}
	name, rest, _ := strings.Cut(vkey, "+")
	hash, data, _ := strings.Cut(rest, "+")
	h, herr := strconv.ParseUint(hash, 16, 32)
	key, kerr := base64.StdEncoding.DecodeString(data)
	switch {
	case len(hash) != 8 || herr != nil || kerr != nil || len(key) == 0 || !keyName(name):
		return nil, errors.New("no public key of a witness, NAME+HASH+KEY")
	case key[0] == 1:
		return nil, errors.New("a log's key, not a witness's: keys of witnesses begin with B after the second +")
	case key[0] != algCosignature || len(key) != 1+ed25519.PublicKeySize:
		return nil, errors.New("a key of another kind than cosignature/v1 (Ed25519)")
	case uint32(h) != keyHash(name, key):
		return nil, errors.New("the key does not fit its hash: it was copied wrongly")
	}
	return cosigner{name, uint32(h), ed25519.PublicKey(key[1:])}, nil
}

// CosignerKey returns the line that ParseCosigner reads.
func CosignerKey(name string, public ed25519.PublicKey) (string, error) {
	if !keyName(name) {
		return "", fmt.Errorf("the name %q cannot stand in a key: it is empty, or has a space or +", name)
	}
	key := append([]byte{algCosignature}, public...)
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, key), base64.StdEncoding.EncodeToString(key)), nil
}

// keyName is the rule of signed notes for names of keys.
func keyName(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsSpace) < 0 && !strings.Contains(name, "+")
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

// Verify checks a cosignature over the text of a checkpoint.
func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != cosignatureLen {
		return false
	}
	seconds := binary.BigEndian.Uint64(sig)
	if _, err := CheckpointHead(string(msg)); err != nil || seconds > 1<<63-1 {
		return false
	}
	return ed25519.Verify(c.key, cosigned(seconds, msg), sig[8:])
}

// cosigned is what a witness signs.
func cosigned(seconds uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", seconds), text...)
}

// cosignSigner makes cosignatures with a key that may live elsewhere.
type cosignSigner struct {
	cosigner
	private crypto.Signer
	now     func() time.Time
}

// NewCosigner returns a signer of cosignatures. Its key must be of Ed25519.
func NewCosigner(name string, key crypto.Signer, now func() time.Time) (note.Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the witness's key is not of Ed25519")
	}
	line, err := CosignerKey(name, public)
	if err != nil {
		return nil, err
	}
	v, err := ParseCosigner(line)
	if err != nil {
		return nil, err
	}
	return cosignSigner{v.(cosigner), key, now}, nil
}

// Sign cosigns the text of a checkpoint.
func (s cosignSigner) Sign(msg []byte) ([]byte, error) {
	if _, err := CheckpointHead(string(msg)); err != nil {
		return nil, err
	}
	seconds := s.now().Unix()
	if seconds < 0 {
		return nil, errors.New("the clock stands before 1970")
	}
	sig, err := s.private.Sign(rand.Reader, cosigned(uint64(seconds), msg), crypto.Hash(0))
	if err != nil {
		return nil, err
	}
	out := append(binary.BigEndian.AppendUint64(nil, uint64(seconds)), sig...)
	if !s.Verify(msg, out) {
		return nil, errors.New("the key's signature does not verify")
	}
	return out, nil
}

// CosignedAt returns when a witness made a cosignature. It is for signatures
// that were verified.
func CosignedAt(s note.Signature) (time.Time, error) {
	b, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(b) != 4+cosignatureLen || b[4] > 0x7f {
		return time.Time{}, errors.New("no cosignature")
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC(), nil
}

// CheckpointHead reads the first three lines of a checkpoint's text, which
// may have extension lines after them, as those of other logs do.
func CheckpointHead(text string) (Checkpoint, error) {
	lines := strings.SplitAfterN(text, "\n", 4)
	if len(lines) < 4 {
		return Checkpoint{}, errors.New("checkpoint is not an origin, a size and a root")
	}
	c, err := ParseCheckpoint(lines[0] + lines[1] + lines[2])
	if err == nil && c.Size > maxSize {
		err = errors.New("checkpoint has more entries than any log")
	}
	if err == nil && lines[3] != "" && (!strings.HasSuffix(lines[3], "\n") || strings.HasPrefix(lines[3], "\n") || strings.Contains(lines[3], "\n\n")) {
		err = errors.New("checkpoint has an empty extension line")
	}
	return c, err
}
