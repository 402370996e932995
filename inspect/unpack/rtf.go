package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// RTF opens Rich Text Format. Its parts:
//
//   - "text": the body, hidden and deleted text too, without what formats it;
//     then each note, header, field instruction and whatever else stands aside,
//     on lines of its own;
//   - "names": those of fonts, colours and styles;
//   - "object" and "picture": what was hex digits or \bin, as bytes;
//   - without a name, what stands behind the document.
//
// Groups that are not closed are Missed as broken, all text comes out though.
func RTF(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		b := m.load(r, size, l)
		if len(b) == 0 {
			return
		}
		if !bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte(rtfMagic)) {
			m.Miss(inspect.GapUnknownFormat, -1)
			m.raw(r, 0, int64(len(b)))
			return
		}
		d := &rtf{meter: m, b: b, cp: 1252, fonts: map[int]int{}, missed: map[inspect.GapReason]bool{}, end: len(b), most: int(l.Memory / 4), entries: l.Entries}
		d.body, d.names = &rtfSink{kind: rtfBody}, &rtfSink{kind: rtfNames}
		d.at = rtfState{sink: d.body, uc: 1}
		whole := decode.Span{To: size}
		if !m.Begin([]byte("text"), whole) {
			return
		}
		d.walk()
		d.finish(whole)
		if len(bytes.Trim(b[d.end:], " \t\r\n\x00")) > 0 {
			m.raw(r, int64(d.end), int64(len(b)))
		}
	})
	m.end()
}

const (
	rtfMagic = `{\rtf`
	rtfDepth = 2000
)

// rtfState is what a group keeps and gives back at its end.
type rtfState struct {
	sink *rtfSink
	font int
	uc   int // characters that stand behind \u for readers without Unicode
}

// rtfThing is bytes that came out of hex digits or of \bin.
type rtfThing struct {
	name string
	data []byte
}

// rtf is an open document.
type rtf struct {
	*meter
	b       []byte
	pos     int
	end     int // where the first group ended
	past    bool
	at      rtfState
	groups  []rtfState
	over    int  // groups open beyond rtfDepth
	star    bool // \* came before
	first   bool // nothing came in this group yet
	skip    int  // characters still to leave out behind \u
	cp      int  // of the document
	deff    int
	fonts   map[int]int // code pages
	cached  int         // the code page of font
	font    int
	fresh   bool // cached is right
	coders  map[int]*rtfCoder
	body    *rtfSink
	names   *rtfSink
	aside   []byte
	things  []rtfThing
	most    int // bytes that may be kept
	kept    int
	asked   int
	entries int
	missed  map[inspect.GapReason]bool
}

// lack reports a gap once.
func (d *rtf) lack(reason inspect.GapReason) {
	if !d.missed[reason] {
		d.missed[reason] = true
		d.Miss(reason, -1)
	}
}

// walk goes through the document.
func (d *rtf) walk() {
	for worked := 0; d.pos < len(d.b) && !d.stopped; {
		if d.pos-worked > chunk {
			d.work(int64(d.pos-worked) * 20)
			worked = d.pos
		}
		c := d.b[d.pos]
		d.pos++
		switch c {
		case '{':
			d.open()
		case '}':
			if !d.shut() {
				return
			}
		case '\\':
			d.control()
		case '\r', '\n':
		default:
			d.first = false
			d.char(c)
		}
	}
}

// open begins a group.
func (d *rtf) open() {
	d.skip, d.star, d.first = 0, false, true
	if len(d.groups) >= rtfDepth {
		d.over++
		d.lack(inspect.GapLimitDepth)
		return
	}
	d.groups = append(d.groups, d.at)
}

// shut ends a group. It answers false where the document is over.
func (d *rtf) shut() bool {
	d.skip, d.star, d.first = 0, false, false
	if d.over > 0 {
		d.over--
		return true
	}
	if n := len(d.groups); n > 0 {
		old := d.at
		d.at = d.groups[n-1]
		d.groups = d.groups[:n-1]
		if old.sink != d.at.sink {
			d.close(old.sink)
			d.at.sink.from, d.at.sink.to = d.pos, d.pos // not over what was found in between
		}
	}
	if len(d.groups) > 0 {
		return true
	}
	if !d.past {
		d.past, d.end = true, d.pos
	}
	rest := bytes.TrimLeft(d.b[d.pos:], " \t\r\n\x00")
	return !bytes.HasPrefix(rest, []byte(rtfMagic)) && bytes.IndexByte(rest, '\\') >= 0
}

// finish gives out what was kept.
func (d *rtf) finish(whole decode.Span) {
	if len(d.groups) > 0 {
		d.lack(inspect.GapBroken)
	}
	for n := len(d.groups); n > 0; n-- {
		if old := d.at.sink; old != d.groups[n-1].sink {
			d.close(old)
		}
		d.at = d.groups[n-1]
	}
	d.settle(d.body, true)
	d.Write(d.body.buf)
	if len(d.aside) > 0 {
		d.text("\n")
		d.Write(d.aside)
	}
	if d.settle(d.names, true); len(d.names.buf) > 0 && d.Begin([]byte("names"), whole) {
		d.Write(d.names.buf)
	}
	for _, t := range d.things {
		if d.stopped || !d.Begin([]byte(t.name), whole) {
			return
		}
		d.Write(t.data)
	}
}
