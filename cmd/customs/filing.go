package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

// registryFile is the store of filings in a data directory.
const registryFile = "registry.db"

func newFilingCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "filing",
		Short: "Register, look at and suspend filings and what belongs to them",
		Long: `A filing is an approved permission: a security assessment (SA), a standard
contract (SC, GBA_SC), a certificate (CERT), a zone list registration (FTZ_LIST)
or a registered exemption (EXEMPTION), written as JSON with schema dc.filing/1.
The register also keeps exporters (dc.exporter/1), overseas recipients
(dc.recipient/1) and exceptions from the operator's own rules (dc.exception/1),
which take effect once two reviewers approved them (customs review). A running gateway takes a change up within a second. The register enforces what
was approved elsewhere; adding a filing here approves nothing.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("format", "text", "text or json (lists: one object a line)")
	cmd.AddCommand(newFilingAddCmd(), newFilingListCmd(), newFilingShowCmd(), newFilingValidateCmd(),
		newFilingStatusCmd("suspend", "suspended", "Stop a filing from covering anything until it is added again"),
		newFilingStatusCmd("revoke", "revoked", "End a filing for good"),
		newFilingWarningsCmd(), newFilingImportCmd(), newFilingExportCmd())
	return cmd
}

// kindFlag adds --kind.
func kindFlag(cmd *cobra.Command) {
	cmd.Flags().String("kind", "filing", "filing, exporter, recipient or exception")
}

// wantKind reads --kind.
func wantKind(cmd *cobra.Command) (registry.Kind, error) {
	text, _ := cmd.Flags().GetString("kind")
	switch k := registry.Kind(text); k {
	case registry.KindFiling, registry.KindExporter, registry.KindRecipient, registry.KindException:
		return k, nil
	}
	return "", exitError{Code: 2, Err: errors.New("--kind must be filing, exporter, recipient or exception")}
}

func newFilingAddCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "add FILE|-",
		Short: "Check a document and store it as the first or next revision",
		Args:  oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			doc, err := readDocument(cmd, args[0])
			if err != nil {
				return filingFault(cmd, format, err)
			}
			return withRegistry(cmd, true, func(r *registry.Registry) error {
				c, err := r.AddDocument(cmd.Context(), doc)
				if err != nil {
					return filingFault(cmd, format, err)
				}
				noteAdded(cmd, doc)
				return printChange(cmd.OutOrStdout(), format, c)
			})
		},
	}
}

func newFilingValidateCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE|-",
		Short: "Check a document, also against the register if there is one, and store nothing",
		Args:  oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			doc, err := readDocument(cmd, args[0])
			if err != nil {
				return filingFault(cmd, format, err)
			}
			if err := checkDocument(cmd, format, doc); err != nil {
				return err
			}
			kind, id := registry.Identity(doc)
			noteAdded(cmd, doc)
			if format == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]any{string(kind): id, "valid": true})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s %s is well formed\n", kind, id)
			return err
		},
	}
}

// checkDocument validates a document, with what the register knows where
// there is one.
func checkDocument(cmd *cobra.Command, format string, doc any) error {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, registryFile)); err == nil {
		return withRegistry(cmd, false, func(r *registry.Registry) error {
			if err := r.Check(cmd.Context(), doc); err != nil {
				return filingFault(cmd, format, err)
			}
			return nil
		})
	}
	terms, err := filingTerms(cmd)
	if err != nil {
		return err
	}
	if err := registry.ValidateDocument(doc, terms); err != nil {
		return filingFault(cmd, format, err)
	}
	return nil
}

func newFilingListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the newest revision of every filing, or of another --kind",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			kind, err := wantKind(cmd)
			if err != nil {
				return err
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error { return listKind(cmd, r, kind, format) })
		},
	}
	kindFlag(cmd)
	return cmd
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
			kind, err := wantKind(cmd)
			if err != nil {
				return err
			}
			revision, _ := cmd.Flags().GetInt("revision")
			if revision < 0 {
				return exitError{Code: 2, Err: errors.New("--revision must be 1 or more")}
			}
			return withRegistry(cmd, false, func(r *registry.Registry) error {
				doc, err := r.ShowDocument(cmd.Context(), kind, args[0], revision)
				if err != nil {
					return filingFault(cmd, format, err)
				}
				if format == "json" {
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(doc)
				}
				history, err := r.HistoryOf(cmd.Context(), kind, args[0])
				if err != nil {
					return exitError{Code: 2, Err: err}
				}
				return printDocument(cmd.OutOrStdout(), doc, history)
			})
		},
	}
	kindFlag(cmd)
	cmd.Flags().Int("revision", 0, "an earlier revision (default: the newest)")
	return cmd
}

// readDocument reads a document of any kind from a file or standard input.
func readDocument(cmd *cobra.Command, name string) (any, error) {
	if name == "-" {
		return registry.ParseDocument(cmd.InOrStdin())
	}
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return registry.ParseDocument(in)
}

// filingTerms returns the rule packs that know the terms of pathways.
func filingTerms(cmd *cobra.Command) (*law.Book, error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return nil, err
	}
	book, err := openBook(cfg)
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
	o, err := registerOptions(cmd, terms)
	if err != nil {
		return err
	}
	r, err := registry.Open(path, o)
	if registry.Unwritable(err) && !create {
		o.ReadOnly = true
		r, err = registry.Open(path, o)
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

// registerOptions gives the register what the configuration says of exporters
// and reviewers.
func registerOptions(cmd *cobra.Command, terms *law.Book) (registry.Options, error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return registry.Options{}, err
	}
	reviewers, err := sign.ParseVerifiers(cfg.Review.Reviewers)
	if err != nil {
		return registry.Options{}, exitError{Code: 2, Err: fmt.Errorf("review.reviewers: %w", err)}
	}
	var exporters []policy.Exporter
	for _, e := range cfg.Exporters {
		exporters = append(exporters, policy.Exporter{USCC: e.USCC, Name: e.Name, Group: e.Group, CIIO: e.CIIO, Zone: e.Zone, City: e.City, ZoneExport: e.ZoneExport})
	}
	return registry.Options{Law: terms, Reviewers: func() []sign.Verifier { return reviewers },
		Exporters: func() []policy.Exporter { return exporters }}, nil
}

// filingFault gives faults of a filing, and one that is not there, exit code
// 1, and everything else 2. As JSON the faults go to standard output.
func filingFault(cmd *cobra.Command, format string, err error) error {
	var faults *registry.FaultError
	switch {
	case errors.As(err, &faults) && format == "json":
		out := map[string]any{string(cmp.Or(faults.Kind, registry.KindFiling)): faults.Filing, "faults": faults.Faults}
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
