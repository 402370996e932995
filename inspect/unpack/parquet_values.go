package unpack

import (
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
)

// The encodings of values.
const (
	parquetPlainValues   = 0
	parquetPlainDict     = 2
	parquetRLE           = 3
	parquetDeltaPacked   = 5
	parquetDeltaLength   = 6
	parquetDeltaBytes    = 7
	parquetDictValues    = 8
	parquetStreamedSplit = 9
)

// parquetValues gives the values of a page, each as PLAIN stores it but
// without its length. rest is what stands behind the last one given.
type parquetValues interface {
	next() ([]byte, bool)
	rest() []byte
}

// values opens the values of a page.
func (c *parquetColumn) values(encoding int64, b []byte, n int64, dict *parquetDictionary) (parquetValues, inspect.GapReason) {
	switch {
	case encoding == parquetPlainValues && c.kind == parquetBool:
		return &parquetFlags{parquetRuns{packed: b, left: int64(len(b)) * 8, width: 1}}, ""
	case encoding == parquetRLE && c.kind == parquetBool:
		if len(b) < 4 {
			return nil, inspect.GapBroken
		}
		return &parquetFlags{parquetRuns{b: b[4:], width: 1}}, ""
	case encoding == parquetPlainValues:
		return &parquetPlainList{b: b, width: c.width}, ""
	case encoding == parquetDictValues || encoding == parquetPlainDict:
		if dict == nil || len(b) == 0 || b[0] > 32 {
			return nil, inspect.GapBroken
		}
		return &parquetLookup{dict: dict, runs: parquetRuns{b: b[1:], width: uint(b[0])}}, ""
	case encoding == parquetDeltaPacked && (c.kind == parquetInt32 || c.kind == parquetInt64):
		return &parquetDeltas{d: newParquetDelta(b), width: c.width}, ""
	case encoding == parquetDeltaLength && c.kind == parquetBytes:
		return newParquetLengths(b)
	case encoding == parquetDeltaBytes && (c.kind == parquetBytes || c.kind == parquetFixed):
		heads := newParquetDelta(b)
		behind, ok := heads.skip()
		if !ok {
			return nil, inspect.GapBroken
		}
		tails, reason := newParquetLengths(behind)
		return &parquetPrefixed{heads: heads, tails: tails}, reason
	case encoding == parquetStreamedSplit && c.width > 0:
		count := int64(len(b)) / c.width
		return &parquetSplit{b: b, width: c.width, count: count, value: make([]byte, c.width)}, ""
	}
	return nil, inspect.GapUnknownFormat
}

// parquetFlags gives booleans.
type parquetFlags struct{ runs parquetRuns }

func (f *parquetFlags) next() ([]byte, bool) {
	v, ok := f.runs.next()
	return []byte{byte(v)}, ok
}

func (f *parquetFlags) rest() []byte {
	if f.runs.packed != nil && f.runs.b == nil {
		return f.runs.packed[min((f.runs.at+7)/8, int64(len(f.runs.packed))):]
	}
	return f.runs.b
}

// parquetPlainList gives values that stand one behind the other, of a width
// or with their length in front.
type parquetPlainList struct {
	b     []byte
	width int64
}

func (l *parquetPlainList) next() (v []byte, ok bool) {
	n, b := l.width, l.b
	if n == 0 {
		if len(b) < 4 {
			return nil, false
		}
		n, b = int64(binary.LittleEndian.Uint32(b)), b[4:]
	}
	if n > int64(len(b)) {
		return nil, false
	}
	v, l.b = b[:n], b[n:]
	return v, true
}

func (l *parquetPlainList) rest() []byte { return l.b }

// parquetDictionary is the values that others refer to by number.
type parquetDictionary struct {
	b     []byte
	width int64
	at    []uint32 // where each begins, if they have no width
	used  []bool
	held  int64
}

func (d *parquetDictionary) value(i uint64) ([]byte, bool) {
	if i >= uint64(len(d.used)) {
		return nil, false
	}
	if d.width > 0 {
		return d.b[int64(i)*d.width : (int64(i)+1)*d.width], true
	}
	at := int64(d.at[i])
	return d.b[at+4 : at+4+int64(binary.LittleEndian.Uint32(d.b[at:]))], true
}

// parquetLookup gives values of a dictionary.
type parquetLookup struct {
	dict *parquetDictionary
	runs parquetRuns
}

func (l *parquetLookup) next() ([]byte, bool) {
	i, ok := l.runs.next()
	if !ok {
		return nil, false
	}
	v, ok := l.dict.value(i)
	if ok {
		l.dict.used[i] = true
	}
	return v, ok
}

func (l *parquetLookup) rest() []byte { return l.runs.b }

// parquetDeltas gives integers.
type parquetDeltas struct {
	d     *parquetDelta
	width int64
	value [8]byte
}

func (l *parquetDeltas) next() ([]byte, bool) {
	v, ok := l.d.next()
	binary.LittleEndian.PutUint64(l.value[:], uint64(v))
	return l.value[:l.width], ok
}

func (l *parquetDeltas) rest() []byte { return l.d.b }

// parquetLengths gives strings whose lengths stand in front of them all.
type parquetLengths struct {
	sizes *parquetDelta
	b     []byte
}

func newParquetLengths(b []byte) (*parquetLengths, inspect.GapReason) {
	l := &parquetLengths{sizes: newParquetDelta(b)}
	behind, ok := l.sizes.skip()
	if l.b = behind; !ok {
		return nil, inspect.GapBroken
	}
	return l, ""
}

func (l *parquetLengths) next() ([]byte, bool) {
	n, ok := l.sizes.next()
	if !ok || n < 0 || n > int64(len(l.b)) {
		return nil, false
	}
	v := l.b[:n]
	l.b = l.b[n:]
	return v, true
}

func (l *parquetLengths) rest() []byte { return l.b }

// parquetPrefixed gives strings that repeat the beginning of the one before.
type parquetPrefixed struct {
	heads *parquetDelta
	tails *parquetLengths
	last  []byte
}

func (l *parquetPrefixed) next() ([]byte, bool) {
	n, ok := l.heads.next()
	tail, more := l.tails.next()
	if !ok || !more || n < 0 || n > int64(len(l.last)) {
		return nil, false
	}
	l.last = append(l.last[:n], tail...)
	return l.last, true
}

func (l *parquetPrefixed) rest() []byte { return l.tails.b }

// parquetSplit gives values whose first bytes stand together, then the second.
type parquetSplit struct {
	b            []byte
	width, count int64
	i            int64
	value        []byte
}

func (l *parquetSplit) next() ([]byte, bool) {
	if l.i >= l.count {
		return nil, false
	}
	for k := range l.width {
		l.value[k] = l.b[k*l.count+l.i]
	}
	l.i++
	return l.value, true
}

func (l *parquetSplit) rest() []byte {
	if l.i < l.count {
		return l.b
	}
	return l.b[l.width*l.count:]
}
