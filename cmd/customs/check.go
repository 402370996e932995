package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/spf13/cobra"
)

func newCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check CONFIG",
		Short: "Show every fault of a configuration at once",
		Long: `Read a configuration, and the rule packs, country database and Rego modules
that it names, as "serve" would, and show every fault with its line. Nothing
is opened, made or listened on. Exit 0 it can be used, 1 it has faults, 2 it
cannot be read.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			c, err := config.Load(args[0])
			var faults *config.Faults
			if errors.As(err, &faults) {
				fmt.Fprintf(out, "%v\n%s\n", faults, count(len(faults.List), "fault"))
				return exitError{Code: 1}
			}
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if err := checkRules(c); err != nil {
				fmt.Fprintf(out, "%s: %v\n1 fault\n", args[0], err)
				return exitError{Code: 1}
			}
			fmt.Fprintln(out, "ok")
			describeConfig(out, c)
			return nil
		},
	}
}

// checkRules reads what the configuration points to.
func checkRules(c *config.Config) error {
	r, err := readRules(c)
	if err != nil {
		return err
	}
	var law liveLaw
	law.Store(r.book)
	_, err = rego.New(rego.Options{Law: &law, Dir: c.Policy.Dir})
	return err
}

// describeConfig says what would run, and what deserves a second look.
func describeConfig(out io.Writer, c *config.Config) {
	mode := c.Mode
	if mode == "observe" {
		mode += ": verdicts are recorded, nothing is stopped"
	}
	fmt.Fprintf(out, "proxy         %s\nconsole       %s\nmode          %s\nprofile       %s\ndata          %s\n",
		c.Listen.Proxy, c.Listen.Console, mode, c.Law.SPI, c.Data)
	fmt.Fprintf(out, "CA            %s\n", describeCA(c))
	fmt.Fprintf(out, "exporters     %d\n", len(c.Exporters))
	for _, e := range c.Exporters {
		var clients []string
		for _, p := range e.Clients {
			clients = append(clients, p.String())
		}
		fmt.Fprintf(out, "  %s  %s  %s\n", e.USCC, strings.Join(clients, " "), e.Name)
		if e.CIIO == policy.Unknown {
			fmt.Fprintf(out, "    ciio is not stated: it is treated as a CIIO; write ciio: false if it is none\n")
		}
	}
	if len(c.Exporters) == 0 {
		fmt.Fprintf(out, "  none: every finding of personal data is blocked\n")
	}
	fmt.Fprintf(out, "destinations  %d\n", len(c.Destinations))
	for _, d := range c.Destinations {
		fmt.Fprintf(out, "  %s  %s\n", d.Country, strings.Join(d.Match, " "))
	}
}

func describeCA(c *config.Config) string {
	if c.CA.Cert == "" {
		return "under data; made at first start when there is none"
	}
	if _, err := os.Stat(c.CA.Cert); err != nil {
		return c.CA.Cert + " (made at first start)"
	}
	return c.CA.Cert
}

// count gives a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
