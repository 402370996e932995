package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/datacustoms/customs/certs/vault"
)

func newKeysProtectCmd() *cobra.Command {
	var work int
	cmd := &cobra.Command{
		Use:   "protect",
		Short: "Seal every key under the passphrase that the configuration names",
		Long: `Seal the keys of an installation under keys.passphrase of the configuration, in
place. The gateway must be stopped. Run it again after an interruption: a key is in
the clear or sealed, never gone. Where a key was in the clear is overwritten as far
as the disk obeys: copies in snapshots, in backups and in the spare blocks of a flash
disk stay, so rotate keys that others may have read.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			return fail(cmd, p.protect(cmd, work))
		},
	}
	addWhoFlags(cmd)
	addWorkFlag(cmd, &work)
	return cmd
}

func addWorkFlag(cmd *cobra.Command, work *int) {
	cmd.Flags().IntVar(work, "work", vault.DefaultWork, "logarithm of the work that each opening costs, 10 to 20; less only for a passphrase that is drawn at random")
}

func wantWork(work int) error {
	if work < 10 || work > 20 {
		return errors.New("--work must be from 10 to 20")
	}
	return nil
}

func (p keysPlace) protect(cmd *cobra.Command, work int) error {
	if err := wantWork(work); err != nil {
		return err
	}
	if p.cfg.Keys.Passphrase.None() {
		return errors.New(p.in.say("no passphrase: name keys.passphrase in the configuration, and give it with --config", "未指定口令：请在配置中设置 keys.passphrase，并用 --config 指定该配置"))
	}
	if err := p.there(cmd); err != nil {
		return err
	}
	if err := p.stopped(); err != nil {
		return err
	}
	act := keyAct(cmd, actKeyProtect, vault.Dir)
	if err := p.checkAct(act); err != nil {
		return err
	}
	done, err := p.seal(work)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(p.protecting()); err == nil {
		if err := p.recordStopped(cmd, act); err != nil {
			return fmt.Errorf(p.in.say("the keys are sealed, but that is not in the log; run it again: %w", "密钥已加密，但尚未记入日志；请重新运行：%w"), err)
		}
		if err := errors.Join(os.Remove(p.protecting()), syncDir(filepath.Dir(p.protecting()))); err != nil {
			return err
		}
	}
	for _, name := range done {
		fmt.Fprintln(cmd.OutOrStdout(), name)
	}
	fmt.Fprintf(cmd.OutOrStdout(), p.in.say("sealed %d keys; back them up: %s\n", "已加密 %d 个密钥；请备份：%s\n"), len(done), again(cmd, "customs keys backup"))
	return nil
}

// protecting is the mark that keys were sealed, and that no act says so yet.
func (p keysPlace) protecting() string { return filepath.Join(p.cfg.Data, vault.Dir, "protecting") }

// seal seals what is in the clear. The act comes after it: before, it would
// say what a crash can make untrue, and in between keys open in neither way.
func (p keysPlace) seal(work int) (done []string, err error) {
	release, err := p.holdStores()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	o := vaultOptions(p.cfg)
	plain, err := vault.Blind(o).States()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(plain, func(s vault.State) bool { return !s.Sealed }) {
		if err := replaceFile(p.protecting(), ""); err != nil {
			return nil, err
		}
	}
	o.Work = work
	return vault.Protect(o)
}

func newKeysPassphraseCmd() *cobra.Command {
	var file string
	var work int
	cmd := &cobra.Command{
		Use:   "passphrase",
		Short: "Put the sealed keys under another passphrase",
		Long: `Put the master key under another passphrase; the key files stay as they are. The
old one is asked where the configuration says. The new one is read from
--new-passphrase-file or typed twice. Afterwards let the configuration's source give
the new one: a gateway that runs needs it at its next start.

Who had the old passphrase and an old copy of keys/master.sealed can still open the
keys: in that case rotate them too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			if err := wantWork(work); err != nil {
				return fail(cmd, err)
			}
			o := vaultOptions(p.cfg)
			o.Work = work
			v, err := vault.Open(o)
			if err != nil {
				return fail(cmd, err)
			}
			pass, err := p.askPassphrase(cmd, file, true)
			if err != nil {
				return fail(cmd, err)
			}
			if err := v.Rewrap(pass); err != nil {
				return fail(cmd, err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), p.in.say("the keys are under the new passphrase; let keys.passphrase give it from now on", "密钥已改用新口令；请让 keys.passphrase 今后提供新口令"))
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "new-passphrase-file", "", "file of the new passphrase, for its owner only (default: typed)")
	addWorkFlag(cmd, &work)
	return cmd
}

// askPassphrase reads a passphrase from a file, or from the terminal without
// showing it.
func (p keysPlace) askPassphrase(cmd *cobra.Command, file string, twice bool) ([]byte, error) {
	if file != "" {
		return vault.PassphraseFile(file)
	}
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return nil, errors.New(p.in.say("there is no terminal to type a passphrase on: name a file of it", "没有可输入口令的终端：请指定口令文件"))
	}
	fmt.Fprint(cmd.ErrOrStderr(), p.in.say("passphrase: ", "口令："))
	pass, err := term.ReadPassword(in)
	fmt.Fprintln(cmd.ErrOrStderr())
	if err != nil || !twice {
		return pass, err
	}
	fmt.Fprint(cmd.ErrOrStderr(), p.in.say("again: ", "再次输入："))
	second, err := term.ReadPassword(in)
	fmt.Fprintln(cmd.ErrOrStderr())
	if err == nil && !bytes.Equal(pass, second) {
		err = errors.New(p.in.say("the two differ", "两次输入不一致"))
	}
	return pass, err
}
