package unpack

import (
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
)

// thriftWalk walks a value of Thrift's compact protocol and believes no size.
type thriftWalk struct {
	b    []byte
	i    int
	most int64 // elements of all lists together
	bad  inspect.GapReason
}

// The types of the compact protocol.
const (
	thriftTrue = 1 + iota
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
)

// checkThrift says why a structure must not be decoded, if it must not.
func checkThrift(b []byte, most int64) inspect.GapReason {
	t := thriftWalk{b: b, most: most}
	t.structure(0, nil)
	return t.bad
}

func (t *thriftWalk) fail(reason inspect.GapReason) {
	if t.bad == "" {
		t.bad = reason
	}
	t.i = len(t.b)
}

func (t *thriftWalk) byte() byte {
	if t.i >= len(t.b) {
		t.fail(inspect.GapBroken)
		return 0
	}
	t.i++
	return t.b[t.i-1]
}

func (t *thriftWalk) varint() uint64 {
	v, n := binary.Uvarint(t.b[t.i:])
	if n <= 0 {
		t.fail(inspect.GapBroken)
		return 0
	}
	t.i += n
	return v
}

// number reads a signed integer.
func (t *thriftWalk) number() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// length reads a count of bytes or elements that must still fit.
func (t *thriftWalk) length() int {
	v := t.varint()
	if v > uint64(len(t.b)-t.i) {
		t.fail(inspect.GapBroken)
		return 0
	}
	return int(v)
}

// structure reads fields up to the stop. f may read a field and say so.
func (t *thriftWalk) structure(depth int, f func(id int64, kind byte) bool) {
	if depth > 32 {
		t.fail(inspect.GapBroken)
		return
	}
	id := int64(0)
	for t.bad == "" {
		head := t.byte()
		kind := head & 15
		if kind == 0 {
			return
		}
		if head>>4 != 0 {
			id += int64(head >> 4)
		} else {
			id = t.number()
		}
		if f == nil || !f(id, kind) {
			t.value(kind, depth, false)
		}
	}
}

// value passes over a value.
func (t *thriftWalk) value(kind byte, depth int, inList bool) {
	switch kind {
	case thriftTrue, thriftFalse:
		if inList {
			t.byte()
		}
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.varint()
	case thriftDouble:
		if len(t.b)-t.i < 8 {
			t.fail(inspect.GapBroken)
			return
		}
		t.i += 8
	case thriftBinary:
		n := t.length()
		t.i += n
	case thriftList, thriftSet:
		head := t.byte()
		n := int(head >> 4)
		if n == 15 {
			n = t.length()
		}
		t.elements(n, depth, head&15)
	case thriftMap:
		n := t.length()
		if n > 0 {
			kinds := t.byte()
			t.elements(n, depth, kinds>>4, kinds&15)
		}
	case thriftStruct:
		t.structure(depth+1, nil)
	default:
		t.fail(inspect.GapBroken)
	}
}

func (t *thriftWalk) elements(n, depth int, kinds ...byte) {
	if t.most -= int64(n); t.most < 0 {
		t.fail(inspect.GapLimitEntries)
	}
	if depth > 32 {
		t.fail(inspect.GapBroken)
	}
	for ; n > 0 && t.bad == ""; n-- {
		for _, k := range kinds {
			t.value(k, depth+1, true)
		}
	}
}

// bytes reads a string as it lies.
func (t *thriftWalk) bytes() []byte {
	n := t.length()
	t.i += n
	return t.b[t.i-n : t.i]
}

// list reads the elements of a list by f, if they are of that kind.
func (t *thriftWalk) list(want byte, f func()) {
	head := t.byte()
	n := int(head >> 4)
	if n == 15 {
		n = t.length()
	}
	if n > 0 && head&15 != want {
		t.fail(inspect.GapBroken)
	}
	for ; n > 0 && t.bad == ""; n-- {
		f()
	}
}

// into reads a number or a string into the place that its field has; the
// others are passed over.
func (t *thriftWalk) into(kind byte, number *int64, text *[]byte) bool {
	switch {
	case number != nil && (kind == thriftI16 || kind == thriftI32 || kind == thriftI64):
		*number = t.number()
	case text != nil && kind == thriftBinary:
		*text = t.bytes()
	default:
		return false
	}
	return true
}
