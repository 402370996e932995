package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/certs/vault"
)

const nextRootName = vault.Dir + "/root-next.key"

func newRotateRootCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "root",
		Short: "Make a new root key, and keep the keys that persons are counted under",
		Long: `Make a new root key. The gateway must be stopped. What stays are the keys that
persons are counted under, in keys/counting.key: a filing's persons are counted over
the end of years, and under other keys everybody would be counted anew. Nothing else
of the old root key remains: orders of commands are sealed under the new one, and
pseudonyms of years before years had keys of their own can no longer be made again.

Tickets of transfers that are held now are not recognised any more: such a transfer
is held anew, and reviewed anew.

To make persons counted in the past unrecognisable, use customs ledger destroy.`,
		Example: `  customs keys rotate root --by anna --reason "a backup was lost"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			return fail(cmd, p.rotateRoot(cmd))
		},
	}
	addWhoFlags(cmd)
	return cmd
}

// rotateRoot can be run again after a crash at any step.
func (p keysPlace) rotateRoot(cmd *cobra.Command) error {
	if err := p.there(cmd); err != nil {
		return err
	}
	if err := p.stopped(); err != nil {
		return err
	}
	if err := p.noOrders(); err != nil {
		return err
	}
	keys, err := openKeys(p.cfg)
	if err != nil {
		return err
	}
	next, err := keys.nextRoot()
	if err != nil {
		return errors.Join(err, keys.close())
	}
	if !bytes.Equal(next, keys.root) {
		act := keyAct(cmd, actKeyRotate, "root key "+dashed(rootID(next)))
		done, err := recorded(cmd, p.cfg, act, time.Now().Add(-againWithin))
		if err == nil && !done {
			err = p.recordStopped(cmd, act)
		}
		if err != nil {
			return errors.Join(err, keys.close())
		}
	}
	release, err := p.holdStores()
	if err == nil {
		err = errors.Join(keys.takeNext(next), release())
	}
	if err = errors.Join(err, keys.close()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), p.in.say("the root key is now %s; persons stay counted as they are; tickets of transfers held before are not recognised any more; back the keys up: %s\n",
		"根密钥现为 %s；已计入的人员不受影响；此前被扣留传输的凭单不再被识别；请备份密钥：%s\n"), rootID(next), again(cmd, "customs keys backup"))
	return nil
}

// noOrders refuses while orders wait that only the old key can open.
func (p keysPlace) noOrders() error {
	list, err := os.ReadDir(ordersDir(p.cfg.Data))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), endGiven) || strings.HasSuffix(e.Name(), endTaken) {
			return errors.New(p.in.say("an order of the ledger is not done to its end: start the gateway once, then stop it", "尚有未执行完的台账指令：请启动一次网关后再停止"))
		}
	}
	return nil
}

// nextRoot returns the key that waits to be the root key, or makes it.
func (k *keyRing) nextRoot() ([]byte, error) {
	text, err := k.vault.Read(nextRootName)
	if errors.Is(err, fs.ErrNotExist) {
		text = newRoot()
		err = k.vault.Create(nextRootName, text)
	}
	if err != nil {
		return nil, err
	}
	root, err := parseRoot(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w: remove it", k.vault.Path(nextRootName), err)
	}
	return root, nil
}

// takeNext exchanges the root key. The keys that are kept are written first:
// they are those of the old one, which is there until the last step.
func (k *keyRing) takeNext(next []byte) error {
	if !bytes.Equal(next, k.root) {
		kept := map[string][]byte{}
		for _, p := range keptPurposes() {
			kept[p] = k.key(p)
		}
		text, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		if err := k.vault.Change(keptKeyName, func([]byte) ([]byte, error) { return append(text, '\n'), nil }); err != nil {
			return err
		}
		waiting, err := k.vault.Read(nextRootName)
		if err != nil {
			return err
		}
		if err := k.vault.Change(rootKeyName, func([]byte) ([]byte, error) { return waiting, nil }); err != nil {
			return err
		}
	}
	return k.vault.Remove(nextRootName)
}
