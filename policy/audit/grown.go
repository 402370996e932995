package audit

// Last returns the number of the newest durable entry; zero for an empty log.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Grown returns a channel that is closed once there is a durable entry after
// that number. A caller that asks for one further ahead than the next may be
// woken before it is there, and asks again.
func (l *Log) Grown(after uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last > after {
		done := make(chan struct{})
		close(done)
		return done
	}
	return l.grown
}

// grew is called with l.mu held after a batch became durable.
func (l *Log) grew(last uint64) {
	if last == l.last {
		return
	}
	l.last = last
	close(l.grown)
	l.grown = make(chan struct{})
}
