package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

func newPolicyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Your own rules in Rego: test them, ask them, sign them as a bundle",
		Long: `An operator's modules stand beside the built-in policy. They can deny, hold, redact
and require, and relax what the rule pack allows to be relaxed; they cannot let
through what the law stops. The gateway reads them from policy.dir, or signed from
policy.bundle.`,
	}
	cmd.PersistentFlags().String("config", "", "configuration whose policy and rule packs are used")
	cmd.PersistentFlags().StringArray("keys", nil, "public key, or file of public keys, whose bundles count (default: policy.keys of --config)")
	cmd.PersistentFlags().String("format", "text", "text or json")
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newPolicyTestCmd(), newPolicyEvalCmd(), newPolicySignCmd())
	return cmd
}

// policyAsk is what the flags of a policy command say.
type policyAsk struct {
	book    *law.Book
	dir     string
	bundle  []byte
	keys    []sign.Verifier
	format  string
	chinese bool
}

// policyFlags reads the flags; source is a directory or a bundle that the user
// named instead of the configured one.
func policyFlags(cmd *cobra.Command, source string) (a policyAsk, err error) {
	if a.format, err = wantFormat(cmd); err != nil {
		return a, err
	}
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return a, err
	}
	a.chinese = wantChinese(lang)
	cfg := config.Default()
	if file, _ := cmd.Flags().GetString("config"); file != "" {
		if cfg, err = config.Load(file); err != nil {
			return a, exitError{Code: 2, Err: err}
		}
	}
	if a.book, err = openBook(cfg); err != nil {
		return a, exitError{Code: 2, Err: err}
	}
	given, err := readKeys(cmd)
	if err != nil {
		return a, exitError{Code: 2, Err: err}
	}
	if a.keys, err = keysOr(given, cfg.Policy.Keys); err != nil {
		return a, exitError{Code: 2, Err: fmt.Errorf("policy.keys: %w", err)}
	}
	a.dir = cfg.Policy.Dir
	bundle := cfg.Policy.Bundle
	if source != "" {
		if a.dir, bundle, err = dirOrBundle(source); err != nil {
			return a, exitError{Code: 2, Err: err}
		}
	}
	if bundle != "" {
		got, err := fetchOnce(cmd, cfg, bundle)
		if err != nil {
			return a, exitError{Code: 2, Err: err}
		}
		a.bundle = got
	}
	return a, nil
}

// dirOrBundle tells a directory of modules from a bundle.
func dirOrBundle(source string) (dir, bundle string, err error) {
	info, err := os.Stat(source)
	switch {
	case err != nil:
		return "", "", err
	case info.IsDir():
		return source, "", nil
	}
	return "", source, nil
}

// fetchOnce reads the bundle of a command.
func fetchOnce(cmd *cobra.Command, cfg *config.Config, from string) ([]byte, error) {
	h := house{cfg: cfg}
	if err := h.openRoots(extras{}); err != nil {
		return nil, err
	}
	got, err := newBundleSource(from, h.roots).fetch(cmd.Context())
	return got.body, err
}

func (a *policyAsk) options() rego.Options {
	return rego.Options{Law: a.book, Dir: a.dir, Bundle: a.bundle, Keys: a.keys, Limit: 10 * time.Second, Cache: -1}
}

// say chooses between two languages.
func (a *policyAsk) say(zh, en string) string {
	if a.chinese {
		return zh
	}
	return en
}

func newPolicyTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test [DIR|BUNDLE]",
		Short: "Run the tests of your modules (*_test.rego) beside the built-in policy",
		Long: `Run every rule whose name begins with test_ in *_test.rego, in package
customs.operator_test, with data.pack as it is in force today. Exit 1 when one
fails, or when there is none: a policy without a test says nothing about itself.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source := ""
			if len(args) > 0 {
				source = args[0]
			}
			a, err := policyFlags(cmd, source)
			if err != nil {
				return err
			}
			if a.dir == "" && a.bundle == nil {
				return exitError{Code: 2, Err: errors.New("there is no policy to test: name a directory or a bundle, or give --config FILE with policy.dir or policy.bundle")}
			}
			results, err := rego.Test(cmd.Context(), rego.TestOptions{Law: a.book, Dir: a.dir, Bundle: a.bundle, Keys: a.keys})
			if err != nil {
				return exitError{Code: 2, Err: errors.New(moduleFiles(err.Error(), a.dir))}
			}
			return printTests(cmd, a, results)
		},
	}
}

func printTests(cmd *cobra.Command, a policyAsk, results []rego.TestResult) error {
	w, failed := cmd.OutOrStdout(), 0
	for _, r := range results {
		if !r.Pass {
			failed++
		}
		if a.format == "json" {
			if err := writeJSON(w, r); err != nil {
				return err
			}
			continue
		}
		word := a.say("通过", "pass")
		if !r.Pass {
			word = a.say("失败", "FAIL")
		}
		fmt.Fprintf(w, "%s  %s  %s:%d", word, r.Name, moduleFiles(r.File, a.dir), r.Line)
		if r.Message != "" {
			fmt.Fprintf(w, "  %s", r.Message)
		}
		fmt.Fprintln(w)
	}
	switch {
	case len(results) == 0:
		return exitError{Code: 1, Err: errors.New("no test was found: write rules test_… in *_test.rego, package customs.operator_test")}
	case a.format == "text":
		fmt.Fprintln(w, a.say(fmt.Sprintf("%d 项测试，%d 项失败", len(results), failed), fmt.Sprintf("%s, %d failed", count(len(results), "test"), failed)))
	}
	if failed > 0 {
		return exitError{Code: 1}
	}
	return nil
}

func newPolicySignCmd() *cobra.Command {
	var key, out string
	cmd := &cobra.Command{
		Use:   "sign DIR",
		Short: "Pack a directory of modules and sign it as a bundle",
		Long: `Check the modules of a directory, pack them as an OPA bundle and sign it with a
private key that customs keygen made. Put the bundle where policy.bundle points.`,
		Args: oneArg("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := policyFlags(cmd, args[0])
			if err != nil {
				return err
			}
			signer, err := readSigner(key)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if a.dir == "" {
				return exitError{Code: 2, Err: fmt.Errorf("%s is not a directory of modules", args[0])}
			}
			if _, err := rego.New(a.options()); err != nil { // a fault is found here, not at the gateway
				return exitError{Code: 1, Err: fmt.Errorf("nothing was signed: %s", moduleFiles(err.Error(), a.dir))}
			}
			b, err := rego.SignBundle(a.dir, signer)
			if err != nil {
				return exitError{Code: 1, Err: fmt.Errorf("nothing was signed: %w", err)}
			}
			if err := writePublic(out, b); err != nil {
				return exitError{Code: 2, Err: err}
			}
			if a.format == "json" {
				return writeJSON(cmd.OutOrStdout(), map[string]any{"bundle": out, "signer": signer.Name(), "bytes": len(b), "sha256": digestOf(b)})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), a.say("策略包 %s 已由 %s 签署，%d 字节\n", "bundle %s is signed by %s, %d bytes\n"), out, signer.Name(), len(b))
			return err
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file of the private key")
	cmd.Flags().StringVar(&out, "out", bundleFile, "file of the bundle")
	if err := cmd.MarkFlagRequired("key"); err != nil {
		panic(err)
	}
	return cmd
}
