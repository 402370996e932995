package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

// neededApprovals is how many different persons must approve.
const neededApprovals = 2

// reviewing is one command at work on the tickets.
type reviewing struct {
	registry  *registry.Registry
	out       io.Writer
	reviewers []sign.Verifier
	format    string
	chinese   bool
}

// say chooses between two texts.
func (v *reviewing) say(en, zh string) string {
	if v.chinese {
		return zh
	}
	return en
}

func (v *reviewing) lang() string { return v.say(policy.English, policy.Chinese) }

// reviewDoc is a ticket for a program.
type reviewDoc struct {
	registry.TicketState
	// Missing is how many more persons must approve.
	Missing       int   `json:"missing_approvals"`
	LeftTransfers int64 `json:"left_transfers"`
	LeftPersons   int64 `json:"left_persons"`
}

func documentOfTicket(s registry.TicketState) reviewDoc {
	d := reviewDoc{TicketState: s}
	if s.State == registry.StateOpen {
		d.Missing = max(neededApprovals-len(s.Approvers), 0)
	}
	if s.State == registry.StateApproved {
		d.LeftTransfers, d.LeftPersons = s.Quota.Transfers-s.UsedTransfers, s.Quota.Persons-s.UsedPersons
	}
	return d
}

func (v *reviewing) printList(all []registry.TicketState, state string) error {
	if v.format == "json" {
		for _, s := range all {
			if err := writeJSON(v.out, documentOfTicket(s)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		text := v.say("no held transfer or exception is in state "+state, "没有处于该状态的暂缓传输或例外："+stateWord[state][1])
		if state == reviewAll {
			text = v.say("nothing was held, and no exception was requested", "没有暂缓的传输，也没有例外申请")
		}
		_, err := fmt.Fprintln(v.out, text)
		return err
	}
	t := tabwriter.NewWriter(v.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, v.say("TIME ("+zone+")\tTICKET\tSTATE\tAPPROVED BY\tEXPORTER\tTO\tDATA\tPERSONS\tUNTIL",
		"时间（"+zone+"）\t复核单\t状态\t已同意\t数据处理者\t接收方\t数据类别\t人数\t截止"))
	for _, s := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", clock(s.Ticket.At), s.Ticket.ID, v.say(s.State, stateWord[s.State][1]),
			dash(strings.Join(s.Approvers, ",")), dash(s.Ticket.Exporter), whither(s), dash(strings.Join(classesOf(s), ",")), personsOf(s), clock(s.Expires))
	}
	return t.Flush()
}

// stateWord is each state in English and Chinese.
var stateWord = map[string][2]string{
	registry.StateOpen: {"open", "待复核"}, registry.StateApproved: {"approved", "已同意"}, registry.StateDenied: {"denied", "已拒绝"},
	registry.StateExpired: {"expired", "已过期"}, registry.StateUsedUp: {"used up", "额度已用完"},
	registry.StateSuspended: {"suspended", "已暂停"}, reviewAll: {"any", "任意"},
}

// clock is a time as people in Shanghai read it.
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(policy.Shanghai).Format(time.DateTime)
}

// whither is where a ticket or exception leads to, short.
func whither(s registry.TicketState) string {
	if x := s.Exception; x != nil {
		return dash(plain(strings.Join(append(append([]string{}, x.Recipients...), x.Hosts...), ",")))
	}
	to := s.Ticket.Recipient
	if to == "" {
		to = s.Ticket.Host
	}
	country := s.Ticket.Country
	if country == "" {
		country = "??"
	}
	return plain(to) + " (" + country + ")"
}

// classesOf are the classes found, or those that an exception is limited to.
func classesOf(s registry.TicketState) []string {
	var out []string
	if s.Exception != nil {
		for _, c := range s.Exception.Classes {
			out = append(out, string(c))
		}
		return out
	}
	for _, c := range s.Ticket.Classes {
		if c.Medium+c.High > 0 {
			out = append(out, string(c.Class))
		}
	}
	return out
}

func personsOf(s registry.TicketState) string {
	if s.Exception != nil {
		return fmt.Sprintf("≤%d", s.Exception.Quota.Persons)
	}
	return fmt.Sprint(s.Ticket.Persons.Total)
}

// printAnswered says what an answer came to.
func (v *reviewing) printAnswered(a registry.Answer, s registry.TicketState) error {
	if v.format == "json" {
		return writeJSON(v.out, documentOfTicket(s))
	}
	verb := v.say("approved", "同意")
	if a.Verdict == registry.Deny {
		verb = v.say("denied", "拒绝")
	}
	_, err := fmt.Fprintf(v.out, v.say("%[2]s %[1]s by %[3]s\n%[4]s\n", "%[3]s 已%[2]s %[1]s\n%[4]s\n"), a.Ticket, verb, a.Reviewer, v.standing(s))
	return err
}

// plain takes control characters out of a text that a person wrote.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// classText is one class with how much of it was found.
func (v *reviewing) classText(c policy.ClassCount) string {
	text := fmt.Sprintf(v.say("%s (%s): %d", "%s（%s）：%d"), policy.ClassTitle(c.Class, v.lang()), c.Class, c.Medium+c.High)
	if c.Level != inspect.General {
		text += v.say(", level ", "，级别 ") + c.Level.String()
	}
	return text
}
