package export

import (
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// words picks Chinese or English. The zero value is for programs: plain names,
// and nothing where there is nothing.
type words string

func (l words) say(zh, en string) string {
	if l == policy.Chinese {
		return zh
	}
	return en
}

func (l words) none() string { return l.say("无。", "None.") }

// day is a date of the legal calendar.
func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(policy.Shanghai).Format(time.DateOnly)
}

// period is written with its last day.
func (l words) period(from, to time.Time) string {
	if from.IsZero() && to.IsZero() {
		return l.say("日志所存的全部", "all that the log holds")
	}
	last := "-"
	if !to.IsZero() {
		last = day(to.Add(-time.Nanosecond))
	}
	return l.say(day(from)+" 至 "+last, day(from)+" to "+last)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (l words) class(name string) string {
	if name == overflow {
		return l.say("（其他）", overflow)
	}
	if t := policy.ClassTitle(inspect.Class(name), string(l)); t != "" && t != name {
		return t + l.say("（"+name+"）", " ("+name+")")
	}
	return name
}

func (l words) types(list []Typed) string {
	var out []string
	if l == "" {
		for _, t := range list {
			out = append(out, t.Class+"="+number(t.Findings))
		}
		return strings.Join(out, " ")
	}
	for _, t := range list {
		out = append(out, l.class(t.Class)+" "+number(t.Findings))
	}
	return dash(strings.Join(out, l.say("；", "; ")))
}

func (l words) basis(b string) string {
	switch {
	case l == "":
		return b
	case b == "":
		return "-"
	case b == policy.BasisObserved:
		return l.say("无（仅观察模式下放行）", "none (let through in observe mode)")
	}
	return b
}
