package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
)

// scanListed is how many findings of one file are listed; the rest is counted
// in the report line.
const scanListed = 20_000

// scanTail is how much of a stream is kept while it is read: the bytes that
// masked values are cut from.
const scanTail = 64 << 10

type scanOptions struct {
	format string
	min    string
}

func newScanCmd() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [FILE…|-]",
		Short: "Show what is in this data: identifiers, marks, and how much could be read",
		Long: "Scan reads files, or standard input for - or none, and lists what it finds.\n" +
			"Exit status: 0 nothing found, 1 something found, 2 a file could not be read, or\n" +
			"not all of it and nothing was found in the rest.",
		SilenceUsage: true,
		RunE:         func(cmd *cobra.Command, args []string) error { return runScan(cmd, o, args) },
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	cmd.Flags().StringVar(&o.min, "min", "medium", "lowest confidence to list: low, medium or high")
	return cmd
}

func runScan(cmd *cobra.Command, o scanOptions, files []string) error {
	var low inspect.Confidence
	if err := low.UnmarshalText([]byte(o.min)); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: --min: %w", err)}
	}
	if o.format != "text" && o.format != "json" {
		return exitError{Code: 2, Err: fmt.Errorf("scan: --format must be text or json, not %q", o.format)}
	}
	key := make([]byte, engine.KeySize)
	if _, err := rand.Read(key); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: key for subjects: %w", err)}
	}
	e, err := engine.New(engine.Options{Key: key, MaxFindings: scanListed})
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: %w", err)}
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	// A large file costs time and not memory: collect before the heap doubles.
	debug.SetGCPercent(25)
	found, faults := false, []error(nil)
	for _, name := range files {
		hit, err := scanFile(cmd, e, o, low, name, len(files) > 1)
		found = found || hit
		if err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return exitError{Code: 2, Err: err}
	}
	if found {
		return exitError{Code: 1}
	}
	return nil
}

// scanFile scans one file and prints the result.
func scanFile(cmd *cobra.Command, e *engine.Engine, o scanOptions, low inspect.Confidence, name string, many bool) (bool, error) {
	var src io.Reader = cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return false, fmt.Errorf("scan: %w", err)
		}
		defer f.Close()
		src = f
	}
	p := scanPrinter{out: cmd.OutOrStdout(), json: o.format == "json", low: low, masks: map[scanPlace]string{}}
	if many {
		p.file = name
	}
	r, err := p.read(e, src)
	if err != nil {
		return false, fmt.Errorf("scan %s: %w", name, err)
	}
	found, err := p.print(r)
	if err == nil && !found && r.Coverage.State != inspect.Full {
		err = fmt.Errorf("scan %s: coverage is %s: nothing was found in what could be read", name, r.Coverage.State)
	}
	return found, err
}

// scanPlace is where a finding stands; masks are remembered by it because the
// bytes are gone when the report is complete.
type scanPlace struct {
	from, offset int64
	rule         string
}

type scanPrinter struct {
	out   io.Writer
	file  string
	json  bool
	low   inspect.Confidence
	masks map[scanPlace]string
	tail  []byte // the last bytes read
	end   int64  // their end in the file
}

// read scans a stream. It keeps a bounded tail of it, from which the masked
// form of each finding is cut as soon as the finding is made.
func (p *scanPrinter) read(e *engine.Engine, src io.Reader) (inspect.Report, error) {
	s, err := e.Open(inspect.Meta{Size: -1, Time: time.Now()}, nil)
	if err != nil {
		return inspect.Report{}, err
	}
	buf := make([]byte, scanTail/2)
	for err == nil {
		var n int
		n, err = src.Read(buf)
		p.keep(buf[:n])
		if _, werr := s.Write(buf[:n]); werr != nil {
			err = werr
		}
		p.mask(s.Take())
	}
	r, cerr := s.Close()
	p.mask(s.Take())
	if !errors.Is(err, io.EOF) {
		return r, err
	}
	return r, cerr
}

func (p *scanPrinter) keep(b []byte) {
	if over := len(p.tail) + len(b) - scanTail; over > 0 {
		p.tail = append(p.tail[:0], p.tail[min(over, len(p.tail)):]...)
	}
	p.tail = append(p.tail, b...)
	p.end += int64(len(b))
}

func (p *scanPrinter) mask(found []inspect.Finding) {
	start := p.end - int64(len(p.tail))
	for _, f := range found {
		if f.Confidence < p.low || len(p.masks) >= scanListed {
			continue
		}
		text := strings.Repeat("*", min(f.Length, 64)) // a coded value has no bytes of its own in the file
		if len(f.Path) == 0 && f.From >= start && f.To <= p.end {
			text = masked(p.tail[f.From-start : f.To-start])
		}
		p.masks[scanPlace{f.From, f.Offset, f.Rule}] = text
	}
}

// masked shows at most the first two and the last two characters of a value,
// and less of a short one.
func masked(b []byte) string {
	if !utf8.Valid(b) {
		return strings.Repeat("*", len(b))
	}
	r := []rune(string(b))
	show := min(2, len(r)/4)
	for i := range r {
		if i >= show && i < len(r)-show || r[i] < ' ' {
			r[i] = '*'
		}
	}
	return string(r)
}

