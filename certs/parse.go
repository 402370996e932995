package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

const (
	maxPEM   = 1 << 20 // bytes of one file
	maxChain = 10      // certificates in one file
)

// parseCertificates reads every certificate of a PEM file, in its order.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	if len(data) > maxPEM {
		return nil, fmt.Errorf("the file has %d bytes, the limit is %d", len(data), maxPEM)
	}
	var certs []*x509.Certificate
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil, fmt.Errorf("the certificate file holds a private key: keep the key in its own file")
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("block %d of the file is not a certificate", len(certs)+1)
		}
		if len(certs) == maxChain {
			return nil, fmt.Errorf("the file has more than %d certificates", maxChain)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("no PEM certificate found: a DER file is converted with openssl x509 -inform der")
	}
	return certs, nil
}

// parseKey reads the one private key of a PEM file, in any of the three common
// forms. Its errors never carry bytes of the key.
func parseKey(data []byte) (crypto.Signer, error) {
	if len(data) > maxPEM {
		return nil, fmt.Errorf("the file has %d bytes, the limit is %d", len(data), maxPEM)
	}
	var found *pem.Block
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue // certificates and EC PARAMETERS often lie beside the key
		}
		if found != nil {
			return nil, fmt.Errorf("the file holds more than one private key")
		}
		found = block
	}
	switch {
	case found == nil:
		return nil, fmt.Errorf("no PEM private key found")
	case found.Type == "ENCRYPTED PRIVATE KEY", found.Headers["DEK-Info"] != "":
		return nil, fmt.Errorf("the key is encrypted: decrypt it with openssl pkey -in FILE -out FILE")
	}
	var key any
	var err error
	switch found.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(found.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(found.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(found.Bytes)
	default:
		return nil, fmt.Errorf("this form of key is not supported: convert it with openssl pkcs8 -topk8 -nocrypt")
	}
	if err != nil {
		return nil, fmt.Errorf("the key does not parse as its PEM type says")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the key cannot sign")
	}
	return signer, nil
}

// samePublicKey says whether a certificate belongs to a key.
func samePublicKey(cert *x509.Certificate, key crypto.Signer) bool {
	public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(key.Public())
}

// keyName names the kind and size of a public key, and says whether clients and
// we accept it for a CA.
func keyName(public crypto.PublicKey) (name string, strong bool) {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		bits := k.Curve.Params().BitSize
		return "ECDSA " + k.Curve.Params().Name, bits >= 256
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		return fmt.Sprintf("RSA %d", bits), bits >= 2048
	}
	return "of a kind that TLS clients do not accept for a CA", false
}

// encodeCertificates is the inverse of parseCertificates.
func encodeCertificates(certs ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certs {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.Bytes()
}

// encodeKey writes a key as PKCS#8.
func encodeKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
