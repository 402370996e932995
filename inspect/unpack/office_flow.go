package unpack

import "bytes"

// officeFlow puts the running text of a document together: runs joined, a
// paragraph a line, a row of a table a line of cells. Text that stands inside
// a paragraph but is not of it, as a text box, goes to a level of its own and
// from there to the aside.
type officeFlow struct {
	o      *officeOut
	main   *officeText
	aside  *officeAside
	levels []flowLevel
	tabs   int // that may still be written for cells without a text
}

// flowLevel is one stream of paragraphs.
type flowLevel struct {
	buf     []byte // what was written, but on the lowest level
	inText  int    // open elements whose characters are text
	tables  int    // open tables
	cell    bool   // in a cell
	span    int    // columns that the cell takes
	pending int    // tabs that the next text of the row needs
	gap     bool   // a paragraph ended in this cell
	line    bool   // something was written to the line
	del     int    // open deletions
	ins     int    // open insertions
	vanish  bool   // the run is not shown
	changed bool   // the paragraph has changes or text that is not shown
	deleted bool   // some of it is not in what was written
	cut     bool   // a view of the paragraph was too long
	old     []byte // the paragraph as it was before its changes
	all     []byte // with all that it has, once it has changes
	code    []byte // field code
	tail    byte   // the last byte written
}

const (
	flowLevels = 64
	// flowOld is the longest paragraph with changes that is shown both ways.
	flowOld = 64 << 10
	// flowTabs are the tabs for empty cells that a part may have beyond those
	// that its cells with text earn it.
	flowTabs   = 1 << 20
	flowEarned = 16
)

func newOfficeFlow(o *officeOut, e *officeEntry, a *officeAside) *officeFlow {
	return &officeFlow{
		o: o, aside: a, levels: make([]flowLevel, 1, 8), tabs: flowTabs,
		main: &officeText{o: o.meter, name: e.name, at: e.span()},
	}
}

func (f *officeFlow) level() *flowLevel { return &f.levels[len(f.levels)-1] }

// raw writes to the level.
func (f *officeFlow) raw(p []byte) {
	l := f.level()
	if len(p) > 0 {
		l.tail = p[len(p)-1]
	}
	if len(f.levels) == 1 {
		f.main.add(p)
		return
	}
	if !f.o.hold(len(p)) {
		f.aside.lost = true
		return
	}
	l.buf = append(l.buf, p...)
}

// text writes running text. It changes p.
func (f *officeFlow) text(p []byte) {
	l := f.level()
	flatten(p)
	p = unsymbol(p)
	f.views(p)
	if l.del > 0 || l.vanish {
		return
	}
	if len(p) == 0 {
		return
	}
	if l.pending > 0 {
		f.columns(l.pending)
		l.pending, l.gap = 0, false
	}
	if l.gap && l.line && l.tail != '\t' {
		f.raw([]byte{' '})
	}
	l.gap, l.line = false, true
	f.raw(p)
}

// views keeps the paragraph as it is not written: a number may be whole only
// without a change, or only with all of them.
func (f *officeFlow) views(p []byte) {
	l := f.level()
	if !l.changed && (l.ins > 0 || l.del > 0 || l.vanish) {
		l.changed = true
		l.all = append(l.all[:0], l.old...)
	}
	l.deleted = l.deleted || l.del > 0 || l.vanish
	if l.cut = l.cut || max(len(l.old), len(l.all))+len(p) > flowOld; l.cut {
		return
	}
	if l.ins == 0 {
		l.old = append(l.old, p...)
	}
	if l.changed {
		l.all = append(l.all, p...)
	}
}

// giveViews ends the paragraph.
func (f *officeFlow) giveViews() {
	l := f.level()
	if l.changed {
		f.aside.paragraph(l.old)
		if l.deleted && !bytes.Equal(l.all, l.old) {
			f.aside.paragraph(l.all)
		}
		f.aside.lost = f.aside.lost || l.cut
	}
	l.old, l.changed, l.deleted, l.cut = l.old[:0], false, false, false
}

// unsymbol writes characters of the private area that stand for those of a
// symbol font (ECMA-376 part 1, 17.3.3.30) as what they stand for, in place.
func unsymbol(p []byte) []byte {
	if !bytes.Contains(p, []byte("\xef\x80")) && !bytes.Contains(p, []byte("\xef\x81")) {
		return p
	}
	out := p[:0]
	for i := 0; i < len(p); i++ {
		if i+2 < len(p) && p[i] == 0xef && p[i+1]&^1 == 0x80 {
			if c := p[i+1]&1<<6 | p[i+2]&0x3f; c >= ' ' && c <= '~' {
				out = append(out, c)
				i += 2
				continue
			}
		}
		out = append(out, p[i])
	}
	return out
}

// columns writes the tabs before a cell; those of empty cells are bounded.
func (f *officeFlow) columns(n int) {
	if f.tabs += flowEarned; n > f.tabs {
		n = 1
	}
	f.tabs -= n
	for n > 0 {
		k := min(n, len(manyTabs))
		f.raw(manyTabs[:k])
		n -= k
	}
}

var manyTabs = bytes.Repeat([]byte{'\t'}, 64)

// gapOrLine ends a paragraph: in a cell it is a blank, else a line.
func (f *officeFlow) gapOrLine() {
	l := f.level()
	f.giveViews()
	f.fieldCode()
	if l.cell {
		l.gap = true
		return
	}
	f.newline()
}

func (f *officeFlow) newline() {
	l := f.level()
	if l.line {
		f.raw([]byte{'\n'})
	}
	l.pending, l.gap, l.line = 0, false, false
}

// fieldCode gives out what a field is made from.
func (f *officeFlow) fieldCode() {
	if l := f.level(); len(l.code) > 0 {
		f.aside.paragraph(l.code)
		l.code = l.code[:0]
	}
}

func (f *officeFlow) openTable() {
	f.newline()
	l := f.level()
	l.tables++
	l.cell = false
}

// closeTable ends a table. What follows in the cell around it is a new line.
func (f *officeFlow) closeTable() {
	f.newline()
	l := f.level()
	if l.tables > 0 {
		l.tables--
	}
	if l.cell = l.tables > 0; !l.cell && l.tail == '\n' {
		f.raw([]byte{'\n'})
	}
}

func (f *officeFlow) openCell() {
	l := f.level()
	l.cell, l.gap, l.span = true, false, 1
}

func (f *officeFlow) closeCell() {
	l := f.level()
	f.gapOrLine()
	l.pending += max(1, l.span)
	l.cell, l.gap = false, false
}

func (f *officeFlow) closeRow() {
	l := f.level()
	l.cell = false
	f.newline()
}

// push begins a text of its own.
func (f *officeFlow) push() bool {
	if len(f.levels) >= flowLevels {
		return false
	}
	f.levels = append(f.levels, flowLevel{})
	return true
}

// pop ends it and returns what it held.
func (f *officeFlow) pop() []byte {
	l := f.level()
	l.cell = false
	f.gapOrLine()
	f.o.release(len(l.buf))
	f.levels = f.levels[:len(f.levels)-1]
	return bytes.TrimSuffix(l.buf, []byte{'\n'})
}

// finish ends all texts.
func (f *officeFlow) finish() {
	for len(f.levels) > 1 {
		f.aside.paragraph(f.pop())
	}
	f.level().cell = false
	f.gapOrLine()
	f.main.flush()
}
