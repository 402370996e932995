package unpack

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"io"
)

// objectKey is algorithm 1: the key of one object.
func (c *pdfCrypt) objectKey(m pdfMethod, num, gen int) []byte {
	if m == pdfAES256 || c.v >= 5 {
		return c.key
	}
	h := md5.New()
	_, _ = h.Write(c.key)
	_, _ = h.Write([]byte{byte(num), byte(num >> 8), byte(num >> 16), byte(gen), byte(gen >> 8)})
	if m == pdfAES128 {
		_, _ = io.WriteString(h, "sAlT")
	}
	return h.Sum(nil)[:min(16, len(c.key)+5)]
}

// reader decrypts r.
func (c *pdfCrypt) reader(r io.Reader, m pdfMethod, num, gen int) io.Reader {
	key := c.objectKey(m, num, gen)
	switch m {
	case pdfIdentity:
		return r
	case pdfRC4:
		s, err := rc4.NewCipher(key)
		if err != nil {
			return r
		}
		return cipher.StreamReader{S: s, R: r}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return r
	}
	return &pdfCBC{r: r, block: block}
}

// stream decrypts the bytes of a stream, unless it says that it is plain.
func (c *pdfCrypt) stream(r io.Reader, d *pdfDoc, s *pdfSource) io.Reader {
	m := c.strm
	kind := s.dict["Type"]
	if kind == pdfName("EmbeddedFile") {
		m = c.file
	}
	if kind == pdfName("XRef") || kind == pdfName("Metadata") && !c.metadata {
		return r
	}
	names, parms := d.filters(s.dict)
	for i, n := range names {
		if n == "Crypt" {
			m = pdfIdentity
			if other, ok := c.methods[d.name(parms[i]["Name"])]; ok {
				m = other
			}
		}
	}
	return c.reader(r, m, s.num, s.gen)
}

// openStrings decrypts the strings of an object that stands in the file itself.
func (d *pdfDoc) openStrings(v any, o *pdfObj) any {
	if d.crypt == nil || o.stm > 0 || o.num == d.crypt.dict {
		return v
	}
	switch v := v.(type) {
	case pdfStr:
		b, _ := io.ReadAll(d.crypt.reader(bytes.NewReader(v), d.crypt.strf, o.num, o.gen))
		return pdfStr(b)
	case []any:
		for i := range v {
			v[i] = d.openStrings(v[i], o)
		}
	case pdfDict:
		for k := range v {
			v[k] = d.openStrings(v[k], o)
		}
	}
	return v
}

// pdfCBC reads AES in CBC mode: the first block is the vector, the last byte
// says how many are padding.
type pdfCBC struct {
	r     io.Reader
	block cipher.Block
	mode  cipher.BlockMode
	next  [16]byte // decrypted, and the last one as long as nothing follows
	have  bool
	buf   [16]byte
	left  []byte
	out   [16]byte
	err   error
}

func (a *pdfCBC) Read(b []byte) (int, error) {
	for len(a.left) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		a.step()
	}
	n := copy(b, a.left)
	a.left = a.left[n:]
	return n, nil
}

func (a *pdfCBC) step() {
	n, err := io.ReadFull(a.r, a.buf[:])
	switch {
	case err != nil:
		a.err = io.EOF
		if tail := bytes.Trim(a.buf[:n], "\r\n"); err == io.ErrUnexpectedEOF && len(tail) > 0 {
			a.err = errBroken
		}
		if a.have {
			a.out = a.next
			a.left = a.out[:16-padding(a.out[:])]
		}
	case a.mode == nil:
		a.mode = cipher.NewCBCDecrypter(a.block, a.buf[:])
	default:
		a.out = a.next
		if a.have {
			a.left = a.out[:]
		}
		a.mode.CryptBlocks(a.next[:], a.buf[:])
		a.have = true
	}
}

// padding is how many bytes of the last block only fill it up.
func padding(b []byte) int {
	n := int(b[15])
	if n < 1 || n > 16 {
		return 0
	}
	for _, c := range b[16-n:] {
		if int(c) != n {
			return 0
		}
	}
	return n
}
