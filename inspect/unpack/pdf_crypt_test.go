package unpack_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

const pdfPadding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

func rc4With(key, b []byte) []byte {
	c, _ := rc4.NewCipher(key)
	out := make([]byte, len(b))
	c.XORKeyStream(out, b)
	return out
}

// cbc encrypts with a vector of zeros in front.
func cbc(key, b []byte) []byte {
	pad := 16 - len(b)%16
	b = append(bytes.Clone(b), bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, _ := aes.NewCipher(key)
	out := make([]byte, 16+len(b))
	cipher.NewCBCEncrypter(block, out[:16]).CryptBlocks(out[16:], b)
	return out
}

// encryptedPDF encrypts the content and a string of a page for the password.
func encryptedPDF(kind, password string) []byte {
	o, id := strings.Repeat("o", 32), "0123456789abcdef"
	pad := (password + pdfPadding)[:32]
	key := func(rounds, n int) []byte {
		h := md5.New()
		_, _ = h.Write([]byte(pad + o + "\xFC\xFF\xFF\xFF" + id))
		k := h.Sum(nil)
		for range rounds {
			s := md5.Sum(k[:n])
			k = s[:]
		}
		return k[:n]
	}
	user := func(k []byte) []byte {
		s := md5.Sum([]byte(pdfPadding + id))
		u := s[:]
		for i := range 20 {
			kk := bytes.Clone(k)
			for j := range kk {
				kk[j] ^= byte(i)
			}
			u = rc4With(kk, u)
		}
		return append(u, make([]byte, 16)...)
	}
	perObject := func(k []byte, num int, salt string) []byte {
		s := md5.Sum(append(append(bytes.Clone(k), byte(num), byte(num>>8), byte(num>>16), 0, 0), salt...))
		return s[:min(16, len(k)+5)]
	}
	var dict string
	var crypt func(num int, s string) string
	switch kind {
	case "RC4 40":
		k := key(0, 5)
		dict = fmt.Sprintf("/V 1/R 2/U<%x>", rc4With(k, []byte(pdfPadding)))
		crypt = func(num int, s string) string { return string(rc4With(perObject(k, num, ""), []byte(s))) }
	case "RC4 128":
		k := key(50, 16)
		dict = fmt.Sprintf("/V 2/R 3/Length 128/U<%x>", user(k))
		crypt = func(num int, s string) string { return string(rc4With(perObject(k, num, ""), []byte(s))) }
	case "AES 128":
		k := key(50, 16)
		dict = fmt.Sprintf("/V 4/R 4/Length 128/CF<</StdCF<</CFM/AESV2>>>>/StmF/StdCF/StrF/StdCF/U<%x>", user(k))
		crypt = func(num int, s string) string { return string(cbc(perObject(k, num, "sAlT"), []byte(s))) }
	case "AES 256":
		k := []byte("0123456789ABCDEF0123456789abcdef")
		check := sha256.Sum256([]byte(password + "validate"))
		wrap := sha256.Sum256([]byte(password + "key salt"))
		block, _ := aes.NewCipher(wrap[:])
		ue := make([]byte, 32)
		cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(ue, k)
		dict = fmt.Sprintf("/V 5/R 5/CF<</StdCF<</CFM/AESV3>>>>/StmF/StdCF/StrF/StdCF/U<%x>/UE<%x>", string(check[:])+"validatekey salt", ue)
		crypt = func(_ int, s string) string { return string(cbc(k, []byte(s))) }
	}
	f := pagePDF(helvetica, "", crypt(5, "BT /F1 12 Tf (page 13800138000) Tj ET"))
	f.add(fmt.Sprintf("<</Author<%x>>>", crypt(6, "in a string")))
	n := f.add(fmt.Sprintf("<</Filter/Standard/P -4/O<%x>%s>>", o, dict))
	f.trailer = fmt.Sprintf("/Encrypt %d 0 R/ID[<%x><%x>]", n, id, id)
	return f.bytes()
}

func TestPDFEncrypted(t *testing.T) {
	for _, kind := range []string{"RC4 40", "RC4 128", "AES 128", "AES 256"} {
		t.Run(kind, func(t *testing.T) {
			c := whole(unpack.PDF, encryptedPDF(kind, ""), roomy)
			if !c.holds("page 13800138000") || !c.holds("in a string") || len(c.misses) > 0 {
				t.Errorf("with no password: parts %q, misses %v", c.parts, c.misses)
			}
			c = whole(unpack.PDF, encryptedPDF(kind, "secret"), roomy)
			if c.misses[inspect.GapEncrypted] == 0 || c.holds("page") {
				t.Errorf("with a password: parts %q, misses %v", c.parts, c.misses)
			}
		})
	}
}
