package rules

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/goccy/go-yaml"

	"github.com/datacustoms/customs/inspect"
)

// MaxSize is the most bytes a file of rules may have.
const MaxSize = 4 << 20

type fileRule struct {
	ID        string        `yaml:"id"`
	Class     inspect.Class `yaml:"class"`
	Level     string        `yaml:"level"`
	Confirm   Confirmer     `yaml:"confirm"`
	Base      string        `yaml:"base"`
	Needs     bool          `yaml:"needs_context"`
	Doubtable bool          `yaml:"doubtable"`
	Trigger   words         `yaml:"trigger"`
	Context   words         `yaml:"context"`
	Scope     string        `yaml:"scope"`
	Source    string        `yaml:"source"`
	Hit       []string      `yaml:"hit"`
	Miss      []string      `yaml:"miss"`

	// Of the generic confirmers only.
	Pattern string `yaml:"pattern"`
	Max     int    `yaml:"max"`
	Slow    bool   `yaml:"slow"`
	List    string `yaml:"list"`
	Person  *bool  `yaml:"person"` // a value names one person
}

// fileChange changes a built-in rule.
type fileChange struct {
	Rule    string `yaml:"rule"`
	Why     string `yaml:"why"`
	Off     bool   `yaml:"off"`
	Level   string `yaml:"level"`
	Base    string `yaml:"base"`
	Context words  `yaml:"context"`
	Trigger words  `yaml:"trigger"`
}

type file struct {
	Version int          `yaml:"version"`
	Against words        `yaml:"against"`
	Rules   []fileRule   `yaml:"rules"`
	Changes []fileChange `yaml:"changes"` // of an operator's file only
}

var (
	idForm    = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)+$`)
	classForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	number    = regexp.MustCompile(`[0-9]{11}`) // what stands in logs must not be a person's
)

// parse reads strict YAML. The library panics on some broken files, such as a
// list with an unknown tag; to the caller that is one more broken file.
func parse(data []byte, f *file) (err error) {
	if len(data) > MaxSize {
		return fmt.Errorf("the file has %d bytes, at most %d are read", len(data), MaxSize)
	}
	defer func() {
		if recover() != nil {
			err = errors.New("this is no YAML that can be read; check tags and indentation")
		}
	}()
	return yaml.UnmarshalWithOptions(data, f, yaml.Strict())
}
