package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"
)

// Sample is a finding in clear. Wipe it when it was shown.
type Sample struct {
	Masked
	Before, Match, After []byte
}

// Wipe overwrites the clear text of samples.
func Wipe(list []Sample) {
	for i := range list {
		clear(list[i].Before)
		clear(list[i].Match)
		clear(list[i].After)
	}
}

// Digest returns what the record names a file by.
func Digest(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// Auditor returns the auditor whose identity this is.
func (f *File) Auditor(id age.Identity) (Auditor, error) {
	key, err := PublicKey(id)
	if err != nil {
		return Auditor{}, err
	}
	for _, a := range f.Auditors {
		if a.Key == key {
			return a, nil
		}
	}
	return Auditor{}, ErrNotYours
}

// Named returns the auditor of a name.
func (f *File) Named(name string) (Auditor, error) {
	var names []string
	for _, a := range f.Auditors {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Auditor{}, fmt.Errorf("evidence: there is no auditor %q of this record; its auditors are %s", name, strings.Join(names, ", "))
}

// half decrypts what me has for the pair with a partner.
func (f *File) half(id age.Identity, me, partner Auditor) (half [keyLen]byte, err error) {
	for i, a := range f.Auditors {
		if a == me {
			return openShare(f.Shares[i], f.Record, id, me.Key, partner.Key)
		}
	}
	return half, ErrNotYours
}

// Approve gives the one half of the pair that this identity and another
// auditor are to the other, for a time. The identity's owner learns nothing of
// what is sealed.
func (f *File) Approve(id age.Identity, other, digest string, now, until time.Time) (*Approval, error) {
	me, err := f.Auditor(id)
	if err != nil {
		return nil, err
	}
	to, err := f.Named(other)
	if err != nil {
		return nil, err
	}
	if me == to {
		return nil, ErrSelf
	}
	half, err := f.half(id, me, to)
	if err != nil {
		return nil, err
	}
	defer clear(half[:])
	a := &Approval{Schema: ApprovalSchema, Record: f.Record, Digest: digest, By: me.Name, For: to.Name,
		Time: now.UTC().Truncate(time.Second), Until: until.UTC().Truncate(time.Second)}
	return a, a.seal(half[:], to)
}

// ErrSelf means that somebody approves for themselves.
var ErrSelf = errors.New("evidence: nobody approves for themselves: name another auditor")

// ErrExpired means that an approval's time is over.
var ErrExpired = errors.New("evidence: the approval has expired: ask for another")

// Pair is what two auditors have together: the key of one file.
type Pair struct {
	file     *File
	key      [keyLen]byte
	By, With string
}

// Close forgets the key.
func (p *Pair) Close() { clear(p.key[:]) }

// Join makes the key of what an identity has and another auditor approved. It
// decrypts nothing of what is sealed yet: who opens it can put that on record
// first.
func (f *File) Join(id age.Identity, a *Approval, digest string, now time.Time) (*Pair, error) {
	me, err := f.Auditor(id)
	if err != nil {
		return nil, err
	}
	by, err := f.Named(a.By)
	switch {
	case err != nil:
		return nil, err
	case a.Record != f.Record || a.Digest != digest || a.For != me.Name || by == me:
		return nil, ErrExchanged
	case now.Before(a.Time.Add(-time.Hour)) || !now.Before(a.Until):
		return nil, ErrExpired
	}
	own, err := f.half(id, me, by)
	if err != nil {
		return nil, err
	}
	defer clear(own[:])
	other, err := a.open(id)
	if err != nil {
		return nil, err
	}
	defer clear(other[:])
	return &Pair{file: f, key: join(&own, &other), By: me.Name, With: by.Name}, nil
}

// Open decrypts the samples and checks every byte of the file by what stands
// in them.
func (p *Pair) Open() ([]Sample, error) {
	f := p.file
	text, err := decrypt(f.Payload, pairKey{&p.key})
	if err != nil {
		return nil, err
	}
	rest, err := f.rest()
	if err != nil {
		return nil, err
	}
	fields, err := unpack(text, 4+3*maxSamples)
	if err == nil && (len(fields) != 4+3*len(f.Masked) || string(fields[0]) != samplesKind) {
		err = errFields
	}
	if err == nil && (string(fields[1]) != f.Record || !bytes.Equal(fields[2], f.names())) {
		err = ErrExchanged
	}
	if err == nil && !bytes.Equal(fields[3], rest[:]) {
		err = errors.New("evidence: what stands beside the samples was changed")
	}
	if err != nil {
		clear(text)
		return nil, err
	}
	out := make([]Sample, len(f.Masked))
	for i, m := range f.Masked {
		s := fields[4+3*i:]
		out[i] = Sample{Masked: m, Before: s[0], Match: s[1], After: s[2]}
	}
	return out, nil
}
