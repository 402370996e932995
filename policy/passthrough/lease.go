package passthrough

import (
	"time"

	"github.com/datacustoms/customs/policy"
)

// lease is one tunnel under an entry. The store's lock guards it.
type lease struct {
	s     *Store
	flow  policy.Flow
	rule  *rule // nil once the entry is gone
	over  chan struct{}
	ended bool
	timer *time.Timer
}

// Lease implements policy.PassThroughs.
func (s *Store) Lease(f *policy.Flow) (policy.Lease, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &lease{s: s, flow: *f, over: make(chan struct{})}
	if f.PassThrough == nil || !l.find() {
		return nil, false
	}
	s.leases[l] = struct{}{}
	l.timer = time.AfterFunc(l.rule.until.Sub(s.o.Now()), l.expire)
	return l, true
}

// find looks the entry up again and reports whether it lets the tunnel pass.
func (l *lease) find() bool {
	l.rule = l.s.table.find(&l.flow)
	if l.rule == nil || l.rule.ID != l.flow.PassThrough.ID {
		l.rule = nil
		return false
	}
	carried, _ := l.rule.carries(&l.flow)
	return carried && l.s.state(l.rule) == policy.PassCurrent
}

// renew follows a change of the entries.
func (l *lease) renew() {
	if l.ended || !l.find() {
		l.end()
		return
	}
	l.timer.Reset(l.rule.until.Sub(l.s.o.Now()))
}

func (l *lease) end() {
	if !l.ended {
		l.ended = true
		l.timer.Stop()
		close(l.over)
	}
}

// expire ends the lease when the clock of the store says so, which may run
// behind the timer's.
func (l *lease) expire() {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	if l.ended {
		return
	}
	if left := l.rule.until.Sub(l.s.o.Now()); left > 0 {
		l.timer.Reset(left)
		return
	}
	l.end()
}

// Charge implements policy.Lease.
func (l *lease) Charge(n int) int {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	if l.ended {
		return 0
	}
	return l.s.charge(l.rule, n)
}

// Over implements policy.Lease.
func (l *lease) Over() <-chan struct{} { return l.over }

// Close implements policy.Lease.
func (l *lease) Close() {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	l.end()
	delete(l.s.leases, l)
}
