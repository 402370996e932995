package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
	"github.com/parquet-go/parquet-go"
)

type parquetPerson struct {
	Name  string   `parquet:"name"`
	Phone int64    `parquet:"phone"`
	Tags  []string `parquet:"tags,list"`
	Note  *string  `parquet:"note,optional,dict"`
	Raw   []byte   `parquet:"raw"`
}

// parquetOf writes persons.
func parquetOf(t testing.TB, n int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetPerson](&b, options...)
	for i := range n {
		note := "备注"
		p := parquetPerson{Name: fmt.Sprint("张三", i), Phone: 13800138000 + int64(i), Tags: []string{"a", "b"}, Note: &note}
		if i == 1 {
			p.Raw = bytes.Repeat([]byte{0xFF, 0}, 20)
		}
		if i%2 == 1 {
			p.Note = nil
		}
		if _, err := w.Write([]parquetPerson{p}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParquet(t *testing.T) {
	tests := []struct {
		name    string
		options []parquet.WriterOption
	}{
		{"plain", nil},
		{"snappy", []parquet.WriterOption{parquet.Compression(&parquet.Snappy)}},
		{"gzip", []parquet.WriterOption{parquet.Compression(&parquet.Gzip)}},
		{"zstd", []parquet.WriterOption{parquet.Compression(&parquet.Zstd)}},
		{"LZ4", []parquet.WriterOption{parquet.Compression(&parquet.Lz4Raw)}},
		{"brotli", []parquet.WriterOption{parquet.Compression(&parquet.Brotli)}},
		{"small groups", []parquet.WriterOption{parquet.MaxRowsPerRowGroup(100), parquet.DataPageVersion(1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := parquetOf(t, 500, append(tt.options, parquet.KeyValueMetadata("owner", "张三"))...)
			c := whole(unpack.Parquet, b, roomy)
			rows, _ := c.find("rows")
			want := "name\tphone\ttags.list.element\tnote\traw\n张三0\t13800138000\ta,b\t备注\t\n张三1\t13800138001\ta,b\t\t\n"
			if !strings.HasPrefix(rows, want) || strings.Count(rows, "\n") != 501 {
				t.Errorf("%d lines, begins %.120q", strings.Count(rows, "\n"), rows)
			}
			if raw, _ := c.find("rows.raw"); raw != strings.Repeat("\xFF\x00", 20)+"\n" || !c.holds("owner: 张三") {
				t.Errorf("raw is %q", raw)
			}
			if len(c.misses) > 0 || len(c.parts) != 4 {
				t.Errorf("misses %v, %d parts", c.misses, len(c.parts))
			}
		})
	}
}

func TestParquetBroken(t *testing.T) {
	b := parquetOf(t, 100)
	zeros := parquetOf(t, 1, parquet.KeyValueMetadata("a", strings.Repeat("0", 1<<20)))
	huge := bytes.Clone(b) // a list that claims two thousand million elements
	footer := append([]byte{0x15, 2, 0x19, 0xFC}, 0xFF, 0xFF, 0xFF, 0xFF, 7)
	huge = append(huge[:len(huge)-8], footer...)
	huge = append(binary.LittleEndian.AppendUint32(huge, uint32(len(footer))), "PAR1"...)
	flip := bytes.Clone(b)
	copy(flip[4:], bytes.Repeat([]byte{0xFF}, 16))
	tests := []struct {
		name string
		file []byte
		l    unpack.Limits
		want inspect.GapReason
	}{
		{"cut off", b[:len(b)-20], roomy, inspect.GapBroken},
		{"an encrypted footer", append(bytes.Clone(b[:len(b)-4]), "PARE"...), roomy, inspect.GapEncrypted},
		{"a list of any size", huge, roomy, inspect.GapBroken},
		{"a page of any size", flip, roomy, inspect.GapBroken},
		{"a large footer", zeros, unpack.Limits{Entries: 9, Memory: 1 << 20, Bytes: 1 << 30}, inspect.GapLimitBytes},
		{"bytes", b, unpack.Limits{Entries: 9, Memory: 8 << 20, Bytes: 100}, inspect.GapLimitBytes},
		{"nothing", []byte("PAR1PAR1"), roomy, inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.Parquet, tt.file, tt.l); c.misses[tt.want] == 0 {
				t.Errorf("misses %v, want %s", c.misses, tt.want)
			}
		})
	}
}

func TestParquetBomb(t *testing.T) {
	type row struct {
		A string `parquet:"a,zstd"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	_, _ = w.Write([]row{{strings.Repeat("0", 8<<20)}})
	_ = w.Close()
	c := whole(unpack.Parquet, b.Bytes(), unpack.Limits{Entries: 9, Memory: 4 << 20, Bytes: 1 << 30})
	if c.misses[inspect.GapLimitBytes] == 0 {
		t.Errorf("misses %v", c.misses)
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, 3))
	f.Add(parquetOf(f, 3, parquet.Compression(&parquet.Gzip)))
	f.Fuzz(func(t *testing.T, b []byte) { keepsBudget(t, unpack.Parquet, b) })
}