type scanLine struct {
	File       string             `json:"file,omitempty"`
	Class      inspect.Class      `json:"class"`
	Rule       string             `json:"rule"`
	Level      inspect.Level      `json:"level"`
	Confidence inspect.Confidence `json:"confidence"`
	Offset     int64              `json:"offset"`
	Length     int                `json:"length"`
	Path       []string           `json:"path"`
	Masked     string             `json:"masked"`
	Subject    string             `json:"subject,omitempty"`
}

type scanReport struct {
	File     string           `json:"file,omitempty"`
	Coverage inspect.Coverage `json:"coverage"`
	Persons  int              `json:"persons"`
	Linked   int              `json:"linked"`
	Findings int64            `json:"findings"`
	Omitted  int64            `json:"omitted"`
	Classes  map[string]int64 `json:"classes"`
}

func (p *scanPrinter) print(r inspect.Report) (found bool, err error) {
	rep := scanReport{File: p.file, Coverage: r.Coverage, Persons: len(r.Persons), Linked: r.Linked, Omitted: r.Omitted, Classes: map[string]int64{}}
	for _, t := range r.Tallies {
		if n := t.At(p.low); n > 0 {
			rep.Classes[string(t.Class)] = n
			rep.Findings += n
		}
	}
	var out bytes.Buffer
	names := ordinals(r)
	for _, f := range r.Findings {
		if f.Confidence < p.low {
			continue
		}
		l := scanLine{p.file, f.Class, f.Rule, f.Level, f.Confidence, f.Offset, f.Length, f.Path,
			p.masks[scanPlace{f.From, f.Offset, f.Rule}], names.of(f)}
		if l.Path == nil {
			l.Path = []string{}
		}
		if err := p.line(&out, l); err != nil {
			return false, err
		}
		if out.Len() > scanTail {
			if _, err := out.WriteTo(p.out); err != nil {
				return false, err
			}
		}
	}
	if err := p.summary(&out, rep); err != nil {
		return false, err
	}
	_, err = out.WriteTo(p.out)
	return rep.Findings > 0, err
}

func (p *scanPrinter) line(out *bytes.Buffer, l scanLine) error {
	if p.json {
		return scanJSON(out, l)
	}
	if p.file != "" {
		fmt.Fprintf(out, "%s: ", p.file)
	}
	fmt.Fprintf(out, "%10d %4d  %-8s %-20s %s", l.Offset, l.Length, l.Confidence, l.Class, l.Masked)
	if l.Subject != "" {
		fmt.Fprintf(out, "  %s", l.Subject)
	}
	if len(l.Path) > 0 {
		fmt.Fprintf(out, "  in %s", strings.Join(l.Path, "/"))
	}
	return out.WriteByte('\n')
}

func (p *scanPrinter) summary(out *bytes.Buffer, r scanReport) error {
	if p.json {
		return scanJSON(out, map[string]scanReport{"report": r})
	}
	if p.file != "" {
		fmt.Fprintf(out, "%s: ", p.file)
	}
	fmt.Fprintf(out, "%d findings, %d persons; read %s of %d bytes", r.Findings, r.Persons, r.Coverage.State, r.Coverage.Seen)
	for _, g := range r.Coverage.Gaps {
		if g.Bytes > 0 {
			fmt.Fprintf(out, "; %d bytes not read: %s", g.Bytes, g.Reason)
		} else {
			fmt.Fprintf(out, "; not all is counted: %s", g.Reason)
		}
	}
	if r.Omitted > 0 {
		fmt.Fprintf(out, "; %d not listed", r.Omitted)
	}
	if r.Coverage.State != inspect.Full {
		out.WriteString("; this is no proof that nothing else is there")
	}
	return out.WriteByte('\n')
}

func scanJSON(out *bytes.Buffer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// scanPersons gives each person of a report an ordinal in order of appearance.
type scanPersons struct {
	number  map[inspect.Subject]int
	records map[scanRecord]inspect.Subject
}

type scanRecord struct {
	path   string
	record int64
}

// ordinals numbers the persons. A key that is no person of its own was joined
// to the one person of its record.
func ordinals(r inspect.Report) scanPersons {
	p := scanPersons{map[inspect.Subject]int{}, map[scanRecord]inspect.Subject{}}
	for _, f := range r.Findings {
		_, person := slices.BinarySearchFunc(r.Persons, f.Subject, func(q inspect.Person, k inspect.Subject) int {
			return bytes.Compare(q.Key[:], k[:])
		})
		if !person {
			continue
		}
		if p.number[f.Subject] == 0 {
			p.number[f.Subject] = len(p.number) + 1
		}
		p.records[scanRecord{strings.Join(f.Path, "/"), f.Record}] = f.Subject
	}
	return p
}

func (p scanPersons) of(f inspect.Finding) string {
	if !f.Subject.Known() {
		return ""
	}
	n := p.number[f.Subject]
	if n == 0 {
		n = p.number[p.records[scanRecord{strings.Join(f.Path, "/"), f.Record}]]
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("p%d", n)
}
