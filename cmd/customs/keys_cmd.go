package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

func newKeysCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "List, seal, rotate, destroy, back up or restore the gateway's private keys",
		Long: `An installation's private keys are below its data directory: keys/root.key, which
persons are counted and orders signed under; keys/log.key, which signs the
checkpoints of the audit log; keys/pseudonym-YEAR.key, which makes the pseudonyms
of clients and users in a year's records; and those of the CA in ca.

With keys.passphrase in the configuration they are sealed under a passphrase from
a file, from a credential of the service manager or from a program; customs keys
protect seals those that are there already.

With keys.log.command or keys.ca.command a program holds the key, as one in front
of a hardware module does. It is started once and asked in lines of JSON on its
standard input; it answers each with a line on its standard output:

  {"id":1,"op":"public"}
  {"id":1,"public":"<base64 of the PKIX public key>"}
  {"id":2,"op":"sign","hash":"none","data":"<base64>"}
  {"id":2,"signature":"<base64>"}    or    {"id":2,"error":"why"}

The log needs an Ed25519 key: data is the message. For a CA of ECDSA or RSA, hash
is sha256, sha384 or sha512, data the digest, and padding pkcs1 or pss with RSA.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newKeysListCmd(), newKeysProtectCmd(), newKeysPassphraseCmd(), newKeysRotateCmd(), newKeysDestroyCmd(), newKeysBackupCmd(), newKeysRestoreCmd())
	return cmd
}

// keysPlace is the installation that a command of keys is about.
type keysPlace struct {
	cfg *config.Config
	in  words
}

func keysAt(cmd *cobra.Command) (keysPlace, error) {
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return keysPlace{}, err
	}
	cfg, err := loadPlace(cmd)
	return keysPlace{cfg, words(wantChinese(lang))}, err
}

// there refuses a place without keys.
func (p keysPlace) there(cmd *cobra.Command) error {
	if _, err := os.Stat(rootPath(p.cfg)); err != nil {
		if present(p.cfg.Data, audit.Sub+"/segment-*") {
			return fmt.Errorf(p.in.say("%s is gone: put the keys back with customs keys restore", "%s 已丢失：请用 customs keys restore 恢复密钥"), rootPath(p.cfg))
		}
		return fmt.Errorf(p.in.say("no installation in %s: name it with --data or --config, or start it once with %s", "%s 中没有安装：请用 --data 或 --config 指定，或先运行一次 %s"), p.cfg.Data, again(cmd, "customs serve"))
	}
	return nil
}

// fail is an error that the answer could not be given, with the command.
func fail(cmd *cobra.Command, err error) error {
	var exit exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return exitError{Code: 2, Err: fmt.Errorf("%s: %w", commandName(cmd), err)}
}

func addWhoFlags(cmd *cobra.Command) {
	cmd.Flags().String("by", "", "who says so; kept in the audit log")
	cmd.Flags().String("reason", "", "why; kept in the audit log")
	for _, name := range []string{"by", "reason"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that is not defined above
		}
	}
}

// holdStores keeps a gateway from running until the stores are let go.
func (p keysPlace) holdStores() (release func() error, err error) {
	var held []io.Closer
	release = func() error {
		var errs []error
		for _, c := range held {
			errs = append(errs, c.Close())
		}
		return errors.Join(errs...)
	}
	for _, sub := range []string{ledger.Sub, audit.Sub} {
		dir := filepath.Join(p.cfg.Data, sub)
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		c, err := disk.Files{}.Lock(filepath.Join(dir, "lock"))
		if errors.Is(err, policy.ErrLocked) {
			err = errors.New(p.in.say("the gateway runs: stop it first; nothing was changed", "网关正在运行：请先停止；未作任何更改"))
		}
		if err != nil {
			return nil, errors.Join(err, release())
		}
		held = append(held, c)
	}
	return release, nil
}

// stopped refuses while a gateway runs.
func (p keysPlace) stopped() error {
	release, err := p.holdStores()
	if err != nil {
		return err
	}
	return release()
}

// inClear is the configuration without a passphrase.
func inClear(cfg *config.Config) *config.Config {
	c := *cfg
	c.Keys.Passphrase = config.Passphrase{}
	return &c
}

// warnKeys says at the start that keys are in the clear.
func (h *house) warnKeys() {
	if !h.keys.vault.Sealed() {
		h.log.Warn("private keys are in the clear, readable by whoever reads the disk or its backups",
			zap.String("directory", h.path(vault.Dir)), zap.String("mend", "name keys.passphrase in the configuration and run customs keys protect while the gateway is stopped"))
	}
	if h.keys.log.astray() {
		h.log.Warn("keys.log.command is set, but a key file still signs the log", zap.String("mend", "run customs keys rotate log"))
	}
}

func keysMoment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
