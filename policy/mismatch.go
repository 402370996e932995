package policy

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

// AskedContent is what a question says of the formats in a part.
type AskedContent struct {
	// Mismatch says that some content is of another format than was said of
	// it, and Formats which, each pair once and sorted.
	Mismatch bool          `json:"mismatch,omitempty"`
	Formats  []AskedFormat `json:"formats,omitempty"`
}

// AskedFormat is one format that was said and the one that was found.
type AskedFormat struct {
	Said  string `json:"said"`
	Found string `json:"found"`
}

// maxMismatches bounds what a question and a record show: a sender may make
// any number.
const maxMismatches = 16

// otherFormat stands for what does not look like a name from the scan's list.
const otherFormat = "other"

var (
	// saidForm is a media type or its beginning, or the ending of a file name.
	saidForm  = regexp.MustCompile(`^(?:[a-z]{1,12}/[a-z0-9.+-]{0,40}|\.[a-z0-9]{1,5})$`)
	foundForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.+-]{0,15}$`)
)

// TellMismatches makes the mismatches of a report fit for records: the first
// of them, in the shape of names. That they are names of the scan's own list,
// and never a sender's text, is the Inspector's promise.
func TellMismatches(list []inspect.Mismatch) []inspect.Mismatch {
	var out []inspect.Mismatch
	for _, m := range list[:min(len(list), maxMismatches)] {
		if !saidForm.MatchString(m.Said) {
			m.Said = otherFormat
		}
		if !foundForm.MatchString(m.Found) {
			m.Found = otherFormat
		}
		out = append(out, m)
	}
	return out
}

// AskContent is what a question says of the mismatches of a report.
func AskContent(list []inspect.Mismatch) AskedContent {
	c := AskedContent{Mismatch: len(list) > 0}
	for _, m := range TellMismatches(list) {
		c.Formats = append(c.Formats, AskedFormat{m.Said, m.Found})
	}
	slices.SortFunc(c.Formats, func(a, b AskedFormat) int {
		return cmp.Or(cmp.Compare(a.Said, b.Said), cmp.Compare(a.Found, b.Found))
	})
	c.Formats = slices.Compact(c.Formats)
	return c
}
