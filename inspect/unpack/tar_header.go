package unpack

import (
	"bytes"
	"strconv"
)

// The kinds of entries that are not simply files (POSIX.1-2017 pax, ustar
// interchange format; GNU tar manual, "Basic Tar Format").
const (
	tarPax       = 'x'
	tarPaxOld    = 'X' // of Solaris
	tarPaxGlobal = 'g'
	tarLongName  = 'L'
	tarLongLink  = 'K'
	tarSparse    = 'S'
	tarVolume    = 'M' // goes on with a file of the volume before
)

const (
	tarMap     = 386 // of a GNU header: the first pieces of a sparse file
	tarMore    = 482 // of a GNU header: maps of a sparse file follow
	tarMapMore = 504 // of such a map: another one follows
)

// tarHeader is the block in front of an entry.
type tarHeader []byte

// tarSum tells whether a block is a header: by its checksum, of bytes that
// are signed or not.
func tarSum(b []byte) bool {
	want, ok := tarNumber(b[148:156])
	if !ok {
		return false
	}
	var unsigned, signed int64
	for i, c := range b {
		if i >= 148 && i < 156 {
			c = ' '
		}
		unsigned += int64(c)
		signed += int64(int8(c))
	}
	return want == unsigned || want == signed
}

func (h tarHeader) kind() byte          { return h[156] }
func (h tarHeader) size() (int64, bool) { return tarNumber(h[124:136]) }
func (h tarHeader) ustar() bool         { return string(h[257:263]) == "ustar\x00" }
func (h tarHeader) gnu() bool           { return string(h[257:265]) == "ustar  \x00" }

// name is the path. What stands behind a NUL in its field is no part of it for
// tar, but text all the same.
func (h tarHeader) name() []byte {
	name := tarText(h[:100])
	if prefix := tarText(h[345:500]); h.ustar() && len(prefix) > 0 {
		return append(append(bytes.Clone(prefix), '/'), name...)
	}
	return name
}

// link is the path a link leads to, as a line of its own.
func (h tarHeader) link() []byte {
	if link := tarText(h[157:257]); len(link) > 0 {
		return append([]byte("\n"), link...)
	}
	return nil
}

// owner is the names of the user and the group, a line each.
func (h tarHeader) owner() []byte {
	user, group := tarText(h[265:297]), tarText(h[297:329])
	if len(user)+len(group) == 0 || !h.ustar() && !h.gnu() {
		return nil
	}
	return append(append(append(bytes.Clone(user), '\n'), group...), '\n')
}

// strange is what the fields hold that should be numbers or nothing.
func (h tarHeader) strange() []byte {
	var b []byte
	add := func(f []byte, keep bool) {
		if keep && len(bytes.Trim(f, "\x00")) > 0 {
			b = append(append(b, f...), '\n')
		}
	}
	add(h[100:148], !tarOctal(h[100:124]) && h[108]&0x80 == 0 && h[116]&0x80 == 0 || !tarOctal(h[136:148]) && h[136]&0x80 == 0)
	switch {
	case h.ustar():
		add(h[329:345], !tarOctal(h[329:345]))
		add(h[500:512], true)
	case h.gnu():
		add(h[329:512], !tarOctal(h[329:512]))
	default:
		add(h[257:512], true)
	}
	return b
}

// tarText is a field without the NULs that fill it.
func tarText(field []byte) []byte { return bytes.TrimRight(field, "\x00") }

// tarOctal tells whether a field has nothing but octal digits, spaces, NULs
// and the one-byte marks of a sparse map.
func tarOctal(field []byte) bool {
	for _, c := range field {
		if (c < '0' || c > '7') && c != ' ' && c > 1 {
			return false
		}
	}
	return true
}

// tarNumber reads a number in octal, or in base 256 when the first bit is set.
// A number that is negative or too large is none.
func tarNumber(field []byte) (n int64, ok bool) {
	if field[0]&0x80 != 0 {
		for i, c := range field {
			if i == 0 {
				c &= 0x7f
			}
			if n >= 1<<54 {
				return 0, false
			}
			n = n<<8 | int64(c)
		}
		return n, true
	}
	field = bytes.Trim(field, " \x00")
	for _, c := range field {
		if c < '0' || c > '7' {
			return 0, false
		}
		n = n<<3 | int64(c-'0')
	}
	return n, true
}

// tarExtends tells the kinds that say something of the next entry.
func tarExtends(kind byte) bool {
	switch kind {
	case tarPax, tarPaxOld, tarPaxGlobal, tarLongName, tarLongLink:
		return true
	}
	return false
}

// tarNoData tells the kinds that have no data, whatever their size says:
// links, devices, directories, pipes.
func tarNoData(kind byte) bool { return kind >= '1' && kind <= '6' }

// tarDecimal reads a decimal number; -1 is none.
func tarDecimal(b []byte) int64 {
	n, err := strconv.ParseInt(string(b), 10, 62)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
