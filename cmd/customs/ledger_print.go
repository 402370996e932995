package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy/ledger"
)

func printStandings(w io.Writer, rows []standing, format string, in words) error {
	if format == "json" {
		for _, s := range rows {
			if err := writeJSON(w, s); err != nil {
				return err
			}
		}
		return nil
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, in.say("nobody counted", "尚无计数"))
		return err
	}
	tw := newTable(w)
	fmt.Fprintln(tw, in.say("WHO\tYEAR\tNON-SENSITIVE\tSENSITIVE\tEITHER\tBEFORE THE GATEWAY\tIN DOUBT\tNOTE",
		"主体\t年度\t非敏感（人）\t敏感（人）\t合计（人）\t网关启用前（人）\t存疑（人）\t说明"))
	limits := 0
	for _, s := range rows {
		who, year := s.who(in)
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", who, year, s.NS, s.SP, s.Any, s.Opening, s.doubtText(), dash(s.remark(in)))
		limits += len(s.Limits)
	}
	if err := tw.Flush(); err != nil || limits == 0 {
		return err
	}
	// A table of its own: its columns mean something else.
	fmt.Fprintln(tw, in.say("\nWHO\tYEAR\tLIMIT\tCOUNTED\tMOST\tUSED\tLEFT", "\n主体\t年度\t限额\t已计（人）\t上限（人）\t占比\t剩余（人）"))
	for _, s := range rows {
		who, year := s.who(in)
		for _, l := range s.Limits {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%s\t%d\n", who, year, l.Limit, l.Count, l.Max, l.used(in), l.Left)
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return printMembers(w, rows, in)
}

// used is how much of a limit is counted. Of a limit of nobody there are no
// hundredths: it is reached with the first person.
func (l limitStanding) used(in words) string {
	switch {
	case l.Max > 0:
		return fmt.Sprintf("%.1f%%", l.Percent)
	case l.Count > 0:
		return in.say("beyond", "已超出")
	}
	return "-"
}

// printMembers says who is in each group.
func printMembers(w io.Writer, rows []standing, in words) error {
	lead := "\n"
	for _, s := range rows {
		if len(s.Members) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, in.say("%s%s counts %s together\n", "%s%s 合并计算：%s\n"), lead, s.Entity, strings.Join(s.Members, ", ")); err != nil {
			return err
		}
		lead = ""
	}
	return nil
}

// remark is what a reader must know of a count.
func (s standing) remark(in words) string {
	var out []string
	if s.Group != "" {
		out = append(out, fmt.Sprintf(in.say("in %s", "属 %s"), s.Group))
	}
	if s.Sum {
		out = append(out, in.say("sum of its members", "成员之和"))
	}
	if groupForm.MatchString(s.Entity) && s.Past {
		out = append(out, in.say("a group of other members than now", "成员与现时不同的组"))
	}
	if s.Sealed {
		out = append(out, in.say("sealed", "已封存"))
	}
	return strings.Join(out, in.say(", ", "，"))
}

// doubtText is how many are in doubt, and how much of the count that is.
func (s standing) doubtText() string {
	if s.Doubt == 0 || s.Any == 0 {
		return number(s.Doubt)
	}
	return fmt.Sprintf("%d (%.1f%%)", s.Doubt, float64(s.Doubt)*100/float64(s.Any))
}

func (s standing) who(in words) (who, year string) {
	who, year = s.Entity, in.say("validity", "有效期")
	if s.Filing != "" {
		who = in.say("filing ", "备案 ") + s.Filing
	}
	if s.Year != 0 {
		year = strconv.Itoa(s.Year)
	}
	return who, year
}

func showInDoubt(cmd *cobra.Command, view *ledger.View, format string, in words) error {
	w := cmd.OutOrStdout()
	tw := newTable(w)
	n := 0
	exporter, _ := cmd.Flags().GetString("exporter")
	year, _ := cmd.Flags().GetInt("year")
	for _, p := range view.Pending() {
		other := check.USCCString(exporter) && p.Exporter != exporter || year != 0 && yearOf(p.At) != year
		if !p.InDoubt || other {
			continue
		}
		if format == "json" {
			if err := writeJSON(w, p); err != nil {
				return err
			}
			continue
		}
		if n++; n == 1 {
			fmt.Fprintln(tw, in.say("RESERVATION\tRECORD\tTIME ("+zone+")\tEXPORTER\tFILING\tBASIS\tPERSONS",
				"预留\t记录\t时间（"+zone+"）\t数据处理者\t备案\t依据\t人数"))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", p.ID, p.Flow, clock(p.At), p.Exporter, dash(p.Filing), dash(p.Basis), p.Persons)
	}
	if err := tw.Flush(); err != nil || format == "json" {
		return err
	}
	if n == 0 {
		_, err := fmt.Fprintln(w, in.say("no reservation is in doubt", "没有存疑的预留"))
		return err
	}
	_, err := fmt.Fprintf(w, in.say("\nask the recipient or look into its log whether it came, then: %s\n", "\n请向接收方核实或查其日志是否收到，然后：%s\n"),
		again(cmd, "customs ledger settle RESERVATION --sent|--not-sent --reason TEXT --by NAME"))
	return err
}
