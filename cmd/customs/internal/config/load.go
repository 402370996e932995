package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFile bounds a configuration file; its nesting is bounded by it too.
const maxFile = 256 << 10

// Load reads a configuration file. Its error is *Faults when the file can be
// read and something in it is wrong.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data)
}

// Parse reads a configuration from data. name stands in the faults, and its
// directory is what relative paths are relative to. Any error is *Faults.
func Parse(name string, data []byte) (*Config, error) {
	d := &decoding{file: name, dir: filepath.Dir(name), places: map[string]*token.Token{}}
	d.lines = strings.Split(string(data), "\n")
	c := Default()
	if root := d.tree(data); root != nil {
		d.value("", root, reflect.ValueOf(c).Elem(), "")
	}
	if len(data) <= maxFile {
		d.resolve(c)
		d.crosscheck(c)
	}
	if len(d.faults.List) > 0 {
		d.faults.sort()
		return nil, &d.faults
	}
	return c, nil
}

// decoding is the state of one Parse.
type decoding struct {
	file, dir string
	lines     []string
	faults    Faults
	places    map[string]*token.Token // where each value stands, by path
}

// tree parses the YAML and returns the root value, or nil when there is none.
func (d *decoding) tree(data []byte) (root ast.Node) {
	switch {
	case len(data) > maxFile:
		d.faults.List = append(d.faults.List, Fault{File: d.file,
			What: fmt.Sprintf("file has %d bytes, more than %d", len(data), maxFile)})
		return nil
	case !utf8.Valid(data):
		d.faults.List = append(d.faults.List, Fault{File: d.file, What: "file is not UTF-8",
			Mend: "save it as UTF-8 (from GBK: iconv -f GB18030 -t UTF-8)"})
		return nil
	}
	defer func() {
		if recover() != nil {
			root = nil
			d.faults.List = append(d.faults.List, Fault{File: d.file, What: "the YAML cannot be read"})
		}
	}()
	file, err := parser.ParseBytes(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil
	}
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if root != nil {
			d.fault(doc.Body.GetToken(), "second document in one file", "keep one document: remove the line ---")
			break
		}
		root = doc.Body
	}
	return root
}

func (d *decoding) syntax(err error) {
	var s *yaml.SyntaxError
	if errors.As(err, &s) && s.Token != nil {
		d.fault(s.Token, s.Message, "mend the YAML: check indentation, quotes and brackets")
		return
	}
	d.faults.List = append(d.faults.List, Fault{File: d.file, What: "the YAML cannot be read: " + err.Error()})
}

// fault adds a fault at a token. A nil token is a fault without a place.
func (d *decoding) fault(at *token.Token, what, mend string) {
	f := Fault{File: d.file, What: withhold(what), Mend: withhold(mend)}
	if at != nil && at.Position != nil && at.Position.Line >= 1 {
		f.Line, f.Column = at.Position.Line, max(1, at.Position.Column)
		if f.Line <= len(d.lines) {
			f.Source = withhold(strings.TrimRight(d.lines[f.Line-1], "\r"))
		}
	}
	d.faults.List = append(d.faults.List, f)
}
