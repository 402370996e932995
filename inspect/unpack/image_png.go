package unpack

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
)

// pngQuiet are the chunks that say nothing in words.
var pngQuiet = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true, "gAMA": true,
	"sBIT": true, "sRGB": true, "bKGD": true, "hIST": true, "pHYs": true, "tIME": true,
	"acTL": true, "fcTL": true, "fdAT": true, "cICP": true,
}

// png walks the chunks of a PNG file.
func (m *image) png() {
	off := int64(8)
	for m.work(500) {
		m.drop()
		head := m.at(off, 8)
		if len(head) < 8 {
			break
		}
		size, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		if size > m.size-off-8 {
			break
		}
		if !pngQuiet[kind] {
			m.pngChunk(kind, m.at(off+8, size), off+8)
		}
		if off += 12 + size; kind == "IEND" {
			m.end = off
			return
		}
	}
	m.broken(off)
}

func (m *image) pngChunk(kind string, b []byte, at int64) {
	key, value, ok := bytes.Cut(b, []byte{0})
	switch {
	case kind == "iCCP" && ok && len(value) > 1:
		p := m.inflate(value[1:])
		m.line("ProfileName", key)
		m.profile(p)
		m.block("icc", at, p)
	case kind == "eXIf":
		m.tiff(b, at)
	case !ok || kind != "tEXt" && kind != "zTXt" && kind != "iTXt":
		m.block("block", at, b)
	case kind == "tEXt":
		m.pngText(key, value, at)
	case kind == "zTXt" && len(value) > 1:
		m.pngText(key, m.inflate(value[1:]), at)
	case kind == "iTXt" && len(value) > 2:
		packed := value[0] != 0
		lang, rest, _ := bytes.Cut(value[2:], []byte{0})
		local, text, _ := bytes.Cut(rest, []byte{0})
		if packed {
			text = m.inflate(text)
		}
		m.line("Language", lang)
		m.line("Keyword", local)
		m.pngText(key, text, at)
	}
}

// pngText takes one text. Some programs write whole profiles as hexadecimal
// digits: a blank line, the name, the length, the digits.
func (m *image) pngText(key, text []byte, at int64) {
	if string(key) == "XML:com.adobe.xmp" {
		m.block("xmp", at, text)
		return
	}
	if bytes.HasPrefix(key, []byte("Raw profile type ")) {
		f := bytes.SplitN(bytes.TrimLeft(text, "\n"), []byte("\n"), 3)
		if len(f) == 3 {
			digits := bytes.ReplaceAll(f[2], []byte("\n"), nil)
			if b, err := hex.DecodeString(string(digits)); err == nil {
				m.rawProfile(string(key[17:]), b, at)
				return
			}
		}
	}
	m.line(string(asLine(nil, key)), text)
}

func (m *image) rawProfile(kind string, b []byte, at int64) {
	switch kind {
	case "exif", "APP1":
		m.segment(0xE1, b, at)
	case "iptc", "8bim":
		if bytes.HasPrefix(b, []byte("8BIM")) {
			m.photoshop(b, at)
		} else {
			m.iptc(b)
		}
	case "xmp":
		m.block("xmp", at, b)
	case "icc", "icm":
		m.profile(b)
		m.block("icc", at, b)
	default:
		m.block("block", at, b)
	}
}
