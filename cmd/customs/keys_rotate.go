package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const logOverlap = 30 * 24 * time.Hour

func newKeysRotateCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Replace the key of the log, or the root key",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newRotateLogCmd(), newRotateRootCmd())
	return cmd
}

func newRotateLogCmd() *cobra.Command {
	var overlap time.Duration
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Make a new key for the checkpoints of the audit log",
		Long: `Make a new key for the log. The change is recorded in the log before the new key
signs anything, so that who trusts the old key can see that it named the new one.
For --overlap both keys sign; then the old private key is destroyed, and its public
key stays in keys/log.pub. The log keeps its name. A running gateway takes the new
key up with its next checkpoint. With keys.log.command the external signer's key is
the new one; an old one that it can no longer use signs no more, and who has only that
one's public key cannot check what comes after.

With --overlap 0s the old key is destroyed as soon as the new one has signed: for a
key that got into wrong hands.`,
		Example: `  customs keys rotate log --by anna --reason "yearly"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := keysAt(cmd)
			if err != nil {
				return err
			}
			if overlap < 0 || overlap > 5*365*24*time.Hour {
				return fail(cmd, errors.New("--overlap must be from 0s to five years"))
			}
			return fail(cmd, p.rotateLog(cmd, overlap))
		},
	}
	cmd.Flags().DurationVar(&overlap, "overlap", logOverlap, "how long both keys sign")
	addWhoFlags(cmd)
	return cmd
}

// rotateLog can be run again after a crash at any step: the new key waits in
// the file until its act is in the log.
func (p keysPlace) rotateLog(cmd *cobra.Command, overlap time.Duration) (err error) {
	if err := p.there(cmd); err != nil {
		return err
	}
	keys, err := openKeys(p.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	line, err := keys.log.prepare()
	if err != nil {
		return err
	}
	if err := recordOnce(cmd, p.cfg, keyAct(cmd, actKeyRotate, line)); err != nil {
		return err
	}
	until := time.Now().Add(overlap).UTC().Truncate(time.Second)
	if err := keys.log.succeed(line, until); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), p.in.say(`%s
The line above is the log's new public key: give it to everybody who verifies the log.
Both keys sign until %s; then the old private key is destroyed.
`, `%s
以上为日志的新公钥：请交给所有核验日志的人。
在 %s 之前新旧两个密钥同时签名；此后旧私钥将被销毁。
`), line, keysMoment(until))
	return nil
}

// prepare writes the next key into the file, where it waits, or returns the one
// that waits there.
func (r *logRing) prepare() (line string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err = r.vault.Change(logKeyName, func(old []byte) ([]byte, error) {
		keys, err := parseLogKeys(old)
		if err != nil {
			return nil, err
		}
		first := keys.Keys[0]
		if first.Pending && first.Outside == !r.outside.none() {
			line = first.Public
			return nil, nil
		}
		if first.Pending {
			keys.Keys = keys.Keys[1:] // the configuration changed since
		}
		k, err := r.make(keys.name())
		if err != nil {
			return nil, err
		}
		if keys.any(func(have logKey) bool { return have.Public == k.Public }) {
			return nil, errors.New("the external signer still holds a key that the log had: let it make a new one first")
		}
		k.Pending, line = true, k.Public
		keys.Keys = append([]logKey{k}, keys.Keys...)
		return keys.encode()
	})
	return line, err
}

// succeed lets the key that waits sign, and dates the end of those before it.
func (r *logRing) succeed(line string, until time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.vault.Change(logKeyName, func(old []byte) ([]byte, error) {
		keys, err := parseLogKeys(old)
		if err != nil {
			return nil, err
		}
		if first := keys.Keys[0]; !first.Pending || first.Public != line {
			return nil, errors.New("another rotation came between: run customs keys list")
		}
		keys.Keys[0].Pending = false
		for i := range keys.Keys[1:] {
			if k := &keys.Keys[1+i]; k.Until.IsZero() || until.Before(k.Until) {
				k.Until = until
			}
		}
		return keys.encode()
	})
	if err != nil {
		return err
	}
	if err := r.load(); err != nil {
		return err
	}
	return r.publish()
}

// astray reports whether a key file signs although an external signer is
// named.
func (r *logRing) astray() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.outside.none() && !r.keys.current().Outside
}
