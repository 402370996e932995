package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

type scanLine struct {
	File       string             `json:"file,omitempty"`
	Class      inspect.Class      `json:"class"`
	Rule       string             `json:"rule"`
	Level      inspect.Level      `json:"level"`
	Confidence inspect.Confidence `json:"confidence"`
	Offset     int64              `json:"offset"`
	Length     int                `json:"length"`
	Path       []string           `json:"path"`
	Masked     string             `json:"masked"`
	Subject    string             `json:"subject,omitempty"`
	Why        []string           `json:"why,omitempty"`    // with --explain: names of package inspect
	Source     string             `json:"source,omitempty"` // with --explain: what the rule rests on

	told []string // the reasons in words
}

type scanReport struct {
	File     string           `json:"file,omitempty"`
	Coverage inspect.Coverage `json:"coverage"`
	Persons  int              `json:"persons"`
	Linked   int              `json:"linked"`
	Findings int64            `json:"findings"`
	Omitted  int64            `json:"omitted"`
	Classes  map[string]int64 `json:"classes"`

	Mismatches []inspect.Mismatch `json:"mismatches,omitempty"`
}

func (p *scanPrinter) print(r inspect.Report) (found bool, err error) {
	rep := scanReport{File: p.file, Coverage: r.Coverage, Persons: len(r.Persons), Linked: r.Linked, Omitted: r.Omitted, Classes: map[string]int64{}, Mismatches: r.Mismatches}
	for _, t := range r.Tallies {
		if n := t.At(p.low); n > 0 {
			rep.Classes[string(t.Class)] = n
			rep.Findings += n
		}
	}
	var out bytes.Buffer
	names := ordinals(r)
	for _, f := range r.Findings {
		if f.Confidence < p.low {
			continue
		}
		l := scanLine{File: p.file, Class: f.Class, Rule: f.Rule, Level: f.Level, Confidence: f.Confidence, Offset: f.Offset,
			Length: f.Length, Path: f.Path, Masked: p.masks[scanPlace{f.From, f.Offset, f.Rule}], Subject: names.of(f)}
		p.explain.tell(&l, f)
		if l.Path == nil {
			l.Path = []string{}
		}
		if err := p.line(&out, l); err != nil {
			return false, err
		}
		if out.Len() > scanTail {
			if _, err := out.WriteTo(p.out); err != nil {
				return false, err
			}
		}
	}
	if err := p.summary(&out, rep); err != nil {
		return false, err
	}
	_, err = out.WriteTo(p.out)
	return rep.Findings > 0, err
}

func (p *scanPrinter) line(out *bytes.Buffer, l scanLine) error {
	if p.json {
		return scanJSON(out, l)
	}
	if p.file != "" {
		fmt.Fprintf(out, "%s: ", p.file)
	}
	fmt.Fprintf(out, "%10d %4d  %-8s %-20s %s", l.Offset, l.Length, l.Confidence, l.Class, l.Masked)
	if l.Subject != "" {
		fmt.Fprintf(out, "  %s", l.Subject)
	}
	if len(l.Path) > 0 {
		fmt.Fprintf(out, "  in %s", strings.Join(l.Path, "/"))
	}
	out.WriteByte('\n')
	for _, t := range l.told {
		fmt.Fprintf(out, "%16s%s\n", "", t)
	}
	return nil
}

func (p *scanPrinter) summary(out *bytes.Buffer, r scanReport) error {
	if p.json {
		return scanJSON(out, map[string]scanReport{"report": r})
	}
	if p.file != "" {
		fmt.Fprintf(out, "%s: ", p.file)
	}
	fmt.Fprintf(out, "%d findings, %d persons; read %s of %d bytes", r.Findings, r.Persons, r.Coverage.State, r.Coverage.Seen)
	out.WriteString(gapsText(r.Coverage))
	for _, m := range r.Mismatches {
		fmt.Fprintf(out, "; said to be %s, is %s", m.Said, m.Found)
		if len(m.Path) > 0 {
			fmt.Fprintf(out, " in %s", strings.Join(m.Path, "/"))
		}
	}
	if r.Omitted > 0 {
		fmt.Fprintf(out, "; %d not listed", r.Omitted)
	}
	if r.Coverage.State != inspect.Full {
		out.WriteString("; this is no proof that nothing else is there")
	}
	return out.WriteByte('\n')
}

// gapsText says what was not read and why.
func gapsText(c inspect.Coverage) string {
	var b strings.Builder
	for _, g := range c.Gaps {
		if g.Bytes > 0 {
			fmt.Fprintf(&b, "; %d bytes not read: %s", g.Bytes, g.Reason)
		} else {
			fmt.Fprintf(&b, "; not all is counted: %s", g.Reason)
		}
	}
	return b.String()
}

func scanJSON(out *bytes.Buffer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// scanPersons gives each person of a report an ordinal in order of appearance.
type scanPersons struct {
	number  map[inspect.Subject]int
	records map[scanRecord]inspect.Subject
}

type scanRecord struct {
	path   string
	record int64
}

// ordinals numbers the persons. A key that is no person of its own was joined
// to the one person of its record.
func ordinals(r inspect.Report) scanPersons {
	p := scanPersons{map[inspect.Subject]int{}, map[scanRecord]inspect.Subject{}}
	for _, f := range r.Findings {
		_, person := slices.BinarySearchFunc(r.Persons, f.Subject, func(q inspect.Person, k inspect.Subject) int {
			return bytes.Compare(q.Key[:], k[:])
		})
		if !person {
			continue
		}
		if p.number[f.Subject] == 0 {
			p.number[f.Subject] = len(p.number) + 1
		}
		p.records[scanRecord{strings.Join(f.Path, "/"), f.Record}] = f.Subject
	}
	return p
}

func (p scanPersons) of(f inspect.Finding) string {
	if !f.Subject.Known() {
		return ""
	}
	n := p.number[f.Subject]
	if n == 0 {
		n = p.number[p.records[scanRecord{strings.Join(f.Path, "/"), f.Record}]]
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("p%d", n)
}
