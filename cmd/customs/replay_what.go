package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/replay"
	"github.com/datacustoms/customs/policy/sign"
)

// addWhatFlags gives a command the ways to ask what would have been.
func addWhatFlags(cmd *cobra.Command) {
	cmd.Flags().String("packs", "", "directory of signed rule packs to ask under, over the built-in ones")
	cmd.Flags().String("policy", "", "directory of Rego modules, or signed bundle, to ask under")
	cmd.Flags().String("spi", "", "sensitivity profile to ask under (default: that of each record)")
	cmd.Flags().StringArray("keys", nil, "public key, or file of public keys, that packs or bundle are signed with (default: those of --config)")
}

// readWhat reads these flags.
func readWhat(cmd *cobra.Command, cfg *config.Config) (replay.What, error) {
	var w replay.What
	keys, err := readKeys(cmd)
	if err != nil {
		return w, exitError{Code: 2, Err: err}
	}
	packs, _ := cmd.Flags().GetString("packs")
	profile, _ := cmd.Flags().GetString("spi")
	if packs != "" || profile != "" {
		b := &otherBooks{dir: packs, profile: profile, books: map[string]*law.Book{}}
		if b.keys, err = keysOr(keys, cfg.Law.Keys); err != nil {
			return w, exitError{Code: 2, Err: fmt.Errorf("law.keys: %w", err)}
		}
		if packs == "" { // another profile alone
			b.dir = cfg.Law.Packs
		}
		if _, err := b.book(cfg.Law.SPI); err != nil {
			return w, exitError{Code: 2, Err: err}
		}
		w.Rules = b.rules
	}
	if at, _ := cmd.Flags().GetString("policy"); at != "" {
		p := &otherPolicy{known: map[*policy.Rules]policy.Decider{}}
		if p.keys, err = keysOr(keys, cfg.Policy.Keys); err != nil {
			return w, exitError{Code: 2, Err: fmt.Errorf("policy.keys: %w", err)}
		}
		if err := p.read(at); err != nil {
			return w, exitError{Code: 2, Err: fmt.Errorf("--policy: %w", err)}
		}
		w.Decider = p.decider
	}
	return w, nil
}

// readKeys reads --keys: each is a key or a file with one key a line.
func readKeys(cmd *cobra.Command) ([]sign.Verifier, error) {
	given, _ := cmd.Flags().GetStringArray("keys")
	var lines []string
	for _, k := range given {
		if _, err := sign.ParseVerifier(k); err == nil {
			lines = append(lines, k)
			continue
		}
		text, err := readBounded(k, 64<<10)
		if err != nil {
			return nil, errors.New("--keys: is neither a public key nor a file of public keys that can be read")
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	keys, err := sign.ParseVerifiers(lines)
	if err != nil {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	return keys, nil
}

func keysOr(given []sign.Verifier, configured []string) ([]sign.Verifier, error) {
	if len(given) > 0 {
		return given, nil
	}
	return sign.ParseVerifiers(configured)
}

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s is larger than %d bytes", path, most)
	}
	return b, err
}

// otherBooks are the packs to ask under, by sensitivity profile.
type otherBooks struct {
	dir, profile string
	keys         []sign.Verifier
	books        map[string]*law.Book
}

func (o *otherBooks) book(profile string) (*law.Book, error) {
	if o.profile != "" {
		profile = o.profile
	}
	if b, ok := o.books[profile]; ok {
		return b, nil
	}
	b, err := law.Open(law.Options{Dir: o.dir, Profile: profile, Keys: o.keys})
	if err == nil {
		o.books[profile] = b
	}
	return b, err
}

func (o *otherBooks) rules(profile, day string) (*policy.Rules, error) {
	b, err := o.book(profile)
	if err != nil {
		return nil, err
	}
	t, err := time.ParseInLocation(time.DateOnly, day, policy.Shanghai)
	if err != nil {
		return nil, errors.New("the record has no date")
	}
	return b.At(t)
}

// otherPolicy is the policy to ask under.
type otherPolicy struct {
	dir    string
	bundle []byte
	keys   []sign.Verifier
	known  map[*policy.Rules]policy.Decider
}

// read tells a directory of modules from a bundle and from a directory with one.
func (p *otherPolicy) read(at string) error {
	info, err := os.Stat(at)
	if err != nil {
		return err
	}
	file := at
	if info.IsDir() {
		file = filepath.Join(at, bundleFile)
		if _, err := os.Stat(file); err != nil {
			p.dir = at
			return p.check()
		}
	}
	if p.bundle, err = readBounded(file, maxBundle); err != nil {
		return err
	}
	return p.check()
}

// check compiles it once under the present law, so that its faults come before
// any record is read.
func (p *otherPolicy) check() error {
	book, err := law.Open(law.Options{})
	if err == nil {
		_, err = rego.New(rego.Options{Law: book, Dir: p.dir, Bundle: p.bundle, Keys: p.keys, Limit: 10 * time.Second})
	}
	return err
}

func (p *otherPolicy) decider(r *policy.Rules) (policy.Decider, error) {
	if d, ok := p.known[r]; ok {
		return d, nil
	}
	o := patient(r)
	o.Dir, o.Bundle, o.Keys = p.dir, p.bundle, p.keys
	d, err := rego.New(o)
	if err != nil {
		return nil, err
	}
	if len(p.known) >= maxDeciders {
		clear(p.known)
	}
	p.known[r] = d
	return d, nil
}
