package decode

import "github.com/datacustoms/customs/inspect"

// Budget counts what a part of the traffic has cost so far: bytes that came
// out, parts of containers, memory held and work done. One is shared by all
// that works on it, however deep. Work is counted and not timed, so that the
// same bytes always end at the same place.
type Budget struct {
	Limits Limits
	wire   int64
	out    int64
	parts  int
	held   int64
	work   int64
}

// grace is how much may come out before the ratio is looked at.
const grace = 1 << 20

// Wire takes n bytes of the wire, each of which brings time of its own.
func (b *Budget) Wire(n int) { b.wire += int64(n) }

// Spend takes n bytes that a container gave out and returns the reason to stop,
// if any.
func (b *Budget) Spend(n int) inspect.GapReason {
	if b.out += int64(n); b.out > b.Limits.Bytes {
		return inspect.GapLimitBytes
	}
	return ""
}

// Part takes one part of a container.
func (b *Budget) Part() inspect.GapReason {
	if b.parts++; b.parts > b.Limits.Parts {
		return inspect.GapLimitEntries
	}
	return b.Work(partWork)
}

// partWork is what a part costs even if it is empty.
const partWork = 10_000

// Work takes work of about n nanoseconds.
func (b *Budget) Work(n int64) inspect.GapReason {
	if b.work += n; b.work-b.Limits.Time > b.wire*b.Limits.Pace {
		return inspect.GapLimitTime
	}
	return ""
}

// Hold asks for n more bytes of memory before they are allocated, or gives -n
// back. Nothing is taken when the answer is false.
func (b *Budget) Hold(n int64) bool {
	if b.held+n > b.Limits.Hold || n > 0 && !b.Limits.Live.take(n) {
		return false
	}
	if n < 0 {
		b.Limits.Live.give(-n)
	}
	b.held += n
	return true
}

// End gives back what is still held: what a decoder that panicked had no time to.
func (b *Budget) End() {
	if b.held > 0 {
		b.Hold(-b.held)
	}
}

// Left is how much more may be held.
func (b *Budget) Left() int64 { return b.Limits.Hold - b.held }

// spend takes n decoded bytes of a stream that gave out bytes for in of its
// source, and returns the reason to stop, if any.
func (b *Budget) spend(n int, in, out int64) inspect.GapReason {
	b.out += int64(n)
	switch {
	case b.out > b.Limits.Bytes:
		return inspect.GapLimitBytes
	case out > grace && out/b.Limits.Ratio > in:
		return inspect.GapLimitRatio
	}
	return ""
}
