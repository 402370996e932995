package engine_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// recursive is r.zip of Russ Cox, a zip that holds itself, as the tests of
// archive/zip in the standard library carry it.
const recursive = "504b03041400000008000803643cf9f4896448010000b801000007000000722f722e7a6970002500daff504b03041400000008000803643cf9f4896448010000" +
	"b801000007000000722f722e7a6970002f00d0ff002500daff504b03041400000008000803643cf9f4896448010000b801000007000000722f722e7a6970002f" +
	"00d0ffc2548e5739000500faffc2548e5739000500faff000500faff001400ebffc2548e5739000500faff000500faff001400ebff428821c400001400ebff42" +
	"8821c400001400ebff428821c400001400ebff428821c400001400ebff428821c400000000ffff000000ffff003400cbff428821c400000000ffff000000ffff" +
	"003400cbff42e8215e0f000000ffff0af066641261c015dce8a048bf48af2ab320c09b950dc46704425306060640000600f9ff6d010000000042e8215e0f0000" +
	"00ffff0af066641261c015dce8a048bf48af2ab320c09b950dc46704425306060640000600f9ff6d0100000000504b010214001400000008000803643cf9f489" +
	"6448010000b8010000070000000000000000000000000000000000722f722e7a6970504b05060000000001000100350000006d0100000000"

func zeros(n int) string { return strings.Repeat("\x00", n) }

// bombs are the ones of compression and of containers.
func bombs() []bomb {
	coded := func(name string, member, times int) func(t testing.TB) []byte {
		return func(t testing.TB) []byte {
			for _, l := range codings(t) {
				if l.name == name {
					return bytes.Repeat(l.wrap(make([]byte, member)), times)
				}
			}
			t.Fatal(name)
			return nil
		}
	}
	return append([]bomb{
		{name: "gzip, 1000 to 1", make: coded("gzip", 32<<20, 16)},
		{name: "gzip, 1000 to 1, declared", meta: inspect.Meta{ContentEncoding: "gzip"}, make: coded("gzip", 32<<20, 16)},
		{name: "brotli", meta: inspect.Meta{ContentEncoding: "br"}, make: coded("br", 64<<20, 1)},
		{name: "zstd", make: coded("zstd", 32<<20, 32)},
		{name: "xz", make: coded("xz", 8<<20, 64)},
		{name: "bzip2", make: func(t testing.TB) []byte {
			data, err := os.ReadFile("../decode/testdata/zeros.bz2")
			if err != nil {
				t.Fatal(err)
			}
			return bytes.Repeat(data, 24)
		}},
		{name: "gzip in gzip, 20 deep", make: func(t testing.TB) []byte {
			return []byte(again(20, idText, func(s string) string { return string(zipped(s)) }))
		}},
		{name: "gzip of gzip of zeros", long: true, make: func(t testing.TB) []byte {
			return zipped(string(zipped(string(coded("gzip", 64<<20, 8)(t)))))
		}},
		{name: "zip of zeros", make: func(t testing.TB) []byte { return zipOf(t, "a", zeros(64<<20)) }},
		{name: "nested zips", make: func(t testing.TB) []byte { return nestedZips(t, 5, 16) }},
		{name: "a zip of itself", make: func(t testing.TB) []byte {
			b, err := hex.DecodeString(recursive)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{name: "a million entries", make: millionEntries},
		{name: "overlapping entries", make: overlapping},
		{name: "tar of 70,000 headers", make: func(t testing.TB) []byte {
			return append(bytes.Repeat(tarOf(t, "a", "")[:512], 70_000), tarOf(t, "b", phoneA)...)
		}},
		{name: "tar of a million headers in gzip", long: true, make: func(t testing.TB) []byte {
			return bytes.Repeat(zipped(string(bytes.Repeat(tarOf(t, "a", "")[:512], 10_000))), 100)
		}},
		{name: "tiny zips in a tar", open: true, long: true, make: tinyZips},
		{name: "a sparse file of a terabyte in a tar", make: func(t testing.TB) []byte {
			b := tarOf(t, "a", "")[:512]
			copy(b[124:136], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
			return append(b, phoneA...)
		}},
		{name: "base64 in base64, 20 deep", make: func(t testing.TB) []byte {
			return []byte(again(20, idText, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }))
		}},
	}, textBombs()...)
}

// nestedZips are zips of zips like 42.zip, with zeros in the innermost.
func nestedZips(t testing.TB, levels, wide int) []byte {
	in := zipOf(t, "0", zeros(16<<20))
	for range levels {
		var files []string
		for i := range wide {
			files = append(files, fmt.Sprintf("%d.zip", i), string(in))
		}
		in = zipOf(t, files...)
	}
	return in
}

// millionEntries is a zip of as many empty files.
func millionEntries(t testing.TB) []byte {
	const n = 1_000_000
	one := zipAs(t, zip.Store, "e", "")
	local := bytes.Index(one, []byte("PK\x01\x02"))
	listed := bytes.Index(one, []byte("PK\x05\x06")) - local
	b := bytes.Repeat(one[:local], n)
	from := len(b)
	for i := range n {
		b = append(b, one[local:local+listed]...)
		binary.LittleEndian.PutUint32(b[len(b)-listed+42:], uint32(i*local))
	}
	return zipEnd(b, from, 0xffff)
}

func zipEnd(b []byte, from, entries int) []byte {
	end := []byte("PK\x05\x06\x00\x00\x00\x00")
	end = binary.LittleEndian.AppendUint16(end, uint16(entries))
	end = binary.LittleEndian.AppendUint16(end, uint16(entries))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(b)-from))
	end = binary.LittleEndian.AppendUint32(end, uint32(from))
	return append(b, append(end, 0, 0)...)
}

