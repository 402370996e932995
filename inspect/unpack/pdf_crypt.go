package unpack

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"io"
	"reflect"

	"github.com/datacustoms/customs/inspect"
)

// pdfCrypt decrypts what the standard security handler encrypted
// (ISO 32000-2, 7.6), for a document that opens with the empty password.
type pdfCrypt struct {
	key        []byte
	v          int
	strm, strf pdfMethod
	file       pdfMethod // of embedded files
	methods    map[pdfName]pdfMethod
	metadata   bool // metadata streams are encrypted too
	dict       int  // number of the encryption dictionary, whose strings are plain
}

type pdfMethod uint8

const (
	pdfRC4 pdfMethod = iota
	pdfAES128
	pdfAES256
	pdfIdentity
)

// pdfPad completes a password.
const pdfPad = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// unlock finds out how the document is encrypted, and answers false where the
// empty password does not open it. Trailers that say different things of that
// leave it open what is encrypted.
func (d *pdfDoc) unlock() bool {
	var c *pdfCrypt
	plain, said := false, any(nil)
	for _, t := range d.trailers() {
		v := t["Encrypt"]
		ref, isRef := v.(pdfRef)
		if v == nil {
			plain = plain || t["Root"] != nil
			continue
		}
		e := d.dictOf(v)
		if e == nil || c != nil && !reflect.DeepEqual(v, said) {
			d.miss("encrypt", inspect.GapEncrypted, -1)
			continue
		}
		if c != nil {
			continue
		}
		var id []byte
		if l := d.list(t["ID"]); len(l) > 0 {
			s, _ := d.resolve(l[0]).(pdfStr)
			id = s
		}
		c = &pdfCrypt{metadata: true, dict: -1}
		if said = v; isRef {
			c.dict = ref.num
		}
		if !c.setup(d, e, id) {
			return false
		}
	}
	if c != nil && plain {
		d.miss("encrypt", inspect.GapEncrypted, -1)
	}
	d.crypt, d.kept = c, map[int]any{} // what was read so far was read as it lies
	return true
}

func (c *pdfCrypt) setup(d *pdfDoc, e pdfDict, id []byte) bool {
	num := func(k pdfName) int { f, _ := d.number(e[k]); return int(f) }
	str := func(k pdfName) []byte { s, _ := d.resolve(e[k]).(pdfStr); return s }
	if f := d.name(e["Filter"]); f != "Standard" {
		return false
	}
	c.v = num("V")
	if m, ok := d.resolve(e["EncryptMetadata"]).(bool); ok {
		c.metadata = m
	}
	bits := 40
	switch c.v {
	case 2, 3:
		bits = max(40, min(128, num("Length")))
	case 4:
		bits = 128
	}
	if c.v < 1 || c.v == 3 || c.v > 5 || c.v >= 4 && !c.filters(d, e) {
		return false
	}
	o, u := str("O"), str("U")
	if c.v >= 5 {
		return c.open256(num("R"), u, str("UE"))
	}
	if len(o) < 32 || len(u) < 32 {
		return false
	}
	c.key = pdfKey(o[:32], int32(int64(num("P"))), id, num("R"), bits/8, c.metadata)
	return c.check(num("R"), u, id)
}

// filters reads which method goes with which crypt filter; false for one that
// is not known.
func (c *pdfCrypt) filters(d *pdfDoc, e pdfDict) bool {
	c.methods = map[pdfName]pdfMethod{"Identity": pdfIdentity}
	for n, v := range d.dictOf(e["CF"]) {
		switch d.name(d.dictOf(v)["CFM"]) {
		case "V2":
			c.methods[n] = pdfRC4
		case "AESV2":
			c.methods[n] = pdfAES128
		case "AESV3":
			c.methods[n] = pdfAES256
		default:
			return false
		}
	}
	known := true
	of := func(k pdfName) pdfMethod {
		n := d.name(e[k])
		m, ok := c.methods[n]
		if !ok {
			m, known = pdfIdentity, known && n == ""
		}
		return m
	}
	c.strm, c.strf = of("StmF"), of("StrF")
	if c.file = of("EFF"); e["EFF"] == nil {
		c.file = c.strm
	}
	return known
}

// pdfKey is algorithm 2 for the empty password.
func pdfKey(o []byte, p int32, id []byte, r, n int, metadata bool) []byte {
	h := md5.New()
	_, _ = io.WriteString(h, pdfPad)
	_, _ = h.Write(o)
	_ = binary.Write(h, binary.LittleEndian, p)
	_, _ = h.Write(id)
	if r >= 4 && !metadata {
		_, _ = h.Write([]byte{0xFF, 0xFF, 0xFF, 0xFF})
	}
	key := h.Sum(nil)
	if r >= 3 {
		for range 50 {
			sum := md5.Sum(key[:n])
			key = sum[:]
		}
	}
	return key[:n]
}

// check compares what the key makes of known bytes with the U entry:
// algorithms 4 and 5.
func (c *pdfCrypt) check(r int, u, id []byte) bool {
	if r < 3 {
		return bytes.Equal(rc4Of(c.key, []byte(pdfPad)), u[:32])
	}
	sum := md5.Sum(append([]byte(pdfPad), id...))
	got := sum[:]
	for i := range 20 {
		k := bytes.Clone(c.key)
		for j := range k {
			k[j] ^= byte(i)
		}
		got = rc4Of(k, got)
	}
	return bytes.Equal(got, u[:16])
}

func rc4Of(key, b []byte) []byte {
	s, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(b))
	s.XORKeyStream(out, b)
	return out
}

// open256 is algorithm 2.A for the empty user password.
func (c *pdfCrypt) open256(r int, u, ue []byte) bool {
	if len(u) < 48 || len(ue) < 32 {
		return false
	}
	hash := func(salt []byte) []byte {
		sum := sha256.Sum256(salt)
		if r < 6 {
			return sum[:]
		}
		return pdfHash(sum[:])
	}
	if !bytes.Equal(hash(u[32:40]), u[:32]) {
		return false
	}
	block, err := aes.NewCipher(hash(u[40:48]))
	if err != nil {
		return false
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(c.key, ue[:32])
	return true
}

// pdfHash is algorithm 2.B for the empty password.
func pdfHash(k []byte) []byte {
	for round := 0; ; round++ {
		b := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(b, b)
		mod := 0
		for _, c := range b[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(b)
			k = s[:]
		case 1:
			s := sha512.Sum384(b)
			k = s[:]
		default:
			s := sha512.Sum512(b)
			k = s[:]
		}
		if round >= 63 && int(b[len(b)-1]) <= round-31 {
			return k[:32]
		}
	}
}
