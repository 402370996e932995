package unpack

import "github.com/datacustoms/customs/inspect/decode"

// officeOut is what one document may still give out, inflate and hold.
type officeOut struct {
	*meter
	unpack  int64 // bytes that may be inflated to be read as XML
	memory  int64 // bytes that may be held
	used    int64 // that are held
	granted int64 // of them the budget knows
	piece   []byte
}

// holdStep is how much the budget is asked for at a time.
const holdStep = 256 << 10

func newOfficeOut(l Limits, m *meter) *officeOut {
	return &officeOut{meter: m, unpack: l.Bytes, memory: l.Memory}
}

// hold asks for n bytes of memory: a few of them cost the budget nothing.
func (o *officeOut) hold(n int) bool {
	if int64(n) > o.memory || n < 0 {
		return false
	}
	if need := o.used + int64(n) - holdFree - o.granted; need > 0 {
		if need = max(need, holdStep); !o.meter.hold(need) {
			return false
		}
		o.granted += need
	}
	o.memory -= int64(n)
	o.used += int64(n)
	return true
}

func (o *officeOut) release(n int) {
	o.memory += int64(n)
	o.used -= int64(n)
}

// officeText gathers the text of one part. The part begins with its first
// byte: one without text is not given out.
type officeText struct {
	o     *meter
	name  []byte
	at    decode.Span
	begun bool
	buf   []byte
}

// textChunk is how much text is gathered before it is written.
const textChunk = 32 << 10

func (t *officeText) add(p []byte) {
	t.buf = append(t.buf, p...)
	if len(t.buf) >= textChunk {
		t.flush()
	}
}

func (t *officeText) addByte(c byte) {
	t.buf = append(t.buf, c)
	if len(t.buf) >= textChunk {
		t.flush()
	}
}

// addLine appends text that must not break its line or its cell.
func (t *officeText) addLine(p []byte) {
	at := len(t.buf)
	t.buf = append(t.buf, p...)
	flatten(t.buf[at:])
	if len(t.buf) >= textChunk {
		t.flush()
	}
}

func (t *officeText) flush() {
	if len(t.buf) == 0 {
		return
	}
	if !t.begun {
		t.begun = true
		t.o.Begin(t.name, t.at)
	}
	t.o.Write(t.buf)
	t.buf = t.buf[:0]
}

// flatten makes line ends and tabs blanks, in place.
func flatten(p []byte) {
	for i, c := range p {
		if c == '\n' || c == '\r' || c == '\t' {
			p[i] = ' '
		}
	}
}

func isBlank(p []byte) bool {
	for _, c := range p {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}
