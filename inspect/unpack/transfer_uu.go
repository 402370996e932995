package unpack

import "bytes"

// isUUBegin knows the line that begins a uuencoded file: "begin 644 name".
func isUUBegin(p []byte) bool {
	rest, ok := bytes.CutPrefix(p, []byte("begin "))
	mode, _, named := bytes.Cut(rest, []byte(" "))
	if !ok || !named || len(mode) < 3 || len(mode) > 4 {
		return false
	}
	for _, c := range mode {
		if c < '0' || c > '7' {
			return false
		}
	}
	return true
}

// uuLine takes a line of a body that is in uuencoded lines or about to be. It
// gives back what is to be read as it lies.
func (w *mimeWalk) uuLine(p []byte) []byte {
	if !w.uu {
		// Only where a line of the coding follows and nothing binary went
		// before is this the beginning of a file.
		name := bytes.Clone(p)
		next, _ := w.in.Peek(64)
		if k := bytes.IndexByte(next, '\n'); w.body.binary || w.body.tr != nil || k < 0 || !uuFits(next[:k]) {
			return name
		}
		info := w.body.info
		info.file = bytes.TrimSpace(name[len("begin 644 "):])
		w.startBody(info)
		w.uu, w.body.uuSeen = true, true
		return nil
	}
	line := bytes.TrimRight(p, "\r\n")
	info := w.body.info
	info.file = nil
	switch {
	case string(line) == "end":
		w.uu = false
		w.startBody(info)
		w.body.uuSeen = true
		return nil
	case len(line) == 0, string(line) == "`", string(line) == " ":
		return nil
	case !uuFits(line): // what follows is no more of the coding
		w.body.foreign += int64(len(p))
		w.uu = false
		w.startBody(info)
		w.body.uuSeen = true
		return bytes.Clone(p)
	}
	w.body.buf = uuDecode(w.body.buf[:0], line)
	w.body.size += int64(len(p))
	w.body.give(w.body.buf)
	return nil
}

// startBody ends the body in hand and begins another of the same part.
func (w *mimeWalk) startBody(info mimeInfo) {
	deep := w.body.tooDeep
	seen := w.body.uuSeen
	w.body.uuSeen = true
	w.body.end()
	w.body.begin(&info)
	w.body.tooDeep, w.body.uuSeen, w.body.isField = deep, seen, false
}

// uuFits reports whether a line has the length that its first character says
// and none but characters of the coding. Blanks at its end may be lost.
func uuFits(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || len(line) > 1+84+1 || line[0] <= ' ' || line[0] > '`' {
		return false
	}
	for _, c := range line {
		if c < ' ' || c > '`' {
			return false
		}
	}
	n := int(line[0]-' ') & 63
	full := 1 + (n+2)/3*4
	return len(line) <= full+1 && len(line) >= full-4
}

func uuDecode(dst, line []byte) []byte {
	n := int(line[0]-' ') & 63
	start := len(dst)
	line = line[1:]
	for i := 0; len(dst)-start < n; i += 4 {
		var q [4]byte
		for k := range q {
			if i+k < len(line) {
				q[k] = (line[i+k] - ' ') & 63
			}
		}
		dst = append(dst, q[0]<<2|q[1]>>4, q[1]<<4|q[2]>>2, q[2]<<6|q[3])
	}
	return dst[:start+n]
}
