package decode

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"
)

// lz4Reach is how far back a block may refer.
const lz4Reach = 64 << 10

// lz4 reads frames of lz4. It is written here and not taken from a library,
// as the one there is takes a frame that is cut off between blocks for a
// whole one. Checksums are not looked at: what follows from the bytes is given
// out.
type lz4 struct {
	text []byte // what a block may refer to, and the block
	data []byte
}

// frame reads one frame (LZ4 frame format 1.6.4).
func (l *lz4) frame(d *Inflate) error {
	r := d.desk.source
	head, err := r.Peek(6)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	flags, size := head[4], head[5]>>4&7
	switch {
	case flags>>6 != 1 || size < 4:
		return errBroken
	case flags&1 != 0:
		return errUnknown // needs a dictionary
	}
	limit := 1 << (8 + 2*size)
	if err := d.hold(int64(2*limit + 2*lz4Reach)); err != nil {
		return err
	}
	rest, sum := 7, 0
	if flags&8 != 0 {
		rest += 8 // the size of the content
	}
	if flags&0x10 != 0 {
		sum = 4 // behind each block
	}
	if err := discard(r, rest); err != nil {
		return err
	}
	l.text = l.text[:0]
	for {
		more, err := l.block(d, limit, sum)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		keep := 0
		if flags&0x20 == 0 { // blocks refer to those before
			keep = min(len(l.text), lz4Reach)
		}
		l.text = l.text[:copy(l.text, l.text[len(l.text)-keep:])]
	}
	if flags&4 != 0 {
		return discard(r, 4)
	}
	return nil
}

// block reads the next block and gives it out; false is the end of the frame.
func (l *lz4) block(d *Inflate, limit, sum int) (bool, error) {
	r := d.desk.source
	head, err := r.Peek(4)
	if err != nil {
		return false, io.ErrUnexpectedEOF
	}
	size := binary.LittleEndian.Uint32(head)
	if err := discard(r, 4); err != nil || size == 0 {
		return false, err
	}
	n, stored := int(size&0x7fffffff), size>>31 != 0
	if n > limit {
		return false, errBroken
	}
	// On a cut the bytes of a block that are there are still decoded.
	l.data, err = fill(l.data[:0], r, n)
	from := len(l.text)
	if stored {
		l.text = append(l.text, l.data...)
	} else if text, ok := lz4Block(l.text, l.data, from+limit); ok || err != nil {
		l.text = text
	} else {
		l.text, err = text, errBroken
	}
	if _, werr := (sink{d}).Write(l.text[from:]); werr != nil {
		return false, werr
	}
	if err != nil {
		return false, err
	}
	return true, discard(r, sum)
}

// fill reads n bytes, allocating as they come.
func fill(b []byte, r io.Reader, n int) ([]byte, error) {
	for len(b) < n {
		b = slices.Grow(b, min(n-len(b), max(len(b), 16<<10)))
		m, err := r.Read(b[len(b):min(cap(b), n)])
		b = b[:len(b)+m]
		if err != nil {
			return b, io.ErrUnexpectedEOF
		}
	}
	return b, nil
}

func discard(r *bufio.Reader, n int) error {
	if _, err := r.Discard(n); err != nil {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// lz4Block appends what a block decodes to, up to a length of limit, and says
// whether the block is sound.
func lz4Block(text, b []byte, limit int) ([]byte, bool) {
	for len(b) > 0 {
		token := b[0]
		n, rest := lz4Length(int(token>>4), b[1:])
		if n > len(rest) || len(text)+n > limit {
			return append(text, rest[:min(n, len(rest), limit-len(text))]...), false
		}
		text, b = append(text, rest[:n]...), rest[n:]
		if len(b) == 0 {
			return text, true // the last sequence has no match
		}
		if len(b) < 2 {
			return text, false
		}
		back := int(b[0]) | int(b[1])<<8
		n, b = lz4Length(int(token&15), b[2:])
		n += 4
		if back == 0 || back > len(text) || len(text)+n > limit {
			return text, false
		}
		for n > 0 { // a match may reach into itself
			at := len(text) - back
			m := min(n, back)
			text = append(text, text[at:at+m]...)
			n, back = n-m, back+m
		}
	}
	return text, false
}

// lz4Length reads the rest of a length whose first four bits are given. One
// that is cut off is longer than all there is.
func lz4Length(n int, b []byte) (int, []byte) {
	if n < 15 {
		return n, b
	}
	for i, c := range b {
		n += int(c)
		if c < 255 {
			return n, b[i+1:]
		}
	}
	return 1 << 30, nil
}
