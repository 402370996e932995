package engine

import (
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/record"
)

// told is what the streams in a stream have told: which value of which class,
// and how surely. What the stream's own bytes show is held against it.
type told struct {
	values map[value64]inspect.Confidence
	outer  *told // of the stream around
}

// value64 stands for a value of a class, or for a person's key.
type value64 struct {
	class uint8
	sum   uint64
}

// keyed is in place of a class.
const keyed = 0xff

// toldMost is how many values are remembered. What comes beyond may count
// twice.
const toldMost = 100_000

func (t *told) add(h *hit) {
	for ; t != nil; t = t.outer {
		if t.values == nil {
			t.values = make(map[value64]inspect.Confidence)
		}
		if v := h.value(); len(t.values) < toldMost {
			t.values[v] = max(t.values[v], h.conf)
		}
	}
}

// note remembers a finding that was made before anybody asked.
func (t *told) note(f *inspect.Finding) {
	if f.Subject.Known() {
		if t.values == nil {
			t.values = make(map[value64]inspect.Confidence)
		}
		v := value64{keyed, binary.LittleEndian.Uint64(f.Subject[:])}
		t.values[v] = max(t.values[v], f.Confidence)
	}
}

// has reports whether a value was told as surely as a hit says it.
func (t *told) has(h *hit) bool {
	conf, ok := t.values[h.value()]
	return ok && conf >= h.conf
}

func (h *hit) value() value64 {
	if h.key.Known() {
		return value64{keyed, binary.LittleEndian.Uint64(h.key[:])}
	}
	return value64{h.rule.class, h.sum}
}

// sum is what tells apart values that are nobody's key: FNV-1a from where the
// engine's own key says, so that nobody else can make two the same.
func (e *Engine) sum(b []byte) uint64 {
	x := binary.LittleEndian.Uint64(e.opt.Key)
	for _, c := range b {
		x = (x ^ uint64(c)) * 0x100000001b3
	}
	return x
}

// wait keeps a hit in the bytes of a stream until it is known what came out of
// them, and reports whether it does.
func (s *stream) wait(h *hit) bool {
	if s.inflate == nil && s.twin == nil || len(s.aside) >= s.scan.engine.opt.MaxFindings {
		return false
	}
	s.aside = append(s.aside, *h)
	return true
}

// settle gives out what waited and was not told otherwise.
func (s *stream) settle() {
	for i := range s.aside {
		if h := &s.aside[i]; !s.known(h) {
			s.alone(h)
		}
	}
	s.aside = nil
}

// known reports whether a hit was told by what came out of the stream, or by the
// stream of which this is another reading.
func (s *stream) known(h *hit) bool {
	if s.told != nil && s.twin == nil && s.told.has(h) {
		return true
	}
	for t := s.twin; t != nil; t = t.twin {
		if conf, ok := t.told.values[h.value()]; ok && conf >= min(h.conf, inspect.Medium) {
			return true
		}
	}
	return false
}

// alone gives out a hit of which it is not known what belongs to it.
func (s *stream) alone(h *hit) {
	book := record.NewBook(s.scan.persons(), record.Lines)
	s.tell(h, book)
	book.End()
}

// tell makes a hit a finding and a key of a record.
func (s *stream) tell(h *hit, book *record.Book) {
	sc := s.scan
	sc.tally(h.rule, h.conf)
	s.into.add(h)
	f := inspect.Finding{
		Class: h.rule.Class, Rule: h.rule.ID, Level: h.rule.Level, Confidence: h.conf,
		From: h.wire.From, To: h.wire.To, Path: s.path,
		Offset: h.at.From, Length: int(h.at.To - h.at.From), Record: book.Record(), Why: h.why,
	}
	if h.conf >= inspect.Medium {
		if h.kind == check.Nobody {
			book.Remark(h.rule.class)
		} else {
			f.Subject, f.Minor = h.key, h.min
			book.Note(record.Key{Subject: h.key, Rank: uint8(h.kind), Class: h.rule.class, Minor: h.min, Name: h.kind == check.KindFullName})
		}
	}
	sc.fresh(f)
	if len(s.list) < sc.engine.opt.MaxFindings {
		s.list = append(s.list, f)
	} else {
		s.omitted++
	}
}