// overlapping is a zip whose entries share one kernel, after D. Fifield, "A
// better zip bomb": the data of each begins with a stored block that quotes
// the local header of the next.
func overlapping(t testing.TB) []byte {
	const n = 1000
	var kernel bytes.Buffer
	w, err := flate.NewWriter(&kernel, 9)
	if err == nil {
		_, err = w.Write(make([]byte, 4<<20))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	data, le := kernel.Bytes(), binary.LittleEndian
	header := func(kind string, extra int) []byte {
		h := append([]byte(kind), make([]byte, 26+extra)...)
		return h
	}
	local := func() []byte {
		h := header("PK\x03\x04", 0)
		h[4], h[8], h[26] = 20, 8, 1
		le.PutUint32(h[18:], uint32(len(data)))
		le.PutUint32(h[22:], 4<<20)
		return append(h, 'e')
	}
	for range n - 1 {
		h := local()
		quote := le.AppendUint16(le.AppendUint16([]byte{0}, uint16(len(h))), ^uint16(len(h)))
		data = append(append(quote, h...), data...)
	}
	body := append(local(), data...)
	from := len(body)
	for i := range n {
		h := header("PK\x01\x02", 16)
		h[6], h[10], h[28] = 20, 8, 1
		le.PutUint32(h[20:], uint32(len(data)-i*36))
		le.PutUint32(h[24:], 4<<20)
		le.PutUint32(h[42:], uint32(i*36))
		body = append(append(body, h...), 'e')
	}
	return zipEnd(body, from, n)
}

// tinyZips are many of them in a tar, with a number in the last.
func tinyZips(t testing.TB) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	small, last := zipOf(t, "a", "hello"), zipOf(t, "a", "联系电话 "+phoneA+" "+strings.Repeat("a", 40))
	for i := range 15_000 {
		content := small
		if i == 14_999 {
			content = last
		}
		err := w.WriteHeader(&tar.Header{Name: "a.zip", Mode: 0o600, Size: int64(len(content))})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
