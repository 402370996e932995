package registry

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ReadSheets reads filings to be imported: JSON (one filing, an array, or one
// after the other), an XLSX workbook, or a zip of CSV files. What it is, the
// content says. An error means that it could not be read at all; faults of the
// content are kept and told by Import.
func ReadSheets(ctx context.Context, in io.Reader) (*Sheets, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxSheetFile+1))
	if err != nil {
		return nil, fmt.Errorf("read filings: %w", err)
	}
	s := &Sheets{Form: SheetJSON}
	if len(b) > maxSheetFile {
		s.refuse("the file", fmt.Sprintf("is larger than %d MiB", maxSheetFile>>20), "import it in several files")
		return s, nil
	}
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		err = s.archive(ctx, b)
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")):
		s.refuse("the file", "is a workbook with a password, or of the old form .xls", "take the password off and save it as .xlsx")
	default:
		s.document(ctx, "", b)
	}
	if err != nil {
		return nil, fmt.Errorf("read filings: %w", err)
	}
	s.none()
	return s, nil
}

// ReadSheetsDir reads a directory: the four tables as CSV, or files of JSON.
func ReadSheetsDir(ctx context.Context, dir fs.FS) (*Sheets, error) {
	list, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("read filings: %w", err)
	}
	s := &Sheets{Form: SheetJSON}
	tables, documents := map[string][]byte{}, []string{}
	room := int64(maxSheetFile)
	for _, e := range list {
		name := strings.ToLower(e.Name())
		ext := path.Ext(name)
		if e.IsDir() || strings.HasPrefix(name, ".") || !isSheetFile(name) && ext != ".json" && ext != ".jsonl" {
			continue
		}
		if !isSheetFile(name) {
			documents = append(documents, e.Name())
			continue
		}
		s.Form = SheetCSV
		b, err := readWithin(dir, e.Name(), &room)
		if err != nil {
			return nil, fmt.Errorf("read filings: %w", err)
		}
		tables[name] = b
	}
	switch {
	case len(tables) > 0 && len(documents) > 0:
		s.refuse("the directory", "holds CSV and JSON", "give the two directories of their own")
	case len(tables) > 0:
		err = s.csvFiles(ctx, tables)
	default:
		slices.Sort(documents)
		for i, name := range documents {
			b, rerr := readWithin(dir, name, &room)
			if rerr != nil {
				return nil, fmt.Errorf("read filings: %w", rerr)
			}
			s.document(ctx, fileWord(name, i)+" ", b)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read filings: %w", err)
	}
	s.none()
	return s, nil
}

// fileWord names a file where its name is a plain one.
func fileWord(name string, i int) string {
	if idForm.MatchString(name) && !longNumber(name) {
		return name
	}
	return fmt.Sprintf("file %d", i+1)
}

func readWithin(dir fs.FS, name string, room *int64) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, *room+1))
	if *room -= int64(len(b)); err == nil && *room < 0 {
		err = fmt.Errorf("the files are larger than %d MiB together; import them in several directories", maxSheetFile>>20)
	}
	return b, err
}

// none notes a file without any filing.
func (s *Sheets) none() {
	if len(s.Filings) == 0 && len(s.faults) == 0 {
		s.refuse("the import", "holds no filing", "fill in the template: customs filing export --template")
	}
}

// maxParts bounds the members of an archive.
const maxParts = 10_000

// archive reads a workbook or a zip of CSV files.
func (s *Sheets) archive(ctx context.Context, b []byte) error {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		s.refuse("the file", "is a damaged archive", "save or send it again")
		return nil
	}
	var size uint64
	book := false
	for _, f := range z.File {
		size += min(f.UncompressedSize64, maxSheetUnzip+1)
		book = book || strings.EqualFold(partName(f.Name), contentTypes)
	}
	if size > maxSheetUnzip || len(z.File) > maxParts {
		s.refuse("the file", fmt.Sprintf("unpacks to more than %d MiB or %d parts", maxSheetUnzip>>20, maxParts), "import it in several files")
		return nil
	}
	if book {
		return s.workbook(ctx, z)
	}
	return s.csvZip(ctx, z)
}

// Import validates what was read and stores it all, or with dry nothing, and
// says of each filing what was or would be changed. With any fault it stores
// nothing and returns a *SheetError.
func (r *Registry) Import(ctx context.Context, s *Sheets, dry bool) ([]Change, error) {
	s = s.copy()
	// AddAll checks everything itself; here faults of reading need company.
	if !s.broken && (dry || len(s.faults) > 0) {
		if err := s.spread(r.CheckAll(ctx, s.Filings)); err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
	}
	if err := s.fail(); err != nil {
		return nil, err
	}
	if dry {
		return r.plan(ctx, s.Filings)
	}
	all, err := r.AddAll(ctx, s.Filings)
	if err = s.spread(err); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return all, s.fail()
}

// spread notes the faults of several filings. Other errors it gives back.
func (s *Sheets) spread(err error) error {
	var faults *BatchError
	if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults.Faults {
		s.locate(f.Index, f.Fault)
	}
	return nil
}

func (s *Sheets) copy() *Sheets {
	c := *s
	c.faults = slices.Clone(s.faults)
	return &c
}
