package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/spf13/cobra"
)

// caFile is the file name that the install hints speak of.
const caFile = "customs-ca.pem"

// caDir is where the CA lives when the configuration names no files for it.
func caDir(c *config.Config) string { return filepath.Join(c.Data, "ca") }

// loadAuthority opens the CA of an installation that has one.
func loadAuthority(cmd *cobra.Command) (*certs.Authority, error) {
	c, err := loadPlace(cmd)
	if err != nil {
		return nil, err
	}
	v, err := openVault(c)
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	var a *certs.Authority
	if c.CA.Cert != "" {
		a, err = certs.LoadFiles(c.CA.Cert, c.CA.Key, caOptions(c, v))
	} else {
		a, err = certs.Load(caDir(c), caOptions(c, v))
	}
	if errors.Is(err, certs.ErrNone) {
		err = fmt.Errorf("no certificate authority at %s yet: make one with %s", cmp.Or(c.CA.Cert, caDir(c)), again(cmd, "customs ca init"))
	}
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	return a, nil
}

func newCACmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "Make, show, export, rotate or import the gateway's certificate authority",
		Long: `The gateway reads TLS traffic with certificates of its own authority, which
clients must trust. "serve" makes one at the first start; these commands manage
it. A running gateway takes up changes on SIGHUP.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newCAInitCmd(), newCAShowCmd(), newCAExportCmd(), newCARotateCmd(), newCAImportCmd())
	return cmd
}

func newCAInitCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Make the CA, unless there is one",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			v, err := openVault(c)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			a, err := openCA(c, v)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			return printCAs(cmd, a.Status(), "text")
		},
	}
}

func newCAShowCmd() *cobra.Command {
	var format, lang string
	var hints bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Say which CAs sign and are trusted now, and until when",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := wantLang(lang); err != nil {
				return err
			}
			a, err := loadAuthority(cmd)
			if err != nil {
				return err
			}
			if err := printCAs(cmd, a.Status(), format); err != nil {
				return err
			}
			if hints {
				return printHints(cmd, cmd.OutOrStdout(), lang, format)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, or json: one object a line")
	addHintFlags(cmd, &hints, &lang)
	return cmd
}

func newCAExportCmd() *cobra.Command {
	var only, lang string
	var hints bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write what clients must trust to standard output, as PEM",
		Long: `Write the certificates that clients must trust now to standard output, as PEM.
During a rotation these are two; --only writes one of them, for platforms that
install one certificate a file.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := wantLang(lang); err != nil {
				return err
			}
			a, err := loadAuthority(cmd)
			if err != nil {
				return err
			}
			bundle := a.Bundle()
			switch role := certs.Role(only); role {
			case "":
			case certs.Active, certs.Next, certs.Previous:
				bundle = a.BundleOf(role)
			default:
				return exitError{Code: 2, Err: fmt.Errorf("--only %s: want active, next or previous", only)}
			}
			if len(bundle) == 0 {
				return exitError{Code: 1, Err: fmt.Errorf("there is no %s CA now: see %s", only, again(cmd, "customs ca show"))}
			}
			if _, err := cmd.OutOrStdout().Write(bundle); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("write the certificates: %w", err)}
			}
			if hints {
				return printHints(cmd, cmd.ErrOrStderr(), lang, "text")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&only, "only", "", "one of active, next, previous; absent: all")
	addHintFlags(cmd, &hints, &lang)
	return cmd
}

func newCARotateCmd() *cobra.Command {
	var activateAfter, overlap time.Duration
	cmd := &cobra.Command{
		Use: "rotate", SuggestFor: []string{"renew"},
		Short: "Make a successor of the CA and plan the change",
		Long: `Make a successor of the CA. Clients get --activate-after to install it before
it signs; the old CA stays trusted for --overlap after that, then its key is
destroyed. With --activate-after 0s the new CA, or one that is planned already,
signs at once; with --overlap 0s the old one is dropped at that moment, for a key
that got into wrong hands.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if activateAfter < 0 || overlap < 0 {
				return exitError{Code: 2, Err: errors.New("--activate-after and --overlap cannot be negative")}
			}
			a, err := loadAuthority(cmd)
			if err != nil {
				return err
			}
			r, err := a.Rotate(certs.RotateOptions{
				ActivateAfter: activateAfter, AtOnce: activateAfter == 0,
				Overlap: overlap, DropOld: overlap == 0,
			})
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if err := recordRotation(cmd, r); err != nil {
				return err
			}
			return printRotation(cmd, r, time.Now())
		},
	}
	cmd.Flags().DurationVar(&activateAfter, "activate-after", 7*24*time.Hour, "time for clients to install the new CA before it signs")
	cmd.Flags().DurationVar(&overlap, "overlap", 7*24*time.Hour, "time that the old CA stays trusted after that")
	cmd.Flags().String("by", "operator", "who says so; kept in the audit log")
	cmd.Flags().String("reason", "rotation of the CA", "why; kept in the audit log")
	return cmd
}

func newCAImportCmd() *cobra.Command {
	var certFile, keyFile string
	cmd := &cobra.Command{
		Use:   "import --cert FILE --key FILE",
		Short: "Use a subordinate CA of the company",
		Long: `Check a subordinate CA and use it from now on. The certificate file holds the
CA and, in any order, the certificates over it; with the root in it, "export"
gives the root. A CA that was here before stays trusted for seven days.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			if c.CA.Cert != "" {
				return exitError{Code: 2, Err: fmt.Errorf("the configuration keeps the CA in %s: exchange that file and its key, and send SIGHUP", c.CA.Cert)}
			}
			a, err := importCA(c, certFile, keyFile)
			if err != nil {
				return err
			}
			return printCAs(cmd, a.Status(), "text")
		},
	}
	cmd.Flags().StringVar(&certFile, "cert", "", "PEM file with the CA and its chain")
	cmd.Flags().StringVar(&keyFile, "key", "", "PEM file with the CA's private key")
	for _, name := range []string{"cert", "key"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
	return cmd
}

