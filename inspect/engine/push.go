package engine

import (
	"io"
	"iter"
)

// push runs a reader of a stream that is pushed into it: a coroutine that is
// entered only from Write and Close and stands still in between. Close must be
// called to end it.
type push struct {
	next  func() (struct{}, bool)
	stop  func()
	rest  []byte // what Write brought and was not read
	given int64  // bytes that were read
	eof   bool
	done  bool // no more is read
	yield func(struct{}) bool
}

// newPush makes the coroutine. run must not panic.
func newPush(run func(io.Reader)) *push {
	p := new(push)
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		run(p)
	})
	return p
}

// Write hands over the next bytes.
func (p *push) Write(b []byte) {
	if p.rest = b; !p.done {
		_, more := p.next()
		p.done = !more
	}
	p.rest = nil
}

// Close ends the stream.
func (p *push) Close() {
	for p.eof = true; !p.done; {
		_, more := p.next()
		p.done = !more
	}
	p.stop()
}

// Read gives what was written, and suspends the coroutine when that is used up.
func (p *push) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.eof || !p.yield(struct{}{}) {
			return 0, io.EOF
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	p.given += int64(n)
	return n, nil
}
