package unpack

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// sheet gives out a table: a header row, a line for each row, cells joined by
// TAB. What does not fit into a cell comes behind the rows as a part of its
// own, named "table.column". Where too much of that gathers, the table is
// broken off for it and begun again with its header.
type sheet struct {
	*meter
	name  string
	at    decode.Span
	names []string
	most  int64 // bytes to gather
	begun bool
	aside []sheetValue
	held  int64
}

// sheetValue is bytes of a row that are no cell.
type sheetValue struct {
	column int
	data   []byte
}

// row writes a line. The first one brings the header before it.
func (s *sheet) row(line []byte) bool {
	if !s.begun && !s.begin() {
		return false
	}
	s.Write(line)
	if s.Write([]byte{'\n'}); s.held > s.most {
		s.flush()
	}
	return !s.stopped
}

func (s *sheet) begin() bool {
	s.begun = true
	if !s.Begin([]byte(s.name), s.at) {
		return false
	}
	var line []byte
	for i, n := range s.names {
		if i > 0 {
			line = append(line, '\t')
		}
		line = asLine(line, []byte(n))
	}
	return s.Write(append(line, '\n'))
}

// isKey reports whether bytes are as long as keys and digests are that stand in
// tables, and look no more like text in any charset.
func isKey(b []byte) bool {
	switch len(b) {
	case 8, 12, 16, 20, 24, 28, 32, 48, 64:
	default:
		return false
	}
	zeros, text := 0, 0
	for _, c := range b {
		switch {
		case c == 0:
			zeros++
		case c >= ' ' && c < 0x7f:
			if text++; text >= 6 {
				return false
			}
			continue
		}
		text = 0
	}
	return zeros <= len(b)/8 && !utf8.Valid(b)
}

// value writes b into its cell, or keeps it for a part of its own.
func (s *sheet) value(line []byte, column int, b []byte) []byte {
	if isCell(b) {
		return asLine(line, b)
	}
	if isKey(b) && !sniffed(b) { // many of them together would look like ciphertext
		return hex.AppendEncode(line, b)
	}
	n := int64(len(b)) + 64
	if !s.hold(n) {
		s.Miss(inspect.GapLimitBytes, int64(len(b)))
		return line
	}
	s.held += n
	s.aside = append(s.aside, sheetValue{column, bytes.Clone(b)})
	return line
}

// flush ends the table and gives out what does not fit into its cells: what
// begins like something that is opened, and long texts, each on its own, the
// others of a column together.
func (s *sheet) flush() {
	s.begun = false
	slices.SortStableFunc(s.aside, func(a, b sheetValue) int { return cmp.Compare(a.column, b.column) })
	last := -1
	for _, v := range s.aside {
		if alone(v.data) {
			continue
		}
		if v.column != last && !s.Begin(s.title(v.column), s.at) {
			break
		}
		last = v.column
		s.Write(v.data)
		s.Write([]byte{'\n'})
	}
	for _, v := range s.aside {
		if !alone(v.data) {
			continue
		}
		if s.stopped || !s.Begin(s.title(v.column), s.at) || !s.Write(v.data) {
			break
		}
	}
	s.free(s.held)
	s.aside, s.held = nil, 0
}

// title names the part of a value that is no cell.
func (s *sheet) title(column int) []byte {
	name := s.name + "."
	if column < len(s.names) {
		name += s.names[column]
	}
	return []byte(name)
}

// alone tells a value that is read better as a part of its own.
func alone(b []byte) bool {
	return sniffed(b) || len(b) >= longText && isPlainText(b) || len(b) >= 1<<16
}

// longText is how long a text of several lines may be to stand in a cell. A
// longer one may be a mail or a table, whose lines count.
const longText = 256

// isCell tells text that loses nothing when it is put on one line.
func isCell(b []byte) bool {
	lines := false
	for _, c := range b {
		if c < ' ' {
			if c != '\n' && c != '\r' && c != '\t' {
				return false
			}
			lines = true
		}
	}
	return !(lines && len(b) >= longText) && (len(b) < 12 || decode.Sniff(b[:min(len(b), decode.SniffLen)]) == decode.Plain)
}

// sheetFloat writes a number without an exponent where its digits may be
// those of an identifier that was too long for its column, or of a place.
func sheetFloat(dst []byte, v float64, bits int) []byte {
	if a := math.Abs(v); a >= 1e-9 && a < 1e21 || a == 0 {
		return strconv.AppendFloat(dst, v, 'f', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits)
}
