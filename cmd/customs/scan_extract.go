package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
)

// extractor prints the text that a scan looks at, part by part. What is
// printed is made safe for a terminal and is text in UTF-8.
type extractor struct {
	out  *bufio.Writer
	path []string
	any  bool
	line []byte // what came since the last line break
}

// extractLine is how much of a line is printed at once.
const extractLine = 32 << 10

// see takes the next bytes of a part. Parts may take turns.
func (x *extractor) see(path []string, p []byte) {
	if !x.any || !slices.Equal(path, x.path) {
		x.flush()
		if x.any {
			x.out.WriteString("\n")
		}
		name := "(as it lies)"
		if len(path) > 0 {
			name = strings.Join(path, "/")
		}
		fmt.Fprintf(x.out, "== %s\n", name)
		x.path, x.any = slices.Clone(path), true
	}
	for _, c := range p {
		if x.line = append(x.line, c); c == '\n' || len(x.line) >= extractLine {
			x.flush()
		}
	}
}

// flush prints the line in hand.
func (x *extractor) flush() {
	line := x.line
	if !utf8.Valid(line) {
		if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line); err == nil {
			line = text
		}
	}
	x.out.WriteString(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			return '.'
		}
		return r
	}, string(line)))
	clear(x.line)
	x.line = x.line[:0]
}

// extract prints what a scan of a file sees, and how much of it that is.
func extract(cmd *cobra.Command, opt engine.Options, name string) error {
	src, spool, _, closing, err := scanSource(cmd, name)
	if err != nil {
		return err
	}
	defer closing()
	x := &extractor{out: bufio.NewWriter(cmd.OutOrStdout())}
	opt.Watch = x.see
	e, err := engine.New(opt)
	if err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	s, err := e.Open(inspect.Meta{Size: -1, Time: time.Now()}, spool)
	if err != nil {
		return fmt.Errorf("scan %s: %w", name, err)
	}
	_, err = io.Copy(s, src)
	r, cerr := s.Close()
	x.flush()
	if err = errors.Join(err, cerr); err != nil {
		return fmt.Errorf("scan %s: %w", name, err)
	}
	fmt.Fprintf(x.out, "\n== read %s of %d bytes%s\n", r.Coverage.State, r.Coverage.Seen, gapsText(r.Coverage))
	if err := x.out.Flush(); err != nil {
		return fmt.Errorf("scan %s: %w", name, err)
	}
	if r.Coverage.State != inspect.Full {
		return fmt.Errorf("scan %s: coverage is %s: not all of it could be read", name, r.Coverage.State)
	}
	return nil
}
