package incident

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

const (
	maxFile    = 1 << 20
	maxRecords = 1000
	maxSteps   = 500
	maxText    = 500
	maxWord    = 128
)

var (
	idForm     = regexp.MustCompile(`^inc-[0-9]{8}-[0-9a-hjkmnp-tv-z]{6}$`)
	recordForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)
	actorForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
	classForm  = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
)

// Named reports whether a text has the form of an incident's id.
func Named(id string) bool { return idForm.MatchString(id) }

// Parse reads an incident's file.
func Parse(b []byte) (*Incident, error) {
	if len(b) > maxFile {
		return nil, fmt.Errorf("an incident is at most %d bytes", maxFile)
	}
	var i Incident
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&i); err != nil {
		return nil, errors.New("it is no incident of this program's form")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it has something after its end")
	}
	return &i, i.Sound()
}

// Sound names everything that is wrong with an incident.
func (i *Incident) Sound() error {
	var faults []error
	fault := func(bad bool, format string, args ...any) {
		if bad && len(faults) < 20 {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(i.Schema != Schema, "schema is not %s", Schema)
	fault(!Named(i.ID), "id is none of an incident")
	fault(!slices.Contains(Kinds(), i.Kind), "kind must be one of %v", Kinds())
	fault(i.Level != "" && !slices.Contains(law.IncidentLevels(), i.Level), "level must be one of %s, or absent", strings.Join(law.IncidentLevels(), ", "))
	fault(!plausible(i.Discovered), "discovered is no time of this century")
	fault(!slices.Contains([]string{law.BodyCIIO, law.BodyCentral, law.BodyOther}, i.Body), "body must be ciio, central or other")
	fault(!line(i.Pack, maxWord) || !line(i.Article, 4*maxWord), "pack or article is no line of text")
	fault(len(i.Exporters) > maxRecords || len(i.Clocks) > 50, "it has more exporters or clocks than any")
	for n, e := range i.Exporters {
		fault(!line(e.USCC, 18) || e.USCC == "" || !slices.Contains([]policy.Tri{policy.Unknown, policy.No, policy.Yes}, e.CIIO), "exporters[%d] is no exporter", n)
	}
	for n, c := range i.Clocks {
		fault(!classForm.MatchString(c.ID) || len(c.ID) > maxWord || c.Minutes < 1 || c.Minutes > 30*24*60 || !c.Due.Equal(i.Discovered.Add(time.Duration(c.Minutes)*time.Minute)), "clocks[%d] does not run from the discovery", n)
	}
	faults = append(faults, i.Scope.sound()...)
	faults = append(faults, i.soundSteps()...)
	return errors.Join(faults...)
}

// sound names what is wrong with a scope.
func (s *Scope) sound() (faults []error) {
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	fault(len(s.Records) > maxRecords, fmt.Sprintf("scope.records: at most %d; name the others by time", maxRecords))
	fault(slices.ContainsFunc(s.Records, func(id string) bool { return !recordForm.MatchString(id) }), "scope.records: an id is none of a record, as customs audit list prints them")
	fault(s.From.IsZero() != s.To.IsZero() || s.To.Before(s.From), "scope: from and to must stand there both, or neither, and from before to")
	fault(!s.From.IsZero() && (!plausible(s.From) || !plausible(s.To)), "scope: from or to is no time of this century")
	fault(len(s.Records) > 0 && s.timed(), "scope: name records, or a time with what fits, not both")
	fault((s.Exporter != "" || s.Recipient != "" || s.Class != "") && s.From.IsZero(), "scope: exporter, recipient and class need from and to")
	fault(!line(s.Exporter, 18) || !line(s.Recipient, maxWord) || s.Class != "" && !(classForm.MatchString(s.Class) && len(s.Class) <= maxWord), "scope: exporter, recipient or class has another form")
	return faults
}

func (s *Scope) timed() bool { return !s.From.IsZero() || !s.To.IsZero() }

// Covers reports whether a record is of the scope.
func (s *Scope) Covers(r *policy.Record) bool {
	if len(s.Records) > 0 {
		return slices.Contains(s.Records, r.ID)
	}
	in := &r.Intent
	return s.timed() && !r.Time.Before(s.From) && r.Time.Before(s.To) &&
		(s.Exporter == "" || s.Exporter == in.Exporter) && (s.Recipient == "" || s.Recipient == in.Recipient) &&
		(s.Class == "" || slices.ContainsFunc(in.Classes, func(c policy.ClassCount) bool { return string(c.Class) == s.Class }))
}

func (i *Incident) soundSteps() (faults []error) {
	if len(i.Steps) == 0 || len(i.Steps) > maxSteps || i.Steps[0].Act != ActOpen {
		return []error{fmt.Errorf("it must begin with %s and have at most %d steps", ActOpen, maxSteps)}
	}
	acts := []string{ActNote, ActReport, ActClose}
	for n, s := range i.Steps {
		bad := ""
		switch {
		case n > 0 && !slices.Contains(acts, s.Act):
			bad = "has no act"
		case s.Act == ActClose && n < len(i.Steps)-1:
			bad = "closes the incident before others"
		case !plausible(s.At):
			bad = "has no time"
		case !actorForm.MatchString(s.By):
			bad = "--by must be 1 to 64 letters, digits, dots, dashes, underscores or @"
		case strings.TrimSpace(s.Text) == "" || !line(s.Text, maxText):
			bad = fmt.Sprintf("needs one line of text of at most %d bytes", maxText)
		case (s.Act == ActReport) != (s.To != "") || !line(s.To, maxWord):
			bad = fmt.Sprintf("a report, and only a report, names who was told, in one line of at most %d bytes", maxWord)
		case s.Clock != "" && (s.Act != ActReport || !slices.ContainsFunc(i.Clocks, func(c Clock) bool { return c.ID == s.Clock })):
			bad = "stops a clock that is none"
		}
		if bad != "" && len(faults) < 20 {
			faults = append(faults, fmt.Errorf("step %d: %s", n+1, bad))
		}
	}
	return faults
}

// plausible keeps times within what can be written and computed with.
func plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2200 }

// line accepts a text that stands on one line of a page and steers nothing.
func line(s string, limit int) bool {
	return len(s) <= limit && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar })
}
