package message

import (
	"errors"
	"io"
)

// Limits bound one message. Zero takes the default.
type Limits struct {
	// Message is the most bytes of one message once it is inflated; 256 MiB.
	Message int64
	// Pieces is the most frames of one message; 65536. A message in frames of
	// no bytes has no end otherwise.
	Pieces int
}

// Head is what is known of a message before its content is read.
type Head struct {
	Kind       Kind // Text or Binary
	Compressed bool
	// Size is the size of the content, or -1 where only reading tells.
	Size int64
}

// Reader reads the messages of one side.
type Reader struct {
	frames *Frames
	limits Limits
	// control is told of each control frame as it comes; it keeps nothing of
	// the payload.
	control func(Kind, []byte) error
	inflate *inflater

	frame   Frame // the current one
	open    bool  // a message is being read
	content io.Reader
	text    text
	check   bool // text is checked
	size    int64
	pieces  int
	err     error
}

// ErrClosed says that a close frame ended what one side sends.
var ErrClosed = errors.New("message: the connection was closed by a close frame")

// NewReader reads what one side sends as agreed in d. control is called for
// each control frame, also between the pieces of a message, from within Next
// and Read; an error of it ends the reading.
func NewReader(r io.Reader, from Side, d Deflate, l Limits, control func(Kind, []byte) error) *Reader {
	if l.Message == 0 {
		l.Message = 256 << 20
	}
	if l.Pieces == 0 {
		l.Pieces = 1 << 16
	}
	out := &Reader{frames: NewFrames(r, from, d.On), limits: l, control: control}
	if d.On {
		out.inflate = &inflater{keep: !d.fresh(from)}
	}
	return out
}

// Next waits for the next message; the one before must have been read to its
// end. It returns ErrClosed after a close frame and io.EOF where the
// connection ended without one.
func (r *Reader) Next() (Head, error) {
	if r.open && r.err == nil {
		return Head{}, errors.New("message: the next one was asked for before the end of one")
	}
	if r.err != nil {
		return Head{}, r.err
	}
	r.pieces, r.size, r.text = 0, 0, text{}
	if err := r.piece(); err != nil {
		return Head{}, r.fail(err)
	}
	h := Head{Kind: r.frame.Kind, Compressed: r.frame.Compressed, Size: -1}
	r.open, r.check = true, h.Kind == Text
	r.content = (*wire)(r)
	if h.Compressed {
		r.content = r.inflate.open((*wire)(r))
	} else if r.frame.Last {
		h.Size = r.frame.Size
		if h.Size > r.limits.Message {
			return Head{}, r.fail(&FaultError{CloseTooBig, "a message over the limit"})
		}
	}
	return h, nil
}

func (r *Reader) fail(err error) error {
	if r.err == nil {
		r.err = err
	}
	return r.err
}

// piece reads heads up to the next of a data frame.
func (r *Reader) piece() error {
	for {
		h, err := r.frames.Next()
		if err != nil {
			return err
		}
		if !h.Kind.Control() {
			if r.pieces++; r.pieces > r.limits.Pieces {
				return &FaultError{CloseTooBig, "a message in too many pieces"}
			}
			r.frame = h
			return nil
		}
		b, err := r.frames.Payload(h)
		if err == nil {
			err = r.control(h.Kind, b)
		}
		if err == nil && h.Kind == Close {
			err = ErrClosed
		}
		if err != nil {
			return err
		}
	}
}

// Read gives the content of a message, inflated, and io.EOF at its end.
func (r *Reader) Read(p []byte) (int, error) {
	switch {
	case r.err != nil:
		return 0, r.err
	case !r.open:
		return 0, io.EOF
	}
	n, err := r.content.Read(p)
	r.size += int64(n)
	if r.check && !r.text.write(p[:n]) {
		return 0, r.fail(&FaultError{CloseContent, "text that is no UTF-8"})
	}
	if r.size > r.limits.Message {
		return 0, r.fail(&FaultError{CloseTooBig, "a message over the limit"})
	}
	switch {
	case err == io.EOF:
		r.open = false
		if r.check && !r.text.end() {
			return 0, r.fail(&FaultError{CloseContent, "text that ends within a character"})
		}
	case err != nil:
		r.fail(err)
	}
	return n, err
}

// wire reads a message's payload across its frames.
type wire Reader

func (w *wire) Read(p []byte) (int, error) {
	r := (*Reader)(w)
	for {
		n, err := r.frames.Read(p)
		if err != io.EOF {
			return n, err
		}
		if r.frame.Last {
			return 0, io.EOF
		}
		if err := r.piece(); err != nil {
			if err == io.EOF || err == ErrClosed { // in the middle of a message
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
	}
}
