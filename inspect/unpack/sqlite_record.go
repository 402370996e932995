package unpack

import (
	"encoding/binary"
	"math"
	"strconv"
)

// The kinds of values of a row.
const (
	sqliteNull = iota
	sqliteInt
	sqliteReal
	sqliteText // in UTF-8
	sqliteBlob
)

// sqliteValue is one value of a row.
type sqliteValue struct {
	kind byte
	n    int64
	f    float64
	b    []byte
}

// sqliteWidths are the bytes of the numbers, by serial type.
var sqliteWidths = [...]int64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}

// record takes the values out of a row. A row that ends early has fewer.
func (d *sqliteDB) record(b []byte) {
	d.row = d.row[:0]
	size, n := sqliteVarint(b)
	if size < int64(n) || size > int64(len(b)) {
		d.fail()
		d.row = append(d.row, sqliteValue{kind: sqliteBlob, b: b})
		return
	}
	types, body := b[n:size], b[size:]
	for len(types) > 0 {
		kind, n := sqliteVarint(types)
		types = types[n:]
		width := sqliteWidth(kind)
		if width < 0 || width > int64(len(body)) || len(d.row) >= 1<<15 {
			d.fail()
			break
		}
		d.row = append(d.row, d.value(kind, body[:width]))
		body = body[width:]
	}
	if len(body) > 0 { // nothing says what this is
		d.row = append(d.row, sqliteValue{kind: sqliteBlob, b: body})
	}
}

// sqliteWidth is how many bytes a value has, -1 where the type is none.
func sqliteWidth(kind int64) int64 {
	switch {
	case kind < 0 || kind == 10 || kind == 11:
		return -1
	case kind < 10:
		return sqliteWidths[kind]
	}
	return (kind - 12) / 2
}

func (d *sqliteDB) value(kind int64, b []byte) sqliteValue {
	switch {
	case kind == 0:
		return sqliteValue{}
	case kind == 7:
		return sqliteValue{kind: sqliteReal, f: math.Float64frombits(binary.BigEndian.Uint64(b))}
	case kind == 8 || kind == 9:
		return sqliteValue{kind: sqliteInt, n: kind - 8}
	case kind < 7:
		v := int64(int8(b[0]))
		for _, c := range b[1:] {
			v = v<<8 | int64(c)
		}
		return sqliteValue{kind: sqliteInt, n: v}
	case kind&1 == 0:
		return sqliteValue{kind: sqliteBlob, b: b}
	case d.order != nil:
		return sqliteValue{kind: sqliteText, b: utf16Text(b, d.order)}
	}
	return sqliteValue{kind: sqliteText, b: b}
}

// cell writes a value as a table shows it.
func (v *sqliteValue) cell(dst []byte) []byte {
	switch v.kind {
	case sqliteInt:
		return strconv.AppendInt(dst, v.n, 10)
	case sqliteReal:
		return sheetFloat(dst, v.f, 64)
	case sqliteText, sqliteBlob:
		return asLine(dst, v.b)
	}
	return dst
}

// table gives out the rows of a table or an index.
func (d *sqliteDB) table(t sqliteTable) {
	names, key, order := sqliteColumns(t.sql)
	s := &sheet{meter: d.meter, name: t.name, at: d.span(), names: names, most: d.l.Memory / 8}
	if key < 0 && order == nil && t.kind == "table" {
		s.names = append(names[:len(names):len(names)], "rowid")
	}
	d.width = len(names)
	if d.stopped || !s.begin() {
		return
	}
	var line []byte
	d.walk(t.root, 0, func(id int64) bool {
		line = line[:0]
		cells, told := max(len(d.row), len(order), key+1), false
		for i := range cells {
			if i > 0 {
				line = append(line, '\t')
			}
			at := i
			if i < len(order) {
				at = order[i]
			}
			switch {
			case i == key && (at >= len(d.row) || d.row[at].kind == sqliteNull):
				line, told = strconv.AppendInt(line, id, 10), true
			case at >= len(d.row):
			case d.row[at].kind == sqliteText, d.row[at].kind == sqliteBlob:
				line = s.value(line, i, d.row[at].b)
			default:
				line = d.row[at].cell(line)
			}
		}
		if !told && (id < 0 || id >= 1e7) { // long enough for an identifier
			for i := cells; i <= len(names); i++ {
				line = append(line, '\t')
			}
			line = strconv.AppendInt(line, id, 10)
		}
		return s.row(line)
	})
	s.flush()
	d.width = 0
}
