package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// pdfArity is how many operands an operator takes at most, -1 for a word that
// is none (ISO 32000-2, annex A).
func pdfArity(op pdfOp) int {
	switch op {
	case "", "b", "B", "b*", "B*", "BT", "BX", "EI", "EMC", "ET", "EX", "f", "F", "f*", "h", "n", "q", "Q", "s", "S", "T*", "W", "W*", "BI":
		return 0
	case "BMC", "cs", "CS", "Do", "g", "G", "gs", "i", "j", "J", "M", "MP", "ri", "sh", "Tc", "Tj", "TJ", "TL", "Tr", "Ts", "Tw", "Tz", "w", "'":
		return 1
	case "BDC", "d", "d0", "DP", "l", "m", "Td", "TD", "Tf":
		return 2
	case "rg", "RG", "\"":
		return 3
	case "k", "K", "re", "v", "y":
		return 4
	case "c", "cm", "d1", "Tm":
		return 6
	case "sc", "SC", "scn", "SCN":
		return 33
	}
	return -1
}

// extra takes the operands that nothing is drawn of: strings in them are
// spelled out, such as ActualText, and names are kept.
func (t *pdfText) extra(args []any) {
	for _, v := range args {
		switch v := v.(type) {
		case pdfStr:
			t.say(pdfPlain(v))
		case pdfName:
			t.doc.addName(v)
		case []any:
			t.extra(v)
		case pdfDict:
			for _, k := range sortedKeys(v) {
				t.doc.addName(k)
				t.extra([]any{v[k]})
			}
			if s, ok := v["ActualText"].(pdfStr); ok {
				t.credit += len([]rune(string(pdfPlain(s))))
			}
		}
	}
}

// say spells out s: what is longer than a character or two is a line.
func (t *pdfText) say(s []byte) {
	if t.spell = append(t.spell, s...); len(s) > 4 {
		t.spell = append(t.spell, '\n')
	}
	if len(t.spell) > chunk {
		t.doc.m.Write(append(t.spell, '\n'))
		t.spell = t.spell[:0]
	}
}

// odd spells out content that is no drawing, as it lies. Where that is no text
// either, or a string that nobody says how to show, the content is broken.
func (t *pdfText) odd(b []byte, unshown bool) {
	if b = bytes.TrimSpace(b); len(b) == 0 {
		return
	}
	t.say(append(bytes.Clone(b), '\n'))
	if unshown || controls(b) > 0 {
		t.doc.miss("content", inspect.GapBroken, int64(len(b)))
	}
}

// holdsString tells whether a string is among the operands.
func holdsString(args []any) bool {
	for _, v := range args {
		if _, ok := v.(pdfStr); ok {
			return true
		}
		if list, ok := v.([]any); ok && holdsString(list) {
			return true
		}
	}
	return false
}

// looksDrawn tells content that draws: nothing but operators with their
// operands, as far as it is looked at.
func looksDrawn(b []byte) bool {
	ops, args := 0, 0
	for x := (pdfLex{b: b[:min(len(b), 4096)]}); ops < 100; {
		v, ok := x.value()
		if !ok || len(b) > 4096 && x.i >= 4096 {
			break
		}
		op, is := v.(pdfOp)
		if !is {
			args++
			continue
		}
		if n := pdfArity(op); n < 0 || args > n {
			return false
		}
		if op == "BI" {
			return true
		}
		ops++
		args = 0
	}
	return ops > 0
}
