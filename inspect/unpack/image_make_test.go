package unpack_test

import (
	"bytes"
	"encoding/binary"
)

const longXMP = "http://ns.adobe.com/xmp/extension/\x00" + "0123456789ABCDEF0123456789ABCDEF"

// bigEnd makes bytes of numbers, of so many bytes each.
func bigEnd(width int, v ...uint64) string {
	var b []byte
	for _, n := range v {
		b = append(b, binary.BigEndian.AppendUint64(nil, n)[8-width:]...)
	}
	return string(b)
}

func boxOf(kind, data string) string { return bigEnd(4, uint64(len(data)+8)) + kind + data }

// heic makes a file with EXIF behind its boxes and a packed packet within.
func heic() []byte {
	xmp := zlibbed("<x:xmpmeta>deflated")
	e := "\x00\x00\x00\x06Exif\x00\x00" + string(exif(binary.BigEndian))
	build := func(at uint64) string {
		infe := func(id uint64, kind, more string) string {
			return boxOf("infe", bigEnd(4, 2<<24)+bigEnd(2, id, 0)+kind+"name\x00"+more)
		}
		return boxOf("ftyp", "heic\x00\x00\x00\x00mif1heic") + boxOf("meta", bigEnd(4, 0)+
			boxOf("hdlr", bigEnd(4, 0, 0)+"pict"+bigEnd(4, 0, 0, 0)+"\x00")+
			boxOf("iinf", bigEnd(4, 0)+bigEnd(2, 3)+infe(1, "hvc1", "")+infe(2, "Exif", "")+infe(3, "mime", "application/rdf+xml\x00deflate\x00"))+
			boxOf("iloc", bigEnd(4, 1<<24)+bigEnd(2, 0x4400, 2)+
				bigEnd(2, 2, 0, 0, 1)+bigEnd(4, at, uint64(len(e)))+
				bigEnd(2, 3, 1, 0, 1)+bigEnd(4, 0, uint64(len(xmp))))+
			boxOf("idat", xmp))
	}
	at := uint64(len(build(0)) + 8)
	return []byte(build(at) + boxOf("mdat", e))
}

// film makes a file with what a camera and a phone say about it.
func film() []byte {
	title := "\xFE\xFF\x5F\x20\x4E\x09\x00\x00"
	return []byte(boxOf("ftyp", "isom\x00\x00\x00\x00isommp42") + boxOf("mdat", "dots") + boxOf("moov", boxOf("udta",
		boxOf("\xA9xyz", bigEnd(2, 22, 0x15C7)+"+31.230416+121.473701/")+boxOf("titl", bigEnd(4, 0)+bigEnd(2, 0x55C4)+title))))
}

// colourProfile makes a colour profile that is called 张三.
func colourProfile() string {
	mluc := "mluc" + bigEnd(4, 0, 1, 12) + "zhCN" + bigEnd(4, 4, 28) + "\x5F\x20\x4E\x09"
	return string(bytes.Repeat([]byte{'.'}, 128)) + bigEnd(4, 1) + "desc" + bigEnd(4, 144, uint64(len(mluc))) + mluc
}

// bigTIFF makes a file whose places have eight bytes.
func bigTIFF() []byte {
	le := binary.LittleEndian
	b := append([]byte("II\x2B\x00\x08\x00\x00\x00"), 16, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint64(b, 1)
	b = append(b, 0x3B, 0x01, 2, 0)
	b = le.AppendUint64(le.AppendUint64(b, 10), 52)
	return append(le.AppendUint64(b, 0), "Zhang San\x00"...)
}
