package stream

import "time"

// perEntry is the size of an entry until one was read.
const perEntry = 2 << 10

// State returns how the stream stands.
func (s *Shipper) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pos.state(s.o.Log.Last(), s.oldest, s.o.Now())
}

// StateOf is the state that a position shows beside the log's last entry.
func StateOf(p *Position, last uint64) State { return p.state(last, time.Time{}, time.Time{}) }

func (p *Position) state(last uint64, oldest, now time.Time) State {
	st := State{Name: p.Stream, Last: last, Scanned: p.Scanned, Open: len(p.Open), Records: p.Records, Acts: p.Acts, Failed: p.Failed,
		Gone: p.Gone, Broken: p.Broken, Shipped: p.Shipped, Over: p.Over, Fault: p.Fault, FaultAt: p.FaultAt}
	if last > p.Scanned {
		st.Behind = last - p.Scanned
		st.Bytes = int64(float64(st.Behind) * p.mean())
		if !oldest.IsZero() && now.After(oldest) {
			st.Seconds = now.Sub(oldest).Seconds()
		}
	}
	return st
}

func (p *Position) mean() float64 {
	if p.Read == 0 {
		return perEntry
	}
	return float64(p.Bytes) / float64(p.Read)
}

// Needs is the lowest number of an entry that the stream still reads, also
// after a crash now. Retention must keep it.
func (s *Shipper) Needs() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return min(s.kept, s.pos.Needs())
}

// Check looks whether what waits has crossed its bound. From a crossing on,
// until no more than half of the bound waits, State.Over is the time of the
// crossing, also after a restart: it names what somebody is told once. back is
// true when a crossing ended with this look.
func (s *Shipper) Check() (st State, back bool, err error) {
	st = s.State()
	over := st.Bytes > s.o.Backlog || s.o.Entries > 0 && st.Behind > s.o.Entries
	half := st.Bytes <= s.o.Backlog/2 && (s.o.Entries == 0 || st.Behind <= s.o.Entries/2)
	switch {
	case over && st.Over.IsZero():
		st.Over = s.o.Now().UTC()
	case half && !st.Over.IsZero():
		st.Over, back = time.Time{}, true
	default:
		return st, false, nil
	}
	s.mu.Lock()
	s.pos.Over, s.dirty = st.Over, true
	s.mu.Unlock()
	return st, back, s.saveDirty()
}
