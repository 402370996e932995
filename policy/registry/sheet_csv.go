package registry

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const utf8BOM = "\uFEFF"

// csvZip reads the four tables from an archive.
func (s *Sheets) csvZip(ctx context.Context, z *zip.Reader) error {
	s.Form = SheetCSV
	files := map[string][]byte{}
	for _, f := range z.File {
		name := strings.ToLower(path.Base(strings.ReplaceAll(f.Name, `\`, "/")))
		if !isSheetFile(name) || strings.Contains(f.Name, "__MACOSX") {
			continue
		}
		if _, twice := files[name]; twice {
			s.refuse("the archive", "holds two files named "+name, "keep one of each")
			return nil
		}
		b, err := unzipped(f)
		if err != nil {
			s.refuse(name, "cannot be unpacked", "make the archive again, without a password")
			return nil
		}
		files[name] = b
	}
	if len(files) == 0 {
		s.refuse("the archive", "holds neither an .xlsx workbook nor the CSV tables", "save a workbook as .xlsx; a zip of CSV holds filings.csv, recipients.csv, items.csv and links.csv")
		return nil
	}
	return s.csvFiles(ctx, files)
}

// isSheetFile reports whether a file is one of the four tables.
func isSheetFile(name string) bool {
	base, ok := strings.CutSuffix(name, ".csv")
	return ok && (base == sheetFilings || base == sheetRecipients || base == sheetItems || base == sheetLinks)
}

// unzipped reads a member of an archive whose sizes were checked.
func unzipped(f *zip.File) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, errors.New("encrypted")
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxSheetUnzip+1))
	if err == nil && len(b) > maxSheetUnzip {
		err = errors.New("too large")
	}
	return b, err
}

// csvFiles reads the four tables by the names of their files.
func (s *Sheets) csvFiles(ctx context.Context, files map[string][]byte) error {
	for _, t := range sheetTables() {
		b, ok := files[t.name+".csv"]
		if !ok {
			s.refuse(t.name+".csv", "is missing", "give all four tables: filings.csv, recipients.csv, items.csv and links.csv")
			continue
		}
		if err := s.csvTable(ctx, s.grid(t), b); err != nil {
			return err
		}
	}
	s.join()
	return nil
}

func (s *Sheets) csvTable(ctx context.Context, g *grid, b []byte) error {
	name := g.t.name + ".csv"
	text, ok := s.decodeCSV(name, b)
	if !ok {
		return nil
	}
	if line := tooWide(text); line > 0 {
		s.refuse(g.place(line, 0), fmt.Sprintf("has more than %d cells", maxCells), "give it the columns of the template")
		return nil
	}
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	width := 0
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.refuse(csvLine(name, err), "has a quote out of place", `put a cell with quotes in quotes and double those inside, as "a ""b"" c"`)
			return nil
		}
		line, _ := in.FieldPos(0)
		if g.head == 0 && len(record) == 1 && strings.ContainsAny(record[0], ";\t") {
			s.refuse(g.place(line, 0), "has columns that commas do not separate", "save it as CSV with commas")
			return nil
		}
		cells := make([]gridCell, len(record))
		for i, field := range record {
			cells[i] = gridCell{col: i, text: field}
		}
		if width == 0 {
			width = len(record)
		}
		if len(record) < width && len(record) > 1 {
			s.fault(g.place(line, 0), "", fmt.Sprintf("has %d cells where the header has %d", len(record), width), "give every row a cell for each column")
			continue
		}
		if !g.feed(line, cells) {
			return nil
		}
	}
	if g.head == 0 {
		s.refuse(name, "is empty", "begin it with the header of the template")
	}
	return nil
}

// maxCells bounds the cells of a row, long before memory would.
const maxCells = 1000

// tooWide returns the line at which a row has too many cells, or 0.
func tooWide(text string) int {
	line, cells, quoted := 1, 0, false
	for i := range len(text) {
		switch text[i] {
		case '"':
			quoted = !quoted
		case '\n':
			if line++; !quoted {
				cells = 0
			}
		case ',':
			if quoted {
				continue
			}
			if cells++; cells >= maxCells {
				return line
			}
		}
	}
	return 0
}

func csvLine(name string, err error) string {
	var e *csv.ParseError
	if errors.As(err, &e) {
		return fmt.Sprintf("%s line %d", name, e.StartLine)
	}
	return name
}

// decodeCSV takes UTF-8 with or without a mark, and GB18030 where it is
// clearly that, as Excel in China saves CSV.
func (s *Sheets) decodeCSV(name string, b []byte) (string, bool) {
	if utf8.Valid(b) {
		return strings.TrimPrefix(string(b), utf8BOM), true
	}
	const mend = "save it as CSV UTF-8"
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		s.refuse(name, "is in UTF-16", mend)
		return "", false
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err == nil && !bytes.ContainsRune(out, utf8.RuneError) {
		if back, err := simplifiedchinese.GB18030.NewEncoder().Bytes(out); err == nil && bytes.Equal(back, b) {
			s.note("%s was read as GB18030", name)
			return string(out), true
		}
	}
	s.refuse(name, "is neither UTF-8 nor GB18030", mend)
	return "", false
}
