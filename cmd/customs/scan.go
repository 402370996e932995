package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/rules"
)

// scanListed is how many findings of one file are listed; the rest is counted
// in the report line.
const scanListed = 20_000

// scanTail is how much of a stream is kept while it is read: the bytes that
// masked values are cut from.
const scanTail = 64 << 10

type scanOptions struct {
	format  string
	min     string
	explain bool
	extract bool
	lang    string
	rules   []string
}

func newScanCmd() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [FILE…|-]",
		Short: "Show what is in this data: identifiers, marks, and how much could be read",
		Long: "Scan reads files, or standard input for - or none, and lists what it finds.\n" +
			"Exit status: 0 nothing found, 1 something found, 2 a file could not be read, or\n" +
			"not all of it and nothing was found in the rest.\n" +
			"With --extract it prints what it sees instead, part by part: archives opened,\n" +
			"codings and documents undone. That is the data itself, in plain.\n" +
			"With --explain each finding says which rule found it, on what ground, and what\n" +
			"the rule rests on.",
		SilenceUsage: true,
		RunE:         func(cmd *cobra.Command, args []string) error { return runScan(cmd, o, args) },
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&o.explain, "explain", false, "say of each finding which rule made it, why, and the rule's source")
	cmd.Flags().BoolVar(&o.extract, "extract", false, "print the text that is looked at, part by part, and no findings (it shows identifiers in plain)")
	cmd.Flags().StringVar(&o.lang, "lang", "", "language of the explanations, en or zh (default: that of the environment)")
	cmd.Flags().StringArrayVar(&o.rules, "rules", nil, "file of rules of your own, over the built-in ones (see deploy/RULES.md)")
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
	if err := wantLang(o.lang); err != nil {
		return err
	}
	key := make([]byte, engine.KeySize)
	if _, err := rand.Read(key); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: key for subjects: %w", err)}
	}
	c, err := rules.LoadFiles(o.rules...)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: %w", err)}
	}
	opt := engine.Options{Key: key, Catalogue: c, MaxFindings: scanListed}
	e, err := engine.New(opt)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("scan: %w", err)}
	}
	x := explainer(o, c)
	printWeaker(cmd.ErrOrStderr(), c.Changes(), wantChinese(o.lang))
	if len(files) == 0 {
		files = []string{"-"}
	}
	// A large file costs time and not memory: collect before the heap doubles.
	debug.SetGCPercent(25)
	found, faults := false, []error(nil)
	for _, name := range files {
		if o.extract {
			faults = append(faults, extract(cmd, opt, name))
			continue
		}
		hit, err := scanFile(cmd, e, x, o, low, name, len(files) > 1)
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

// scanSource opens a file, or standard input for -. What can be read again is
// the spool, which containers need.
func scanSource(cmd *cobra.Command, name string) (src io.Reader, spool io.ReaderAt, size int64, closing func() error, err error) {
	if name == "-" {
		return cmd.InOrStdin(), nil, -1, func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, 0, nil, fmt.Errorf("scan: %w", err)
	}
	size = -1
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size, spool = info.Size(), f
	}
	return f, spool, size, f.Close, nil
}

// scanFile scans one file and prints the result.
func scanFile(cmd *cobra.Command, e *engine.Engine, x *scanExplainer, o scanOptions, low inspect.Confidence, name string, many bool) (bool, error) {
	src, spool, size, closing, err := scanSource(cmd, name)
	if err != nil {
		return false, err
	}
	defer closing()
	p := scanPrinter{out: cmd.OutOrStdout(), json: o.format == "json", low: low, explain: x, masks: map[scanPlace]string{}}
	if many {
		p.file = name
	}
	bar := scanProgress(cmd.ErrOrStderr(), size)
	r, err := p.read(e, io.TeeReader(src, bar), spool)
	bar.Close()
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

	explain *scanExplainer // nil where nobody asked
	tail    []byte         // the last bytes read
	end     int64          // their end in the file
}

// read scans a stream. It keeps a bounded tail of it, from which the masked
// form of each finding is cut as soon as the finding is made.
func (p *scanPrinter) read(e *engine.Engine, src io.Reader, spool io.ReaderAt) (inspect.Report, error) {
	s, err := e.Open(inspect.Meta{Size: -1, Time: time.Now()}, spool)
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
