package decode

import (
	"bytes"
	"io"
	"math/bits"

	"github.com/klauspost/compress/flate"
)

// TarLen is how many bytes IsTar wants to see.
const TarLen = 262

// IsTar reports whether a stream begins as a tar archive, whose mark stands
// behind the name, sizes and times of the first member.
func IsTar(head []byte) bool {
	return len(head) >= TarLen && string(head[257:TarLen]) == "ustar"
}

// containers hold compressed content.
var containers = [][]byte{
	[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08"), // zip, OOXML, ODF
	[]byte("7z\xbc\xaf\x27\x1c"),
	[]byte("Rar!\x1a\x07"), []byte("RE\x7e\x5e"),
	[]byte("BZh"),              // and not what bzip2 goes on with
	[]byte("\x02\x21\x4c\x18"), // lz4 as it was before it had frames
	[]byte("%PDF-"),
	[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),     // OLE: doc, xls, ppt, msg
	[]byte("MSCF\x00\x00\x00\x00"), []byte("ISc("), // cabinets
	[]byte("MSWIM\x00\x00\x00"), []byte("hsqs"), []byte("sqsh"), []byte("xar!\x00"), []byte("koly\x00\x00\x00\x04"),
	[]byte("\x1f\x9d"), []byte("\x1f\xa0"), []byte("\x1f\x1e"), // compress, and its kin
	[]byte("LZIP\x01"), []byte("LZIP\x00"), []byte("\x89LZO\x00\x0d\x0a\x1a\x0a"), []byte("LRZI\x00"), []byte("ZPAQ"),
	[]byte("\xff\x06\x00\x00sNaPpY"),                                           // snappy, framed
	[]byte("\xed\xab\xee\xdb"), []byte("Cr24\x02\x00"), []byte("Cr24\x03\x00"), // rpm, extensions of browsers
	[]byte("wOFF\x00\x01"), []byte("wOFFOTTO"), []byte("wOF2\x00\x01"), []byte("wOF2OTTO"), // fonts
	[]byte("Obj\x01"), // Avro, of which the blocks are or may be compressed
}

// isLHA recognises an LHA archive by its method, which stands behind a length
// and a checksum.
func isLHA(head []byte) bool {
	return len(head) >= 7 && head[2] == '-' && head[3] == 'l' && (head[4] == 'h' || head[4] == 'z') && head[6] == '-'
}

// isLZMA recognises the format that was before xz and has no mark: properties
// as every writer sets them, a dictionary that is a power of two or one and a
// half of it, and a length that is told not to be known or is not huge.
func isLZMA(head []byte) bool {
	if len(head) < 14 || head[0] >= 225 || head[13] != 0 {
		return false
	}
	dict := uint32(head[1]) | uint32(head[2])<<8 | uint32(head[3])<<16 | uint32(head[4])<<24
	if dict < 1<<12 || dict&(dict-1) != 0 && dict%3 != 0 || bits.OnesCount32(dict) > 2 {
		return false
	}
	unknown := bytes.Equal(head[5:13], []byte("\xff\xff\xff\xff\xff\xff\xff\xff"))
	return unknown || bytes.Equal(head[10:13], []byte("\x00\x00\x00")) && head[0] == 0x5d
}

// codings are marks of compression that is read. Of bzip2 it is ten bytes, as
// the first four may begin text.
var codings = []struct {
	mark   string
	format Format
}{
	{"\x28\xb5\x2f\xfd", Zstd},
	{"\x04\x22\x4d\x18", LZ4},
	{"\xfd7zXZ\x00", XZ},
}

// coded recognises compression by its mark.
func coded(head []byte) Format {
	for _, c := range codings {
		if len(head) >= len(c.mark) && string(head[:len(c.mark)]) == c.mark {
			return c.format
		}
	}
	switch {
	case len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18":
		return Zstd // or lz4, which shares the frames to be skipped; one decoder reads both
	case len(head) >= 10 && string(head[:3]) == "BZh" && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17rE8P\x90"): // a block, or the end
		return Bzip2
	}
	return Plain
}

var images = [][]byte{
	[]byte("\x89PNG\r\n\x1a\n"),
	[]byte("\xff\xd8\xff"), // JPEG
	[]byte("GIF87a"), []byte("GIF89a"),
	[]byte("II*\x00"), []byte("MM\x00*"), // TIFF
}

// ciphers are the heads of encrypted content in binary form.
var ciphers = [][]byte{
	[]byte("Salted__"), // openssl enc
	[]byte("age-encryption.org/v1"),
	[]byte("LUKS\xba\xbe"),
}

// armors are the heads of encrypted content in text form. Tools accept blanks
// before them.
var armors = [][]byte{
	[]byte("-----BEGIN PGP MESSAGE"),
	[]byte("-----BEGIN AGE ENCRYPTED FILE"),
	[]byte("-----BEGIN ENCRYPTED PRIVATE KEY"),
	[]byte("$ANSIBLE_VAULT;"),
	[]byte("U2FsdGVkX1"), // "Salted__" in base64, as openssl enc -a writes it
}

// envelopes are the types of CMS content that is encrypted, as DER object
// identifiers: enveloped, encrypted and authenticated-enveloped data.
var envelopes = [][]byte{
	[]byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"),
	[]byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"),
	[]byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"),
}

func beginsWith(head []byte, magics [][]byte) bool {
	for _, magic := range magics {
		if bytes.HasPrefix(head, magic) {
			return true
		}
	}
	return false
}

// isImage also knows the formats whose mark stands behind a length, WebP and the
// ISO family of HEIC, AVIF and MP4, and bitmaps.
func isImage(head []byte) bool {
	if len(head) >= 12 && (string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP" || string(head[4:8]) == "ftyp" && head[0] == 0) {
		return true
	}
	return isBitmap(head) || beginsWith(head, images)
}

// isBitmap recognises a bitmap of Windows by the length of its second header,
// since its mark is two letters.
func isBitmap(head []byte) bool {
	if len(head) < 18 || string(head[:2]) != "BM" || string(head[6:10]) != "\x00\x00\x00\x00" || string(head[15:18]) != "\x00\x00\x00" {
		return false
	}
	switch head[14] {
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// isEncrypted recognises encrypted content by its head.
func isEncrypted(head []byte) bool {
	if beginsWith(head, ciphers) || isPGP(head) {
		return true
	}
	if len(head) > 0 && head[0] == 0x30 { // a DER or BER sequence begins with its type
		start := head[:min(len(head), 32)]
		for _, oid := range envelopes {
			if bytes.Contains(start, oid) {
				return true
			}
		}
	}
	return beginsWith(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), blank), armors)
}

// pgpLeast is how short the packets of a message may be: one of a session key
// and one of data.
const pgpLeast = 40

// isCompressedPGP recognises an OpenPGP packet of compressed data, of no length,
// by what it deflates.
func isCompressedPGP(head []byte) bool {
	if len(head) < 16 || head[0] != 0xa3 {
		return false
	}
	switch head[1] {
	case 1:
		var out [64]byte
		n, err := io.ReadFull(flate.NewReader(bytes.NewReader(head[2:])), out[:])
		return err == nil || err == io.EOF || err == io.ErrUnexpectedEOF && (n > 0 || len(head) >= SniffLen)
	case 2:
		return isZlibStream(head[2:])
	case 3:
		return string(head[2:5]) == "BZh"
	}
	return false
}

// isPGP recognises an OpenPGP message that begins with a packet of a session
// key, for a public key or for a passphrase. Its first byte may begin text in
// GB18030 too: version and algorithm, which are control characters, decide.
// What is shorter holds no message.
func isPGP(head []byte) bool {
	if len(head) < pgpLeast {
		return false
	}
	tag, size := head[0], 0
	switch {
	case tag == 0xc1 || tag == 0xc3: // new format
		size = 1
		if head[1] >= 192 && head[1] < 224 {
			size = 2
		} else if head[1] == 255 {
			size = 5
		}
		tag &= 0x3f
	case tag&0xc0 == 0x80 && tag&3 < 3: // old format, with a length
		size = 1 << (tag & 3)
		tag = tag >> 2 & 0x0f
	default:
		return false
	}
	body := head[min(1+size, len(head)):]
	switch {
	case tag == 1 && len(body) >= 10: // version, key, algorithm
		return body[0] == 6 || body[0] == 3 && (body[9] >= 1 && body[9] <= 3 || body[9] >= 16 && body[9] <= 26)
	case tag == 3 && len(body) >= 3: // version, cipher, way from the passphrase to the key
		return body[0] == 4 && body[1] < 14 && body[2] < 5 || (body[0] == 5 || body[0] == 6) && body[1] < 64
	}
	return false
}

// isZlibStream recognises zlib where nobody declares it: by its head, which is
// two bytes that may be text, and by what it deflates.
func isZlibStream(head []byte) bool {
	if len(head) < 9 || head[0] != 0x78 || !IsZlib(head) || head[1]&0x20 != 0 {
		return false
	}
	var out [64]byte
	n, err := io.ReadFull(flate.NewReader(bytes.NewReader(head[2:])), out[:])
	return err == nil || err == io.EOF || err == io.ErrUnexpectedEOF && (n > 0 || len(head) >= SniffLen)
}
