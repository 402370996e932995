package engine_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"unicode/utf16"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	_ "modernc.org/sqlite" // the driver
)

// files are databases, tables, messages and pictures.
func files(t testing.TB) []layer {
	of := func(name, path string, takes form, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: takes, gives: octets, path: path, wrap: wrap}
	}
	const plain, all = words | ascii, words | ascii | octets
	grpc := of("gRPC", "", all, func(b []byte) []byte {
		m := message(field(1, []byte("note")), field(2, b))
		return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(m))), m...)
	})
	grpc.said = "application/grpc"
	return []layer{
		grpc,
		of("SQLite", "sqlite", plain, func(b []byte) []byte { return sqliteOf(t, "UTF-8", string(b)) }),
		of("SQLite in UTF-16LE", "sqlite", plain, func(b []byte) []byte { return sqliteOf(t, "UTF-16le", string(b)) }),
		of("SQLite in UTF-16BE", "sqlite", plain, func(b []byte) []byte { return sqliteOf(t, "UTF-16be", string(b)) }),
		of("SQLite, blob", "sqlite", all, func(b []byte) []byte { return sqliteOf(t, "UTF-8", b) }),
		of("Parquet", "parquet", all, func(b []byte) []byte { return parquetOf(t, b, &parquet.Uncompressed) }),
		of("Parquet, Snappy", "parquet", all, func(b []byte) []byte { return parquetOf(t, b, &parquet.Snappy) }),
		of("Parquet, Zstandard", "parquet", all, func(b []byte) []byte { return parquetOf(t, b, &parquet.Zstd) }),
		of("protobuf", "", all, func(b []byte) []byte { return message(field(1, []byte("note")), field(2, field(3, b))) }),
		of("PNG, compressed text", "image", plain, func(b []byte) []byte { return pngOf(t, b) }),
		of("JPEG, EXIF in UTF-16", "image", plain, jpegOf),
	}
}

// sqliteOf is a database of one row, as its driver writes it to a file.
func sqliteOf(t testing.TB, charset string, value any) []byte {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, q := range []string{"pragma encoding='" + charset + "'", "pragma page_size=1024", "create table notes(no integer, body)"} {
		if _, err := c.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ExecContext(ctx, "insert into notes values(1,?)", value); err != nil {
		t.Fatal(err)
	}
	var out []byte
	err = c.Raw(func(driver any) error {
		var err error
		out, err = driver.(interface{ Serialize() ([]byte, error) }).Serialize()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(out)
}

// parquetOf is a table of two rows.
func parquetOf(t testing.TB, b []byte, codec compress.Codec) []byte {
	type row struct {
		No   int64  `parquet:"no"`
		Note string `parquet:"note"`
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[row](&out, parquet.Compression(codec))
	_, err := w.Write([]row{{1, "hello"}, {2, string(b)}})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// field is a field of protocol buffers that holds bytes.
func field(number int, b []byte) []byte {
	out := binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(b)))
	return append(out, b...)
}

func message(fields ...[]byte) []byte { return bytes.Join(fields, nil) }

// pngOf is a picture of one dot with a text of its own.
func pngOf(t testing.TB, b []byte) []byte {
	short := through(t, newZlib)
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		body := append([]byte(kind), data...)
		out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	}
	chunk("IHDR", []byte{0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0})
	chunk("iTXt", append([]byte("Comment\x00\x01\x00\x00\x00"), short(b)...))
	chunk("IDAT", short([]byte{0, 0}))
	chunk("IEND", nil)
	return out
}

// jpegOf is the head of a picture with a comment as Windows writes it.
func jpegOf(b []byte) []byte {
	var text []byte
	for _, u := range utf16.Encode([]rune(string(b) + "\x00")) {
		text = binary.LittleEndian.AppendUint16(text, u)
	}
	le := binary.LittleEndian
	exif := []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00")
	exif = le.AppendUint16(exif, 0x9c9c) // XPComment
	exif = le.AppendUint16(exif, 1)
	exif = le.AppendUint32(exif, uint32(len(text)))
	exif = le.AppendUint32(exif, 26)
	exif = append(le.AppendUint32(exif, 0), text...)
	out := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(exif)+2))
	return append(append(out, exif...), "\xff\xda\x00\x02\x00\xff\xd9"...)
}
