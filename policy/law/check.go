package law

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/printer"
)

// maxText bounds a text that is shown to people.
const maxText = 2000

// maxFaults bounds how many faults of one file are listed.
const maxFaults = 100

// checker collects the faults of one file.
type checker struct {
	name   string
	doc    *ast.File // nil where there is no file, as in a snapshot
	faults []error
}

// fault records what is wrong at a YAML path, with the line it stands on.
func (c *checker) fault(path, format string, args ...any) {
	if len(c.faults) == maxFaults {
		c.faults = append(c.faults, fmt.Errorf("rule pack %s: has more faults; mend these first", c.name))
	}
	if len(c.faults) > maxFaults {
		return
	}
	msg, place := fmt.Sprintf(format, args...), ""
	if path != "$" { // the file as a whole has no place
		place = strings.TrimPrefix(path, "$.") + ": "
	}
	c.faults = append(c.faults, fmt.Errorf("rule pack %s: %s%s%s", c.name, place, msg, c.line(path)))
}

// line shows where a path stands, or the nearest one above it that is there.
func (c *checker) line(path string) string {
	for c.doc != nil {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterFile(c.doc); err == nil && n.GetToken() != nil {
				var show printer.Printer
				return "\n" + show.PrintErrorToken(n.GetToken(), false)
			}
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut <= 0 {
			return ""
		}
		path = path[:cut]
	}
	return ""
}

// file checks what was read.
func (c *checker) file(f *file) {
	c.head(f.head())
	switch {
	case f.pack != nil:
		c.pack(f.pack)
	case f.list != nil:
		c.list(f.list)
	case f.catalogue != nil:
		c.catalogue(f.catalogue)
	}
}

func (c *checker) head(h head) {
	c.id("$.id", h.id, idForm, "letters and digits with dashes between, as CN-SH-2024")
	c.text("$.title", h.title, false)
	from, err := day(h.from)
	if err != nil {
		c.fault("$.effective_from", "must be a date like 2024-03-22")
	}
	if h.to != "" {
		to, toErr := day(h.to)
		if toErr != nil {
			c.fault("$.effective_to", "must be a date like 2027-12-31, or absent")
		} else if err == nil && to.Before(from) {
			c.fault("$.effective_to", "lies before effective_from %s", h.from)
		}
	}
}

// id checks a name that stands in records.
func (c *checker) id(path, s string, form *regexp.Regexp, want string) {
	switch {
	case s == "":
		c.fault(path, "must not be empty")
	case longNumber(s):
		c.fault(path, "holds a number as long as a person's; use another name")
	case !named(form, s):
		c.fault(path, "must be %s, of at most %d characters", want, maxName)
	}
}

// text checks words for people.
func (c *checker) text(path, s string, must bool) {
	switch {
	case must && strings.TrimSpace(s) == "":
		c.fault(path, "must not be empty")
	case len(s) > maxText:
		c.fault(path, "is longer than %d bytes", maxText)
	case control(s):
		c.fault(path, "holds a character that steers a terminal; leave it out")
	}
}

// classes checks the names of classes and that each stands there once. A name
// that no built-in rule finds may be one of the operator's own.
func (c *checker) classes(path string, names []string) {
	if len(names) > maxClasses {
		c.fault(path, "lists more than %d classes", maxClasses)
		return
	}
	seen := map[string]bool{}
	for i, n := range names {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !named(classForm, n) {
			c.fault(at, "must be the name of a class, as pi.contact.mobile; customs scan shows them")
		}
		if seen[n] {
			c.fault(at, "is listed twice")
		}
		seen[n] = true
	}
}

// patterns checks what names scenarios.
func (c *checker) patterns(path string, names []string) {
	if len(names) > maxClasses {
		c.fault(path, "lists more than %d scenarios", maxClasses)
		return
	}
	for i, n := range names {
		if !pattern(n) {
			c.fault(fmt.Sprintf("%s[%d]", path, i), "must be the code of a scenario as icv.aftersales, a branch as icv.*, or *")
		}
	}
}

// days checks a list of dates, each there once.
func (c *checker) days(path string, days []string) {
	seen := map[string]bool{}
	for i, d := range days {
		at := fmt.Sprintf("%s[%d]", path, i)
		if _, err := day(d); err != nil {
			c.fault(at, "must be a date like 2024-03-22")
		}
		if seen[d] {
			c.fault(at, "is listed twice")
		}
		seen[d] = true
	}
}

// maxClasses bounds a list of names.
const maxClasses = 500

// quoteKey writes a map key so that a YAML path takes it literally.
func quoteKey(k string) string { return "'" + strings.ReplaceAll(k, "'", `\'`) + "'" }
