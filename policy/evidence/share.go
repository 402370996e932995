package evidence

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	"filippo.io/age"
)

const (
	keyLen     = 32
	sharesKind = "dc.evidence.shares/1"
)

// A share is one of the two halves of a file's key that a pair of auditors has:
// random bytes for the one, the key XOR these bytes for the other.
type share struct {
	with [sha256.Size]byte // the partner's key
	half [keyLen]byte
}

// split cuts a key for every pair. What it returns for each auditor holds a
// half for each partner.
func split(key *[keyLen]byte, to []recipient) [][]share {
	out := make([][]share, len(to))
	for i := range to {
		out[i] = make([]share, 0, len(to)-1) // it does not grow: no copy is left
	}
	for i := range to {
		for j := i + 1; j < len(to); j++ {
			a, b := share{with: to[j].id}, share{with: to[i].id}
			rand.Read(a.half[:])
			subtle.XORBytes(b.half[:], a.half[:], key[:])
			out[i], out[j] = append(out[i], a), append(out[j], b)
			clear(a.half[:])
			clear(b.half[:])
		}
	}
	return out
}

// sealShares encrypts what one auditor has to that auditor. The record stands
// in it, and whose halves fit.
func sealShares(record string, to recipient, list []share) ([]byte, error) {
	fields := [][]byte{[]byte(sharesKind), []byte(record), to.id[:]}
	for i := range list {
		fields = append(fields, list[i].with[:], list[i].half[:])
	}
	return encrypt(pack(fields...), to.to)
}

// ErrNotYours means that an identity opens nothing here.
var ErrNotYours = errors.New("evidence: this key is of none of its auditors")

// openShare returns the half that an identity has for a pair, and whether it
// was made for this record.
func openShare(sealed []byte, record string, id age.Identity, own, partner string) (half [keyLen]byte, err error) {
	text, err := decrypt(sealed, id)
	if err != nil {
		return half, err
	}
	defer clear(text)
	fields, err := unpack(text, 3+2*MaxAuditors)
	if err != nil {
		return half, err
	}
	me, with := sha256.Sum256([]byte(own)), sha256.Sum256([]byte(partner))
	if len(fields) < 3 || string(fields[0]) != sharesKind || string(fields[1]) != record || !bytes.Equal(fields[2], me[:]) {
		return half, ErrExchanged
	}
	for f := fields[3:]; len(f) >= 2; f = f[2:] {
		if bytes.Equal(f[0], with[:]) && len(f[1]) == keyLen {
			return [keyLen]byte(f[1]), nil
		}
	}
	return half, ErrExchanged
}

// ErrExchanged means that a part of a file was made for another.
var ErrExchanged = errors.New("evidence: this was made for another record or for other auditors: somebody has exchanged it")

// join makes the key of two halves.
func join(a, b *[keyLen]byte) (key [keyLen]byte) {
	subtle.XORBytes(key[:], a[:], b[:])
	return key
}
