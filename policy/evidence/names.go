package evidence

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

const (
	endFile     = ".json"
	endAside    = ".new"
	endApproval = ".approval"
	markName    = "swept"
)

// idForm is what a record's id must look like to name a file.
var idForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// stem is what the names of a flow's files begin with.
type stem struct {
	after uint64 // every entry of the flow is newer than this one
	time  time.Time
	flow  string
}

func (s stem) String() string {
	return fmt.Sprintf("%012d-%013d-%s", s.after, max(s.time.UnixMilli(), 0), s.flow)
}

// parseStem reads the part of a name before its first dot.
func parseStem(name string) (s stem, ok bool) {
	text, _, _ := strings.Cut(name, ".")
	after, rest, ok1 := strings.Cut(text, "-")
	ms, flow, ok2 := strings.Cut(rest, "-")
	n, err1 := strconv.ParseUint(after, 10, 64)
	m, err2 := strconv.ParseInt(ms, 10, 64)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || m < 0 || !idForm.MatchString(flow) {
		return s, false
	}
	s = stem{n, time.UnixMilli(m).UTC(), flow}
	return s, s.String() == text
}

// Dir is the directory of evidence of an installation.
func Dir(data string) string { return filepath.Join(data, Sub) }

// Held is one file of evidence.
type Held struct {
	Record string
	Time   time.Time
	After  uint64 // the record's entries are newer than this one of the log
	name   string
}

// List returns the evidence in a directory, the oldest first.
func List(files policy.Files, dir string) ([]Held, error) {
	names, err := files.List(dir)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	var out []Held
	for _, name := range names {
		if s, ok := parseStem(name); ok && name == s.String()+endFile {
			out = append(out, Held{s.flow, s.time, s.after, name})
		}
	}
	return out, nil
}
