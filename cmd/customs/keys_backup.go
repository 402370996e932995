package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/certs/vault"
)

func newKeysBackupCmd() *cobra.Command {
	var out, recipient, file string
	var work int
	cmd := &cobra.Command{
		Use:   "backup --out FILE",
		Short: "Write every key into one sealed file",
		Long: `Write the root key, the keys of the log, of the pseudonyms and of the CA, and the
list of the installation's stores into one file, sealed with age: to --recipient, a
public key that begins with age1, or under a passphrase from --passphrase-file or
typed twice. Keep it apart from the backups of the data.

What is not in it: the secrets in ledger and joins, which belong to the data there and
come back with it, and keys that the configuration keeps elsewhere (ca.key, external
signers). Keys that are destroyed later stay in the backups made before.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			return fail(cmd, p.backup(cmd, out, recipient, file, work))
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "file to write, which must not be there yet")
	f.StringVar(&recipient, "recipient", "", "public key of age to seal to")
	f.StringVar(&file, "passphrase-file", "", "file of the passphrase to seal under, for its owner only")
	if err := cmd.MarkFlagRequired("out"); err != nil {
		panic(err) // a flag that is not defined above
	}
	addWorkFlag(cmd, &work)
	cmd.MarkFlagsMutuallyExclusive("recipient", "passphrase-file")
	return cmd
}

func (p keysPlace) backup(cmd *cobra.Command, out, recipient, file string, work int) (err error) {
	if err := wantWork(work); err != nil {
		return err
	}
	if err := p.there(cmd); err != nil {
		return err
	}
	keys, err := openKeys(p.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	b := vault.Backup{Made: time.Now().UTC().Truncate(time.Second), Log: keys.log.origin()}
	if b.Items, err = keys.vault.Files(); err != nil {
		return err
	}
	stores, err := os.ReadFile(filepath.Join(p.cfg.Data, manifestName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b.Stores = string(stores)
	if err := checkBackup(b); err != nil {
		return err
	}
	var pass []byte
	if recipient == "" {
		if pass, err = p.askPassphrase(cmd, file, true); err != nil {
			return err
		}
	}
	to, err := vault.Recipient(recipient, pass, work)
	if err != nil {
		return err
	}
	text, err := b.Encode(to)
	if err != nil {
		return err
	}
	if err := writeOnce(out, text); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), p.in.say("%d files are in %s; try it: %s\n", "已将 %d 个文件写入 %s；请验证：%s\n"), len(b.Items), out, "customs keys restore --check "+shellWord(out))
	return nil
}

// writeOnce writes a file that is not there yet, for its owner only.
func writeOnce(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and stays; name another file", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
