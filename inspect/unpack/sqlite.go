package unpack

import (
	"encoding/binary"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// SQLite opens a SQLite 3 database (sqlite.org/fileformat2.html). Its parts:
//
//   - "schema": the text of every CREATE statement;
//   - each table under its name: a header row with the names of its columns,
//     then a line for each row, cells joined by TAB. Text that holds a TAB or
//     ends a line has a space there; bytes that are no text are left out of
//     the row and come as parts of their own behind it, named "table.column";
//   - "free": space of the file that belongs to no row, where deleted rows
//     remain: free pages, pages that nothing leads to, gaps within pages, and
//     what stands behind the last page.
//
// Indexes hold nothing that the tables do not, so only their gaps are read.
// A write-ahead log is a file of its own. A database with SQLCipher has no head
// to know it by.
func SQLite(r io.ReaderAt, size int64, l Limits, out Out) {
	d := &sqliteDB{meter: newMeter(l, out), r: r, size: size, l: l}
	guard(d.meter, func() { d.open() })
}

// sqliteDB is an open database.
type sqliteDB struct {
	*meter
	r        io.ReaderAt
	size     int64
	l        Limits
	page     int64 // bytes of a page
	usable   int64 // of these, those for content
	pages    int64
	order    binary.ByteOrder // of text in UTF-16, nil for UTF-8
	seen     []uint64         // pages reached, a bit each
	slack    []byte           // gaps, not yet given out
	lost     bool             // gaps did not all fit
	broken   bool
	blobs    []sqliteBlob
	overflow int64 // bytes of overflow pages read, against loops
}

// sqliteTable is a row of the schema.
type sqliteTable struct {
	kind, name, sql string
	root            int64
}

func (d *sqliteDB) open() {
	head := make([]byte, 100)
	if n, _ := d.r.ReadAt(head, 0); n < 100 || string(head[:16]) != "SQLite format 3\x00" {
		d.Miss(inspect.GapBroken, -1)
		return
	}
	d.page = int64(binary.BigEndian.Uint16(head[16:]))
	if d.page == 1 {
		d.page = 65536
	}
	d.usable = d.page - int64(head[20])
	if d.page < 512 || d.page&(d.page-1) != 0 || d.usable < 480 {
		d.Miss(inspect.GapBroken, -1)
		return
	}
	switch binary.BigEndian.Uint32(head[56:]) {
	case 2:
		d.order = binary.LittleEndian
	case 3:
		d.order = binary.BigEndian
	}
	d.pages = d.size / d.page
	d.seen = make([]uint64, d.pages/64+1)
	if d.pages/64 > d.l.Memory/32 {
		d.Miss(inspect.GapLimitBytes, -1)
		return
	}
	tables := d.schema()
	for _, t := range tables {
		if t.kind == "table" && t.root > 0 {
			d.table(t)
		}
	}
	for _, t := range tables {
		if t.kind == "index" && t.root > 0 {
			d.walk(t.root, 0, func(int64, []any) bool { return !d.stopped })
		}
	}
	d.free()
	if d.broken {
		d.Miss(inspect.GapBroken, -1)
	}
}

// schema reads the first table, which says what the others are.
func (d *sqliteDB) schema() (tables []sqliteTable) {
	if !d.Begin([]byte("schema"), decode.Span{To: d.size}) {
		return nil
	}
	held := int64(0)
	d.walk(1, 0, func(_ int64, row []any) bool {
		text := func(i int) string {
			if i < len(row) {
				if b, ok := row[i].(sqliteText); ok {
					return string(b)
				}
			}
			return ""
		}
		t := sqliteTable{kind: text(0), name: text(1), sql: text(4)}
		if len(row) > 3 {
			t.root, _ = row[3].(int64)
		}
		d.text(t.sql)
		d.text("\n")
		if held += int64(len(t.sql) + len(t.name) + 64); held > d.l.Memory/8 {
			d.Miss(inspect.GapLimitBytes, -1)
			return false
		}
		tables = append(tables, t)
		return !d.stopped
	})
	return tables
}

// mark notes that a page was reached, and answers false if it was before.
func (d *sqliteDB) mark(n int64) bool {
	if n < 1 || n > d.pages || d.seen[n/64]&(1<<(n%64)) != 0 {
		return false
	}
	d.seen[n/64] |= 1 << (n % 64)
	return true
}

// read reads page n.
func (d *sqliteDB) read(n int64) []byte {
	b := make([]byte, d.page)
	k, _ := d.r.ReadAt(b, (n-1)*d.page)
	if int64(k) < d.page {
		d.broken = true
		return nil
	}
	return b
}
