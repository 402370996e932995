package policy

import "strings"

// NearMiss is the sentence that says what keeps the nearest filing from
// covering the transfer, in "zh" or "en". It is empty where no filing came
// near, where one covers, and where something else than the filing refuses.
func NearMiss(v Verdict, lang string) string {
	if v.Filing == "" || v.Action.Releases() {
		return ""
	}
	var clauses []string
	for _, r := range v.Reasons {
		if r.Filing != v.Filing {
			continue
		}
		if c := missing(r, v.Need, lang); c != "" {
			clauses = append(clauses, c)
		}
	}
	switch {
	case len(clauses) == 0:
		return ""
	case lang == Chinese:
		return "备案 " + v.Filing + " 除以下各点外覆盖本次传输：" + strings.Join(clauses, "；") + "。"
	}
	return "Filing " + v.Filing + " covers this transfer but for: " + strings.Join(clauses, "; ") + "."
}

// missing is the clause of one reason; "%" stands for its class, limit or
// rule. A reason that is no fault of a filing has none.
func missing(r Reason, need Need, lang string) string {
	t, ok := nearMisses[r.Code]
	if !ok {
		return ""
	}
	if r.Code == Oversize && r.Class != "" {
		t = stops
	}
	text := t[1]
	if lang == Chinese {
		text = t[0]
	}
	var what string
	switch {
	case r.Class != "":
		what = classNamed(r.Class, lang)
	case r.Limit != "":
		what = limitNamed(r.Limit, lang)
	default:
		what = r.Rule
	}
	if r.Code == PathwayTooWeak {
		text = strings.Replace(text, "&", NeedTitle(need, lang), 1)
		if r.Limit == "" {
			what = ""
		} else {
			what = strings.Replace(reached[lang == Chinese], "%", what, 1)
		}
	}
	return strings.Replace(text, "%", what, 1)
}

// reached names the threshold that asks for more; the key says Chinese.
var reached = map[bool]string{true: "（因%达到门槛）", false: " because of %"}

// stops is the clause of content too large to be held, where a class keeps it
// from going in windows.
var stops = [2]string{"内容过大，只能分段发送，而类别“%”是其链路的停止类别（window.stop）",
	"the content is too large to go as a whole, and class % ends sending it in windows (window.stop of its link)"}

// nearMisses are the clauses in Chinese and English.
var nearMisses = map[Code][2]string{
	FilingSuspended:    {"登记簿中为暂停或撤销状态", "the register holds it as suspended or revoked"},
	FilingNotEffective: {"尚未生效", "it is not in force yet"},
	FilingExpired:      {"有效期已届满", "it has expired"},
	RecipientMismatch:  {"目的地不是其中的接收方", "the destination is none of its recipients"},
	CountryMismatch:    {"目的地所在国家或地区与其中的接收方不同", "the destination is in another country than its recipient"},
	LinkNotFiled:       {"其出境链路表中没有本链路", "this link is not in its link table"},
	PurposeMismatch:    {"申明的目的不在其中", "the declared purpose is not among its purposes"},
	PurposeUndeclared:  {"没有申明目的，链路表也未写明", "no purpose is declared, and its link table names none"},
	CategoryNotCovered: {"类别“%”不在其数据项中", "class % is not among its items"},
	SPINotCovered:      {"类别“%”仅作为一般个人信息在其中，而此处为敏感个人信息", "class % is among its items as plain data only, and it is sensitive here"},
	ImportantNotCover:  {"类别“%”未作为重要数据在其中", "class % is not among its items as important data"},
	ItemRefused:        {"含类别“%”的数据项未获准出境", "an item with class % was refused"},
	DeidentMissing:     {"类别“%”只能以处理后的形式出境", "class % is filed only in a processed form"},
	ApprovalMissing:    {"缺少种类为“%”的行业主管部门许可", "the permission of another authority, kind %, is not registered with it"},
	SplittingSuspected: {"本次传输看来是拆分发送的一份，须先复核", "this looks like one piece of a list that is sent in parts, and is held for review"},
	VolumeExceeded:     {"计入本次后超过%", "with this transfer it is above its limit: %"},
	LedgerUnavail:      {"无法计数：%", "it could not be counted: %"},
	Oversize:           {"内容过大，而其链路没有允许分段发送（window）", "the content is too large, and its link does not let it go in windows (window)"},
	PathwayTooWeak:     {"本次传输需要&%，其路径不足，或不适用于本主体或目的地", "its pathway is too weak for this transfer, which needs &%, or is not open to this exporter or place"},
}

// NeedTitle is a need in words, in "zh" or "en".
func NeedTitle(n Need, lang string) string {
	if lang == Chinese {
		return needTitles[n][0]
	}
	return needTitles[n][1]
}

var needTitles = map[Need][2]string{
	NeedUnknown:  {"未确定", "not settled"},
	NeedNone:     {"无需办理手续", "no pathway"},
	NeedSCOrCert: {"个人信息出境标准合同备案或认证", "a standard contract filing or certification"},
	NeedSAVolume: {"数据出境安全评估", "a security assessment"},
	NeedSAHard:   {"数据出境安全评估", "a security assessment"},
}
