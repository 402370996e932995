package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy/evidence"
)

// Evidence says what is kept of refused flows for the auditors. Without
// auditors nothing is.
type Evidence struct {
	For       []string  `yaml:"for" is:"block|hold" doc:"verdicts of which evidence is kept; needed with auditors; absent: evidence is off"`
	Auditors  []Auditor `yaml:"auditors"`
	Samples   int       `yaml:"samples" is:"1..64" doc:"findings kept of one flow"`
	Context   int       `yaml:"context" is:"0..1024" doc:"bytes kept on each side of a finding"`
	PerRecord Size      `yaml:"per_record" doc:"most that one flow's file may have, to 1MiB; findings that do not fit are left out"`
	Total     Size      `yaml:"total" doc:"most that all files may have; when it is reached, none is kept and an alert is raised"`
	Keep      Days      `yaml:"keep" doc:"how long evidence is kept"`
}

// Auditor is a person who can open evidence together with another.
type Auditor struct {
	Name string `yaml:"name" is:"auditor" need:"yes" doc:"name of the auditor, as customs evidence knows it; two persons are needed to open evidence"`
	Key  string `yaml:"key" is:"agekey" need:"yes" doc:"public key that customs evidence keygen prints: age1..., or age1pq1... against quantum computers"`
}

// Days is a number of days, written with their name: 180 days.
type Days int

// String gives the days as they are written.
func (d Days) String() string { return strconv.Itoa(int(d)) + " days" }

// Duration is the same as a duration.
func (d Days) Duration() time.Duration { return time.Duration(d) * 24 * time.Hour }

// maxDays is a hundred years.
const maxDays = 36525

// ParseDays reads a number of days. A number alone is refused, since nobody
// can tell what its author meant.
func ParseDays(s string) (Days, error) {
	for _, unit := range []string{"days", "day", "d"} {
		digits, ok := strings.CutSuffix(s, unit)
		if !ok {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSpace(digits)); err == nil && n >= 1 && n <= maxDays {
			return Days(n), nil
		}
		break
	}
	return 0, fmt.Errorf("write a whole number of days and the word, as 180 days")
}

func checkAuditor(s string) (what, mend string) {
	if err := evidence.CheckName(s); err != nil {
		return "is no name of an auditor", err.Error()
	}
	return "", ""
}

func checkAgeKey(s string) (what, mend string) {
	if privateKey.MatchString(s) {
		return "is a private key, which must stay with its owner", "make a new key, since this one was written down here, and write the line age1… that customs evidence keygen prints"
	}
	if _, err := evidence.ParseKey(s); err != nil {
		return "is no public key of age", "write the line that customs evidence keygen prints; the file of the private key stays with the auditor"
	}
	return "", ""
}

// evidence refuses what would keep nothing, or what one person could open.
func (d *decoding) evidence(e Evidence) {
	place := d.places["key evidence"]
	if place == nil {
		return
	}
	names, keys := map[string]int{}, map[string]int{}
	for i, a := range e.Auditors {
		at := fmt.Sprintf("evidence.auditors[%d]", i)
		if j, twice := names[a.Name]; twice && a.Name != "" {
			d.fault(d.places[at+".name"], fmt.Sprintf("%s.name: the same name as auditors[%d]", at, j), "give each person a name of their own")
		}
		if j, twice := keys[a.Key]; twice && a.Key != "" {
			d.fault(d.places[at+".key"], fmt.Sprintf("%s.key: the same key as auditors[%d]", at, j), "two persons are needed to open evidence: each makes a key, with customs evidence keygen")
		}
		names[a.Name], keys[a.Key] = i, i
	}
	switch n := len(e.Auditors); {
	case n == 0 && len(e.For) == 0: // off
	case n < 2:
		d.fault(place, "evidence: fewer than two auditors", "name at least two: no one alone can open evidence")
	case n > evidence.MaxAuditors:
		d.fault(place, fmt.Sprintf("evidence: more than %d auditors", evidence.MaxAuditors), "name fewer: every two of them can open evidence")
	case len(e.For) == 0:
		d.fault(place, "evidence: for is missing", "write for: [block, hold], or leave evidence out to keep none")
	default:
		d.evidenceSize(e)
	}
}

func (d *decoding) evidenceSize(e Evidence) {
	var list []evidence.Auditor
	for _, a := range e.Auditors {
		list = append(list, evidence.Auditor{Name: a.Name, Key: a.Key})
	}
	least := Size((evidence.Least(list) + 1023) / 1024 * 1024)
	place := d.places["key evidence"]
	switch {
	case e.PerRecord < least:
		d.fault(place, "evidence.per_record is too small for one finding and the keys of so many auditors", fmt.Sprintf("give %s or more", least))
	case e.PerRecord > evidence.MaxRecord:
		d.fault(place, "evidence.per_record is more than 1MiB", "give less")
	case e.Total < 16*e.PerRecord:
		d.fault(place, "evidence.total is less than 16 times evidence.per_record", "give more: one client may fill a sixteenth of it in a day")
	}
}
