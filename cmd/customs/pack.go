package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/sign"
)

func newPackCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pack",
		Short: "Rule packs: the legal numbers, zone lists and catalogues in force",
		Long: `Rule packs are dated data: the national thresholds (dc.pack/1), the lists of the
free-trade zones (dc.list/1), scenarios and important data (dc.catalogue/1). Some
are built in; law.packs names a directory of others, each signed by a key of
law.keys. A file with the id of a built-in one takes its place.`,
	}
	cmd.PersistentFlags().String("config", "", "configuration whose law.packs and law.keys are used")
	cmd.PersistentFlags().String("packs", "", "directory of signed rule packs instead of law.packs")
	cmd.PersistentFlags().StringArray("keys", nil, "public key, or file of public keys, whose signature counts (default: law.keys of --config)")
	cmd.PersistentFlags().String("date", "", "day that is looked at, as 2026-01-31 (default: today in Shanghai)")
	cmd.PersistentFlags().String("format", "text", "text or json")
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newPackListCmd(), newPackShowCmd(), newPackVerifyCmd(), newPackSignCmd())
	return cmd
}

// packAsk is what the flags of a pack command say.
type packAsk struct {
	options law.Options
	at      time.Time
	format  string
	chinese bool
}

func packFlags(cmd *cobra.Command) (a packAsk, err error) {
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
	given, err := readKeys(cmd)
	if err != nil {
		return a, exitError{Code: 2, Err: err}
	}
	keys, err := keysOr(given, cfg.Law.Keys)
	if err != nil {
		return a, exitError{Code: 2, Err: fmt.Errorf("law.keys: %w", err)}
	}
	a.options = law.Options{Dir: cfg.Law.Packs, Profile: cfg.Law.SPI, Keys: keys}
	if dir, _ := cmd.Flags().GetString("packs"); dir != "" {
		a.options.Dir = dir
	}
	a.at = time.Now()
	if date, _ := cmd.Flags().GetString("date"); date != "" {
		if a.at, err = time.ParseInLocation(time.DateOnly, date, policy.Shanghai); err != nil {
			return a, exitError{Code: 2, Err: errors.New("--date is no day: write it as 2026-01-31")}
		}
	}
	return a, nil
}

func (a *packAsk) day() string { return a.at.In(policy.Shanghai).Format(time.DateOnly) }

// say chooses between two languages.
func (a *packAsk) say(zh, en string) string {
	if a.chinese {
		return zh
	}
	return en
}

func newPackVerifyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [DIR]",
		Short: "Show every fault of a directory of rule packs: signatures, content, contradictions",
		Long: `Read a directory of rule packs as the gateway would, beside the built-in ones;
without DIR that of --packs or of law.packs in the configuration. In it
every file must be signed by a key of law.keys or --keys, be understood in full
and contradict no other, and some national pack must be in force on --date. Exit
1 with every fault, 0 without.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := packFlags(cmd)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				a.options.Dir = args[0]
			}
			if a.options.Dir == "" {
				return exitError{Code: 2, Err: errors.New("there is nothing to verify: name a directory, or give --config FILE with law.packs")}
			}
			if len(a.options.Keys) == 0 {
				return exitError{Code: 2, Err: errors.New("no key is trusted: give --config FILE with law.keys, or --keys with a public key")}
			}
			if _, err := os.Stat(a.options.Dir); err != nil {
				return exitError{Code: 2, Err: err}
			}
			return packVerify(cmd, a)
		},
	}
}

func packVerify(cmd *cobra.Command, a packAsk) error {
	var files []law.FileStatus
	for _, f := range law.Inspect(a.options.Dir, a.options.Keys) {
		if !f.BuiltIn {
			files = append(files, f)
		}
	}
	faults := packFaults(a, files)
	if len(files) == 0 {
		faults = append(faults, fmt.Errorf("there is no *.yaml file in %s", a.options.Dir))
	}
	w := cmd.OutOrStdout()
	if a.format == "json" {
		lines := make([]string, 0, len(faults))
		for _, f := range faults {
			lines = append(lines, f.Error())
		}
		if err := writeJSON(w, map[string]any{"dir": a.options.Dir, "date": a.day(), "ok": len(faults) == 0, "files": len(files), "faults": lines}); err != nil {
			return err
		}
	} else {
		for _, f := range faults {
			fmt.Fprintln(w, f)
		}
		for _, f := range files {
			if f.Err == nil {
				fmt.Fprintf(w, a.say("%s 已签署：%s（%s）\n", "%s is signed by %s (%s)\n"), f.Name, f.Signer, f.ID)
			}
		}
		if len(faults) == 0 {
			fmt.Fprintln(w, a.say(fmt.Sprintf("共 %d 个文件，均可使用", len(files)), count(len(files), "file")+", all can be used"))
		} else {
			fmt.Fprintln(w, a.say(fmt.Sprintf("%d 处错误", len(faults)), count(len(faults), "fault")))
		}
	}
	if len(faults) > 0 {
		return exitError{Code: 1}
	}
	return nil
}

// packFaults are the faults of the files, each by itself, or else of all of
// them together.
func packFaults(a packAsk, files []law.FileStatus) []error {
	var faults []error
	for _, f := range files {
		if f.Err != nil {
			faults = append(faults, parts(f.Err)...)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	book, err := law.Open(a.options)
	if err == nil {
		_, err = book.At(a.at)
	}
	if err != nil {
		return parts(err)
	}
	return nil
}

func newPackSignCmd() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "sign FILE…",
		Short: "Sign rule packs, each with a file .sig beside it",
		Long: `Check each rule pack and sign it with a private key that customs keygen made.
The signature stands beside the file, with .sig added to its name. A file with a
fault is not signed, and then none is.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := packFlags(cmd)
			if err != nil {
				return err
			}
			signer, err := readSigner(key)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			return packSign(cmd, a, signer, args)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file of the private key")
	if err := cmd.MarkFlagRequired("key"); err != nil {
		panic(err)
	}
	return cmd
}

func packSign(cmd *cobra.Command, a packAsk, signer sign.Signer, names []string) error {
	signatures := map[string][]byte{}
	var faults []error
	for _, name := range names {
		if !strings.HasSuffix(name, ".yaml") {
			return exitError{Code: 2, Err: fmt.Errorf("%s: a rule pack has a name that ends in .yaml", name)}
		}
		src, err := readRegular(name, maxBundle)
		if err != nil {
			return exitError{Code: 2, Err: err}
		}
		if s := law.Check(filepath.Base(name), src); s.Err != nil {
			faults = append(faults, s.Err)
			continue
		}
		if signatures[name], err = sign.Sign(signer, sign.Pack, src); err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("sign %s: %w", name, err)}
		}
	}
	if len(faults) > 0 {
		return exitError{Code: 1, Err: fmt.Errorf("nothing was signed: %w", errors.Join(faults...))}
	}
	for _, name := range names {
		if err := writePublic(name+".sig", signatures[name]); err != nil {
			return exitError{Code: 2, Err: err}
		}
		if a.format == "json" {
			if err := writeJSON(cmd.OutOrStdout(), map[string]string{"file": name, "signature": name + ".sig", "signer": signer.Name()}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), a.say("已签署 %s（密钥 %s）：%s.sig\n", "signed %s with %s: %s.sig\n"), name, signer.Name(), name)
	}
	return nil
}

// writePublic writes a file that everybody may read, in one step.
func writePublic(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}