func importCA(c *config.Config, certFile, keyFile string) (*certs.Authority, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, exitError{Code: 2, Err: fmt.Errorf("read the certificate: %w", err)}
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, exitError{Code: 2, Err: fmt.Errorf("read the key: %w", err)}
	}
	v, err := openVault(c)
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	a, err := certs.Import(caDir(c), certPEM, keyPEM, caOptions(c, v))
	var invalid *certs.InvalidError
	if errors.As(err, &invalid) {
		lines := make([]string, len(invalid.Faults))
		for n, f := range invalid.Faults {
			lines[n] = fmt.Sprintf("\n  %s: %s", f.Field, f.Problem)
		}
		return nil, exitError{Code: 1, Err: fmt.Errorf("this CA cannot be used:%s", strings.Join(lines, ""))}
	}
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	return a, nil
}

func addHintFlags(cmd *cobra.Command, hints *bool, lang *string) {
	cmd.Flags().BoolVar(hints, "hints", false, "say how each platform is made to trust the CA")
	cmd.Flags().StringVar(lang, "lang", "", "language of the hints, en or zh (default: that of the environment)")
}

func printCAs(cmd *cobra.Command, list []certs.Info, format string) error {
	w := cmd.OutOrStdout()
	switch format {
	case "json":
		enc := json.NewEncoder(w)
		for _, i := range list {
			if err := enc.Encode(i); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("write the list: %w", err)}
			}
		}
		return nil
	case "text":
	default:
		return exitError{Code: 2, Err: fmt.Errorf("--format %s: want text or json", format)}
	}
	var b strings.Builder
	now := time.Now()
	for _, i := range list {
		fmt.Fprintf(&b, "%s  %s\n", i.Role, i.Subject)
		fmt.Fprintf(&b, "  id      %s (%s, %s)\n", i.ID, i.Key, i.Source)
		fmt.Fprintf(&b, "  sha256  %s\n", i.SHA256)
		fmt.Fprintf(&b, "  valid   %s to %s (%s)\n", caDay(i.NotBefore), caDay(i.NotAfter), caLeft(cmd, i.NotAfter, now))
		if i.Role == certs.Next {
			fmt.Fprintf(&b, "  signs   from %s\n", caMoment(i.Activates))
		}
		if !i.Retires.IsZero() {
			fmt.Fprintf(&b, "  retires %s\n", caMoment(i.Retires))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("write the list: %w", err)}
	}
	return nil
}

func printRotation(cmd *cobra.Command, r certs.Rotation, now time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "new CA  %s\nold CA  %s\n", r.New, r.Old)
	if r.Activates.After(now) {
		fmt.Fprintf(&b, "now     export both and install them on clients: %s > %s\n", again(cmd, "customs ca export"), caFile)
		fmt.Fprintf(&b, "%s  the new CA signs\n", caMoment(r.Activates))
	} else {
		fmt.Fprintf(&b, "now     the new CA signs: clients without it refuse the gateway until they install it\n")
	}
	if r.Retires.After(r.Activates) {
		fmt.Fprintf(&b, "%s  the old CA leaves the export and its key is destroyed\n", caMoment(r.Retires))
	} else {
		fmt.Fprintf(&b, "%s  the old CA leaves the export at once: remove it from clients\n", caMoment(r.Retires))
	}
	b.WriteString("a running gateway takes this up on SIGHUP\n")
	if _, err := io.WriteString(cmd.OutOrStdout(), b.String()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("write the plan: %w", err)}
	}
	return nil
}

func printHints(cmd *cobra.Command, w io.Writer, lang, format string) error {
	list := certs.Hints(langOr(lang), caFile)
	if format == "json" {
		enc := json.NewEncoder(w)
		for _, h := range list {
			if err := enc.Encode(h); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("write the hints: %w", err)}
			}
		}
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s > %s\n", again(cmd, "customs ca export"), caFile)
	for _, h := range list {
		fmt.Fprintf(&b, "\n%s\n  %s\n", h.Title, h.Text)
		for _, c := range h.Commands {
			fmt.Fprintf(&b, "    %s\n", c)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("write the hints: %w", err)}
	}
	return nil
}

func caDay(t time.Time) string    { return t.UTC().Format(time.DateOnly) }
func caMoment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// caLeft says how long a CA lives, and what to do when that is not long.
func caLeft(cmd *cobra.Command, end, now time.Time) string {
	days := int(end.Sub(now).Hours() / 24)
	switch {
	case !now.Before(end):
		return "ENDED: run " + again(cmd, "customs ca rotate") + " --activate-after 0s"
	case days < 90:
		return fmt.Sprintf("%d days left: run %s", days, again(cmd, "customs ca rotate"))
	}
	return fmt.Sprintf("%d days left", days)
}
