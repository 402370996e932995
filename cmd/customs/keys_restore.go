package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

type restoring struct {
	keysPlace
	identity, file string
	check, replace bool
}

func newKeysRestoreCmd() *cobra.Command {
	var r restoring
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Bring the keys of a backup back",
		Long: `Open a backup with --identity, a file of age's private keys, with --passphrase-file
or with a passphrase that is typed, check every key in it, and write those that are
not there. Restore the data first, then its keys. The gateway must be stopped.

A key that is there and differs is left alone and nothing is written, unless --replace
is given. The key of pseudonyms that the log says were destroyed is left out. Keys are
sealed again if the configuration names a passphrase.

--check writes nothing.`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if r.keysPlace, err = keysAt(cmd); err != nil {
				return err
			}
			return fail(cmd, r.run(cmd, args[0]))
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.identity, "identity", "", "file of private keys of age, for its owner only")
	f.StringVar(&r.file, "passphrase-file", "", "file of the passphrase, for its owner only")
	f.BoolVar(&r.check, "check", false, "open and check the backup, and write nothing")
	f.BoolVar(&r.replace, "replace", false, "take the place of keys that differ")
	f.String("by", "", "who says so; kept in the audit log")
	f.String("reason", "", "why; kept in the audit log")
	cmd.MarkFlagsMutuallyExclusive("identity", "passphrase-file")
	return cmd
}

func (r restoring) run(cmd *cobra.Command, from string) error {
	b, err := r.open(cmd, from)
	if err != nil {
		return err
	}
	if err := checkBackup(b); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), r.in.say("backup of log %s, made %s, %d files: every key is sound\n", "日志 %s 的备份，生成于 %s，共 %d 个文件：各密钥均完好\n"), b.Log, keysMoment(b.Made), len(b.Items))
	if r.check {
		return nil
	}
	for _, name := range []string{"by", "reason"} {
		if text, _ := cmd.Flags().GetString(name); strings.TrimSpace(text) == "" {
			return fmt.Errorf("--%s is missing", name)
		}
	}
	if err := os.MkdirAll(r.cfg.Data, 0o700); err != nil {
		return err
	}
	release, err := r.holdStores()
	if err != nil {
		return err
	}
	n, err := r.write(cmd, b)
	if err = errors.Join(err, release()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), r.in.say("wrote %d files\n", "已写入 %d 个文件\n"), n)
	return r.record(cmd, b)
}

func (r restoring) open(cmd *cobra.Command, from string) (b vault.Backup, err error) {
	sealed, err := readRegular(from, 8<<20)
	if err != nil {
		return b, err
	}
	var text, pass []byte
	if r.identity != "" {
		text, err = readSecretFile(r.identity)
	} else {
		pass, err = r.askPassphrase(cmd, r.file, false)
	}
	if err != nil {
		return b, err
	}
	who, err := vault.Identities(text, pass)
	if err != nil {
		return b, err
	}
	return vault.DecodeBackup(sealed, who...)
}

// readSecretFile reads a file that nobody else may read.
func readSecretFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	return readRegular(path, maxKeyFile)
}

// write writes what is missing. A mark keeps a gateway from making keys anew
// when only some are there.
func (r restoring) write(cmd *cobra.Command, b vault.Backup) (written int, err error) {
	v, err := openVault(r.cfg)
	if err != nil {
		return 0, fmt.Errorf("%w; or move %s aside and restore again", err, filepath.Join(r.cfg.Data, vault.Dir))
	}
	items, err := r.wanted(cmd, b)
	if err != nil {
		return 0, err
	}
	mark := v.Path(restoringTag)
	if _, err := os.Stat(mark); err != nil && !r.replace { // what was interrupted goes on
		if err := r.differs(v, items); err != nil {
			return 0, err
		}
	}
	if err := v.Public(restoringTag, []byte(b.Log+"\n")); err != nil {
		return 0, err
	}
	for _, i := range items {
		changed, err := v.Put(i)
		if err != nil {
			return written, err
		}
		if changed {
			written++
		}
	}
	stores := filepath.Join(r.cfg.Data, manifestName)
	if _, err := os.Stat(stores); errors.Is(err, fs.ErrNotExist) && b.Stores != "" {
		if err := replaceFile(stores, b.Stores); err != nil {
			return written, err
		}
	}
	return written, v.Remove(restoringTag)
}

// wanted leaves out what the log says was destroyed.
func (r restoring) wanted(cmd *cobra.Command, b vault.Backup) ([]vault.Item, error) {
	gone := map[string]bool{}
	err := audit.Read(cmd.Context(), audit.Source{Files: disk.Files{}, Dir: r.cfg.Data}, func(e policy.Entry) error {
		if e.Admin != nil && e.Admin.Act == actKeyDestroy {
			gone[vault.Dir+"/"+strings.Replace(strings.Replace(e.Admin.Object, "pseudonyms ", "pseudonym-", 1), " ", "", -1)+".key"] = true
		}
		return nil
	})
	if err != nil && !errors.Is(err, audit.ErrNoLog) {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(b.Items), func(i vault.Item) bool {
		if gone[i.Name] {
			fmt.Fprintf(cmd.ErrOrStderr(), r.in.say("left out %s: the log says that it was destroyed\n", "未恢复 %s：日志记载其已被销毁\n"), i.Name)
		}
		return gone[i.Name]
	}), nil
}

// differs names every key that is there and is another.
func (r restoring) differs(v *vault.Vault, items []vault.Item) error {
	var other []string
	for _, i := range items {
		same, err := v.Same(i)
		if err != nil {
			other = append(other, i.Name+" ("+err.Error()+")")
			continue
		}
		if _, err := os.Lstat(v.Path(i.Name)); !same && err == nil {
			other = append(other, i.Name)
		}
	}
	if len(other) == 0 {
		return nil
	}
	return fmt.Errorf(r.in.say("these keys are there and differ from the backup; nothing was written: %s; with --replace they are lost", "以下密钥已存在且与备份不同，未写入任何内容：%s；使用 --replace 将覆盖它们"), strings.Join(other, ", "))
}

// record puts the act into the log if there is one.
func (r restoring) record(cmd *cobra.Command, b vault.Backup) error {
	if !present(r.cfg.Data, "audit/segment-*") {
		fmt.Fprintln(cmd.ErrOrStderr(), r.in.say("there is no log here yet: nothing was recorded", "此处尚无日志：未记录"))
		return nil
	}
	return r.recordStopped(cmd, keyAct(cmd, actKeyRestore, "keys of "+b.Log))
}
