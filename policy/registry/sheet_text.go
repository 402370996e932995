package registry

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// How a text stands in a cell. Blanks around it do not count, and what a cell
// cannot hold exactly stands as a JSON string: "…" with its quotes, also an
// empty text that is there, and what a spreadsheet program would take for a
// formula or a number. So every text comes back as it was.

var (
	// sciForm is what spreadsheets make of a long run of digits.
	sciForm = regexp.MustCompile(`^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}$`)
	// hexForm is how OOXML writes characters that XML cannot.
	hexForm = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)
	// digitForm is what a spreadsheet that opens a CSV file rounds or strips.
	digitForm = regexp.MustCompile(`^(?:[0-9]{12,}|0[0-9]+)$`)
	dayForm   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// sheetStyle says where a text is to stand.
type sheetStyle struct {
	element bool // in a list
	csv     bool // in a file that a spreadsheet program interprets
	date    bool
}

// cellText writes a text for a cell.
func cellText(s string, style sheetStyle) string {
	if mustQuote(s, style) {
		return quoteCell(s)
	}
	return s
}

func mustQuote(s string, style sheetStyle) bool {
	switch {
	case s == "" || s[0] == '"' || strings.TrimSpace(s) != s,
		strings.ContainsFunc(s, controlRune), hexForm.MatchString(s), sciForm.MatchString(s):
		return true
	case style.element && strings.ContainsAny(s, ";；\n"):
		return true
	case style.date && !dayForm.MatchString(s):
		return true
	case style.csv:
		return strings.ContainsAny(s[:1], "=+-@") || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") ||
			strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") || digitForm.MatchString(s)
	}
	return false
}

// controlRune reports what cells do not carry. A cell may hold lines and tabs.
func controlRune(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFD' || r == '\uFFFE' || r == '\uFFFF'
}

// quoteCell writes a text as a JSON string that XML and CSV keep.
func quoteCell(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	masked := hexForm.MatchString(s)
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n', r == '\t', controlRune(r), r == '_' && masked:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// unquoteCell takes the quotes off. A text that only looks quoted is none.
func unquoteCell(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s, false
	}
	var out string
	if json.Unmarshal([]byte(s), &out) != nil {
		return s, false
	}
	return out, true
}

// element is one entry of a list in a cell.
type element struct {
	text   string
	quoted bool
}

// splitCell reads a list: entries between semicolons, also full-width ones, or
// on lines of their own. With all set empty entries count, as where several
// columns go together; an empty one at the end never does.
func splitCell(s string, all bool) []element {
	var out []element
	for rest, more := s, true; more; {
		var e element
		e, rest, more = nextElement(rest)
		if e.quoted || e.text != "" || all && more {
			out = append(out, e)
		}
	}
	return out
}

func nextElement(s string) (e element, rest string, more bool) {
	s = strings.TrimLeft(s, " \t\u3000\u00a0")
	if strings.HasPrefix(s, `"`) {
		if n := closingQuote(s); n > 0 {
			text, ok := unquoteCell(s[:n])
			after := strings.TrimLeft(s[n:], " \t\u3000\u00a0")
			at, width := separator(after)
			if ok && (at == 0 || after == "") {
				return element{text, true}, after[width:], at == 0
			}
		}
	}
	at, width := separator(s)
	if at < 0 {
		return element{text: strings.TrimSpace(s)}, "", false
	}
	return element{text: strings.TrimSpace(s[:at])}, s[at+width:], true
}

// separator finds the first one; its width is 0 when there is none.
func separator(s string) (at, width int) {
	at = strings.IndexAny(s, ";；\n")
	switch {
	case at < 0:
		return -1, 0
	case s[at] == ';' || s[at] == '\n':
		return at, 1
	}
	return at, len("；")
}

// closingQuote returns the offset behind the quote that ends the one at the
// beginning, or 0.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
