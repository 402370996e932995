package synth

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strconv"
	"strings"
)

//go:embed templates
var files embed.FS

// template is a document with places for values. The templates are text:
//
//	@@ name of the document
//	@@type application/json     what its sender claims
//	@@as json                   how values are carried: text, json, form, xml or gb18030
//	head, with values as ⟨kind⟩; ⟨?kind⟩ need not be found, ⟨=kind⟩ is never escaped
//	@@row 10
//	text that stands ten times
//	@@sep ,
//	@@foot
//	text
//
// A line that begins with @@# is a comment.
type template struct {
	name, kind, as       string
	head, row, sep, foot string
	rows                 int
}

// heldOut begins the names of files whose wording no rule was written for.
const heldOut = "holdout_"

// templates reads the templates but those held out, in the order of their
// files, once for each Maker.
func (m *Maker) templates() []template {
	if m.documents == nil {
		m.documents = load(false)
	}
	return m.documents
}

// load reads the files that are held out, or all others.
func load(held bool) (out []template) {
	names, err := fs.Glob(files, "templates/*.txt")
	if err != nil {
		panic("synth: the pattern of template files is wrong")
	}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), heldOut) != held {
			continue
		}
		text, err := files.ReadFile(name)
		if err != nil {
			panic("synth: an embedded file cannot be read")
		}
		out = append(out, parse(string(text))...)
	}
	return out
}

func parse(text string) (out []template) {
	var t *template
	var into *string
	for line := range strings.SplitAfterSeq(text, "\n") {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case word == "@@#":
		case word == "@@":
			out = append(out, template{name: rest, as: "text", rows: 1})
			t = &out[len(out)-1]
			into = &t.head
		case word == "@@type":
			t.kind = rest
		case word == "@@as":
			t.as = rest
		case word == "@@row":
			n, err := strconv.Atoi(rest)
			if err != nil {
				panic("synth: @@row needs a number in " + t.name)
			}
			t.rows, into = n, &t.row
		case word == "@@sep":
			t.sep = rest
		case word == "@@foot":
			into = &t.foot
		case strings.HasPrefix(word, "@@"):
			panic("synth: unknown directive " + word)
		case into != nil:
			*into += line
		}
	}
	return out
}

// holds says whether a value of the class has a place in the template.
func (t template) holds(m *Maker, class string) bool {
	for _, part := range []string{t.head, t.row, t.foot} {
		for rest := part; ; {
			_, after, ok := strings.Cut(rest, "⟨")
			if !ok {
				break
			}
			name, tail, _ := strings.Cut(strings.TrimPrefix(after, "="), "⟩")
			for _, k := range m.among(name) {
				if k.Class == class {
					return true
				}
			}
			rest = tail
		}
	}
	return false
}

// fill makes a document of a template.
func (m *Maker) fill(t template) Corpus {
	c := Corpus{Name: t.name, Type: t.kind}
	w := writer{m: m, c: &c, as: t.as}
	w.write(t.head)
	for i := range t.rows {
		if t.row == "" {
			break
		}
		row := t.row
		if t.sep != "" && i < t.rows-1 {
			row = strings.TrimSuffix(row, "\n") + t.sep + "\n"
		}
		w.write(row)
	}
	w.write(t.foot)
	c.Data = bytes.TrimSuffix(w.out.Bytes(), []byte("\n"))
	return c
}

// carry is how a text becomes bytes.
func carry(as, s string) string {
	switch as {
	case "json":
		q := quote(s)
		return q[1 : len(q)-1]
	case "form":
		return url.QueryEscape(s)
	case "xml":
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
	case "gb18030":
		return string(GB18030([]byte(s)))
	}
	return s
}

type writer struct {
	m    *Maker
	c    *Corpus
	as   string
	out  bytes.Buffer
	line int
}

func (w *writer) write(text string) {
	for {
		before, after, ok := strings.Cut(text, "⟨")
		if w.as == "gb18030" {
			w.out.WriteString(carry(w.as, before))
		} else {
			w.out.WriteString(before)
		}
		w.line += strings.Count(before, "\n")
		if !ok {
			return
		}
		name, rest, _ := strings.Cut(after, "⟩")
		w.value(name)
		text = rest
	}
}

// value writes a value and its label.
func (w *writer) value(name string) {
	name, optional := strings.CutPrefix(name, "?")
	name2, raw := strings.CutPrefix(name, "=")
	fit := w.m.among(name2)
	if len(fit) == 0 {
		panic(fmt.Sprintf("synth: no kind %q for %s", name2, w.c.Name))
	}
	k := fit[w.m.rnd.IntN(len(fit))]
	v := k.make(w.m)
	if !raw {
		v = carry(w.as, v)
	}
	if k.Class != "" {
		w.c.Labels = append(w.c.Labels, Label{Line: w.line + 1, Class: k.Class, Value: v, Kind: k.Name, Offset: w.out.Len(), Checked: k.Checked, Optional: optional})
	}
	w.out.WriteString(v)
	w.line += strings.Count(v, "\n")
}
