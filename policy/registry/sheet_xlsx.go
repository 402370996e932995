package registry

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Workbooks are read part by part and row by row: a reader of whole sheets
// would spread a few bytes of one far cell over gigabytes, and would take the
// remembered result of a formula for a value.

const contentTypes = "[content_types].xml"

// partName is the name of a member of the archive as parts refer to it.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// workbook is an opened XLSX file.
type workbook struct {
	parts  map[string]*zip.File
	sheets []bookSheet
	words  []string // the shared strings
	long   map[int]bool
	dated  []bool // by style: numbers are shown as dates
	from04 bool   // dates count from 1904
}

type bookSheet struct {
	name   string
	part   string
	hidden bool
}

// bookFault is a fault of a workbook as a whole.
type bookFault struct{ what, mend string }

func (e *bookFault) Error() string { return e.what }

const saveAgain = "save it again as .xlsx"

// workbook reads the four tables of a workbook.
func (s *Sheets) workbook(ctx context.Context, z *zip.Reader) error {
	s.Form = SheetXLSX
	w, err := openWorkbook(z)
	if err != nil {
		s.refuseBook("the workbook", err)
		return nil
	}
	var names []string
	for _, sh := range w.sheets {
		names = append(names, strings.ToLower(strings.TrimSpace(sh.name)))
	}
	for _, t := range sheetTables() {
		i := slices.Index(names, t.name)
		if i < 0 {
			mend := "add it as it is in the template"
			if near := nearName(t.name, names); slices.Contains(names, near) {
				mend = fmt.Sprintf("is it sheet %d? Name it %s", slices.Index(names, near)+1, t.name)
			}
			s.refuse("sheet "+t.name, "is missing", mend)
			continue
		}
		if slices.Contains(names[i+1:], t.name) {
			s.refuse("sheet "+t.name, "stands twice", "keep one of them")
			continue
		}
		if w.sheets[i].hidden {
			s.note("sheet %s is hidden and was read", t.name)
		}
		g := s.grid(t)
		if w.from04 {
			g.base = 1462
		}
		if err := w.table(ctx, g, w.sheets[i].part); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.refuseBook("sheet "+t.name, err)
			continue
		}
		if g.head == 0 && !s.broken {
			s.refuse("sheet "+t.name, "is empty", "begin it with the header of the template")
		}
	}
	s.join()
	return nil
}

// refuseBook notes what is wrong with a part; other errors are damage.
func (s *Sheets) refuseBook(place string, err error) {
	var f *bookFault
	if errors.As(err, &f) {
		s.refuse(place, f.what, f.mend)
		return
	}
	s.refuse(place, "is damaged", "open it in a spreadsheet program and "+saveAgain)
}

func openWorkbook(z *zip.Reader) (*workbook, error) {
	w := &workbook{parts: map[string]*zip.File{}, long: map[int]bool{}}
	for _, f := range z.File {
		name := partName(f.Name)
		switch {
		case w.parts[name] != nil:
			return nil, &bookFault{"has two parts of one name", saveAgain}
		case f.Flags&1 != 0:
			return nil, &bookFault{"is encrypted", "take the password off"}
		case strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "macrosheets/"):
			return nil, &bookFault{"has macros", "save it as .xlsx, without macros"}
		case strings.HasPrefix(name, "xl/externallinks/"):
			return nil, &bookFault{"has links to other files", "break the links (Data, Edit Links) and save it again"}
		}
		w.parts[name] = f
	}
	if w.parts["xl/workbook.xml"] == nil {
		return nil, &bookFault{"is no .xlsx workbook", "save it as .xlsx"}
	}
	targets, err := w.relations()
	if err != nil {
		return nil, err
	}
	if err := w.list(targets); err != nil {
		return nil, err
	}
	for _, r := range targets {
		switch {
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = w.sharedStrings(r.part)
		case strings.HasSuffix(r.kind, "/styles"):
			err = w.styles(r.part)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// elements calls do for every element of a part.
func (w *workbook) elements(part string, do func(d *partReader, e xml.StartElement) error) error {
	d, err := w.open(part)
	if err != nil {
		return err
	}
	defer d.in.Close()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := do(d, e); err != nil {
				return err
			}
		}
	}
}

type relation struct{ id, kind, part string }

func (w *workbook) relations() ([]relation, error) {
	var out []relation
	err := w.elements("xl/_rels/workbook.xml.rels", func(_ *partReader, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || len(out) > 1000 {
			return nil
		}
		to := attr(e, "Target")
		if !strings.HasPrefix(to, "/") {
			to = path.Join("xl", to)
		}
		if kind := attr(e, "Type"); !strings.EqualFold(attr(e, "TargetMode"), "External") {
			out = append(out, relation{attr(e, "Id"), kind, partName(to)})
		}
		return nil
	})
	return out, err
}

// list reads the names of the sheets.
func (w *workbook) list(targets []relation) error {
	return w.elements("xl/workbook.xml", func(_ *partReader, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.from04 = isTrue(attr(e, "date1904"))
		case "sheet":
			i := slices.IndexFunc(targets, func(r relation) bool { return r.id == attr(e, "id") })
			if i < 0 || len(w.sheets) > 1000 {
				return errors.New("a sheet has no part")
			}
			w.sheets = append(w.sheets, bookSheet{attr(e, "name"), targets[i].part, strings.Contains(strings.ToLower(attr(e, "state")), "hidden")})
		}
		return nil
	})
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }
