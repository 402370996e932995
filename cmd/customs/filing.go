package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

// registryFile is the store of filings in a data directory.
const registryFile = "registry.db"

func newFilingCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "filing",
		Short: "Register, look at and suspend filings",
		Long: `A filing is an approved permission: a security assessment (SA), a standard
contract (SC, GBA_SC), a certificate (CERT), a zone list registration (FTZ_LIST)
or a registered exemption (EXEMPTION), written as JSON with schema dc.filing/1.
A running gateway takes a change up within a second. The register enforces what
was approved elsewhere; adding a filing here approves nothing.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("format", "text", "text or json (lists: one object a line)")
	cmd.AddCommand(newFilingAddCmd(), newFilingListCmd(), newFilingShowCmd(), newFilingValidateCmd(),
		newFilingStatusCmd("suspend", "Stop a filing from covering anything until it is added again", (*registry.Registry).Suspend),
		newFilingStatusCmd("revoke", "End a filing for good", (*registry.Registry).Revoke))
	return cmd
}

func newFilingAddCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "add FILE|-",
		Short: "Check a filing and store it as the first or next revision",
		Args:  oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			f, err := readFiling(cmd, args[0])
			if err != nil {
				return filingFault(cmd, format, err)
			}
			return withRegistry(cmd, true, func(r *registry.Registry) error {
				c, err := r.Add(cmd.Context(), f)
				if err != nil {
					return filingFault(cmd, format, err)
				}
				noteEnded(cmd, f)
				return printChange(cmd.OutOrStdout(), format, c)
			})
		},
	}
}

func newFilingValidateCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE|-",
		Short: "Check a filing and store nothing",
		Args:  oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			f, err := readFiling(cmd, args[0])
			if err != nil {
				return filingFault(cmd, format, err)
			}
			terms, err := filingTerms(cmd)
			if err != nil {
				return err
			}
			if err := registry.Validate(f, terms); err != nil {
				return filingFault(cmd, format, err)
			}
			noteEnded(cmd, f)
			if format == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{"filing": f.ID, "valid": true})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "filing %s is well formed\n", f.ID)
			return err
		},
	}
}

func newFilingListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the newest revision of every filing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				all, err := r.List(cmd.Context())
				if err != nil {
					return exitError{Code: 2, Err: err}
				}
				return printFilings(cmd.OutOrStdout(), format, all)
			})
		},
	}
}

func newFilingShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a filing; as JSON it is what add takes",
		Args:  oneArg("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			revision, _ := cmd.Flags().GetInt("revision")
			if revision < 0 {
				return exitError{Code: 2, Err: errors.New("--revision must be 1 or more")}
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				f, err := r.Show(cmd.Context(), args[0], revision)
				if err != nil {
					return filingFault(cmd, format, err)
				}
				if format == "json" {
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(f)
				}
				history, err := r.History(cmd.Context(), args[0])
				if err != nil {
					return exitError{Code: 2, Err: err}
				}
				return printFiling(cmd.OutOrStdout(), f, history)
			})
		},
	}
	cmd.Flags().Int("revision", 0, "an earlier revision (default: the newest)")
	return cmd
}

// readFiling reads a filing document from a file or standard input.
func readFiling(cmd *cobra.Command, name string) (policy.Filing, error) {
	if name == "-" {
		return registry.Parse(cmd.InOrStdin())
	}
	in, err := os.Open(name)
	if err != nil {
		return policy.Filing{}, err
	}
	defer in.Close()
	return registry.Parse(in)
}

// filingTerms returns the rule packs that know the terms of pathways.
func filingTerms(cmd *cobra.Command) (*law.Book, error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return nil, err
	}
	book, err := law.Open(cfg.Law.Packs, cfg.Law.SPI)
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	return book, nil
}

// withRegistry opens the register of the installation, and makes it only if
// the command is about to store something.
func withRegistry(cmd *cobra.Command, create bool, do func(*registry.Registry) error) (err error) {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	terms, err := filingTerms(cmd)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, registryFile)
	if create {
		err = os.MkdirAll(dir, 0o700)
	} else if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no register in %s; name the installation with --data or --config, or add a filing first", dir)
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	r, err := registry.Open(path, registry.Options{Law: terms})
	if registry.Unwritable(err) && !create {
		r, err = registry.Open(path, registry.Options{Law: terms, ReadOnly: true})
	}
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	defer func() {
		if cerr := r.Close(); err == nil && cerr != nil {
			err = exitError{Code: 2, Err: cerr}
		}
	}()
	return do(r)
}

// filingFault gives faults of a filing, and one that is not there, exit code
// 1, and everything else 2. As JSON the faults go to standard output.
func filingFault(cmd *cobra.Command, format string, err error) error {
	var faults *registry.FaultError
	switch {
	case errors.As(err, &faults) && format == "json":
		out := map[string]any{"filing": faults.Filing, "faults": faults.Faults}
		if werr := json.NewEncoder(cmd.OutOrStdout()).Encode(out); werr != nil {
			return exitError{Code: 2, Err: werr}
		}
		return exitError{Code: 1}
	case faults != nil:
		return exitError{Code: 1, Err: err}
	case errors.Is(err, registry.ErrNotFound):
		return exitError{Code: 1, Err: fmt.Errorf("%w; see %s", err, again(cmd, "customs filing list"))}
	}
	return exitError{Code: 2, Err: err}
}

func printFilings(w io.Writer, format string, all []policy.Filing) error {
	if format == "json" {
		enc := json.NewEncoder(w)
		for _, f := range all {
			if err := enc.Encode(f); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "FILING\tREV\tPATHWAY\tSTATUS\tEXPORTER\tRECIPIENTS\tUNTIL\tNS/YEAR\tSP/YEAR")
	for _, f := range all {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%d\n", f.ID, f.Revision, f.Pathway, statusText(f), f.Exporter.USCC,
			recipientsOf(f), cmp.Or(f.Valid.Expires, "open"), f.Volume.NSPerYear, f.Volume.SPPerYear)
	}
	return t.Flush()
}

func recipientsOf(f policy.Filing) string {
	var out []string
	for _, r := range f.Recipients {
		out = append(out, r.ID+"("+r.Country+")")
	}
	return strings.Join(out, ",")
}
