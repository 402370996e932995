package upstream

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// spliceStep is how much is moved before the deadlines are set anew.
const spliceStep = 4 << 20

// SpliceLimits bound a tunnel that is passed unread. Zero takes the default.
type SpliceLimits struct {
	Idle  time.Duration // without a byte either way; 5 min
	Drain time.Duration // the same once draining began; 1 s
	// Charge is asked before n bytes move, either way, and says how many may;
	// fewer end the tunnel with ErrBudget. nil lets all of them move.
	Charge func(n int) int
}

// ErrBudget means that a tunnel was cut because its bytes are used up.
var ErrBudget = errors.New("upstream: the tunnel's byte budget is used up")

// Splice moves bytes between two connections, both ways, until both ends
// closed their side, one broke, nothing moved for the idle limit, or ctx
// ended. It needs the bare TCP connections, so that the kernel can move the
// bytes without them passing through the process. Both connections are closed
// when it returns. draining, when closed, shortens the idle limit.
func Splice(ctx context.Context, client, origin *net.TCPConn, l SpliceLimits, draining <-chan struct{}) (sent, received int64, err error) {
	if l.Idle == 0 {
		l.Idle = 5 * time.Minute
	}
	if l.Drain == 0 {
		l.Drain = time.Second
	}
	s := &splice{limits: l, draining: draining}
	s.touch()
	stop := context.AfterFunc(ctx, func() { client.Close(); origin.Close() })
	defer stop()
	over := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-draining: // wake both directions, so that they see it
			client.SetReadDeadline(time.Now())
			origin.SetReadDeadline(time.Now())
		case <-over:
		}
	})
	var up sync.WaitGroup
	var upErr error
	up.Go(func() { sent, upErr = s.copy(origin, client) })
	received, err = s.copy(client, origin)
	up.Wait()
	close(over)
	waiting.Wait()
	client.Close()
	origin.Close()
	switch {
	case ctx.Err() != nil:
		return sent, received, ctx.Err()
	case errors.Is(err, ErrBudget), errors.Is(upErr, ErrBudget):
		return sent, received, ErrBudget
	case upErr != nil:
		return sent, received, upErr
	}
	return sent, received, err
}

// Reset reports whether a tunnel ended by a reset. Clients end so when they
// close with something unread; it may have cut off bytes, and is no fault.
func Reset(err error) bool {
	for _, e := range []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ENOTCONN, net.ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

type splice struct {
	limits   SpliceLimits
	draining <-chan struct{}
	last     atomic.Int64 // when a byte moved, in Unix nanoseconds
}

func (s *splice) touch() { s.last.Store(time.Now().UnixNano()) }

func (s *splice) idle() time.Duration {
	select {
	case <-s.draining:
		return s.limits.Drain
	default:
		return s.limits.Idle
	}
}

// copy moves one direction. A clean end closes only that direction.
func (s *splice) copy(dst, src *net.TCPConn) (n int64, err error) {
	for {
		idle, now := s.idle(), time.Now()
		src.SetReadDeadline(now.Add(idle))
		// Later than the read's, so that a time-out past it is a peer that
		// takes nothing, and what was read for it is lost.
		dst.SetWriteDeadline(now.Add(2 * idle))
		if s.idle() != idle {
			continue // draining began in between, and its wake-up was undone
		}
		k, err := s.step(dst, src)
		n += k
		if k > 0 {
			s.touch()
		}
		switch {
		case err == nil && k == spliceStep:
		case err == nil:
			return n, dst.CloseWrite()
		case errors.Is(err, os.ErrDeadlineExceeded) && time.Since(now) < 2*idle && s.active():
		default:
			src.Close()
			dst.Close()
			return n, err
		}
	}
}

// step moves some bytes: by the kernel, or where they are counted by hand, for
// nothing may move before it was granted.
func (s *splice) step(dst, src *net.TCPConn) (int64, error) {
	if s.limits.Charge == nil {
		return dst.ReadFrom(&io.LimitedReader{R: src, N: spliceStep})
	}
	buf := make([]byte, 32<<10)
	for n := int64(0); ; {
		k, err := src.Read(buf[:min(int64(len(buf)), spliceStep-n)])
		if k > 0 {
			s.touch()
			granted := s.limits.Charge(k)
			w, werr := dst.Write(buf[:granted])
			n += int64(w)
			switch {
			case werr != nil:
				return n, werr
			case granted < k:
				return n, ErrBudget
			}
		}
		switch {
		case err == io.EOF:
			return n, nil
		case err != nil:
			return n, err
		case n == spliceStep:
			return n, nil
		}
	}
}

// active reports whether some byte moved of late. The other direction says so
// only at the end of a step, which may be one limit late.
func (s *splice) active() bool {
	return time.Since(time.Unix(0, s.last.Load())) < 2*s.idle()
}
