package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// kindText is a kind of fault in Chinese.
func kindText(k audit.Kind) string {
	texts := map[audit.Kind]string{audit.Edited: "被改动", audit.Deleted: "被删除", audit.Reordered: "次序被调换", audit.Inserted: "被插入",
		audit.Truncated: "末尾缺失", audit.FutureDated: "时间在未来", audit.Damaged: "文件损坏", audit.Unsigned: "没有签名",
		audit.Forked: "出现分叉", audit.RolledBack: "被回退", audit.WrongKey: "密钥未经授权", audit.WrongDrop: "删除未经授权", audit.ForeignFile: "不属于日志的文件"}
	if t := texts[k]; t != "" {
		return t
	}
	return string(k)
}

func (p logPlace) faultText(f *audit.Fault) string {
	if !p.in {
		return fmt.Sprintf("audit verify: the log is not what was written: %s: %v", f.Kind, f)
	}
	place := f.Segment
	switch {
	case f.To > f.Seq:
		place = fmt.Sprintf("条目 %d 至 %d（%s，字节 %d）", f.Seq, f.To, f.Segment, f.Offset)
	case f.Seq > 0:
		place = fmt.Sprintf("条目 %d（%s，字节 %d）", f.Seq, f.Segment, f.Offset)
	}
	return fmt.Sprintf("audit verify: 日志与写入时不符：%s：%s（%s）", place, kindText(f.Kind), f.Problem)
}

// summaryText prints what was verified, and what was not.
func (p logPlace) summaryText(w io.Writer, s audit.Summary) {
	say := func(en, zh string, args ...any) { fmt.Fprintf(w, p.in.say(en, zh)+"\n", args...) }
	say("log verified: %d entries of %d flows in %d segments (%d compressed, %d deleted under retention)",
		"日志验证通过：%d 条条目、%d 个流，共 %d 个段（%d 个已压缩，%d 个依保存期限删除）", s.Entries, s.Records, s.Segments, s.Archived, s.Gone)
	if s.Entries == 0 {
		say("it has no entry yet", "日志尚无条目")
	} else if !s.First.IsZero() {
		say("from %s to %s (%s)", "自 %s 至 %s（%s）", s.First.In(policy.Shanghai).Format(time.DateTime), s.Last.In(policy.Shanghai).Format(time.DateTime), zone)
	}
	say("signed by %s: %s", "日志 %s 的签名密钥：%s", s.Origin, strings.Join(s.Keys, ", "))
	if p.own {
		say("the key is the one that stands beside the log: it is not independent; name one with --key",
			"所用公钥与日志存放在一处，并非独立来源；请用 --key 指明")
	}
	say("checkpoint at %d entries; %d entries after it are not signed yet", "检查点覆盖 %d 条条目；其后 %d 条尚未签名", s.Checkpoint, s.After)
	for _, c := range s.Cosigned {
		say("witness %s saw %d entries at %s (%s)", "见证人 %s 见证 %d 条条目，时间 %s（%s）", c.Witness, c.Size, c.Time.In(policy.Shanghai).Format(time.DateTime), zone)
	}
	if s.Anchored > 0 {
		say("rollback and fork are excluded up to entry %d", "截至条目 %d，已排除回退与分叉", s.Anchored)
	} else {
		say("rollback not excluded: name a checkpoint that was kept elsewhere (--known) or a witness (--witness)",
			"未排除回退：请指明另处保存的检查点（--known）或见证人（--witness）")
	}
	if s.Open > 0 {
		say("flows without an outcome: %d (%s)", "没有结果的流：%d 个（%s）", s.Open, strings.Join(s.OpenIDs, ", "))
	}
	if s.Cut > 0 {
		say("%d bytes after failures of the disk are no part of the log", "磁盘故障后遗留 %d 字节，不属于日志", s.Cut)
	}
	for _, text := range s.Warnings {
		say("note: %s", "提示：%s", text)
	}
	if n := s.Warned - len(s.Warnings); n > 0 {
		say("and %d more notes", "另有 %d 条提示", n)
	}
	say("head %s", "链尾 %s", s.Head)
}
