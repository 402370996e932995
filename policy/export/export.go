// Package export turns records of the log into what others read: the record
// itself, lines for syslog, OCSF events, tables, and the reports that the law
// asks for.
//
// The unit of work is a Record. One-record formatters (JSON, SyslogLine, OCSF)
// keep nothing; reports are folds with bounded tables, and what no longer fits
// is counted in a row that says so. The promise: every export is made from
// records and filings alone, so it can hold no scanned value, and every number
// in it is a sum over the records of its period.
package export

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// JSON is the record as streams and exports carry it: one line of canonical
// JSON without a line end, schema dc.record/1.
func JSON(r policy.Record) []byte {
	r.Schema = policy.RecordSchema
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		// Only a question that is no JSON can do it, and none stands in a log.
		r.Intent.Question = nil
		b.Reset()
		if err := e.Encode(r); err != nil {
			panic(err) // a record of our own types
		}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// found are the classes of a record that policy counted, with how often.
func found(r *policy.Record) []policy.ClassCount {
	var out []policy.ClassCount
	for _, c := range r.Intent.Classes {
		if c.Medium+c.High > 0 {
			out = append(out, c)
		}
	}
	return out
}

// level is the highest data level among what was found.
func level(r *policy.Record) inspect.Level {
	top := inspect.Level(0)
	for _, c := range found(r) {
		top = max(top, c.Level)
	}
	return top
}

// codes are the reason codes of the verdict.
func codes(v *policy.Verdict) []string {
	out := make([]string, 0, len(v.Reasons))
	for _, r := range v.Reasons {
		out = append(out, r.String())
	}
	return out
}

// transferred reports whether the record is one of data that reached, or may
// have reached, its recipient.
func transferred(r *policy.Record) bool {
	if !r.Intent.Enforced.Releases() || r.CutOff() && r.Groups == nil && r.SentBytes() == 0 {
		return false // of a stream that was refused with its first message, nothing went
	}
	return r.Outcome == nil || r.Outcome.Sent != policy.SentNone
}

// clean makes text fit for every format: valid UTF-8 without control
// characters, of bounded length. Records hold only checked forms; this is for
// a record that somebody else wrote.
func clean(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, s)
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
