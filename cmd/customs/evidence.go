package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/evidence"
)

func newEvidenceCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence",
		Short: "See the evidence kept of refused flows; two auditors together open it",
		Long: `Evidence is off until "evidence" in the configuration names the verdicts and two
or more auditors. Then the gateway keeps for each blocked or held flow some
findings with the text around them: masked for everybody who may see records, and
in clear under a key that it cuts in two for every pair of auditors and forgets.

  customs evidence keygen      each auditor makes a key and hands in its public line
  customs evidence list, show  what there is, masked
  customs evidence approve     one auditor gives another their half, for 24 hours
  customs evidence open        the other opens the record, once

One key alone opens nothing. approve and open each stand in the audit log, with
who and why, before anything is done; so they need the installation and do not
work on a copy. list and show also read a copy: --dir.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("lang", "", "en or zh (default: of the environment)")
	cmd.AddCommand(newEvidenceKeygenCmd(), newEvidenceListCmd(), newEvidenceShowCmd(), newEvidenceApproveCmd(), newEvidenceOpenCmd())
	return cmd
}

// evidencePlace is where a command reads evidence.
type evidencePlace struct {
	dir  string
	log  *audit.Source // nil beside a copy without its log
	in   words
	json bool
}

// openEvidencePlace reads the flags that all commands have.
func openEvidencePlace(cmd *cobra.Command) (p evidencePlace, err error) {
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return p, err
	}
	p.in = words(wantChinese(lang))
	if cmd.Flags().Lookup("format") != nil {
		format, err := wantFormat(cmd)
		if err != nil {
			return p, err
		}
		p.json = format == "json"
	}
	if f := cmd.Flags().Lookup("dir"); f != nil && f.Changed {
		p.dir = f.Value.String()
		if _, err := os.Stat(evidence.Dir(p.dir)); err == nil { // a copy of the whole installation
			p.log, p.dir = &audit.Source{Files: disk.Files{}, Dir: p.dir}, evidence.Dir(p.dir)
		}
		return p, nil
	}
	data, err := dataDir(cmd)
	if err != nil {
		return p, err
	}
	p.dir, p.log = evidence.Dir(data), &audit.Source{Files: disk.Files{}, Dir: data}
	if _, err := os.Stat(p.dir); err != nil {
		return p, exitError{Code: 2, Err: fmt.Errorf("%s: "+p.in.say("no evidence was ever kept in %s: name the installation with --data or --config, or configure evidence (deploy/CONFIG.md)",
			"%s 中从未留存证据：请用 --data 或 --config 指明安装位置，或配置 evidence（见 deploy/CONFIG.md）"), commandName(cmd), data)}
	}
	return p, nil
}

// read returns the evidence of a record, compared with its entry in the log.
func (p *evidencePlace) read(cmd *cobra.Command, record string) (*evidence.File, evidence.Held, string, error) {
	f, h, digest, err := evidence.Read(disk.Files{}, p.dir, record)
	if err == nil && p.log != nil {
		err = p.compare(cmd, h, digest)
	}
	if err != nil {
		return nil, h, "", p.fault(cmd, 1, err)
	}
	return f, h, digest, nil
}

// fault says an error of the evidence in the language that is wanted.
func (p *evidencePlace) fault(cmd *cobra.Command, code int, err error) error {
	for _, f := range []struct {
		is error
		zh string
	}{
		{evidence.ErrNone, "该记录没有证据：未曾留存，或保存期已满"},
		{evidence.ErrNotYours, "该密钥不属于其任何一位审计员"},
		{evidence.ErrExchanged, "这是为另一条记录或其他审计员制作的：已被调换"},
		{evidence.ErrSealed, "无法解密：内容已被改动，或不是给该密钥的"},
		{evidence.ErrSelf, "不能为自己批准：请指明另一位审计员"},
		{evidence.ErrExpired, "批准已过期：请重新申请"},
	} {
		if bool(p.in) && errors.Is(err, f.is) {
			err = errors.New(f.zh)
		}
	}
	return exitError{Code: code, Err: fmt.Errorf("%s: %w", commandName(cmd), err)}
}

var errStopReading = errors.New("found")

// compare looks up the entry that names a file by its digest.
func (p *evidencePlace) compare(cmd *cobra.Command, h evidence.Held, digest string) error {
	named := ""
	err := evidenceNamed(cmd.Context(), *p.log, h.After+1, func(e policy.Entry) error {
		if e.Flow != h.Record {
			return nil
		}
		named = e.Intent.Evidence.Digest
		return errStopReading
	})
	switch {
	case err != nil && !errors.Is(err, errStopReading):
		return fmt.Errorf("compare with the log: %w", err)
	case named == "":
		return errors.New(p.in.say("no entry of the log names this evidence: its flow was cut off before its entry, or the file does not belong here", "日志中没有条目提及该证据：传输在写入条目前中断，或该文件不属于此处"))
	case named != digest:
		return errors.New(p.in.say("the file is not the one that the log names: it was changed or exchanged", "该文件与日志记载的不是同一文件：已被改动或调换"))
	}
	return nil
}

func newEvidenceListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the records of which evidence is kept, the oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openEvidencePlace(cmd)
			if err != nil {
				return err
			}
			list, err := evidence.List(disk.Files{}, p.dir)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("evidence list: %w", err)}
			}
			return p.list(cmd, list)
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	cmd.Flags().String("dir", "", "a copy of the data directory, or of its evidence alone")
	return cmd
}

func (p *evidencePlace) list(cmd *cobra.Command, list []evidence.Held) error {
	out := cmd.OutOrStdout()
	tw := newTable(out)
	fmt.Fprintln(tw, p.in.say("TIME ("+zone+")\tRECORD\tAPPROVED", "时间（"+zone+"）\t记录\t已批准"))
	for _, h := range list {
		approved := []string{}
		approvals, err := evidence.Approvals(disk.Files{}, p.dir, h, "")
		if err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("evidence list: %w", err)}
		}
		for _, a := range approvals {
			if time.Now().Before(a.Until) {
				approved = append(approved, a.By+" → "+a.For)
			}
		}
		if p.json {
			if err := writeJSON(out, map[string]any{"record": h.Record, "time": h.Time, "approved": approved}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", h.Time.In(policy.Shanghai).Format(time.DateTime), h.Record, dash(strings.Join(approved, ", ")))
	}
	if p.json {
		return nil
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, p.in.say("no evidence is kept", "没有留存的证据"))
		return err
	}
	return tw.Flush()
}

// wantRecord refuses what cannot be a record's id.
func wantRecord(cmd *cobra.Command, record string) error {
	if strings.ContainsAny(record, "./\\ ") || record == "" || len(record) > hex.EncodedLen(32) {
		return exitError{Code: 2, Err: fmt.Errorf("%s: RECORD must be the id of a record: customs evidence list", commandName(cmd))}
	}
	return nil
}
