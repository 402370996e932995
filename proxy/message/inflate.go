package message

import (
	"bufio"
	"compress/flate"
	"io"
)

// window is how far back deflate refers at most.
const window = 32 << 10

// tail is what a sender takes off a message (RFC 7692, 7.2.1), and one empty
// block that is the last.
const tail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

// inflater inflates messages one after the other. Where the sender keeps its
// window from one message to the next, so does the inflater.
type inflater struct {
	keep   bool
	past   []byte // the end of what was inflated, at most a window
	source deflated
	flate  io.ReadCloser
	ended  bool
}

// open begins a message.
func (i *inflater) open(r io.Reader) io.Reader {
	if i.source.payload == nil {
		i.source.payload = bufio.NewReaderSize(r, 4<<10)
	} else {
		i.source.payload.Reset(r)
	}
	i.source.tail, i.ended = 0, false
	if !i.keep {
		i.past = nil
	}
	if i.flate == nil {
		i.flate = flate.NewReaderDict(&i.source, i.past)
	} else {
		i.flate.(flate.Resetter).Reset(&i.source, i.past) // fails for no source
	}
	return i
}

func (i *inflater) Read(p []byte) (int, error) {
	if i.ended {
		return 0, io.EOF
	}
	n, err := i.flate.Read(p)
	if i.keep {
		i.remember(p[:n])
	}
	switch {
	case err == nil:
		return n, nil
	case i.source.err != nil:
		return n, i.source.err
	case err != io.EOF || !i.source.whole():
		if i.source.err != nil {
			return n, i.source.err
		}
		return n, &FaultError{CloseContent, "content that cannot be inflated"}
	}
	i.ended = true
	return n, io.EOF
}

func (i *inflater) remember(p []byte) {
	if len(p) >= window {
		i.past = append(i.past[:0], p[len(p)-window:]...)
		return
	}
	if over := len(i.past) + len(p) - window; over > 0 {
		i.past = i.past[:copy(i.past, i.past[over:])]
	}
	i.past = append(i.past, p...)
}

// deflated is a message's payload with its tail put back. It gives single
// bytes, so that nothing is read past the end of the deflate stream.
type deflated struct {
	payload *bufio.Reader
	tail    int
	err     error // of the payload, but its end
}

func (d *deflated) ReadByte() (byte, error) {
	if d.tail == 0 {
		b, err := d.payload.ReadByte()
		if err == nil {
			return b, nil
		}
		if err != io.EOF {
			d.err = err
			return 0, err
		}
	}
	if d.tail == len(tail) {
		return 0, io.EOF
	}
	d.tail++
	return tail[d.tail-1], nil
}

func (d *deflated) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if d.tail == 0 {
		n, err := d.payload.Read(p)
		if err != io.EOF {
			d.err = err
			return n, err
		}
	}
	if d.tail == len(tail) {
		return 0, io.EOF
	}
	n := copy(p, tail[d.tail:])
	d.tail += n
	return n, nil
}

// whole reports whether the deflate stream and the payload ended together. A
// stream that ends itself may be followed by the first byte of an empty block
// (RFC 7692, 7.2.3.4) and by nothing else.
func (d *deflated) whole() bool {
	if d.tail == len(tail) {
		return true
	}
	if d.tail > 0 {
		return false
	}
	for n := 0; ; n++ {
		b, err := d.payload.ReadByte()
		switch {
		case err == io.EOF:
			return true
		case err != nil:
			d.err = err
			return false
		case n > 0 || b != 0:
			return false
		}
	}
}
