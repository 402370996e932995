package main

import (
	"fmt"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/evidence"
)

// evidenceWho are the flags of who acts, and why.
type evidenceWho struct {
	identity, passphrase string
	by, reason           string
}

func (o *evidenceWho) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.identity, "identity", "", "file of your private key, made by customs evidence keygen")
	cmd.Flags().StringVar(&o.passphrase, "passphrase-file", "", "file of its passphrase (default: asked for)")
	cmd.Flags().StringVar(&o.by, "by", "", "your name, for the record")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for the record; without data of persons")
	for _, name := range []string{"identity", "by", "reason"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

// enter finds the installation's evidence and reads the auditor's key.
func (o *evidenceWho) enter(cmd *cobra.Command, record string) (evidencePlace, age.Identity, error) {
	p, err := openEvidencePlace(cmd)
	if err == nil {
		err = wantRecord(cmd, record)
	}
	if err != nil {
		return p, nil, err
	}
	id, err := readIdentity(cmd, *o)
	if err != nil {
		return p, nil, exitError{Code: 2, Err: fmt.Errorf("evidence %s: %w", cmd.Name(), err)}
	}
	return p, id, nil
}

func newEvidenceApproveCmd() *cobra.Command {
	var o evidenceWho
	var other string
	cmd := &cobra.Command{
		Use:   "approve RECORD",
		Short: "Give another auditor your half of a record's key, for 24 hours",
		Long: `approve decrypts your half for the pair that you are with another auditor and
encrypts it to that auditor alone, who can then open the record once, within 24
hours: customs evidence open. You see nothing of what is sealed. The act stands
in the audit log first.`,
		Args: oneArg("RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error { return evidenceApprove(cmd, args[0], other, o) },
	}
	o.add(cmd)
	cmd.Flags().StringVar(&other, "for", "", "name of the auditor who will open it")
	if err := cmd.MarkFlagRequired("for"); err != nil {
		panic(err)
	}
	return cmd
}

func evidenceApprove(cmd *cobra.Command, record, other string, o evidenceWho) error {
	p, id, err := o.enter(cmd, record)
	if err != nil {
		return err
	}
	f, h, digest, err := p.read(cmd, record)
	if err != nil {
		return err
	}
	now := time.Now()
	a, err := f.Approve(id, other, digest, now, now.Add(evidence.ApprovalTime))
	if err != nil {
		return p.fault(cmd, 1, err)
	}
	if err := p.owns(o.by, a.By); err != nil {
		return err
	}
	a.Act, err = recordAct(cmd, policy.Admin{Act: actEvidenceApprove, Actor: o.by, Object: evidenceObject(record, a.By, a.For), Digest: digest, Note: o.reason})
	if err != nil {
		return err
	}
	if err := evidence.Put(disk.Files{}, p.dir, h, a); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("evidence approve: %w", err)}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), p.in.say("%s may open record %s once, until %s (entry %d of the log)\n", "%s 可于 %[3]s 前打开记录 %[2]s 一次（日志第 %[4]d 条）\n"),
		a.For, record, a.Until.In(policy.Shanghai).Format(time.DateTime), a.Act)
	return err
}

// owns refuses to put an act on the record under a name that is not the one of
// the key it is done with.
func (p *evidencePlace) owns(by, key string) error {
	if by == key {
		return nil
	}
	return exitError{Code: 1, Err: fmt.Errorf(p.in.say("the key in --identity is %s's: write --by %[1]s, or use your own key", "--identity 中的密钥属于 %s：请写 --by %[1]s，或使用本人的密钥"), key)}
}

// evidenceObject names in the log a record and which auditors' keys were used
// for it. An id that looks like a person's number by chance is cut in two.
func evidenceObject(record, key, other string) string {
	if longDigits(record) {
		record = record[:len(record)/2] + "-" + record[len(record)/2:]
	}
	return "record " + record + " key " + key + " with " + other
}
