package engine

import "github.com/datacustoms/customs/inspect/decode"

// places says where bytes of a stream stand on the wire: all of them in one
// piece, one behind the other from its start on, or each in a piece of its own.
type places struct {
	all  decode.Span
	row  bool          // byte i stands at all.From+i
	each []decode.Span // nil unless each has its own
}

// of is the place of byte i.
func (p *places) of(i int) decode.Span {
	switch {
	case p.each != nil:
		return p.each[i]
	case p.row:
		return decode.Span{From: p.all.From + int64(i), To: p.all.From + int64(i) + 1}
	}
	return p.all
}

// marks place the bytes of a stream on the wire. They are runs of bytes whose
// spans are the same or go on by equal steps, kept as long as anybody asks for
// them. The zero value is the wire itself.
type marks struct {
	runs []run
	gone int // of them that nobody asks for
}

type run struct {
	from int64 // offset in the stream
	wire decode.Span
	step int64 // how much further each byte stands than the one before
}

func (r *run) at(off int64) decode.Span {
	d := max(off-r.from, 0) * r.step
	return decode.Span{From: r.wire.From + d, To: r.wire.To + d}
}

// add notes the places of n bytes that begin at offset from.
func (m *marks) add(p *places, n int, from int64) {
	switch {
	case n == 0:
	case p.each != nil:
		for i, sp := range p.each[:n] {
			m.one(sp, from+int64(i))
		}
	case p.row:
		m.one(p.of(0), from)
		if last := &m.runs[len(m.runs)-1]; n > 1 && last.step != 1 {
			if last.from == from {
				last.step = 1
			} else {
				m.runs = append(m.runs, run{from: from, wire: p.of(0), step: 1})
			}
		}
	default:
		m.one(p.all, from)
		if last := &m.runs[len(m.runs)-1]; n > 1 && last.step != 0 {
			m.runs = append(m.runs, run{from: from, wire: p.all})
		}
	}
}

// one notes the place of one byte.
func (m *marks) one(sp decode.Span, from int64) {
	if n := len(m.runs); n > 0 {
		last := &m.runs[n-1]
		switch step := sp.From - last.wire.From; {
		case last.at(from) == sp:
			return
		case from == last.from+1 && last.step == 0 && step > 0 && sp.To-last.wire.To == step:
			last.step = step
			return
		}
	}
	m.runs = append(m.runs, run{from: from, wire: sp})
}

// wire maps a piece of the stream to the wire.
func (m *marks) wire(s decode.Span) decode.Span {
	if len(m.runs) == 0 {
		return s
	}
	return decode.Span{From: m.find(s.From).From, To: m.find(max(s.To-1, s.From)).To}
}

func (m *marks) find(at int64) decode.Span {
	low, high := m.gone, len(m.runs)
	for low+1 < high {
		if mid := (low + high) / 2; m.runs[mid].from <= at {
			low = mid
		} else {
			high = mid
		}
	}
	return m.runs[low].at(at)
}

// forget drops the runs that end before an offset.
func (m *marks) forget(at int64) {
	for m.gone+1 < len(m.runs) && m.runs[m.gone+1].from <= at {
		m.gone++
	}
	if m.gone > len(m.runs)/2 {
		m.runs = m.runs[:copy(m.runs, m.runs[m.gone:])]
		m.gone = 0
	}
}
