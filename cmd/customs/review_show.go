package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// printTicket shows one ticket or exception to a reviewer.
func (v *reviewing) printTicket(s registry.TicketState) error {
	if v.format == "json" {
		return writeJSON(v.out, documentOfTicket(s))
	}
	t := tabwriter.NewWriter(v.out, 0, 8, 2, ' ', 0)
	row := func(en, zh, value string) {
		if value = plain(value); strings.TrimSpace(value) != "" {
			fmt.Fprintf(t, "%s\t%s\n", v.say(en, zh), value)
		}
	}
	if s.Exception != nil {
		v.rowsOfException(row, s)
	} else {
		v.rowsOfTicket(row, s)
	}
	for _, a := range s.Answers {
		row("answer", "答复", v.answerText(a))
	}
	row("state", "状态", v.standing(s))
	row("digest", "摘要", s.Object)
	if err := t.Flush(); err != nil {
		return err
	}
	if s.Exception == nil {
		_, err := fmt.Fprintln(v.out, v.say("\nNothing of the content was kept. An approval lifts the hold for exactly this content to this recipient;\nit is then judged again, and no filing, threshold or deny-list is lifted.",
			"\n网关没有保存内容。同意只对发往该接收方的相同内容解除暂缓；届时会重新判断，\n备案、门槛和禁止名单的要求均不因此放宽。"))
		return err
	}
	return nil
}

type rowFunc func(en, zh, value string)

func (v *reviewing) rowsOfTicket(row rowFunc, s registry.TicketState) {
	k := s.Ticket
	row("ticket", "复核单", k.ID)
	row("held at", "暂缓时间", clock(k.At)+" "+zone)
	row("record", "记录", k.Flow)
	row("exporter", "数据处理者", k.Exporter)
	row("host", "主机", fmt.Sprintf("%s (%s)", k.Host, cmp.Or(k.Country, "??")))
	row("recipient", "接收方", k.Recipient)
	row("purpose", "目的", k.Purpose)
	row("filing", "备案", k.Filing)
	row("size", "大小", fmt.Sprintf(v.say("%d bytes", "%d 字节"), k.Bytes))
	row("persons", "人数", v.personsText(k.Persons))
	for _, c := range k.Classes {
		if c.Medium+c.High > 0 {
			row("data", "数据", v.classText(c))
		}
	}
	for _, r := range k.Reasons {
		text := policy.ReasonWords(r, v.lang())
		row("reason", "原因", fmt.Sprintf(v.say("%s (%s): %s", "%s（%s）：%s"), text.Title, r.Code, text.Detail))
	}
	row("rule pack", "规则包", k.Pack.ID)
}

func (v *reviewing) personsText(n policy.PersonCount) string {
	return fmt.Sprintf(v.say("%d (with sensitive data: %d, minors: %d)", "%d（其中涉及敏感个人信息 %d，未成年人 %d）"), n.Total, n.SP, n.Minors)
}

func (v *reviewing) rowsOfException(row rowFunc, s registry.TicketState) {
	x := s.Exception
	row("exception", "例外", fmt.Sprintf(v.say("%s revision %d", "%s 第 %d 版"), x.ID, x.Revision))
	row("exporter", "数据处理者", x.Exporter)
	row("owner", "负责人", x.Owner)
	row("recipients", "接收方", strings.Join(x.Recipients, ", "))
	row("hosts", "主机", strings.Join(x.Hosts, ", "))
	var classes []string
	for _, c := range x.Classes {
		classes = append(classes, fmt.Sprintf(v.say("%s (%s)", "%s（%s）"), policy.ClassTitle(c, v.lang()), c))
	}
	row("data", "数据", cmp.Or(strings.Join(classes, ", "), v.say("any class", "任何类别")))
	row("lifts", "不适用的规则", strings.Join(x.Waives, ", "))
	row("reason", "原因", x.Reason)
	row("quota", "额度", fmt.Sprintf(v.say("transfers: %d, persons: %d", "传输 %d 次，%d 人"), x.Quota.Transfers, x.Quota.Persons))
	row("in force", "有效期", fmt.Sprintf(v.say("%s to %s", "%s 至 %s"), cmp.Or(x.Effective, "-"), x.Expires))
	row("status", "登记状态", x.Status)
}

// answerText is who said what, and within which bounds.
func (v *reviewing) answerText(a registry.Answer) string {
	if a.Verdict == registry.Deny {
		return fmt.Sprintf(v.say("%s denied at %s: %s", "%s 于 %s 拒绝：%s"), a.Reviewer, clock(a.At), a.Reason)
	}
	text := fmt.Sprintf(v.say("%s approved at %s", "%s 于 %s 同意"), a.Reviewer, clock(a.At))
	if !a.Expires.IsZero() {
		text += v.say(", until ", "，截止 ") + clock(a.Expires)
	}
	if a.Transfers > 0 {
		text += fmt.Sprintf(v.say(", transfers: %d, persons: %d", "，传输 %d 次，%d 人"), a.Transfers, a.Persons)
	}
	return text + v.say(": ", "：") + a.Reason
}

// standing is what the answers amount to, and what is still needed.
func (v *reviewing) standing(s registry.TicketState) string {
	n := len(s.Approvers)
	switch s.State {
	case registry.StateApproved:
		return fmt.Sprintf(v.say("approved by %s until %s; %d of %d transfers and %d of %d persons are left",
			"已由 %s 同意，截止 %s；剩余传输 %d/%d 次，人数 %d/%d"), strings.Join(s.Approvers, v.say(" and ", "、")), clock(s.Expires),
			s.Quota.Transfers-s.UsedTransfers, s.Quota.Transfers, s.Quota.Persons-s.UsedPersons, s.Quota.Persons)
	case registry.StateDenied:
		return v.say("denied, which is final", "已拒绝，不可更改")
	case registry.StateExpired:
		return v.say("expired: nothing is released under it", "已过期：不再据此放行")
	case registry.StateSuspended:
		return v.say("suspended: it lifts nothing", "已暂停：不再适用")
	case registry.StateUsedUp:
		return fmt.Sprintf(v.say("used up: went out under it: transfers %d, persons %d", "额度已用完：已据此放行传输 %d 次，%d 人"), s.UsedTransfers, s.UsedPersons)
	}
	text := fmt.Sprintf(v.say("open: %d of %d approvals", "待复核：已有 %d/%d 人同意"), n, neededApprovals)
	switch {
	case len(v.reviewers) < neededApprovals:
		return text + fmt.Sprintf(v.say("; only %d reviewers are configured here, so nobody can release it: name the installation with --config, or add keys to review.reviewers",
			"；此处仅配置了 %d 名复核人，无法放行：请用 --config 指明安装，或在 review.reviewers 中增加公钥"), len(v.reviewers))
	case n == 0:
		return text + v.say("; two different persons must approve", "；须由两名不同人员同意")
	}
	return text + fmt.Sprintf(v.say(" (%s); another person must approve", "（%s）；还须由另一人同意"), strings.Join(s.Approvers, ", "))
}
