package law

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/printer"
)

// The bounds of one file. Depth and line keep a hostile text from exhausting
// the stack of the YAML parser.
const (
	maxFile  = 512 << 10
	maxLine  = 4 << 10
	maxDepth = 32
	maxShown = 4 << 10 // of what the YAML parser says
)

// shown is what the YAML parser says, with its line and caret. Of a text that
// never ends it would show all.
func shown(err error) error {
	s := yaml.FormatError(err, false, true)
	if len(s) > maxShown {
		s = strings.ToValidUTF8(s[:maxShown], "") + "…"
	}
	return errors.New(s)
}

// plain parses a file and refuses what no honest one has: size, depth, several
// documents, and anchors, by which a short text can stand for a very long one.
func plain(src []byte) (*ast.File, error) {
	if len(src) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	if len(bytes.TrimSpace(src)) == 0 {
		return nil, errors.New("empty file")
	}
	if !utf8.Valid(src) || bytes.HasPrefix(src, []byte("\ufeff")) {
		return nil, errors.New("is not in UTF-8 or begins with a byte order mark; save it as plain UTF-8")
	}
	if err := shallow(src); err != nil {
		return nil, err
	}
	doc, err := parser.ParseBytes(src, 0)
	if err != nil {
		return nil, shown(err)
	}
	if len(doc.Docs) > 1 {
		return nil, errors.New("more than one document in the file")
	}
	if len(doc.Docs) == 0 || doc.Docs[0].Body == nil {
		return nil, errors.New("empty file")
	}
	var found visitor
	ast.Walk(&found, doc.Docs[0].Body)
	return doc, found.err
}

// shallow keeps from the parser what it would need long, or a deep stack, for.
func shallow(src []byte) error {
	depth := 0
	for line := range bytes.Lines(src) {
		dashes := 0
		for rest := bytes.TrimLeft(line, " "); bytes.HasPrefix(rest, []byte("- ")); rest = bytes.TrimLeft(rest[2:], " ") {
			dashes++
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			}
			if depth > maxDepth {
				return fmt.Errorf("has more than %d open brackets", maxDepth)
			}
		}
		if len(line) > maxLine || dashes > 4 {
			return fmt.Errorf("has a line longer than %d bytes or a list within lists in one line", maxLine)
		}
	}
	return nil
}

// visitor looks for what the decoder would take for something else than people
// read: anchors, and numbers that are not plain, as 0100 for 64.
type visitor struct{ err error }

var (
	plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	anyNumber   = regexp.MustCompile(`^[+-]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9]+)?|0[xXoObB][0-9a-fA-F_]+)$`)
)

func (v *visitor) Visit(n ast.Node) ast.Visitor {
	wrong := ""
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType, ast.TagType:
		wrong = "anchors, aliases and tags are not allowed; write the value out"
	case ast.IntegerType, ast.FloatType, ast.StringType:
		// The decoder makes a number of a text too.
		if v := n.GetToken().Value; !plainNumber.MatchString(v) && (n.Type() != ast.StringType || anyNumber.MatchString(v)) {
			wrong = "a number is written in plain decimal digits, as 200000"
		}
	}
	if wrong == "" || v.err != nil {
		return v
	}
	var show printer.Printer
	v.err = fmt.Errorf("%s\n%s", wrong, show.PrintErrorToken(n.GetToken(), false))
	return nil
}
