package proxy

import (
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// seamBytes is how much of the content before and after a border between two
// messages is read together.
const seamBytes = 256

// seam finds what lies over the borders of messages: a value sent in pieces,
// one message each, is in none of them. It reads the end of what came before
// together with the beginning of the message, and takes what that holds if it
// is more than either holds alone.
func (p *Part) seam() error {
	s := p.x.stream
	before := s.tail
	s.tail = append(before[:len(before):len(before)], p.last...)
	s.tail = s.tail[max(0, len(s.tail)-seamBytes):]
	if len(before) == 0 || len(p.first) == 0 {
		return nil
	}
	both, err := p.glimpse(append(before[:len(before):len(before)], p.first...))
	if err != nil || total(&both) == 0 {
		return err
	}
	old, err := p.glimpse(before)
	if err != nil {
		return err
	}
	own, err := p.glimpse(p.first)
	if err != nil {
		return err
	}
	if total(&both) > total(&old)+total(&own) {
		p.report = inspect.Merge(p.report, inspect.Report{Tallies: both.Tallies, Persons: both.Persons, Linked: both.Linked,
			Coverage: inspect.Coverage{State: inspect.Full}})
	}
	return nil
}

// remember keeps the two ends of a message.
func (p *Part) remember(b []byte) {
	if room := seamBytes - len(p.first); room > 0 {
		p.first = append(p.first, b[:min(room, len(b))]...)
	}
	p.last = append(p.last, b[max(0, len(b)-seamBytes):]...)
	if over := len(p.last) - seamBytes; over > 0 {
		p.last = append(p.last[:0], p.last[over:]...)
	}
}

// glimpse scans a little text by itself.
func (p *Part) glimpse(text []byte) (r inspect.Report, err error) {
	scan, err := p.x.g.o.Inspector.Open(inspect.Meta{Kind: inspect.Message, Size: int64(len(text)), Time: p.x.flow.Time},
		io.NewSectionReader(strings.NewReader(string(text)), 0, int64(len(text))))
	if err == nil {
		_, err = scan.Write(text)
	}
	if err != nil {
		return r, err
	}
	return scan.Close()
}

// total counts what policy counts: findings of medium confidence and above.
func total(r *inspect.Report) (n int64) {
	for _, t := range r.Tallies {
		n += t.At(inspect.Medium)
	}
	return n
}
