package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
)

// Sign implements crypto.Signer. A program that has ended is started again and
// asked a second time.
func (e *External) Sign(_ io.Reader, data []byte, opts crypto.SignerOpts) ([]byte, error) {
	r, err := e.signing(data, opts)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for try := 1; ; try++ {
		a, err := e.try(r)
		if err == nil && !e.verifies(data, a.Signature, opts) {
			e.stop()
			return nil, fmt.Errorf("external signer %s: its signature does not verify", e.args[0])
		}
		if err == nil {
			return a.Signature, nil
		}
		if try == externalTries || errors.Is(err, ErrRefused) {
			return nil, fmt.Errorf("external signer %s: %w", e.args[0], err)
		}
	}
}

// signing is the request for a signature.
func (e *External) signing(data []byte, opts crypto.SignerOpts) (request, error) {
	r := request{Op: "sign", Data: data}
	hash := opts.HashFunc()
	switch hash {
	case 0:
		r.Hash = "none"
	case crypto.SHA256:
		r.Hash = "sha256"
	case crypto.SHA384:
		r.Hash = "sha384"
	case crypto.SHA512:
		r.Hash = "sha512"
	default:
		return request{}, errors.New("external signer: a hash that is not offered to it")
	}
	switch e.public.(type) {
	case ed25519.PublicKey:
		if hash != 0 {
			return request{}, errors.New("external signer: Ed25519 signs the message, not its hash")
		}
	case *rsa.PublicKey:
		r.Padding = "pkcs1"
		if _, pss := opts.(*rsa.PSSOptions); pss {
			r.Padding = "pss"
		}
	}
	if hash != 0 && len(data) != hash.Size() {
		return request{}, errors.New("external signer: the digest has another length than its hash")
	}
	if len(data) > maxAnswer/2 {
		return request{}, errors.New("external signer: the message is too long")
	}
	return r, nil
}

func (e *External) verifies(data, sig []byte, opts crypto.SignerOpts) bool {
	switch key := e.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, data, sig)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, data, sig)
	case *rsa.PublicKey:
		if pss, ok := opts.(*rsa.PSSOptions); ok {
			return rsa.VerifyPSS(key, opts.HashFunc(), data, sig, pss) == nil
		}
		return rsa.VerifyPKCS1v15(key, opts.HashFunc(), data, sig) == nil
	}
	return false
}
