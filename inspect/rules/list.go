package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// A list of values that only hashes show: a line of text, a line of JSON, the
// hashes in order, and a checksum of all that. A hash is the first ten bytes
// of SHA-256(salt ‖ value in its normal form).
//
// BUG(list): whoever has the file can try values: a list of short numbers is
// no secret to him. It is to be kept like a key.
const (
	listMagic  = "customs-list 1\n"
	hashLen    = 10
	saltLen    = 16
	maxHeader  = 4096
	maxListed  = 16_000_000 // values
	minValue   = 4          // bytes in the normal form
	maxValue   = 64
	bucketSize = 16 // values behind one entry of the index, about
)

// MaxListSize is the most bytes a list may have.
const MaxListSize = len(listMagic) + maxHeader + maxListed*hashLen + sha256.Size

// Shape is what the values of a list look like.
type Shape string

// The shapes, the narrowest first.
const (
	ShapeDigits Shape = "digits" // ASCII digits
	ShapeCode   Shape = "code"   // ASCII letters and digits
	ShapeText   Shape = "text"   // anything
)

// ListHeader describes a list.
type ListHeader struct {
	Name   string `json:"name"`
	Salt   []byte `json:"salt"`
	Norm   string `json:"norm"` // the normal form, "1"
	Count  int    `json:"count"`
	Shape  Shape  `json:"shape"`
	Min    int    `json:"min"` // bytes of the shortest value in its normal form
	Max    int    `json:"max"`
	Prefix string `json:"prefix,omitempty"` // with which all begin
	// Serial says that all are one to three letters and six to nine digits.
	Serial bool `json:"serial,omitempty"`
}

// List is a set of values that are known by their hashes only. It does not
// change after ReadList.
type List struct {
	ListHeader
	hashes []byte
	index  []uint32 // of the first hash of each bucket, by leading bits; one more at the end
	shift  uint     // of the leading 32 bits
	sum    [sha256.Size]byte
}

// ReadList reads a list, of which it keeps data. It refuses one that is cut
// off, changed or out of order.
func ReadList(data []byte) (*List, error) {
	rest, ok := bytes.CutPrefix(data, []byte(listMagic))
	if !ok {
		return nil, errors.New("is no list of hashes, or one of another version")
	}
	line, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok || len(line) > maxHeader || len(rest) < sha256.Size {
		return nil, errors.New("is cut off")
	}
	l := &List{hashes: rest[:len(rest)-sha256.Size], sum: sha256.Sum256(data[:len(data)-sha256.Size])}
	var h struct{ ListHeader }
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	err := dec.Decode(&h)
	l.ListHeader = h.ListHeader
	switch {
	case err != nil:
		return nil, errors.New("has a header that cannot be read")
	case l.Norm != "1" || len(l.Salt) != saltLen || l.Count < 1 || l.Count > maxListed:
		return nil, errors.New("has a header of another version")
	case len(l.hashes) != l.Count*hashLen:
		return nil, fmt.Errorf("is cut off or damaged: it has %d bytes of hashes for %d values", len(l.hashes), l.Count)
	case !bytes.Equal(l.sum[:], rest[len(rest)-sha256.Size:]):
		return nil, errors.New("is damaged: its checksum does not fit")
	case l.Shape != ShapeDigits && l.Shape != ShapeCode && l.Shape != ShapeText || l.Min < minValue || l.Max > maxValue || l.Min > l.Max:
		return nil, errors.New("has a shape that is not known")
	}
	return l, l.order()
}

// order makes the index, and refuses hashes that are not in order.
func (l *List) order() error {
	for i := 1; i < l.Count; i++ {
		if bytes.Compare(l.hash(i-1), l.hash(i)) >= 0 {
			return errors.New("is damaged: its hashes are not in order")
		}
	}
	bits := uint(1)
	for 1<<bits < l.Count/bucketSize {
		bits++
	}
	l.shift = 32 - bits
	l.index = make([]uint32, 1<<bits+1)
	at := 0
	for b := range l.index {
		for at < l.Count && int(binary.BigEndian.Uint32(l.hash(at))>>l.shift) < b {
			at++
		}
		l.index[b] = uint32(at)
	}
	return nil
}

func (l *List) hash(i int) []byte { return l.hashes[i*hashLen : (i+1)*hashLen] }

// Has reports whether a value in its normal form is in the list.
func (l *List) Has(normal []byte) bool {
	if len(normal) < l.Min || len(normal) > l.Max {
		return false
	}
	var in [saltLen + maxValue]byte
	sum := sha256.Sum256(append(append(in[:0], l.Salt...), normal...))
	want := sum[:hashLen]
	b := binary.BigEndian.Uint32(want) >> l.shift
	from, to := int(l.index[b]), int(l.index[b+1])
	for from < to {
		switch mid := (from + to) / 2; bytes.Compare(l.hash(mid), want) {
		case 0:
			return true
		case -1:
			from = mid + 1
		default:
			to = mid
		}
	}
	return false
}
