package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
)

func newKeysDestroyCmd() *cobra.Command {
	var year int
	cmd := &cobra.Command{
		Use:   "destroy --pseudonyms YEAR",
		Short: "Destroy the key of a past year's pseudonyms; the records stay and still verify",
		Long: `Destroy the key that made the pseudonyms of clients and users in the records of a
year that is over, in the calendar of China. Nobody can then find out whose a pseudonym
is by trying all clients. The records stay, and the log still verifies.

Backups of the keys hold it too: remove it there. It cannot be undone.`,
		Example: `  customs keys destroy --pseudonyms 2025 --by anna --reason "kept for three years"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			return fail(cmd, p.destroyNames(cmd, year))
		},
	}
	cmd.Flags().IntVar(&year, "pseudonyms", 0, "calendar year that is over")
	if err := cmd.MarkFlagRequired("pseudonyms"); err != nil {
		panic(err) // a flag that is not defined above
	}
	addWhoFlags(cmd)
	return cmd
}

// destroyedNames is how an act names the key of a year.
func destroyedNames(year int) string { return "pseudonyms " + strconv.Itoa(year) }

// destroyNames records first: run again after a crash, it finds the key and
// destroys it.
func (p keysPlace) destroyNames(cmd *cobra.Command, year int) (err error) {
	if err := p.there(cmd); err != nil {
		return err
	}
	if this := yearOf(time.Now()); year < firstYear || year >= this {
		return exitError{Code: 1, Err: fmt.Errorf(p.in.say("keys destroy: %d is not over, or is no year: the newest that can be destroyed is %d", "keys destroy：%d 年尚未结束或不是年份：最晚可销毁 %d 年"), year, this-1)}
	}
	keys, err := openKeys(p.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	act := keyAct(cmd, actKeyDestroy, destroyedNames(year))
	k, err := keys.names.read(year)
	if errors.Is(err, fs.ErrNotExist) {
		return p.noNames(cmd, year)
	}
	if err != nil {
		return err
	}
	// An older installation's next year must not begin with the derived key.
	if err := keys.names.create(time.Now()); err != nil {
		return err
	}
	if err := recordOnce(cmd, p.cfg, act); err != nil {
		return err
	}
	if err := keys.vault.Remove(nameKeyName(year)); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), p.in.say("destroyed the key of the pseudonyms of %d; remove it from backups too\n", "已销毁 %d 年假名的密钥；备份中的密钥亦须移除\n"), year)
	if bytes.Equal(k.Key, keys.key("pseudonym")) {
		fmt.Fprintf(cmd.ErrOrStderr(), p.in.say("NOTE: it is derived from the root key, as older versions did it, and is gone only together with that: run %s\n",
			"注意：该密钥由根密钥派生（旧版本如此），只有更换根密钥后才真正消失：请运行 %s\n"), again(cmd, "customs keys rotate root"))
	}
	return nil
}

// noNames says why a year has no key.
func (p keysPlace) noNames(cmd *cobra.Command, year int) error {
	over := time.Date(year+1, 1, 1, 0, 0, 0, 0, policy.Shanghai)
	done, err := recorded(cmd, p.cfg, keyAct(cmd, actKeyDestroy, destroyedNames(year)), over)
	if err != nil {
		return err
	}
	if done {
		fmt.Fprintf(cmd.OutOrStdout(), p.in.say("the key of the pseudonyms of %d was destroyed before\n", "%d 年假名的密钥此前已销毁\n"), year)
		return nil
	}
	return exitError{Code: 1, Err: fmt.Errorf(p.in.say("keys destroy: there is no key of the pseudonyms of %d", "keys destroy：没有 %d 年假名的密钥"), year)}
}
