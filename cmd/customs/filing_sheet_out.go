package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// registryPath is the store of filings in a data directory.
func registryPath(dir string) string { return filepath.Join(dir, registryFile) }

func newFilingExportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [ID...]",
		Short: "Write filings, or an empty template, as JSON, CSV or XLSX",
		Long: `Writes the newest revision of all filings, or of those named, in a form that
import reads and that comes back the same. CSV is four tables, in a directory
(--out DIR/) or in an archive (--out FILE.zip); JSON into a directory is one
file a filing. A file that is there is not overwritten without --force.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			form, _ := cmd.Flags().GetString("format")
			if form != registry.SheetJSON && form != registry.SheetCSV && form != registry.SheetXLSX {
				return exitError{Code: 2, Err: errors.New("--format must be json, csv or xlsx")}
			}
			template, _ := cmd.Flags().GetBool("template")
			if template && len(args) > 0 {
				return exitError{Code: 2, Err: errors.New("--template is empty: name no filing with it")}
			}
			if template {
				return writeExport(cmd, form, registry.Export{Template: true})
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				all, err := exported(cmd, r, args)
				if err != nil {
					return filingFault(cmd, "text", err)
				}
				return writeExport(cmd, form, registry.Export{Filings: all})
			})
		},
	}
	cmd.Flags().String("format", "json", "json, csv or xlsx")
	cmd.Flags().String("out", "", "file or directory to write (default: standard output)")
	cmd.Flags().Bool("template", false, "an empty form with a sample in it")
	cmd.Flags().Bool("force", false, "overwrite what is there")
	return cmd
}

// exported returns the filings named, or all.
func exported(cmd *cobra.Command, r *registry.Registry, ids []string) ([]policy.Filing, error) {
	if len(ids) == 0 {
		return r.List(cmd.Context())
	}
	var out []policy.Filing
	seen := map[string]bool{}
	for _, id := range ids {
		f, err := r.Show(cmd.Context(), id, 0)
		if err != nil {
			return nil, err
		}
		if !seen[f.ID] {
			out = append(out, f)
		}
		seen[f.ID] = true
	}
	return out, nil
}

// writeExport writes to where --out says.
func writeExport(cmd *cobra.Command, form string, e registry.Export) error {
	out, _ := cmd.Flags().GetString("out")
	info, err := os.Stat(out)
	intoDir := err == nil && info.IsDir() || strings.HasSuffix(out, "/")
	switch {
	case intoDir:
		err = exportDir(cmd, form, e, out)
	case out != "" && out != "-":
		err = exportFile(cmd, out, func(w io.Writer) error { return exportTo(w, form, e) })
	case form != registry.SheetJSON && out == "" && isTerminal(cmd.OutOrStdout()):
		err = errors.New("standard output is a terminal; name a file with --out")
	default:
		err = exportTo(cmd.OutOrStdout(), form, e)
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

func exportTo(w io.Writer, form string, e registry.Export) error {
	switch form {
	case registry.SheetCSV:
		return e.WriteZip(w)
	case registry.SheetXLSX:
		return e.WriteXLSX(w)
	}
	return e.WriteJSON(w)
}

// exportDir writes several files: the tables, or one JSON file a filing.
func exportDir(cmd *cobra.Command, form string, e registry.Export, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	switch {
	case form == registry.SheetXLSX:
		return errors.New("a workbook is one file; name it with --out FILE.xlsx")
	case form == registry.SheetCSV:
		return e.WriteCSV(func(name string) (io.WriteCloser, error) { return createExport(cmd, at(name)) })
	case e.Template:
		return exportFile(cmd, at("template.json"), e.WriteJSON)
	}
	for _, f := range e.Filings {
		err := exportFile(cmd, at(f.ID+".json"), func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// exportFile writes one file, and leaves none behind that is not whole.
func exportFile(cmd *cobra.Command, name string, write func(io.Writer) error) error {
	f, err := createExport(cmd, name)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// createExport makes a file that only its owner can read.
func createExport(cmd *cobra.Command, name string) (*os.File, error) {
	flag := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force, _ := cmd.Flags().GetBool("force"); force {
		flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(name, flag, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already; choose another name, or overwrite it with --force", name)
	}
	return f, err
}
