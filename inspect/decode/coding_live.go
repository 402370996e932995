package decode

import "sync/atomic"

// liveDefault is the memory of 256 decoders with windows of 4 MiB.
const liveDefault = 1 << 30

// Live bounds the memory that all decoders at work hold in their windows.
// Those share it whose limits were copied from one Limits. A decoder that
// finds too little left leaves a gap and does not wait. Deflate, whose window
// is 32 KiB, is not counted.
type Live struct{ left atomic.Int64 }

// NewLive makes a bound of that many bytes.
func NewLive(bytes int64) *Live {
	l := new(Live)
	l.left.Store(bytes)
	return l
}

func (l *Live) take(n int64) bool {
	if l == nil || n == 0 {
		return true
	}
	if l.left.Add(-n) < 0 {
		l.left.Add(n)
		return false
	}
	return true
}

func (l *Live) give(n int64) {
	if l != nil {
		l.left.Add(n)
	}
}

// hold asks for memory up to n bytes in all before it is allocated.
func (d *Inflate) hold(n int64) error {
	if n <= d.held {
		return nil
	}
	if !d.budget.Limits.Live.take(n - d.held) {
		return errMemory
	}
	d.held = n
	return nil
}
