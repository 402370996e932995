package unpack

import (
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/parquet-go/parquet-go"
)

// Parquet opens an Apache Parquet file. Its parts: "metadata", key: value
// lines of the footer; "rows", a header row with the names of the columns, then
// a line for each row, cells joined by TAB, values of a list by commas; then
// bytes that are no text, each under the name of its column; then "rest", what
// stands between the columns and belongs to none.
//
// The library that reads the pages believes what a file claims, so the
// sizes in the footer and in every page are checked first, and packed pages are
// unpacked once to see how large they are. A file that fails is Missed.
// Encrypted files and columns are Missed as encrypted, LZ4 as unknown.
//
// BUG(parquet): dates, times and decimals are given out as they are stored.
// BUG(parquet): statistics, page indexes and Bloom filters are passed over.
func Parquet(r io.ReaderAt, size int64, l Limits, out Out) {
	p := &parquetFile{meter: newMeter(l, out), r: r, size: size, l: l}
	guard(p.meter, func() { p.open() })
}

type parquetFile struct {
	*meter
	r     io.ReaderAt
	size  int64
	l     Limits
	names []string
	blobs []sqliteBlob
	held  int64
	used  []decode.Span
}

func (p *parquetFile) open() {
	var tail [8]byte
	if n, _ := p.r.ReadAt(tail[:], p.size-8); p.size < 12 || n < 8 {
		p.Miss(inspect.GapBroken, -1)
		return
	}
	footer := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		p.Miss(inspect.GapEncrypted, -1)
		return
	case string(tail[4:]) != "PAR1" || footer > p.size-12:
		p.Miss(inspect.GapBroken, -1)
		return
	case footer > p.l.Memory/16:
		p.Miss(inspect.GapLimitBytes, -1)
		return
	}
	b := make([]byte, footer)
	if n, _ := p.r.ReadAt(b, p.size-8-footer); int64(n) < footer {
		p.Miss(inspect.GapBroken, -1)
		return
	}
	if reason := checkThrift(b, p.l.Memory/2048); reason != "" {
		p.Miss(reason, -1)
		return
	}
	p.use(p.size-8-footer, p.size)
	f, err := parquet.OpenFile(p.r, p.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		p.Miss(inspect.GapBroken, -1)
		return
	}
	p.metadata(f)
	p.rows(f)
	for _, b := range p.blobs {
		if !p.Begin([]byte(p.names[b.column]), decode.Span{To: p.size}) || !p.Write(b.data) {
			return
		}
	}
	p.rest()
}

func (p *parquetFile) metadata(f *parquet.File) {
	if !p.Begin([]byte("metadata"), decode.Span{To: p.size}) {
		return
	}
	p.text("created_by: " + f.Metadata().CreatedBy + "\n")
	for _, kv := range f.Metadata().KeyValueMetadata {
		p.text(kv.Key + ": " + kv.Value + "\n")
	}
}

func (p *parquetFile) rows(f *parquet.File) {
	if !p.Begin([]byte("rows"), decode.Span{To: p.size}) {
		return
	}
	for _, path := range f.Schema().Columns() {
		p.names = append(p.names, strings.Join(path, "."))
	}
	var line []byte
	for i, n := range p.names {
		if i > 0 {
			line = append(line, '\t')
		}
		line = asLine(line, []byte(n))
	}
	p.Write(append(line, '\n'))
	groups := f.RowGroups()
	for i, g := range f.Metadata().RowGroups {
		if p.stopped || i >= len(groups) {
			return
		}
		var packed int64
		for k := range g.Columns {
			packed += max(0, g.Columns[k].MetaData.TotalCompressedSize)
		}
		if reason := p.check(&g); reason != "" {
			p.Miss(reason, packed)
			continue
		}
		p.group(groups[i], packed)
	}
}

// group writes the rows of one row group.
func (p *parquetFile) group(g parquet.RowGroup, packed int64) {
	rows := g.Rows()
	defer func() { _ = rows.Close() }()
	buf := make([]parquet.Row, 64)
	for idle := 0; idle < 8 && !p.stopped; idle++ {
		n, err := rows.ReadRows(buf)
		if n > 0 {
			idle = 0
		}
		for _, row := range buf[:n] {
			if !p.row(row) {
				return
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			p.Miss(inspect.GapBroken, packed)
			return
		}
	}
}

func (p *parquetFile) row(row parquet.Row) bool {
	var line []byte
	column := 0
	again := false
	for _, v := range row {
		for ; column < v.Column(); column++ {
			line, again = append(line, '\t'), false
		}
		if v.IsNull() || v.Column() >= len(p.names) {
			continue
		}
		if again {
			line = append(line, ',')
		}
		again = true
		if k := v.Kind(); k == parquet.ByteArray || k == parquet.FixedLenByteArray {
			line = p.bytes(line, v.Column(), v.ByteArray())
		} else {
			line = append(line, v.String()...)
		}
	}
	return p.Write(append(line, '\n'))
}

// bytes writes text into the row and keeps other bytes for a part of their own.
func (p *parquetFile) bytes(line []byte, column int, b []byte) []byte {
	if utf8.Valid(b) || len(b) < 24 {
		return asLine(line, b)
	}
	if p.held += int64(len(b)) + 64; p.held > p.l.Memory/8 {
		p.held -= int64(len(b)) + 64
		p.Miss(inspect.GapLimitBytes, int64(len(b)))
		return line
	}
	p.blobs = append(p.blobs, sqliteBlob{column, append([]byte(nil), b...)})
	return line
}
