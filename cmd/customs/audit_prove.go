package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/tree"
)

func newAuditProveCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prove RECORD",
		Short: "Write the proof that a record is in the log, by its id, an entry's number or \"last\"",
		Long: `prove writes a document with the record, the exact bytes of each of its entries
and, for each, the proof (C2SP tlog-proof) that leads to a signed checkpoint. It
can be checked with the log's public key alone, by "customs audit prove --check
FILE --key KEY" or by the program in deploy/prove, which is 50 lines.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if check, _ := cmd.Flags().GetString("check"); check != "" {
				return cobra.NoArgs(cmd, args)
			}
			return oneArg("RECORD")(cmd, args)
		},
		RunE: runAuditProve,
	}
	cmd.Flags().String("out", "", "file to write to (default: standard output)")
	cmd.Flags().String("check", "", "check the proof in this file instead")
	cmd.Flags().String("dir", "", "a copy of the log instead of the installation's own")
	cmd.Flags().String("lang", "", "en or zh (default: of the environment)")
	addLogKeyFlag(cmd)
	return cmd
}

func runAuditProve(cmd *cobra.Command, args []string) error {
	p, err := openLogPlace(cmd)
	if err != nil {
		return err
	}
	if name, _ := cmd.Flags().GetString("check"); name != "" {
		return p.checkProof(cmd, name)
	}
	var d audit.Document
	r, entries, err := findRecord(cmd.Context(), p.s, args[0])
	if err == nil {
		d, err = audit.ProveEntries(cmd.Context(), p.s, r, entries)
	}
	switch {
	case errors.Is(err, audit.ErrNoRecord):
		return exitError{Code: 1, Err: fmt.Errorf("audit prove: %w; see %s", err, again(cmd, "customs audit list"))}
	case err != nil:
		return exitError{Code: 2, Err: fmt.Errorf("audit prove: %w", readFault(p.s, err))}
	}
	b, err := d.JSON()
	if err != nil {
		return err
	}
	if name, _ := cmd.Flags().GetString("out"); name != "" {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("audit prove: %w", err)}
		}
		fmt.Fprintf(cmd.OutOrStdout(), p.in.say("wrote the proof of %d entries to %s\n", "已将 %d 条条目的证明写入 %s\n"), len(d.Entries), name)
		return nil
	}
	_, err = cmd.OutOrStdout().Write(b)
	return err
}

// maxProof bounds a document that is checked.
const maxProof = 256 << 20

func (p logPlace) checkProof(cmd *cobra.Command, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit prove: %w", err)}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxProof))
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit prove: %w", err)}
	}
	if len(p.keys) == 0 {
		return exitError{Code: 2, Err: errors.New(p.in.say("audit prove: name the log's public key with --key", "audit prove: 请用 --key 指明日志公钥"))}
	}
	d, c, err := audit.CheckDocument(text, p.keys...)
	if err != nil {
		return exitError{Code: 1, Err: fmt.Errorf("audit prove: %s: %w", p.in.say("not proved", "证明不成立"), err)}
	}
	for _, e := range d.Entries {
		fmt.Fprintf(cmd.OutOrStdout(), p.in.say("proved: entry %d is in the log %s (checkpoint at %d entries)\n", "已证明：条目 %d 在日志 %s 中（检查点覆盖 %d 条条目）\n"), e.Seq, c.Origin, c.Size)
	}
	return nil
}

func newAuditCheckpointCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the newest signed checkpoint, to be kept elsewhere",
		Long: `checkpoint prints what the log's key signed last: the log's name, the number of
entries and the root over them. Keep it where nobody who can write to the log can
change it: "customs audit verify --known FILE" then shows whether the log still
holds all of it.`,
		Args: cobra.NoArgs,
		RunE: runAuditCheckpoint,
	}
	cmd.Flags().Bool("kept", false, "list the checkpoints that the log keeps: at the end of each closed segment, and at each entry that names a new key of the log")
	cmd.Flags().String("dir", "", "a copy of the log instead of the installation's own")
	cmd.Flags().String("format", "text", "text or json")
	return cmd
}

func runAuditCheckpoint(cmd *cobra.Command, _ []string) error {
	p, err := openLogPlace(cmd)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	fail := func(err error) error {
		return exitError{Code: 2, Err: fmt.Errorf("audit checkpoint: %w", readFault(p.s, err))}
	}
	if kept, _ := cmd.Flags().GetBool("kept"); kept {
		all, err := audit.KeptCheckpoints(p.s)
		if err != nil {
			return fail(err)
		}
		for _, k := range all {
			if p.asked == "json" {
				err = errors.Join(err, writeJSON(w, k))
			} else {
				fmt.Fprintf(w, "%d %s\n", k.Size, k.Root)
			}
		}
		return err
	}
	text, c, err := audit.Checkpoint(p.s)
	if err != nil {
		return fail(err)
	}
	if p.asked == "json" {
		return writeJSON(w, audit.Kept{Size: uint64(c.Size), Root: c.Root.String(), Text: string(text)})
	}
	_, err = w.Write(text)
	return err
}

func newAuditConsistencyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "consistency OLD [NEW]",
		Short: "Show that the log only grew from one checkpoint to another",
		Long: `consistency takes two files with signed checkpoints, or one and the log's newest,
and shows by the tree that every entry under the old one is under the new one,
unchanged. Exit 1 when it is not so.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: runAuditConsistency,
	}
	cmd.Flags().String("dir", "", "a copy of the log instead of the installation's own")
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().String("lang", "", "en or zh (default: of the environment)")
	addLogKeyFlag(cmd)
	return cmd
}

func runAuditConsistency(cmd *cobra.Command, args []string) error {
	p, err := openLogPlace(cmd)
	if err != nil {
		return err
	}
	texts, err := readKnown(args)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	c, err := audit.ProveConsistency(p.s, texts[0], append(texts, nil)[1], p.keys...)
	switch {
	case errors.Is(err, audit.ErrInconsistent), errors.Is(err, tree.ErrUnsigned):
		return exitError{Code: 1, Err: fmt.Errorf("audit consistency: %w", err)}
	case err != nil:
		return exitError{Code: 2, Err: fmt.Errorf("audit consistency: %w", readFault(p.s, err))}
	}
	if p.asked == "json" {
		return writeJSON(cmd.OutOrStdout(), c)
	}
	fmt.Fprintln(cmd.OutOrStdout(), p.in.say("consistent: the log only grew between the two checkpoints", "一致：两个检查点之间日志只增未改"))
	return nil
}
