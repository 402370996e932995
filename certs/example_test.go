package certs_test

import (
	"crypto/tls"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/datacustoms/customs/certs"
)

// A TLS server that answers every name with a leaf of its own. Clients trust it
// once they have the bundle.
func Example() {
	data, err := os.MkdirTemp("", "customs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)

	authority, err := certs.Open(filepath.Join(data, "ca"), certs.Options{Host: "gw1"})
	if err != nil {
		log.Fatal(err)
	}
	minter, err := certs.NewMinter(authority, certs.MinterOptions{})
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			return minter.Leaf(hello.ServerName)
		},
	}
	leaf, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: "www.example.com"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(leaf.Leaf.DNSNames, leaf.Leaf.NotAfter.Sub(leaf.Leaf.NotBefore))
	fmt.Println(authority.Status()[0].Role, len(authority.Bundle()) > 0)
	// Output:
	// [www.example.com] 48h0m0s
	// active true
}
