package unpack

import (
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// guard runs f. A panic in it is a broken container: it is reported as such
// and goes no further. The answer is false then.
func guard(out Out, f func()) (ok bool) {
	defer func() {
		if !ok {
			_ = recover()
			out.Miss(inspect.GapBroken, -1)
		}
	}()
	f()
	return true
}

// chunk is how much a meter copies at a time.
const chunk = 32 << 10

// meter is an Out that keeps to Limits.Entries and Limits.Bytes. When one of
// them is reached it says so by one Miss, and from then on Begin and Write
// answer false, as they do when the Out behind it wants no more.
type meter struct {
	out     Out
	budget  *decode.Budget
	held    int64
	parts   int   // that may still begin
	left    int64 // bytes that may still be written
	stopped bool  // no more is wanted
	buf     []byte
}

func newMeter(l Limits, out Out) *meter {
	return &meter{out: out, budget: l.Budget, parts: l.Entries, left: l.Bytes}
}

// Begin starts a part, unless there were too many.
func (m *meter) Begin(name []byte, at decode.Span) bool {
	if m.part() {
		m.stopped = !m.out.Begin(name, at)
	}
	return !m.stopped
}

// Same starts a part that stands in the container as it is written.
func (m *meter) Same(name []byte, from int64) bool {
	if m.part() {
		m.stopped = !m.out.Same(name, from)
	}
	return !m.stopped
}

// Coded starts a part that is made of what stands in the container from an
// offset on.
func (m *meter) Coded(name []byte, from int64) bool {
	c, ok := m.out.(Coder)
	if !ok {
		return m.Begin(name, decode.Span{From: from, To: from + 1})
	}
	if m.part() {
		m.stopped = !c.Coded(name, from)
	}
	return !m.stopped
}

// Over ends a part that Coded started.
func (m *meter) Over(to int64) {
	if c, ok := m.out.(Coder); ok && !m.stopped {
		c.Over(to)
	}
}

// part reports whether one more part may begin.
func (m *meter) part() bool {
	if m.stopped {
		return false
	}
	if m.parts <= 0 {
		return m.stop(inspect.GapLimitEntries)
	}
	m.parts--
	if m.budget != nil {
		if reason := m.budget.Part(); reason != "" {
			return m.stop(reason)
		}
	}
	return true
}

// work takes down work of about n nanoseconds that gives nothing out: bytes
// read over, entries gone through. The answer is false when there was too much.
func (m *meter) work(n int64) bool {
	if m.stopped {
		return false
	}
	if m.budget != nil {
		if reason := m.budget.Work(n); reason != "" {
			return m.stop(reason)
		}
	}
	return true
}

// holdFree is what an opener may hold without asking.
const holdFree = 1 << 20

// hold asks for n bytes of memory before they are allocated. Where the answer
// is false it has none, and reports limit_bytes for what it needed them for.
func (m *meter) hold(n int64) bool {
	if m.budget == nil {
		return true
	}
	if !m.budget.Hold(n) {
		return false
	}
	m.held += n
	return true
}

// free gives n bytes back.
func (m *meter) free(n int64) {
	if n = min(n, m.held); n > 0 {
		m.budget.Hold(-n)
		m.held -= n
	}
}

// end gives back all that is held.
func (m *meter) end() { m.free(m.held) }

// Write gives out p, or as much of it as the limit leaves.
func (m *meter) Write(p []byte) bool {
	if m.stopped {
		return false
	}
	over := int64(len(p)) > m.left
	if over {
		p = p[:m.left]
	}
	m.left -= int64(len(p))
	if len(p) > 0 && !m.out.Write(p) {
		m.stopped = true
		return false
	}
	if over {
		return m.stop(inspect.GapLimitBytes)
	}
	return true
}

// Miss hands a gap on.
func (m *meter) Miss(reason inspect.GapReason, n int64) { m.out.Miss(reason, n) }

// text writes s.
func (m *meter) text(s string) bool { return m.Write([]byte(s)) }

// copy writes what r gives until it ends, fails or no more is wanted, and says
// how much that was. The end of r is no error; m.stopped tells the third case.
// A reader that gives nothing many times over is broken.
func (m *meter) copy(r io.Reader) (n int64, err error) {
	if m.buf == nil {
		m.buf = make([]byte, chunk)
	}
	for idle := 0; !m.stopped && idle < 100; {
		k, err := r.Read(m.buf)
		n += int64(k)
		idle++
		if k > 0 {
			idle = 0
			m.Write(m.buf[:k])
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	if m.stopped {
		return n, nil
	}
	return n, io.ErrNoProgress
}

// stop ends the giving out for one of the limits.
func (m *meter) stop(reason inspect.GapReason) bool {
	m.stopped = true
	m.out.Miss(reason, -1)
	return false
}
