package unpack

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// What a row holds: nil, int64, float64, and these.
type (
	sqliteText []byte // in UTF-8
	sqliteRaw  []byte
)

// sqliteBlob is bytes of a row that are no text, to be given out as a part.
type sqliteBlob struct {
	column int
	data   []byte
}

// sqliteWidths are the bytes of the numbers, by serial type.
var sqliteWidths = [...]int64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}

// record takes the values out of a row. A row that ends early has fewer.
func (d *sqliteDB) record(b []byte) (row []any) {
	size, n := sqliteVarint(b)
	if size < int64(n) || size > int64(len(b)) {
		d.broken = d.broken || len(b) > 0
		return []any{sqliteRaw(b)}
	}
	types, body := b[n:size], b[size:]
	for len(types) > 0 && len(row) < 1<<15 {
		kind, n := sqliteVarint(types)
		types = types[n:]
		var width int64
		switch {
		case kind < 0 || kind == 10 || kind == 11:
			d.broken = true
			return append(row, sqliteRaw(body))
		case kind < 10:
			width = sqliteWidths[kind]
		default:
			width = (kind - 12) / 2
		}
		if width > int64(len(body)) {
			d.broken = true
			width = int64(len(body))
			if kind < 12 {
				return row
			}
		}
		row = append(row, d.value(kind, body[:width]))
		body = body[width:]
	}
	if len(body) > 0 {
		d.gap(body)
	}
	return row
}

func (d *sqliteDB) value(kind int64, b []byte) any {
	switch {
	case kind == 0:
		return nil
	case kind == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case kind == 8 || kind == 9:
		return kind - 8
	case kind < 7:
		v := int64(int8(b[0]))
		for _, c := range b[1:] {
			v = v<<8 | int64(c)
		}
		return v
	case kind&1 == 0:
		return sqliteRaw(b)
	case d.order != nil:
		return sqliteText(utf16Text(b, d.order))
	}
	return sqliteText(b)
}

// table gives out the rows of a table, and behind them its bytes that are no
// text.
func (d *sqliteDB) table(t sqliteTable) {
	if !d.Begin([]byte(t.name), decode.Span{To: d.size}) {
		return
	}
	columns, key, order := sqliteColumns(t.sql)
	var line []byte
	for i, c := range columns {
		if i > 0 {
			line = append(line, '\t')
		}
		line = asLine(line, []byte(c))
	}
	d.blobs = nil
	held := int64(0)
	d.Write(append(line, '\n'))
	d.walk(t.root, 0, func(id int64, row []any) bool {
		line = line[:0]
		for i := range row {
			if i > 0 {
				line = append(line, '\t')
			}
			v := row[i]
			if order != nil && i < len(order) && order[i] < len(row) {
				v = row[order[i]]
			}
			if v == nil && i == key {
				v = id
			}
			if raw, ok := v.(sqliteRaw); ok && !utf8.Valid(raw) {
				if held += int64(len(raw)) + 64; held > d.l.Memory/4 {
					d.Miss(inspect.GapLimitBytes, int64(len(raw)))
					held -= int64(len(raw)) + 64
				} else {
					d.blobs = append(d.blobs, sqliteBlob{i, append([]byte(nil), raw...)})
				}
				continue
			}
			line = sqliteCell(line, v)
		}
		return d.Write(append(line, '\n'))
	})
	for _, b := range d.blobs {
		name := t.name + "."
		if b.column < len(columns) {
			name += columns[b.column]
		}
		if !d.Begin([]byte(name), decode.Span{To: d.size}) || !d.Write(b.data) {
			return
		}
	}
}

// sqliteCell writes a value as a table shows it.
func sqliteCell(dst []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e19 { // a number that was too long for its column, or an id
			return strconv.AppendFloat(dst, v, 'f', 0, 64)
		}
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	case sqliteText:
		return asLine(dst, v)
	case sqliteRaw:
		return asLine(dst, v)
	}
	return dst
}
