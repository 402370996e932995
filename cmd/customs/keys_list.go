package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/certs/vault"
)

// keyLine is what is told of one key.
type keyLine struct {
	Name   string    `json:"name"`           // of its file
	What   string    `json:"what"`           // root, counting, log, pseudonym or ca
	Public string    `json:"public"`         // its public part, or an id that gives nothing away
	Made   time.Time `json:"made,omitzero"`  // where the file says it
	Until  time.Time `json:"until,omitzero"` // when it is destroyed
	State  string    `json:"state"`          // plain, sealed, external, destroyed, or pending: its rotation is not recorded
}

func newKeysListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Say which keys there are, and whether they are sealed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			list, err := p.list(cmd)
			if err != nil {
				return fail(cmd, err)
			}
			if format == "json" {
				for _, l := range list {
					if err := writeJSON(cmd.OutOrStdout(), l); err != nil {
						return fail(cmd, err)
					}
				}
				return nil
			}
			return fail(cmd, p.printKeys(cmd, list))
		},
	}
	cmd.Flags().String("format", "text", "text, or json: one object a line")
	return cmd
}

// list reads every key there is. Without the passphrase it says less.
func (p keysPlace) list(cmd *cobra.Command) ([]keyLine, error) {
	if err := p.there(cmd); err != nil {
		return nil, err
	}
	v, err := openVault(p.cfg)
	switch {
	case errors.Is(err, vault.ErrClear):
		v, err = openVault(inClear(p.cfg))
	case errors.Is(err, vault.ErrSealed):
		o := vaultOptions(p.cfg)
		v, err = vault.Blind(o), nil
	}
	if err != nil {
		return nil, err
	}
	states, err := v.States()
	if err != nil {
		return nil, err
	}
	var out []keyLine
	for _, s := range states {
		l := keyLine{Name: s.Name, State: "plain"}
		if s.Sealed {
			l.State = "sealed"
		}
		out = append(out, p.describe(v, l)...)
	}
	return out, nil
}

// describe adds what a key says of itself. A file that cannot be read stands
// in the list without it.
func (p keysPlace) describe(v *vault.Vault, l keyLine) []keyLine {
	base := strings.TrimSuffix(filepath.Base(l.Name), ".key")
	l.What, _, _ = strings.Cut(base, "-")
	if strings.HasPrefix(l.Name, "ca/") {
		l.What = "ca"
		l.Public, l.Made = caOf(v.Path("ca/" + base + ".pem"))
		return []keyLine{l}
	}
	text, err := v.Read(l.Name)
	if err != nil {
		return []keyLine{l}
	}
	switch l.What {
	case "root":
		if root, err := parseRoot(text); err == nil {
			l.Public = rootID(root)
		}
	case "pseudonym":
		l.Public = base[len("pseudonym-"):]
	case "log":
		return describeLog(text, l)
	}
	return []keyLine{l}
}

func describeLog(text []byte, l keyLine) []keyLine {
	keys, err := parseLogKeys(text)
	if err != nil {
		return []keyLine{l}
	}
	var out []keyLine
	for _, k := range keys.Keys {
		one := l
		one.Public, one.Made, one.Until = k.Public, k.Made, k.Until
		switch {
		case k.Pending:
			one.State = "pending"
		case k.Outside:
			one.State = "external"
		case len(k.Seed) == 0:
			one.State = "destroyed"
		}
		out = append(out, one)
	}
	return out
}

// caOf returns the id and the day of a CA.
func caOf(path string) (string, time.Time) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", time.Time{}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", time.Time{}
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", time.Time{}
	}
	return c.Subject.CommonName, c.NotBefore
}

func (p keysPlace) printKeys(cmd *cobra.Command, list []keyLine) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, p.in.say("KEY\tKEPT\tMADE\tPUBLIC", "密钥\t保存\t生成\t公开部分"))
	for _, l := range list {
		made := "-"
		if !l.Made.IsZero() {
			made = l.Made.UTC().Format(time.DateOnly)
		}
		state := l.State
		if p.in {
			state = map[string]string{"plain": "明文", "sealed": "加密", "external": "外部", "pending": "待记录", "destroyed": "已销毁"}[state]
		}
		if !l.Until.IsZero() && l.State != "destroyed" {
			state += p.in.say(" until ", " 至 ") + l.Until.UTC().Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, state, made, l.Public)
	}
	return w.Flush()
}
