package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func newFilingImportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE|DIR|-",
		Short: "Check many filings and store them all, or none",
		Long: `Reads filings as JSON (one, an array, or one after the other), as an XLSX
workbook, as a zip or directory of the four CSV tables, or as a directory of
JSON files. Begin with "customs filing export --template". Every fault is told
at once with its cell, line or field; with a single one nothing is stored.`,
		Args: oneArg("FILE or DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			s, err := readSheets(cmd, args[0])
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			dry, _ := cmd.Flags().GetBool("dry-run")
			// With neither a register nor anything to store, an empty one answers.
			return withImportRegistry(cmd, dry, func(r *registry.Registry) error {
				changes, err := r.Import(cmd.Context(), s, dry)
				noteSheets(cmd, s)
				if err != nil {
					return sheetFault(cmd, format, err)
				}
				noteAllEnded(cmd, s.Filings)
				return printImport(cmd, format, dry, changes)
			})
		},
	}
	cmd.Flags().Bool("dry-run", false, "store nothing and say what would change")
	return cmd
}

// readSheets reads a file, a directory or standard input.
func readSheets(cmd *cobra.Command, name string) (*registry.Sheets, error) {
	ctx := cmd.Context()
	if name == "-" {
		return registry.ReadSheets(ctx, cmd.InOrStdin())
	}
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return registry.ReadSheetsDir(ctx, os.DirFS(name))
	}
	return registry.ReadSheets(ctx, in)
}

// withImportRegistry opens the register, which a dry run does not make.
func withImportRegistry(cmd *cobra.Command, dry bool, do func(*registry.Registry) error) error {
	if !dry {
		return withRegistry(cmd, true, do)
	}
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	if _, err := os.Stat(registryPath(dir)); err == nil {
		return withRegistry(cmd, false, do)
	}
	terms, err := filingTerms(cmd)
	if err != nil {
		return err
	}
	o, err := registerOptions(cmd, terms)
	if err != nil {
		return err
	}
	empty, err := os.MkdirTemp("", "customs-dry-run-")
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	defer os.RemoveAll(empty)
	r, err := registry.Open(registryPath(empty), o)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	return errors.Join(do(r), r.Close())
}

// sheetFault gives faults of an import exit code 1. As JSON they go to
// standard output.
func sheetFault(cmd *cobra.Command, format string, err error) error {
	var faults *registry.SheetError
	if !errors.As(err, &faults) {
		return filingFault(cmd, format, err)
	}
	if format != "json" {
		return exitError{Code: 1, Err: faults}
	}
	out := map[string]any{"stored": false, "faults": faults.Faults, "more": faults.More}
	if err := json.NewEncoder(cmd.OutOrStdout()).Encode(out); err != nil {
		return exitError{Code: 2, Err: err}
	}
	return exitError{Code: 1}
}

func noteSheets(cmd *cobra.Command, s *registry.Sheets) {
	for _, n := range s.Notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "customs: note: %s\n", n)
	}
}

// noteAllEnded says how many of the filings cover nothing any more.
func noteAllEnded(cmd *cobra.Command, all []policy.Filing) {
	today, n := time.Now().In(policy.Shanghai).Format(time.DateOnly), 0
	for _, f := range all {
		if end := f.Valid.Expires; end != "" && end < today {
			n++
		}
	}
	if n > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "customs: note: %d of the filings ended and cover nothing\n", n)
	}
}

// printImport tells of each filing what was or would be changed.
func printImport(cmd *cobra.Command, format string, dry bool, changes []registry.Change) error {
	out := cmd.OutOrStdout()
	if format == "json" {
		return json.NewEncoder(out).Encode(map[string]any{"stored": !dry, "changes": changes})
	}
	var fresh, next, same int
	for _, c := range changes {
		word := fmt.Sprintf("revision %d", c.Revision)
		switch {
		case c.Same:
			word, same = "same", same+1
		case c.Revision == 1:
			word, fresh = "new", fresh+1
		default:
			next++
		}
		if _, err := fmt.Fprintf(out, "%-12s %s\n", word, c.Filing); err != nil {
			return err
		}
	}
	verb := "stored"
	if dry {
		verb = "nothing was stored; would be"
	}
	_, err := fmt.Fprintf(out, "%s: %d new, %d new revisions, %d the same\n", verb, fresh, next, same)
	return err
}
