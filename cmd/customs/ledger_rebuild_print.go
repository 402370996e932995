package main

import (
	"fmt"
	"io"

	"github.com/datacustoms/customs/policy/ledger"
)

// rebuiltCount is a counter before and after; nil where it is not there.
type rebuiltCount struct {
	Entity string        `json:"exporter,omitempty"`
	Filing string        `json:"filing,omitempty"`
	Year   int           `json:"year,omitempty"`
	Before *rebuiltTotal `json:"before"`
	After  *rebuiltTotal `json:"after"`
	Same   bool          `json:"same"`
}

type rebuiltTotal struct {
	NS  int64 `json:"ns"`
	SP  int64 `json:"sp"`
	Any int64 `json:"any"`
}

// rebuiltEnd is the summary, the last line of JSON.
type rebuiltEnd struct {
	Same         bool     `json:"same"`
	Running      bool     `json:"running,omitempty"`
	Present      string   `json:"present,omitempty"`
	Segments     int      `json:"segments"`
	Bytes        int64    `json:"bytes"`
	Cut          int64    `json:"cut,omitempty"`
	Reservations int64    `json:"reservations"`
	Intents      int64    `json:"intents"`
	Open         int      `json:"open"`
	Unnamed      []string `json:"unnamed,omitempty"`
	Differs      []string `json:"differs,omitempty"`
	More         int      `json:"more,omitempty"`
	Noted        []string `json:"noted,omitempty"`
	Base         string   `json:"base,omitempty"`
}

// rebuiltCounts puts the counters before and after side by side.
func rebuiltCounts(r *ledger.RebuildReport) []rebuiltCount {
	type key struct {
		entity, filing string
		year           int
	}
	var out []rebuiltCount
	at := map[key]int{}
	put := func(t ledger.Total, set func(*rebuiltCount, *rebuiltTotal)) {
		k := key{t.Entity, t.Filing, t.Year}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, rebuiltCount{Entity: t.Entity, Filing: t.Filing, Year: t.Year})
		}
		set(&out[i], &rebuiltTotal{t.NS, t.SP, t.Any})
	}
	for _, t := range r.Before {
		put(t, func(c *rebuiltCount, t *rebuiltTotal) { c.Before = t })
	}
	for _, t := range r.After {
		put(t, func(c *rebuiltCount, t *rebuiltTotal) { c.After = t })
	}
	for i := range out {
		b, a := out[i].Before, out[i].After
		out[i].Same = b != nil && a != nil && *b == *a
	}
	return out
}

func printRebuild(w io.Writer, r *ledger.RebuildReport, format string, in words) error {
	counts := rebuiltCounts(r)
	if format == "json" {
		for _, c := range counts {
			if err := writeJSON(w, c); err != nil {
				return err
			}
		}
		return writeJSON(w, rebuiltEnd{r.Same(), r.Running, r.Present, r.Segments, r.Bytes, r.Cut, r.Reservations, r.Intents, r.Open, r.Unnamed, r.Differs, r.More, r.Noted, r.Base})
	}
	tw := newTable(w)
	fmt.Fprintln(tw, in.say("WHO\tYEAR\tNON-SENSITIVE\tAGAIN\tSENSITIVE\tAGAIN\tEITHER\tAGAIN\tSAME", "主体\t年度\t非敏感\t重算\t敏感\t重算\t合计\t重算\t一致"))
	for _, c := range counts {
		who, year := standing{Total: ledger.Total{Entity: c.Entity, Filing: c.Filing, Year: c.Year}}.who(in)
		same := in.say("NO", "否")
		if c.Same {
			same = in.say("yes", "是")
		}
		b, a := c.Before.text(), c.After.text()
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", who, year, b[0], a[0], b[1], a[1], b[2], a[2], same)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return printContradictions(w, r, in)
}

func (t *rebuiltTotal) text() [3]string {
	if t == nil {
		return [3]string{"-", "-", "-"}
	}
	return [3]string{number(t.NS), number(t.SP), number(t.Any)}
}

func printContradictions(w io.Writer, r *ledger.RebuildReport, in words) (err error) {
	line := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	if r.Present != "" {
		line(in.say("the counters in force cannot be read: %s", "无法读取现行计数：%s"), r.Present)
	}
	for _, d := range r.Differs {
		line(in.say("differs: %s", "不一致：%s"), d)
	}
	for _, id := range r.Unnamed {
		line(in.say("reservation %s counts persons and no record names it", "预留 %s 计有人数，但没有记录提及"), id)
	}
	for _, n := range r.Noted {
		line(in.say("note: %s", "提示：%s"), n)
	}
	if r.More > 0 {
		line(in.say("and %d more", "另有 %d 项"), r.More)
	}
	line(in.say("journal: segments %d, bytes %d, reservations %d, of these open or in doubt %d; audit log: reservations %d",
		"日志分段 %d 个，%d 字节，预留 %d 项，其中未了结或存疑 %d 项；审计日志：预留 %d 项"), r.Segments, r.Bytes, r.Reservations, r.Open, r.Intents)
	if r.Running {
		line(in.say("a gateway was running meanwhile: what was on its way is not compared", "比对期间网关在运行：途中的预留未作比对"))
	}
	switch {
	case r.Base != "":
		line(in.say("the counters of the journal are in force: %s was written", "重算的计数已生效：已写入 %s"), r.Base)
	case r.Same():
		line(in.say("everything agrees", "全部一致"))
	case r.Present != "" || len(r.Differs) > 0:
		line(in.say("to put the counters of the journal in force, stop the gateway and run this with --write; what the log says otherwise only people can settle",
			"如需以日志重算的计数为准，请停止网关后加 --write 运行；与审计日志不符之处须由人核实"))
	}
	return err
}
