package main

import (
	"bufio"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/rules"
)

type hashOptions struct {
	name, column, delimiter string
	header, force           bool
}

func newRulesHashCmd() *cobra.Command {
	var o hashOptions
	cmd := &cobra.Command{
		Use:   "hash --name NAME --column COLUMN IN.csv OUT.list",
		Short: "Make a list of salted hashes of your own records, for a rule with confirm: exact",
		Long: "Hash reads one column of a table and writes what a rule with confirm: exact looks\n" +
			"values up in. The list shows no value; but whoever has it can try values, so keep\n" +
			"it like a key. Values with fewer than four letters and digits are left out.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			h, skipped, err := hashFile(o, args[0], args[1])
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if format == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"list": args[1], "name": h.Name, "values": h.Count,
					"skipped": skipped, "shape": h.Shape, "min": h.Min, "max": h.Max, "prefix": h.Prefix})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d values, %s of %d to %d bytes; %d rows left out\n", args[1], h.Count, h.Shape, h.Min, h.Max, skipped)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "name of the list")
	f.StringVar(&o.column, "column", "", "number of the column, from 1, or the name in its header")
	f.StringVar(&o.delimiter, "delimiter", ",", "what separates columns; tab for a tabulator")
	f.BoolVar(&o.header, "header", false, "the first row is a header; implied by a column's name")
	f.BoolVar(&o.force, "force", false, "overwrite the list")
	f.String("format", "text", "text or json")
	for _, name := range []string{"name", "column"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	return cmd
}

// hashFile makes a list. It is written beside its place first, so that a list
// in use is never half a list.
func hashFile(o hashOptions, in, out string) (h rules.ListHeader, skipped int, err error) {
	if _, err := os.Lstat(out); err == nil && !o.force {
		return h, 0, fmt.Errorf("%s is there already: write --force to overwrite it", out)
	}
	src, err := os.Open(in)
	if err != nil {
		return h, 0, err
	}
	defer src.Close()
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return h, 0, fmt.Errorf("salt: %w", err)
	}
	m, err := rules.NewListMaker(o.name, salt)
	if err != nil {
		return h, 0, err
	}
	if skipped, err = hashRows(o, m, src); err != nil {
		return h, 0, fmt.Errorf("%s: %w", in, err)
	}
	dst, err := os.CreateTemp(filepath.Dir(out), ".list-*") // readable for its owner alone
	if err != nil {
		return h, 0, err
	}
	defer os.Remove(dst.Name())
	w := bufio.NewWriterSize(dst, 1<<20)
	h, err = m.Write(w)
	if err = errors.Join(err, w.Flush(), dst.Sync(), dst.Close()); err != nil {
		return h, 0, fmt.Errorf("write the list: %w", err)
	}
	return h, skipped, os.Rename(dst.Name(), out)
}

// hashRows puts the values of a column into a list, and counts those that
// cannot be in one. No error shows a value.
func hashRows(o hashOptions, m *rules.ListMaker, src io.Reader) (skipped int, err error) {
	r := csv.NewReader(bufio.NewReaderSize(src, 1<<20))
	r.FieldsPerRecord, r.ReuseRecord, r.LazyQuotes = -1, true, true
	delimiter := []rune(strings.ReplaceAll(o.delimiter, "tab", "\t"))
	if len(delimiter) != 1 {
		return 0, errors.New("--delimiter must be one character, or tab")
	}
	r.Comma = delimiter[0]
	column, numbered := -1, false
	if n, err := strconv.Atoi(o.column); err == nil && n > 0 {
		column, numbered = n-1, true
	}
	for row := 1; ; row++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return skipped, nil
		}
		if err != nil {
			return skipped, fmt.Errorf("row %d is no row of a table", row)
		}
		if row == 1 {
			fields[0] = strings.TrimPrefix(fields[0], "\ufeff")
			if !numbered {
				if column = slices.Index(fields, o.column); column < 0 {
					return 0, fmt.Errorf("no column is named %q", o.column)
				}
			}
			if o.header || !numbered {
				continue
			}
		}
		if column >= len(fields) {
			skipped++
			continue
		}
		switch err := m.Add([]byte(fields[column])); {
		case errors.Is(err, rules.ErrValue):
			skipped++
		case err != nil:
			return skipped, err
		}
	}
}
