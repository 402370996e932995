package rules

import (
	"fmt"
	"regexp"
	"strings"
)

// Fault is one thing that is wrong in a file of rules.
type Fault struct {
	File string
	Rule string // its id, or its place in the file where it has none
	Code string // key of the table of texts
	args []any
}

// What says what is wrong, in English or in Chinese.
func (f Fault) What(chinese bool) string {
	t := texts[f.Code]
	if chinese {
		return numberless(fmt.Sprintf(t.zh, f.args...))
	}
	return numberless(fmt.Sprintf(t.en, f.args...))
}

// longNumber is a number as long as a person's, in one piece or in groups.
var longNumber = regexp.MustCompile(`[0-9](?:[ ._-]?[0-9]){7,}`)

// numberless leaves long numbers out of a text: what somebody typed into a file of
// rules must not stand in a log.
func numberless(s string) string { return longNumber.ReplaceAllString(s, "…") }

// Mend says how to mend it.
func (f Fault) Mend(chinese bool) string {
	if chinese {
		return texts[f.Code].mendZh
	}
	return texts[f.Code].mend
}

// Text gives all of the fault in one line.
func (f Fault) Text(chinese bool) string {
	at, colon := f.File, ": "
	if f.Rule != "" {
		at += ": " + f.Rule
	}
	if chinese {
		colon = "；"
	} else if f.Mend(false) != "" {
		colon = "; "
	}
	out := at + ": " + f.What(chinese)
	if mend := f.Mend(chinese); mend != "" {
		out += colon + mend
	}
	return out
}

func (f Fault) Error() string { return f.Text(false) }

// Faults is the error of everything that loads rules: all that is wrong, in
// the order of the files.
type Faults struct{ List []Fault }

func (f *Faults) Error() string {
	lines := make([]string, len(f.List))
	for i, x := range f.List {
		lines[i] = "rules: " + x.Error()
	}
	return strings.Join(lines, "\n")
}

// CaseFault is the fault of a case that does not hold: case n, from 1, of the
// rule's hits or misses.
func CaseFault(file, rule string, hit bool, n int) Fault {
	code := "case-miss"
	if hit {
		code = "case-hit"
	}
	return Fault{File: file, Rule: rule, Code: code, args: []any{n}}
}
