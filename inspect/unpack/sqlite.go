package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// SQLite opens a SQLite 3 database (sqlite.org/fileformat2.html). Its parts:
//
//   - "schema": the rows of the schema, with every CREATE statement, and the
//     numbers of the head that an application may set;
//   - each table and index under its name: a header row with the names of its
//     columns, then a line for each row, cells joined by TAB. A text that holds
//     a TAB or ends a line has a space there; bytes that are no text and long
//     texts of many lines come as parts of their own behind it, named
//     "table.column". "rowid" is the number of a row that has no name for it;
//   - "free": space of the file that belongs to no row, where deleted rows
//     remain: what can still be read of them as lines, then the bytes as they
//     lie;
//   - without a name, what stands behind the last page. A database that stands
//     there is opened in turn.
//
// A write-ahead log is a file of its own. A database with SQLCipher has no head
// to know it by.
//
// BUG(sqlite): of rows deleted from a page, numbers and UTF-16 are found only
// where the record's head still stands, in whole or but for its first bytes.
func SQLite(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		for from := int64(0); from < size && !m.stopped; {
			d := &sqliteDB{meter: m, r: io.NewSectionReader(r, from, size-from), base: from, size: size - from, l: l}
			from += d.open()
			next := m.find(r, from, size, sqliteMagic)
			m.raw(r, from, next)
			from = next
		}
	})
	m.end()
}

const sqliteMagic = "SQLite format 3\x00"

// sqliteDB is an open database.
type sqliteDB struct {
	*meter
	r      io.ReaderAt
	base   int64 // where it begins in the file
	size   int64
	l      Limits
	page   int64 // bytes of a page
	usable int64 // of these, those for content
	pages  int64
	order  binary.ByteOrder // of text in UTF-16, nil for UTF-8
	seen   []uint64         // pages reached, a bit each
	slack  []decode.Span    // gaps, not yet given out
	lost   bool             // gaps did not all fit
	stale  bool             // what is read now was deleted: nothing of it is sound
	broken bool
	row    []sqliteValue // the row in hand
	width  int           // columns of the table in hand
	ghosts []byte        // lines of deleted rows
	grown  int64         // bytes held for the row in hand
	spilt  int64         // pages that deleted rows flowed over to, against loops
}

// sqliteTable is a row of the schema.
type sqliteTable struct {
	kind, name, sql string
	root            int64
}

// open gives out the database and says how many bytes are its own.
func (d *sqliteDB) open() int64 {
	head := make([]byte, 100)
	if n, _ := d.r.ReadAt(head, 0); n < 100 || string(head[:16]) != sqliteMagic || !d.sizes(head) {
		d.Miss(inspect.GapBroken, d.size)
		return d.size
	}
	if !d.hold(d.pages / 8) {
		d.Miss(inspect.GapLimitBytes, d.size)
		return d.size
	}
	d.seen = make([]uint64, d.pages/64+1)
	tables := d.schema(head)
	for _, kind := range []string{"table", "index"} {
		for _, t := range tables {
			if t.kind == kind && t.root > 0 && !d.stopped {
				d.table(t)
			}
		}
	}
	if bytes.Trim(head[72:92], "\x00") != nil {
		d.gap(72, 92)
	}
	d.freed()
	if d.broken {
		d.Miss(inspect.GapBroken, -1)
	}
	return d.pages * d.page
}

// sizes takes what the head says of pages and text.
func (d *sqliteDB) sizes(head []byte) bool {
	if d.page = int64(binary.BigEndian.Uint16(head[16:])); d.page == 1 {
		d.page = 65536
	}
	d.usable = d.page - int64(head[20])
	if d.page < 512 || d.page&(d.page-1) != 0 || d.usable < 480 {
		return false
	}
	switch binary.BigEndian.Uint32(head[56:]) {
	case 2:
		d.order = binary.LittleEndian
	case 3:
		d.order = binary.BigEndian
	}
	d.pages = d.size / d.page
	// The number of pages holds if whoever wrote last knew the field.
	if n := int64(binary.BigEndian.Uint32(head[28:])); n > 0 && bytes.Equal(head[24:28], head[92:96]) {
		d.broken = n > d.pages
		d.pages = min(n, d.pages)
	}
	return d.pages > 0
}

// schema reads the first table, which says what the others are.
func (d *sqliteDB) schema(head []byte) (tables []sqliteTable) {
	if !d.Begin([]byte("schema"), d.span()) {
		return nil
	}
	for at := 60; at <= 68; at += 8 { // user_version, application_id
		if v := int32(binary.BigEndian.Uint32(head[at:])); v != 0 {
			d.text(strconv.Itoa(int(v)) + "\n")
		}
	}
	held := int64(0)
	var line []byte
	d.walk(1, 0, func(int64) bool {
		line = line[:0]
		for i, v := range d.row {
			if i > 0 {
				line = append(line, '\t')
			}
			line = v.cell(line)
		}
		text := func(i int) string {
			if i < len(d.row) && d.row[i].kind == sqliteText {
				return string(d.row[i].b)
			}
			return ""
		}
		t := sqliteTable{kind: text(0), name: text(1), sql: text(4)}
		if len(d.row) > 3 && d.row[3].kind == sqliteInt {
			t.root = d.row[3].n
		}
		if d.odd(t.sql) {
			d.Miss(inspect.GapUnknownFormat, -1)
		}
		if held += int64(len(t.sql) + len(t.name) + 64); held > d.l.Memory/8 || !d.hold(int64(len(t.sql)+len(t.name)+64)) {
			d.Miss(inspect.GapLimitBytes, -1)
			return false
		}
		tables = append(tables, t)
		d.Write(line)
		return d.text("\n")
	})
	return tables
}

// span is the whole database, as a place in the file.
func (d *sqliteDB) span() decode.Span { return decode.Span{From: d.base, To: d.base + d.size} }

// find looks for a mark in [from, size) of r and answers where it stands, or
// size.
func (m *meter) find(r io.ReaderAt, from, size int64, mark string) int64 {
	buf := make([]byte, chunk)
	for from < size && m.work(chunk) {
		n, _ := r.ReadAt(buf[:min(chunk, size-from)], from)
		if k := bytes.Index(buf[:n], []byte(mark)); k >= 0 {
			return from + int64(k)
		}
		if n < len(mark) {
			break
		}
		from += int64(n - len(mark) + 1)
	}
	return size
}
