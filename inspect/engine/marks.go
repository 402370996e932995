package engine

import "github.com/datacustoms/customs/inspect/decode"

// marks place the bytes of a stream on the wire. They are runs of bytes with
// one span, kept as long as a decoder may still make something of them. The
// zero value is the wire itself.
type marks struct {
	runs []run
}

type run struct {
	from int64 // offset in the stream
	wire decode.Span
}

// add notes the spans of bytes that begin at offset from.
func (m *marks) add(at []decode.Span, from int64) {
	for i, sp := range at {
		if n := len(m.runs); n == 0 || m.runs[n-1].wire != sp {
			m.runs = append(m.runs, run{from + int64(i), sp})
		}
	}
}

// wire maps a piece of the stream to the wire.
func (m *marks) wire(s decode.Span) decode.Span {
	if len(m.runs) == 0 {
		return s
	}
	return decode.Span{From: m.find(s.From).From, To: m.find(max(s.To-1, s.From)).To}
}

func (m *marks) find(at int64) decode.Span {
	low, high := 0, len(m.runs)
	for low+1 < high {
		if mid := (low + high) / 2; m.runs[mid].from <= at {
			low = mid
		} else {
			high = mid
		}
	}
	return m.runs[low].wire
}

// forget drops the runs that end before an offset.
func (m *marks) forget(at int64) {
	n := 0
	for n+1 < len(m.runs) && m.runs[n+1].from <= at {
		n++
	}
	if n > 0 {
		m.runs = m.runs[:copy(m.runs, m.runs[n:])]
	}
}
