package registry_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// rename gives a key pair another name, as its owner could.
func rename(t testing.TB, private, public, name string) (string, string) {
	t.Helper()
	key := strings.SplitN(public, "+", 3)[2]
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(raw)
	hash := fmt.Sprintf("%08x", binary.BigEndian.Uint32(h.Sum(nil)))
	secret := strings.SplitN(private, "+", 5)[4]
	return "PRIVATE+KEY+" + name + "+" + hash + "+" + secret, name + "+" + hash + "+" + key
}
