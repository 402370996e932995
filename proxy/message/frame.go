package message

import (
	"errors"
	"io"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Kind is what a frame is, by its number in RFC 6455.
type Kind uint8

// The kinds of frame.
const (
	More   Kind = 0 // a further piece of a message
	Text   Kind = 1
	Binary Kind = 2
	Close  Kind = 8
	Ping   Kind = 9
	Pong   Kind = 10
)

// Control reports whether the kind is one of control frames, which are short
// and may stand between the pieces of a message.
func (k Kind) Control() bool { return k >= Close }

// MaxControl is the most that a control frame carries.
const MaxControl = ws.MaxControlFramePayloadSize

// Frame is the head of a frame that may stand where it stands.
type Frame struct {
	Kind       Kind
	Last       bool // of its message
	Compressed bool // said by the first frame of a message
	Size       int64
}

// Frames reads the frames of one side and checks each against those before.
type Frames struct {
	r     io.Reader
	from  Side
	state ws.State
	head  [ws.MaxHeaderSize]byte

	mask   [4]byte
	masked bool
	left   int64 // of the payload
	at     int   // in the mask
	over   bool  // a close frame came
}

// NewFrames reads what one side sends. compression says that
// permessage-deflate was agreed on.
func NewFrames(r io.Reader, from Side, compression bool) *Frames {
	f := &Frames{r: r, from: from, state: ws.StateServerSide}
	if from == Server {
		f.state = ws.StateClientSide
	}
	if compression {
		f.state = f.state.Set(ws.StateExtended)
	}
	return f
}

const (
	rsv1 = 4
	rsv  = 7
)

// Next reads the next head; the payload before it must have been read. At the
// end of the connection it returns io.EOF between frames, and
// io.ErrUnexpectedEOF within one.
func (f *Frames) Next() (Frame, error) {
	if f.over {
		return Frame{}, malformed("a frame after the close frame")
	}
	if f.left > 0 {
		return Frame{}, errors.New("message: the next frame was asked for before the end of one")
	}
	begun := &begun{r: f.r}
	h, err := ws.ReadHeaderBuffer(begun, f.head[:0])
	switch {
	case err == io.EOF && begun.yes:
		return Frame{}, io.ErrUnexpectedEOF
	case errors.Is(err, ws.ErrHeaderLengthMSB), errors.Is(err, ws.ErrHeaderLengthUnexpected):
		return Frame{}, malformed("a frame of an impossible length")
	case err != nil:
		return Frame{}, err
	}
	if err := ws.CheckHeader(h, f.state); err != nil {
		return Frame{}, malformed(err.Error()) // one of a closed set
	}
	if h.Rsv&^rsv1 != 0 || h.Rsv != 0 && (h.OpCode.IsControl() || h.OpCode == ws.OpContinuation) {
		return Frame{}, malformed("a reserved bit that nobody agreed on")
	}
	if !h.OpCode.IsControl() {
		if h.Fin {
			f.state = f.state.Clear(ws.StateFragmented)
		} else {
			f.state = f.state.Set(ws.StateFragmented)
		}
	}
	f.mask, f.masked, f.left, f.at = h.Mask, h.Masked, h.Length, 0
	f.over = h.OpCode == ws.OpClose
	return Frame{Kind: Kind(h.OpCode), Last: h.Fin, Compressed: h.Rsv&rsv != 0, Size: h.Length}, nil
}

// begun tells an end before a head from one within it.
type begun struct {
	r   io.Reader
	yes bool
}

func (b *begun) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.yes = b.yes || n > 0
	return n, err
}

// Read gives the payload of the frame that Next found, without its mask, and
// io.EOF at its end.
func (f *Frames) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.r.Read(p)
	if f.masked {
		ws.Cipher(p[:n], f.mask, f.at)
		f.at = (f.at + n) % len(f.mask)
	}
	f.left -= int64(n)
	if err == io.EOF && f.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err == io.EOF {
		err = nil // Next meets it again
	}
	return n, err
}

// Payload reads the payload of a control frame, and checks that of a close
// frame.
func (f *Frames) Payload(h Frame) ([]byte, error) {
	b := make([]byte, h.Size)
	_, err := io.ReadFull(f, b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && h.Kind == Close {
		err = checkClose(b)
	}
	return b, err
}

func checkClose(b []byte) error {
	code, reason := CloseOf(b)
	switch {
	case len(b) == 0:
		return nil
	case len(b) == 1:
		return malformed("a close frame with half a code")
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
	default:
		return malformed("a close code that may not be sent")
	}
	if !utf8.ValidString(reason) {
		return &FaultError{CloseContent, "a close reason that is no UTF-8"}
	}
	return nil
}

// ClosePayload makes the payload of a close frame. CloseNone gives an empty one.
func ClosePayload(code uint16, reason string) []byte {
	if code == CloseNone {
		return nil
	}
	for len(reason) > MaxControl-2 || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason)
}

// CloseOf returns code and reason of a close frame that was checked.
func CloseOf(payload []byte) (uint16, string) {
	if len(payload) < 2 {
		return CloseNone, ""
	}
	code, reason := ws.ParseCloseFrameData(payload)
	return uint16(code), reason
}
