package export

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/policy"
)

// Sink takes records one by one. Close ends the document and is called once,
// also after an error.
type Sink interface {
	Put(r *policy.Record) error
	Close() error
}

// lineSink writes one line a record.
type lineSink struct {
	w    io.Writer
	line func(policy.Record) ([]byte, error)
}

func (s lineSink) Put(r *policy.Record) error {
	b, err := s.line(*r)
	if err == nil {
		_, err = s.w.Write(append(b, '\n'))
	}
	return err
}

func (lineSink) Close() error { return nil }

// JSONLines writes each record as JSON gives it.
func JSONLines(w io.Writer) Sink {
	return lineSink{w, func(r policy.Record) ([]byte, error) { return JSON(r), nil }}
}

// SyslogLines writes each record as SyslogLine gives it.
func SyslogLines(w io.Writer) Sink {
	return lineSink{w, func(r policy.Record) ([]byte, error) { return SyslogLine(r), nil }}
}

// OCSFLines writes each record as OCSF gives it.
func OCSFLines(w io.Writer) Sink { return lineSink{w, OCSF} }

// csvSink writes RFC 4180 with stable column names.
type csvSink struct {
	w      *csv.Writer
	headed bool
}

// CSV writes a table with one row a record.
func CSV(w io.Writer) Sink {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &csvSink{w: c}
}

func (s *csvSink) top() error {
	if s.headed {
		return nil
	}
	s.headed = true
	return s.w.Write(head(""))
}

func (s *csvSink) Put(r *policy.Record) error {
	if err := s.top(); err != nil {
		return err
	}
	return s.w.Write(row(r))
}

func (s *csvSink) Close() error {
	err := s.top()
	s.w.Flush()
	return errors.Join(err, s.w.Error())
}

// maxRows is how many rows a sheet holds, its head included.
const maxRows = excelize.TotalRows

// xlsxSink writes a spreadsheet of text cells, further sheets when one is
// full. Rows beyond some megabytes wait in a temporary file.
type xlsxSink struct {
	w     io.Writer
	file  *excelize.File
	sheet *excelize.StreamWriter
	lang  string
	rows  int // of the sheet, its head included
	count int // of sheets
	full  int
}

// XLSX writes a spreadsheet for people, with a head in "zh" or "en".
func XLSX(w io.Writer, lang string) Sink {
	return &xlsxSink{w: w, file: excelize.NewFile(), lang: lang, full: maxRows}
}

func (s *xlsxSink) next() (err error) {
	if s.sheet != nil {
		if err = s.sheet.Flush(); err != nil {
			return err
		}
	}
	s.count++
	name := fmt.Sprintf("%d", s.count)
	if s.count == 1 {
		err = s.file.SetSheetName("Sheet1", name)
	} else {
		_, err = s.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if s.sheet, err = s.file.NewStreamWriter(name); err != nil {
		return err
	}
	s.rows = 0
	return s.write(head(s.lang))
}

func (s *xlsxSink) write(cells []string) error {
	s.rows++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	return s.sheet.SetRow(fmt.Sprintf("A%d", s.rows), values)
}

func (s *xlsxSink) Put(r *policy.Record) error {
	if s.sheet == nil || s.rows >= s.full {
		if err := s.next(); err != nil {
			return err
		}
	}
	return s.write(row(r))
}

func (s *xlsxSink) Close() error {
	defer s.file.Close()
	if s.sheet == nil {
		if err := s.next(); err != nil {
			return err
		}
	}
	if err := s.sheet.Flush(); err != nil {
		return err
	}
	return s.file.Write(s.w)
}
