package unpack

// The values of a PDF, as the lexer gives them: nil, bool, float64, and these.
type (
	pdfName string
	pdfRef  struct{ num, gen int }
	pdfDict map[pdfName]any
	pdfStr  []byte
	pdfOp   string // a keyword or an operator
)

// pdfDepth is how deep arrays and dictionaries may stand in each other.
const pdfDepth = 40

// pdfLong is how many elements of an array are kept.
const pdfLong = 1 << 17

// pdfLex reads values from the text of a PDF object or a content stream. It
// never fails: what it does not understand is a keyword or is passed over.
type pdfLex struct {
	b     []byte
	i     int
	depth int
	refs  bool      // "1 0 R" is a reference: in objects, not in content
	notes *pdfNotes // takes what no reader shows
	over  bool      // an array was longer than pdfLong
	torn  bool      // a value was not ended as it should
	n     int       // values read so far
}

const (
	pdfSpace = 1 + iota
	pdfDelim
)

// cost is how many bytes of work the values since from were: each is as dear
// as some bytes.
func (x *pdfLex) cost(from int) int { return x.i - from + 6*x.n }

// pdfKind tells white space and delimiters from the rest.
func pdfKind(c byte) int {
	switch c {
	case 0, '\t', '\n', '\f', '\r', ' ':
		return pdfSpace
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return pdfDelim
	}
	return 0
}

// skip passes over white space and comments.
func (x *pdfLex) skip() {
	for x.i < len(x.b) {
		switch c := x.b[x.i]; {
		case pdfKind(c) == pdfSpace:
			x.i++
		case c == '%':
			from := x.i
			for x.i < len(x.b) && x.b[x.i] != '\n' && x.b[x.i] != '\r' {
				x.i++
			}
			x.notes.add(x.b[from+1 : x.i])
		default:
			return
		}
	}
}

// value reads the next value; ok is false at the end.
func (x *pdfLex) value() (v any, ok bool) {
	x.skip()
	if x.i >= len(x.b) {
		return nil, false
	}
	x.n++
	c := x.b[x.i]
	switch {
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		return x.number(), true
	case c == '/':
		x.i++
		return x.name(), true
	case c == '(':
		x.i++
		return x.literal(), true
	case c == '<' && x.peek(1) == '<':
		x.i += 2
		return x.dict(), true
	case c == '<':
		x.i++
		return x.hex(), true
	case c == '>' && x.peek(1) == '>':
		x.i += 2
		return pdfOp(">>"), true
	case c == '[':
		x.i++
		return x.array(), true
	case pdfKind(c) == pdfDelim:
		x.i++
		return pdfOp(x.b[x.i-1 : x.i]), true
	}
	return x.keyword(), true
}

func (x *pdfLex) peek(n int) byte {
	if x.i+n < len(x.b) {
		return x.b[x.i+n]
	}
	return 0
}

// word passes over the regular characters that stand here.
func (x *pdfLex) word() []byte {
	from := x.i
	for x.i < len(x.b) && pdfKind(x.b[x.i]) == 0 {
		x.i++
	}
	return x.b[from:x.i]
}

func (x *pdfLex) keyword() any {
	switch w := x.word(); string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	default:
		return pdfOp(w)
	}
}

func (x *pdfLex) number() any {
	w := x.word()
	f, whole := pdfNumber(w)
	if pdfOdd(w) {
		x.notes.add(w)
	}
	if !x.refs || !whole || f < 0 {
		return f
	}
	// A reference, if an integer and R follow.
	back := x.i
	x.skip()
	gen, whole := pdfNumber(x.word())
	if x.i > back+1 && whole && gen >= 0 && gen < 1<<16 {
		x.skip()
		if x.peek(0) == 'R' && (x.i+1 >= len(x.b) || pdfKind(x.b[x.i+1]) != 0) {
			x.i++
			return pdfRef{int(f), int(gen)}
		}
	}
	x.i = back
	return f
}

// pdfOdd tells a word that no number of a page looks like: with letters, or
// with seven digits before the point.
func pdfOdd(w []byte) bool {
	n, point := 0, false
	for _, c := range w {
		switch {
		case c == '.':
			point = true
		case c >= '0' && c <= '9':
			if !point {
				n++
			}
		case c != '-' && c != '+':
			return true
		}
	}
	return n >= 7
}

// pdfNumber reads w as readers do that forgive much; whole says that it was
// digits and nothing else.
func pdfNumber(w []byte) (f float64, whole bool) {
	whole = len(w) > 0 && len(w) < 12
	neg, scale := false, 0.0
	for _, c := range w {
		switch {
		case c >= '0' && c <= '9':
			if scale > 0 {
				f += float64(c-'0') * scale
				scale /= 10
			} else if f < 1e15 {
				f = f*10 + float64(c-'0')
			}
			continue
		case c == '-':
			neg = true
		case c == '.' && scale == 0:
			scale = 0.1
		}
		whole = false
	}
	if neg {
		f = -f
	}
	return f, whole
}

func (x *pdfLex) name() pdfName {
	w := x.word()
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) && pdfDigit(w[i+1]) >= 0 && pdfDigit(w[i+2]) >= 0 {
			out = append(out, byte(pdfDigit(w[i+1])<<4|pdfDigit(w[i+2])))
			i += 2
			continue
		}
		out = append(out, w[i])
	}
	return pdfName(out)
}

// array reads up to the closing bracket.
func (x *pdfLex) array() any {
	if x.depth >= pdfDepth {
		return pdfOp("[")
	}
	x.depth++
	defer func() { x.depth-- }()
	var list []any
	for {
		v, ok := x.value()
		op, is := v.(pdfOp)
		if is && op == "]" {
			return list
		}
		if !ok || is && (op == "endobj" || op == ">>") {
			x.torn = true
			return list
		}
		if len(list) >= pdfLong {
			x.over = true
			continue
		}
		list = append(list, v)
	}
}

// dict reads up to the closing brackets.
func (x *pdfLex) dict() any {
	if x.depth >= pdfDepth {
		return pdfOp("<<")
	}
	x.depth++
	d := pdfDict{}
	var odds []any
	for {
		k, ok := x.value()
		op, is := k.(pdfOp)
		if !ok || is && (op == ">>" || op == "endobj") {
			x.torn = x.torn || op != ">>"
			break
		}
		x.torn = x.torn || op == "stream"
		key, is := k.(pdfName)
		if !is {
			odds = append(odds, k)
			continue
		}
		v, ok := x.value()
		if op, is := v.(pdfOp); !ok || is && op == ">>" {
			odds = append(odds, key)
			x.torn = x.torn || !ok
			break
		}
		if old, twice := d[key]; twice {
			odds = append(odds, old)
		}
		d[key] = v
	}
	x.depth--
	if odds != nil {
		d.odd(odds)
	}
	return d
}

// pdfOdds is the key of what a dictionary holds that has no key, or another's.
const pdfOdds = pdfName("\x00")

// odd keeps a value that no reader finds.
func (d pdfDict) odd(v any) {
	list, _ := d[pdfOdds].([]any)
	d[pdfOdds] = append(list, v)
}
