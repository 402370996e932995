package message

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"io"
	"strings"
	"sync"

	"github.com/gobwas/ws"
)

// Writer writes the frames of one side. It is not safe for concurrent use.
type Writer struct {
	w    io.Writer
	from Side
	buf  []byte
}

// pieceSize is how much of a message is masked and written at once.
const pieceSize = 32 << 10

// NewWriter writes frames as one side does.
func NewWriter(w io.Writer, from Side) *Writer { return &Writer{w: w, from: from} }

// Frame writes one frame whose payload is the next f.Size bytes of r. What is
// short of it is an error, after which the connection cannot go on.
func (w *Writer) Frame(f Frame, r io.Reader) error {
	h := ws.Header{Fin: f.Last, OpCode: ws.OpCode(f.Kind), Length: f.Size}
	if f.Compressed {
		h.Rsv = rsv1
	}
	if w.from == Client {
		h.Masked = true
		rand.Read(h.Mask[:]) // never fails
	}
	if w.buf == nil {
		w.buf = make([]byte, ws.MaxHeaderSize+pieceSize)
	}
	// The head goes out in one write with the first piece.
	var head bytes.Buffer
	if err := ws.WriteHeader(&head, h); err != nil {
		return err
	}
	n := copy(w.buf, head.Bytes())
	for done := int64(0); ; {
		k := int(min(int64(len(w.buf)-n), h.Length-done))
		if _, err := io.ReadFull(r, w.buf[n:n+k]); err != nil {
			return err
		}
		if h.Masked {
			ws.Cipher(w.buf[n:n+k], h.Mask, int(done%4))
		}
		if _, err := w.w.Write(w.buf[:n+k]); err != nil {
			return err
		}
		if done += int64(k); done == h.Length {
			return nil
		}
		n = 0
	}
}

// Control writes a control frame.
func (w *Writer) Control(k Kind, payload []byte) error {
	return w.Frame(Frame{Kind: k, Last: true, Size: int64(len(payload))}, bytes.NewReader(payload))
}

// Packer deflates messages again, each by itself, which both sides understand
// whatever they agreed on but a smaller window. It is safe for concurrent use.
type Packer struct{ pool sync.Pool }

// MaxPacked is the largest message that is deflated again: what comes of it
// is kept in memory.
const MaxPacked = 1 << 20

// Pack returns what a message is sent as, or nil where it is sent as it is:
// because it would not get smaller, or the receiver's window is too small.
func (p *Packer) Pack(d Deflate, from Side, r io.Reader, size int64) ([]byte, error) {
	bits := d.ClientBits
	if from == Server {
		bits = d.ServerBits
	}
	if !d.On || bits < 15 || size > MaxPacked {
		return nil, nil
	}
	var out bytes.Buffer
	fw, ok := p.pool.Get().(*flate.Writer)
	if ok {
		fw.Reset(&out)
	} else {
		fw, _ = flate.NewWriter(&out, flate.BestSpeed) // the level is one
	}
	_, err := io.CopyN(fw, r, size)
	if err == nil {
		err = fw.Flush()
	}
	fw.Reset(io.Discard)
	p.pool.Put(fw)
	if err != nil {
		return nil, err
	}
	packed := strings.TrimSuffix(out.String(), tail[:4])
	if int64(len(packed)) >= size {
		return nil, nil
	}
	return []byte(packed), nil
}
