package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
	"github.com/parquet-go/parquet-go"
)

// everyEncoding has a column for each way to store values.
type everyEncoding struct {
	Plain   string    `parquet:"plain,plain"`
	Dict    string    `parquet:"dict,dict"`
	Lengths string    `parquet:"lengths,delta"`
	Bytes   []byte    `parquet:"bytes,delta"`
	Delta   int64     `parquet:"deltas,delta"`
	Small   int32     `parquet:"small,delta"`
	Split   float64   `parquet:"split,split"`
	Split4  float32   `parquet:"split4,split"`
	Whole   int64     `parquet:"whole,dict"`
	Money   int64     `parquet:"money,decimal(2:18)"`
	ID      [16]byte  `parquet:"id,uuid"`
	Fixed   [12]byte  `parquet:"fixed"`
	Flag    bool      `parquet:"flag"`
	Maybe   *int64    `parquet:"maybe,optional"`
	List    []contact `parquet:"list,list"`
}

type contact struct {
	Tel  int64   `parquet:"tel"`
	Note *string `parquet:"note,optional"`
}

// parquetMarks are the texts that a row of everyEncoding must come out with.
func parquetMarks(i int) (r everyEncoding, want []string) {
	n := int64(13800138000 + i)
	note := fmt.Sprint("note", i)
	r = everyEncoding{
		Plain: fmt.Sprint("plain", i), Dict: fmt.Sprint("dict", i/3), Lengths: fmt.Sprint("长度", i), Bytes: []byte(fmt.Sprint("prefix", i)),
		Delta: n, Small: int32(i * 7919), Split: float64(n), Split4: float32(i) + 0.5, Whole: n + 1e9, Money: n*100 + 7,
		ID: [16]byte{0xAB, 15: byte(i)}, Flag: i%2 == 0,
	}
	copy(r.Fixed[:], fmt.Sprint("fix", i))
	lists := ""
	for k := range i % 3 {
		lists += fmt.Sprint(",", n+int64(k)+2e9)
		r.List = append(r.List, contact{Tel: n + int64(k) + 2e9, Note: &note})
	}
	want = []string{r.Plain, r.Dict, r.Lengths, string(r.Bytes), fmt.Sprint(n), fmt.Sprint(r.Small), fmt.Sprint(n), fmt.Sprintf("%d.5", i),
		fmt.Sprint(n + 1e9), fmt.Sprintf("%d.07", n), fmt.Sprintf("%x-%x-%x-%x-%x", r.ID[:4], r.ID[4:6], r.ID[6:8], r.ID[8:10], r.ID[10:]), fmt.Sprint("fix", i), fmt.Sprint(r.Flag), "", strings.TrimPrefix(lists, ","),
		strings.TrimPrefix(strings.Repeat(","+note, i%3), ",")}
	if i%5 == 0 {
		big := n + 3e9
		r.Maybe, want[13] = &big, fmt.Sprint(big)
	}
	return r, want
}

func parquetEncoded(t testing.TB, rows int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[everyEncoding](&b, options...)
	for i := range rows {
		r, _ := parquetMarks(i)
		if _, err := w.Write([]everyEncoding{r}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParquetKeepsAll(t *testing.T) {
	for name, options := range map[string][]parquet.WriterOption{
		"second version": {parquet.Compression(&parquet.Snappy)},
		"first version":  {parquet.DataPageVersion(1), parquet.Compression(&parquet.Gzip)},
		"small pages":    {parquet.PageBufferSize(200), parquet.Compression(&parquet.Zstd)},
		"small groups":   {parquet.MaxRowsPerRowGroup(17), parquet.Compression(&parquet.Lz4Raw)},
		"nothing packed": {parquet.Compression(&parquet.Uncompressed)},
	} {
		t.Run(name, func(t *testing.T) {
			b := parquetEncoded(t, 400, options...)
			c := whole(unpack.Parquet, b, roomy)
			rows, _ := c.find("rows")
			lines := strings.Split(rows, "\n")
			if len(lines) != 402 || len(c.misses) > 0 {
				t.Fatalf("%d lines, misses %v", len(lines), c.misses)
			}
			for i := range 400 {
				if _, want := parquetMarks(i); lines[i+1] != strings.Join(want, "\t") {
					t.Fatalf("row %d is\n%q, want\n%q", i, lines[i+1], want)
				}
			}
			tight := roomy
			tight.Memory = 100 << 10
			c = whole(unpack.Parquet, b, tight)
			for i := range 400 {
				if _, want := parquetMarks(i); len(c.misses) == 0 && !(c.holds(want[0]) && c.holds(want[8])) {
					t.Fatalf("column by column: row %d is lost, misses %v", i, c.misses)
				}
			}
		})
	}
}

// TestParquetBetween puts text where no column leads.
func TestParquetBetween(t *testing.T) {
	b := parquetOf(t, 20)
	size := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	at := len(b) - 8 - size
	packed := zlibbed("between 13800138000")
	c := whole(unpack.Parquet, append(append(bytes.Clone(b[:at]), packed...), b[at:]...), roomy)
	if !c.holds(packed) {
		t.Errorf("misses %v, parts %q", c.misses, c.parts)
	}
}

// TestParquetDamaged breaks files and holds that what is lost is told.
func TestParquetDamaged(t *testing.T) {
	b := parquetEncoded(t, 60, parquet.Compression(&parquet.Snappy), parquet.PageBufferSize(512))
	r := rand.New(rand.NewPCG(3, 1))
	for i := range 300 {
		c := bytes.Clone(b)
		switch i % 3 {
		case 0:
			c = c[:r.IntN(len(c))]
		case 1:
			at := len(c) - 8 - r.IntN(int(binary.LittleEndian.Uint32(c[len(c)-8:])))
			c[at] ^= 1 << r.IntN(8)
		default:
			c[r.IntN(len(c))] = byte(r.Uint32())
		}
		got := whole(unpack.Parquet, c, roomy)
		if len(got.misses) > 0 {
			continue
		}
		lost := 0
		for i := range 60 {
			if _, want := parquetMarks(i); !got.holds(want[4]) || !got.holds(want[8]) {
				lost++
			}
		}
		if lost > 2 { // a flip within a value makes another value
			t.Errorf("damage %d: %d rows lost and nothing said", i, lost)
		}
	}
}
