package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// ListMaker makes a list out of values. It keeps their hashes only.
type ListMaker struct {
	header ListHeader
	hashes [][hashLen]byte
	begins string // of all values so far: letters and digits
	only   int    // values that are a serial number
	buf    []byte
}

// ErrValue is the error of a value that cannot be in a list. It does not show
// the value.
var ErrValue = fmt.Errorf("a value has %d to %d letters and digits", minValue, maxValue)

// NewListMaker begins a list with a name and a random salt of 16 bytes.
func NewListMaker(name string, salt []byte) (*ListMaker, error) {
	if len(salt) != saltLen {
		return nil, fmt.Errorf("the salt has %d bytes, it needs %d", len(salt), saltLen)
	}
	if name == "" || len(name) > 64 || !utf8.ValidString(name) {
		return nil, errors.New("the name of a list has 1 to 64 bytes")
	}
	return &ListMaker{header: ListHeader{Name: name, Salt: salt, Norm: "1", Shape: ShapeDigits}}, nil
}

// Add puts a value into the list; it may be UTF-8 or GB18030.
func (m *ListMaker) Add(value []byte) error {
	m.buf = normal(m.buf[:0], value, maxValue)
	b := m.buf
	defer func() { clear(m.buf) }()
	if len(b) < minValue || len(b) > maxValue {
		return ErrValue
	}
	if len(m.hashes) == maxListed {
		return fmt.Errorf("a list has at most %d values", maxListed)
	}
	h := &m.header
	if len(m.hashes) == 0 {
		h.Min, h.Max, m.begins = len(b), len(b), lead(b)
	}
	h.Min, h.Max = min(h.Min, len(b)), max(h.Max, len(b))
	if lead(b) != m.begins {
		m.begins = ""
	}
	switch s := shape(b); {
	case s == ShapeText, h.Shape == ShapeText:
		h.Shape = ShapeText
	case s == ShapeCode:
		h.Shape = ShapeCode
	}
	if serial(b) {
		m.only++
	}
	sum := sha256.Sum256(append(slices.Clone(h.Salt), b...))
	m.hashes = append(m.hashes, [hashLen]byte(sum[:hashLen]))
	return nil
}

// lead is the letters with which a code begins.
func lead(b []byte) string {
	n := 0
	for n < len(b) && letter(rune(b[n])) {
		n++
	}
	return string(b[:n])
}

func shape(b []byte) Shape {
	s := ShapeDigits
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
		case c >= 'A' && c <= 'Z':
			s = ShapeCode
		default:
			return ShapeText
		}
	}
	return s
}

// serial reports whether a value is one to three letters and six to nine
// digits.
func serial(b []byte) bool {
	n := len(lead(b))
	return n >= 1 && n <= 3 && len(b)-n >= 6 && len(b)-n <= 9 && shape(b[n:]) == ShapeDigits
}

// Write ends the list. It returns its header, in which equal values count once.
func (m *ListMaker) Write(w io.Writer) (ListHeader, error) {
	if len(m.hashes) == 0 {
		return ListHeader{}, errors.New("there are no values")
	}
	slices.SortFunc(m.hashes, func(a, b [hashLen]byte) int { return bytes.Compare(a[:], b[:]) })
	h := m.header
	h.Serial = m.only == len(m.hashes)
	// A prefix stands in the list as it is: it must not be a whole value.
	if len(m.begins) >= minAnchor && h.Shape == ShapeCode && h.Min-len(m.begins) >= minValue {
		h.Prefix = m.begins
	}
	m.hashes = slices.Compact(m.hashes)
	h.Count = len(m.hashes)
	line, err := json.Marshal(h)
	if err != nil {
		return h, err
	}
	sum := sha256.New()
	out := io.MultiWriter(w, sum)
	if _, err := fmt.Fprintf(out, "%s%s\n", listMagic, line); err != nil {
		return h, err
	}
	for i := range m.hashes {
		if _, err := out.Write(m.hashes[i][:]); err != nil {
			return h, err
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return h, err
}
