package unpack_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// zipped is an entry of an archive that is built by hand. What is left out is
// as it should be.
type zipped struct {
	name, local    string // local is the name in the local header, if another
	data           string // stored bytes
	plain          string // what they unpack to, for the checksum
	method, flags  uint16
	localMethod    int    // if another: method+1
	packed         uint32 // claimed, if not the truth
	extra, comment string
	localExtra     string
	unlisted       bool // not in the central directory
	ghost          bool // in the central directory only
	sameAs         int  // local header of an earlier entry, counted from 1
	descriptor     int  // 0, 12 or 16 bytes
}

// deflated is s as a raw deflate stream.
func deflated(s string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// zipOf builds an archive.
func zipOf(comment string, entries ...zipped) []byte {
	var body, dir []byte
	offsets := make([]int, len(entries))
	n := 0
	le := binary.LittleEndian
	for i, e := range entries {
		size := uint32(len(e.data))
		if e.packed != 0 {
			size = e.packed
		}
		sum := crc32.ChecksumIEEE([]byte(e.plain))
		offsets[i] = len(body)
		if e.sameAs > 0 {
			offsets[i] = offsets[e.sameAs-1]
		} else if !e.ghost {
			h := []byte("PK\x03\x04")
			name, method := e.name, e.method
			if e.local != "" {
				name = e.local
			}
			if e.localMethod > 0 {
				method = uint16(e.localMethod - 1)
			}
			h = le.AppendUint16(le.AppendUint16(le.AppendUint16(h, 20), e.flags), method)
			h = le.AppendUint32(h, 0)
			if e.descriptor > 0 {
				h = append(h, make([]byte, 12)...)
			} else {
				h = le.AppendUint32(le.AppendUint32(le.AppendUint32(h, sum), size), uint32(len(e.plain)))
			}
			h = le.AppendUint16(le.AppendUint16(h, uint16(len(name))), uint16(len(e.localExtra)))
			body = append(append(append(append(body, h...), name...), e.localExtra...), e.data...)
			d := le.AppendUint32(le.AppendUint32(le.AppendUint32([]byte("PK\x07\x08"), sum), size), uint32(len(e.plain)))
			body = append(body, d[16-e.descriptor:]...)
		}
		if e.unlisted {
			continue
		}
		n++
		h := []byte("PK\x01\x02")
		h = le.AppendUint16(le.AppendUint16(le.AppendUint16(le.AppendUint16(h, 20), 20), e.flags), e.method)
		h = le.AppendUint32(h, 0)
		h = le.AppendUint32(le.AppendUint32(le.AppendUint32(h, sum), size), uint32(len(e.plain)))
		h = le.AppendUint16(le.AppendUint16(le.AppendUint16(h, uint16(len(e.name))), uint16(len(e.extra))), uint16(len(e.comment)))
		h = append(h, make([]byte, 8)...)
		h = le.AppendUint32(h, uint32(offsets[i]))
		dir = append(append(append(append(dir, h...), e.name...), e.extra...), e.comment...)
	}
	end := []byte("PK\x05\x06\x00\x00\x00\x00")
	end = le.AppendUint16(le.AppendUint16(end, uint16(n)), uint16(n))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(dir))), uint32(len(body)))
	end = append(le.AppendUint16(end, uint16(len(comment))), comment...)
	return append(append(body, dir...), end...)
}

// zipWritten is an archive as archive/zip makes it.
func zipWritten(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
