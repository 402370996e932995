package policy

import "strings"

// narrower says what a reason is about beyond its code: which class, which
// limit, whose rule, what was lifted and by which ticket or exception. It is
// empty for a reason that is about nothing in particular.
func narrower(r Reason, lang string) string {
	zh := lang == Chinese
	var parts []string
	say := func(zhText, enText, what string) {
		if what == "" {
			return
		}
		text := enText
		if zh {
			text = zhText
		}
		parts = append(parts, strings.Replace(text, "%", what, 1))
	}
	if r.Class != "" {
		say("类别：%。", "Class: %.", classNamed(r.Class, lang))
	}
	if r.Limit != "" {
		say("限额：%。", "Limit: %.", limitNamed(r.Limit, lang))
	}
	if r.Of != "" {
		say("放宽的要求：%。", "Lifted: %.", ofNamed(r.Of, lang))
	}
	kind := ruleKinds[r.Code]
	if kind == ([2]string{}) {
		kind = [2]string{"规则：%。", "Rule: %."}
	}
	say(kind[0], kind[1], r.Rule)
	switch r.Code {
	case ExceptionApplied:
		say("例外：%。", "Exception: %.", r.By)
	case QuotaUsedUp:
		say("复核单或例外：%。", "Ticket or exception: %.", r.By)
	default:
		say("复核单：%。", "Ticket: %.", r.By)
	}
	if zh {
		return strings.Join(parts, "")
	}
	return strings.Join(parts, " ")
}

// ruleKinds say what Reason.Rule is the id of, where it is no rule.
var ruleKinds = map[Code][2]string{
	ZoneNotRegistered:  {"清单：%。", "List: %."},
	ZoneUnverified:     {"清单：%。", "List: %."},
	ImportantSuspected: {"重要数据目录条目：%。", "Entry of the important-data catalogue: %."},
	ApprovalMissing:    {"许可种类：%。", "Kind of permission: %."},
	ExceptionApplied:   {"不适用的规则：%。", "Rule set aside: %."},
	RegisteredUnread:   {"passthrough 条目：%。", "Entry under passthrough: %."},
	PassThroughOver:    {"passthrough 条目：%。", "Entry under passthrough: %."},
}

func ofNamed(c Code, lang string) string {
	title := Text(c, lang).Title
	switch {
	case title == string(c):
		return title
	case lang == Chinese:
		return title + "（" + string(c) + "）"
	}
	return title + " (" + string(c) + ")"
}

// limitNamed says what a limit counts. Its number stands in the pack or the
// filing and not in its name.
func limitNamed(id, lang string) string {
	t := limitTitle(id)
	if lang == Chinese {
		return t[0] + "（" + id + "）"
	}
	return t[1] + " (" + id + ")"
}

func limitTitle(id string) [2]string {
	head, _, _ := strings.Cut(id, ".")
	tail := id[strings.LastIndexByte(id, '.')+1:]
	switch {
	case strings.HasPrefix(id, "national.sp."):
		return [2]string{"全国规则的本年敏感个人信息人数", "persons with sensitive data this year, national rules"}
	case head == "national":
		return [2]string{"全国规则的本年人数", "persons this year, national rules"}
	case head == "scale":
		return [2]string{"重要数据目录的人数规模", "number of persons in the important-data catalogue"}
	case head == "list" && tail == "max":
		return [2]string{"自由贸易试验区清单的人数上限", "maximum of persons in the zone's list"}
	case head == "list":
		return [2]string{"自由贸易试验区清单规定的人数", "number of persons in the zone's list"}
	case tail == "sp":
		return [2]string{"备案的本年敏感个人信息人数", "filed persons with sensitive data this year"}
	case tail == "total":
		return [2]string{"备案有效期内的总人数", "filed persons over the whole validity"}
	case tail == "ns":
		return [2]string{"备案的本年人数", "filed persons this year"}
	}
	return [2]string{"人数", "persons"}
}
