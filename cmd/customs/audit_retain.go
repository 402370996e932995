package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/registry"
)

func newAuditRetainCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retain [--dry-run] --by NAME",
		Short: "Delete what is older than the retention",
		Long: `A gateway deletes once a day what is older than audit.retention (three years
without a setting: Network Data Regulations art. 12; no less than six months:
Cybersecurity Law art. 23(3)). retain does so now. --dry-run only says what would
be deleted, and why the rest is kept.

Whole segments are deleted: closed ones whose newest entry is old enough, in
which no flow is open, that no legal hold covers, under no filing that is in
force or ended within the retention or three years, whichever is longer, and that
every stream has sent on. What stays of a segment is the hash of each of its
entries, so the log still verifies; the deletion is itself an entry of the log.

A clock that was set forward would make all of the log look old. So nothing is
deleted while the system says that its clock is not synchronised, while the clock
is more than 30 days ahead of the log's newest entry, and for 30 days after such
a jump in the log; after a jump as long as the retention, for as long as the
retention. --clock-checked says that a person has compared the clock: then it
counts as it is. That stands in the log.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chinese, err := ledgerLang(cmd)
			if err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
				return retainDry(cmd, format, words(chinese))
			}
			return retainNow(cmd, words(chinese))
		},
	}
	f := cmd.Flags()
	f.Bool("dry-run", false, "delete nothing, and say of each segment why it would be kept")
	f.String("format", "text", "text or json, of --dry-run")
	f.Bool("clock-checked", false, "the clock was compared with another one and is right")
	f.String("by", "", "who has it done; kept in the audit log")
	f.String("reason", "", "why now; kept in the audit log")
	f.String("lang", "", "language of the answer: en or zh (default: the environment's)")
	return cmd
}

func retainNow(cmd *cobra.Command, in words) error {
	by, _ := cmd.Flags().GetString("by")
	if by == "" {
		return exitError{Code: 2, Err: errors.New("audit retain: --by is needed: it stands in the audit log; or look first with --dry-run")}
	}
	reason, _ := cmd.Flags().GetString("reason")
	object := retainObject
	if checked, _ := cmd.Flags().GetBool("clock-checked"); checked {
		object = retainChecked
	}
	a, err := giveAct(cmd, policy.Admin{Act: actRetention, Actor: by, Object: object, Note: reason})
	if err != nil {
		return err
	}
	if a.Scopes == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), in.say("nothing was deleted; customs audit retain --dry-run says why", "未删除任何内容；原因见 customs audit retain --dry-run"))
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), in.say("deleted %d segments; entry %s of the audit log\n", "已删除 %d 个日志段；审计日志条目 %s\n"), a.Scopes, a.entriesText())
	return nil
}

func retainDry(cmd *cobra.Command, format string, in words) error {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return err
	}
	k := &keeper{data: cfg.Data, keep: cfg.Audit.Retention.Duration, now: time.Now, synced: clockSynchronised, filings: storedFilings(cfg),
		behind: func() (uint64, string, error) { return streamsBehind(cfg) }}
	checked, _ := cmd.Flags().GetBool("clock-checked")
	plan, err := k.plan(contextOr(cmd.Context()), checked)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("audit retain: %w", readFault(k.source(), err))}
	}
	return printPlan(cmd.OutOrStdout(), plan, format, in)
}

// storedFilings reads the filings of an installation beside whoever uses it. An
// installation without a register has none.
func storedFilings(cfg *config.Config) func(context.Context) ([]policy.Filing, error) {
	return func(ctx context.Context) (all []policy.Filing, err error) {
		path := filepath.Join(cfg.Data, registryFile)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		book, err := openBook(cfg)
		if err != nil {
			return nil, err
		}
		r, err := registry.Open(path, registry.Options{Law: book, ReadOnly: true})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		return r.List(ctx)
	}
}

// keptWords is why a segment is kept, in English and Chinese.
var keptWords = map[string][2]string{
	keptYoung:    {"younger than the retention", "未满保存期限"},
	keptWritten:  {"entries are still added to it", "仍在写入"},
	keptHold:     {"legal hold", "法律保全"},
	keptFiling:   {"a filing that is in force, ended too short a time ago, or is not known", "备案仍有效、终止未满保存期限（至少三年）或无法查知"},
	keptProvide:  {"something went abroad, of which a record is kept for three years", "含出境提供记录，须保存三年"},
	keptClock:    {"the clock cannot be trusted; set it right, or compare it and give --clock-checked", "时钟不可信；请校正时钟，或核对后加 --clock-checked"},
	keptRecord:   {"ends a record that begins in a segment that is kept", "包含保留段中记录的后续条目"},
	keptKey:      {"names a key that the log is verified with", "包含验证日志所需的密钥"},
	keptStream:   {"a stream has not sent it on", "尚有数据流未完成发送"},
	keptUnending: {"a flow in it has no end, or no checkpoint covers it", "有未完成的传输，或尚无检查点覆盖"},
}

// clockWords is why the clock is not trusted, in English and Chinese.
var clockWords = map[string][2]string{
	clockUnsynced: {"it is not synchronised", "时钟未同步"},
	clockAhead:    {"it is more than 30 days ahead of the newest entry", "比最新日志条目超前 30 天以上"},
	clockJumped:   {"it jumped by more than 30 days between two entries", "日志中相邻条目的时间跳跃超过 30 天"},
}

// which names the hold, filing or stream, or what is the matter with the clock.
func (p planned) which(in words) string {
	switch text, ok := clockWords[p.Which]; {
	case p.Which == "":
		return ""
	case p.Kept == keptClock && ok:
		return in.say(" ("+text[0]+")", "（"+text[1]+"）")
	}
	return " " + p.Which
}

func printPlan(w io.Writer, plan []planned, format string, in words) (err error) {
	if format == "json" {
		for _, p := range plan {
			err = errors.Join(err, writeJSON(w, p))
		}
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, in.say("SEGMENT\tENTRIES\tFROM ("+zone+")\tTO\tWHAT", "日志段\t条目\t起（"+zone+"）\t止\t处理"))
	for _, p := range plan {
		text := in.say("delete", "删除")
		switch {
		case p.State == audit.Gone:
			text = in.say("deleted before", "此前已删除")
		case !p.Delete:
			text = in.say("keep: ", "保留：") + in.say(keptWords[p.Kept][0], keptWords[p.Kept][1]) + p.which(in)
		}
		fmt.Fprintf(tw, "%d\t%d-%d\t%s\t%s\t%s\n", p.Ordinal, p.First, p.Last, clock(p.From), clock(p.To), text)
	}
	return tw.Flush()
}
