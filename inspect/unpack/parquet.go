package unpack

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Parquet opens an Apache Parquet file (parquet.apache.org/docs/file-format).
// Its parts:
//
//   - "metadata": who wrote it and the pairs of keys and values of the footer;
//   - "rows": a header row with the names of the columns, then a line for each
//     row, cells joined by TAB, values of a list by commas; rows of which all
//     is empty are left out. Where the pages of a row group do not fit into
//     memory side by side, its columns come one by one instead;
//   - what is no cell, as a part of its own behind the rows;
//   - "aside": values that no row uses, statistics, what a page holds behind
//     its values;
//   - without a name, what stands between the columns and belongs to none.
//
// Every size is taken for a claim: a page is unpacked as far as its bytes go
// and no further than its head says. Encrypted files and columns are Missed.
//
// BUG(parquet): times are given out as they are stored, as are the insides of
// BSON, variants and geometries.
func Parquet(r io.ReaderAt, size int64, l Limits, out Out) {
	p := &parquetFile{meter: newMeter(l, out), r: r, size: size, l: l}
	p.sheet = sheet{meter: p.meter, name: "rows", at: decode.Span{To: size}, most: l.Memory / 8}
	guard(p.meter, func() {
		defer p.close()
		p.open()
	})
	p.end()
}

type parquetFile struct {
	*meter
	r       io.ReaderAt
	size    int64
	l       Limits
	columns []parquetColumn
	names   []string
	sheet   sheet
	known   ledger
	aside   []byte
	digits  []byte // of the value in hand
	zstd    *zstd.Decoder
}

func (p *parquetFile) close() {
	if p.zstd != nil {
		p.zstd.Close()
	}
}

func (p *parquetFile) open() {
	b, reason := p.footer()
	if reason != "" {
		p.Miss(reason, -1)
		return
	}
	if !p.metadata(b) {
		return
	}
	p.sheet.names = p.names
	if !p.sheet.begin() {
		return
	}
	p.groups(b)
	p.sheet.flush()
	p.flushAside()
	p.known.know(0, 4)
	p.known.know(p.size-8-int64(len(b)), p.size)
	p.known.rest(p.size, func(from, to int64) bool { return p.raw(p.r, from, to) })
}

// footer reads the metadata at the end and says why not, if so.
func (p *parquetFile) footer() ([]byte, inspect.GapReason) {
	var tail [8]byte
	if n, _ := p.r.ReadAt(tail[:], max(0, p.size-8)); p.size < 12 || n < 8 {
		return nil, inspect.GapBroken
	}
	size := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		return nil, inspect.GapEncrypted
	case string(tail[4:]) != "PAR1" || size > p.size-12:
		return nil, inspect.GapBroken
	case size > p.l.Memory/4 || !p.hold(size):
		return nil, inspect.GapLimitBytes
	}
	b := make([]byte, size)
	if n, _ := p.r.ReadAt(b, p.size-8-size); int64(n) < size {
		return nil, inspect.GapBroken
	}
	if !p.work(20 * size) {
		return nil, inspect.GapLimitTime
	}
	return b, checkThrift(b, size)
}

// metadata gives out what the footer says in words, and takes the schema.
func (p *parquetFile) metadata(b []byte) bool {
	if !p.Begin([]byte("metadata"), decode.Span{From: p.size - 8 - int64(len(b)), To: p.size}) {
		return false
	}
	var odd [][]byte // values that begin like something else
	pair := func(t *thriftWalk) {
		var key, value []byte
		t.structure(0, func(id int64, kind byte) bool {
			return id == 1 && t.into(kind, nil, &key) || id == 2 && t.into(kind, nil, &value)
		})
		p.Write(key)
		p.text(": ")
		if p.Write(value); !isCell(value) && len(odd) < 1000 {
			odd = append(odd, value)
		}
		p.text("\n")
	}
	t := &thriftWalk{b: b, most: int64(len(b))}
	t.structure(0, func(id int64, kind byte) bool {
		switch {
		case id == 2 && kind == thriftList:
			p.schema(t)
		case id == 5 && kind == thriftList:
			t.list(thriftStruct, func() { pair(t) })
		case id == 6 && kind == thriftBinary:
			p.text("created_by: " + string(t.bytes()) + "\n")
		default:
			return false
		}
		return true
	})
	if t.bad != "" {
		p.Miss(t.bad, -1)
		return false
	}
	for _, v := range odd {
		if !p.Begin([]byte("metadata.value"), decode.Span{To: p.size}) || !p.Write(v) {
			return false
		}
	}
	return !p.stopped
}

// groups reads the row groups.
func (p *parquetFile) groups(b []byte) {
	t := &thriftWalk{b: b, most: int64(len(b))}
	want, got := int64(-1), int64(0) // rows
	t.structure(0, func(id int64, kind byte) bool {
		if id != 4 || kind != thriftList {
			return id == 3 && t.into(kind, &want, nil)
		}
		t.list(thriftStruct, func() {
			var chunks []parquetChunk
			var rows int64
			t.structure(0, func(id int64, kind byte) bool {
				if id != 1 || kind != thriftList {
					return id == 3 && t.into(kind, &rows, nil)
				}
				t.list(thriftStruct, func() {
					c := t.chunk()
					if len(chunks) == len(p.columns) || !p.work(2000) {
						t.fail(inspect.GapBroken)
						return
					}
					chunks = append(chunks, c)
				})
				return true
			})
			if got += rows; t.bad == "" && !p.stopped {
				p.group(chunks, rows)
			}
			if p.stopped {
				t.fail(inspect.GapBroken)
			}
		})
		return true
	})
	if got != want || t.i < len(b) {
		t.fail(inspect.GapBroken)
	}
	if t.bad != "" && !p.stopped {
		p.Miss(t.bad, -1)
	}
}

// note keeps what belongs to no row, to come behind the rows.
func (p *parquetFile) note(b []byte) {
	if b = bytes.Trim(b, "\x00"); len(b) == 0 {
		return
	}
	n := int64(len(b)) + 1
	if int64(len(p.aside))+n > p.l.Memory/8 || !p.hold(n) {
		p.Miss(inspect.GapLimitBytes, n)
		return
	}
	p.aside = append(append(p.aside, b...), '\n')
}

func (p *parquetFile) flushAside() {
	if len(p.aside) > 0 && !p.stopped && p.Begin([]byte("aside"), decode.Span{To: p.size}) {
		p.Write(p.aside)
	}
	p.free(int64(len(p.aside)))
	p.aside = nil
}
