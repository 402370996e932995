package rules

import (
	"slices"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/check"
)

// Trigger is a word that brings a rule's confirmer, as its bytes stand in a
// stream. Where it begins or ends with an ASCII letter, no longer word goes on
// there: "tel" is in "userTel" and "tel_no", not in "hotel".
type Trigger struct {
	Text  string
	GB    bool // Text is GB18030; its twin in UTF-8 is another trigger
	Exact bool // case counts
}

type words struct {
	Zh    []string `yaml:"zh"`
	En    []string `yaml:"en"`
	Exact []string `yaml:"exact"` // of triggers only: case counts
}

func (w words) empty() bool { return len(w.Zh)+len(w.En)+len(w.Exact) == 0 }

func (w words) count() string { return strconv.Itoa(len(w.Zh) + len(w.En) + len(w.Exact)) }

// faulty reports whether a word is too short or too long to be looked for, or
// would be met in any number.
func (w words) faulty() bool {
	for _, s := range slices.Concat(w.Zh, w.En, w.Exact) {
		if len(s) < 2 || len(s) > maxAnchor || !lettered(s) {
			return true
		}
	}
	return false
}

// entries returns the words of one group in UTF-8 and, where that differs, in
// GB18030.
func (w words) entries(group uint) (out []check.Entry) {
	for _, t := range w.triggers() {
		out = append(out, check.Entry{Word: t.Text, Group: group})
	}
	return out
}

func (w words) triggers() (out []Trigger) {
	add := func(list []string, exact bool) {
		for _, s := range list {
			t := Trigger{Text: s, Exact: exact}
			out = append(out, t)
			if gb, err := simplifiedchinese.GB18030.NewEncoder().String(s); err == nil && gb != s {
				t.Text, t.GB = gb, true
				out = append(out, t)
			}
		}
	}
	add(w.Zh, false)
	add(w.En, false)
	add(w.Exact, true)
	return out
}
