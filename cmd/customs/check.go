package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
	"github.com/spf13/cobra"
)

func newCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "check CONFIG",
		Short: "Show every fault of a configuration at once",
		Long: `Read a configuration, and the rule packs, country database, Rego modules and
bundle that it names, as "serve" would, with their signatures, and show every
fault with its line. Nothing is opened, made, fetched or listened on. Exit 0 it can be used, 1 it has faults, 2 it
cannot be read.`,
		Args: oneArg("CONFIG"),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			c, err := config.Load(args[0])
			var faults *config.Faults
			if err != nil && !errors.As(err, &faults) {
				return exitError{Code: 2, Err: err}
			}
			found := 0
			if faults != nil {
				fmt.Fprintln(out, faults)
				found = len(faults.List)
				c = readablePart(args[0])
			}
			for _, fault := range rulesFaults(c) {
				fmt.Fprintf(out, "%s: %v\n", args[0], fault)
				found++
			}
			if found > 0 {
				fmt.Fprintln(out, count(found, "fault"))
				return exitError{Code: 1}
			}
			fmt.Fprintln(out, "ok")
			describeConfig(out, c)
			describeLaw(out, c)
			return nil
		},
	}
}

// readablePart returns the parts of a faulty configuration that name other
// files, if they are sound by themselves: so their faults are seen in the same
// round.
func readablePart(name string) *config.Config {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	sound := config.Default()
	for _, part := range []string{"law", "countries", "policy"} {
		var block strings.Builder
		inside := false
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
				inside = strings.HasPrefix(line, part+":")
			}
			if inside {
				block.WriteString(line)
			}
		}
		c, err := config.Parse(name, []byte(block.String()))
		if err != nil || block.Len() == 0 {
			continue
		}
		switch part {
		case "law":
			sound.Law = c.Law
		case "countries":
			sound.Countries = c.Countries
		case "policy":
			sound.Policy = c.Policy
		}
	}
	return sound
}

// rulesFaults reads what a configuration points to, each by itself, and
// returns what is wrong with any of it.
func rulesFaults(c *config.Config) []error {
	if c == nil {
		return nil
	}
	var faults []error
	found := func(err error) {
		if err != nil {
			faults = append(faults, parts(err)...)
		}
	}
	found(packsFault(c.Law.Packs))
	_, err := rules.LoadFiles(c.Inspect.Rules...)
	found(err)
	keys, err := sign.ParseVerifiers(c.Law.Keys)
	if err != nil {
		keys = nil // the configuration's faults name it
	}
	own := packAsk{options: law.Options{Dir: c.Law.Packs, Profile: c.Law.SPI, Keys: keys}, at: time.Now()}
	lawFaults := packFaults(own, law.Inspect(c.Law.Packs, keys))
	faults = append(faults, lawFaults...)
	builtIn := *c
	builtIn.Law = config.Law{SPI: config.Default().Law.SPI}
	r, err := readRules(&builtIn)
	found(err)
	if r.book == nil {
		return faults
	}
	var packs liveLaw
	packs.Store(r.book)
	if book, err := openBook(c); err == nil && len(lawFaults) == 0 {
		packs.Store(book)
	}
	return append(faults, policyFaults(c, &packs)...)
}

// policyFaults reads the modules and, unless it has to be fetched, the bundle.
func policyFaults(c *config.Config, packs policy.Law) []error {
	keys, err := sign.ParseVerifiers(c.Policy.Keys)
	if err != nil {
		return nil // the configuration's faults name it
	}
	var body []byte
	if c.Policy.Bundle != "" && !config.IsURL(c.Policy.Bundle) {
		got, err := newBundleSource(c.Policy.Bundle, nil).fetch(context.Background())
		if err != nil {
			return []error{err}
		}
		body = got.body
	}
	if _, err = rego.New(policyOptions(packs, c, keys, body)); err == nil {
		return nil
	}
	var faults []error
	for _, fault := range parts(err) {
		faults = append(faults, errors.New(moduleFiles(fault.Error(), c.Policy.Dir)))
	}
	return faults
}

// packsFault refuses a directory of rule packs without one: who names it means
// to use it.
func packsFault(dir string) error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) == ".yaml" }) {
		return nil // what cannot be read is found by who reads it
	}
	return fmt.Errorf("law.packs: there is no *.yaml file in %s; put a pack there, or leave the key out for the built-in one", dir)
}

// parts takes joined errors apart.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range joined.Unwrap() {
			out = append(out, parts(e)...)
		}
		return out
	}
	return []error{err}
}

// ownModule is how the policy engine calls a file of the operator.
var ownModule = regexp.MustCompile(`\boperator/([^/:\s]+\.rego)`)

// moduleFiles writes the operator's modules as the files that they are.
func moduleFiles(text, dir string) string {
	return ownModule.ReplaceAllStringFunc(text, func(name string) string {
		return filepath.Join(dir, strings.TrimPrefix(name, "operator/"))
	})
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
		if len(d.Unread.Allow) > 0 {
			fmt.Fprintf(out, "    content that was not read may go there: %s, %s\n", strings.Join(d.Unread.Allow, " "), unreadFor(d.Unread))
		}
	}
	describePasses(out, c)
}

func unreadFor(u config.Unread) string {
	if len(u.Exporters) == 0 {
		return "of every exporter"
	}
	return "of " + strings.Join(u.Exporters, " ")
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
