package unpack

// flowReader joins the lines that RFC 3676 lets a sender break: those that end
// in a blank, which goes too where delSp says so. Quote marks and the blank
// that guards a line are taken off. It takes UTF-8 as it comes.
type flowReader struct {
	delSp  bool
	inside bool // of a line, behind marks of quoting
	blank  bool // a blank that may end the line
	cr     bool // the line before ended in CR
	dashes int  // how many hyphens the line has, and nothing else; -1 if anything
}

func (f *flowReader) read(dst, p []byte) []byte {
	for _, c := range p {
		dst = f.step(dst, c)
	}
	return dst
}

func (f *flowReader) step(dst []byte, c byte) []byte {
	after := f.cr
	f.cr = false
	switch {
	case c == '\n' && after:
		return dst
	case c == '\n' || c == '\r':
		return f.line(dst, c == '\r')
	case !f.inside && c == '>':
		return dst
	case !f.inside && c == ' ':
		f.inside = true
		return dst
	}
	f.inside = true
	dst = f.hold(dst)
	switch {
	case c == ' ':
		f.blank = true
		return dst
	case c == '-' && f.dashes >= 0:
		f.dashes++
	default:
		f.dashes = -1
	}
	return append(dst, c)
}

// line ends a line.
func (f *flowReader) line(dst []byte, cr bool) []byte {
	switch {
	case f.blank && f.dashes == 2: // "-- " stands before a signature
		dst = append(dst, " \n"...)
	case f.blank && !f.delSp:
		dst = append(dst, ' ')
	case !f.blank:
		dst = append(dst, '\n')
	}
	*f = flowReader{delSp: f.delSp, cr: cr}
	return dst
}

// hold gives out a blank that ended no line.
func (f *flowReader) hold(dst []byte) []byte {
	if f.blank {
		f.blank, f.dashes = false, -1
		dst = append(dst, ' ')
	}
	return dst
}

// end ends the text.
func (f *flowReader) end(dst []byte) []byte {
	dst = f.hold(dst)
	*f = flowReader{delSp: f.delSp}
	return dst
}
