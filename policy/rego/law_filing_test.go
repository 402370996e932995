package rego_test

import (
	"context"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// matching is one transfer against the filings held: REGULATION 2.3. zh and
// en are the near-miss sentences after their opening; empty where no filing
// came near or one covers.
type matching struct {
	name   string
	who    string
	what   string
	plain  int64
	sens   int64
	with   string
	codes  string // in the order of the steps
	filing string // the covering or nearest one
	zh, en string
}

// matchRows hold every step of the matching order, one fault a row. F1 covers
// names, numbers, cards and IDs, the last two as sensitive.
var matchRows = []matching{
	// 1. candidates by exporter, in force at some time
	{"1 none is held", "company", "card", 0, 1, "", "FILING_NOT_FOUND", "", "", ""},
	{"1 a draft is none", "company", "card", 0, 1, "SC draft", "FILING_NOT_FOUND", "", "", ""},
	{"1 one that was submitted is none", "company", "card", 0, 1, "SC submitted", "FILING_NOT_FOUND", "", "", ""},
	{"1 one that was superseded is none", "company", "card", 0, 1, "SC superseded", "FILING_NOT_FOUND", "", "", ""},
	{"1 suspended", "company", "card", 0, 1, "SC suspended", "FILING_SUSPENDED", "F1", "登记簿中为暂停或撤销状态", "the register holds it as suspended or revoked"},
	{"1 revoked", "company", "card", 0, 1, "SC revoked", "FILING_SUSPENDED", "F1", "登记簿中为暂停或撤销状态", "the register holds it as suspended or revoked"},
	// 2. time
	{"2 not in force yet", "company", "card", 0, 1, "SC not yet", "FILING_NOT_YET_EFFECTIVE", "F1", "尚未生效", "it is not in force yet"},
	{"2 expired by date", "company", "card", 0, 1, "SC expired", "FILING_EXPIRED", "F1", "有效期已届满", "it has expired"},
	{"2 expired by status", "company", "card", 0, 1, "SA expired by status", "FILING_EXPIRED", "F1", "有效期已届满", "it has expired"},
	// 3. recipient, then country
	{"3 another recipient", "company", "card", 0, 1, "SC for another recipient", "RECIPIENT_MISMATCH", "F1", "目的地不是其中的接收方", "the destination is none of its recipients"},
	{"3 another country", "company", "card", 0, 1, "SC for another country", "COUNTRY_MISMATCH", "F1", "目的地所在国家或地区与其中的接收方不同", "the destination is in another country than its recipient"},
	// 4. link
	{"4 another link", "company", "card", 0, 1, "SC for another link", "LINK_NOT_FILED", "F1", "其出境链路表中没有本链路", "this link is not in its link table"},
	// 5. purpose
	{"5 another purpose", "company", "card", 0, 1, "SC for another purpose", "PURPOSE_MISMATCH", "F1", "申明的目的不在其中", "the declared purpose is not among its purposes"},
	{"5 no purpose told", "company", "card", 0, 1, "SC without purpose told", "PURPOSE_UNDECLARED", "F1", "没有申明目的，链路表也未写明", "no purpose is declared, and its link table names none"},
	// 6. every class, sensitive as such, important as such, none refused
	{"6 a class outside", "company", "card + email", 1, 1, "SC", "CATEGORY_NOT_COVERED:pi.contact.email", "F1",
		"类别“电子邮箱地址（pi.contact.email）”不在其数据项中", "class email address (pi.contact.email) is not among its items"},
	{"6 a card outside", "company", "card", 0, 1, "SC without cards", "CATEGORY_NOT_COVERED:pi.finance.bankcard", "F1",
		"类别“银行卡号（pi.finance.bankcard）”不在其数据项中", "class bank card number (pi.finance.bankcard) is not among its items"},
	{"6 one that covers nothing", "company", "card", 0, 1, "SC of nothing at all", "CATEGORY_NOT_COVERED:pi.finance.bankcard", "F1",
		"类别“银行卡号（pi.finance.bankcard）”不在其数据项中", "class bank card number (pi.finance.bankcard) is not among its items"},
	{"6 sensitive, filed as plain", "company", "card", 0, 1, "SC with cards as plain", "SPI_NOT_COVERED:pi.finance.bankcard", "F1",
		"类别“银行卡号（pi.finance.bankcard）”仅作为一般个人信息在其中，而此处为敏感个人信息", "class bank card number (pi.finance.bankcard) is among its items as plain data only, and it is sensitive here"},
	{"6 a child's, filed as plain", "company", "child's mobile", 0, 1, "SC", "SPI_NOT_COVERED:pi.contact.mobile", "F1",
		"类别“手机号码（pi.contact.mobile）”仅作为一般个人信息在其中，而此处为敏感个人信息", "class mobile number (pi.contact.mobile) is among its items as plain data only, and it is sensitive here"},
	{"6 important, assessed as general", "company", "marked data", 0, 0, "SA of nothing important", "IMPORTANT_NOT_COVERED:mark.important", "F1",
		"类别“重要数据标志（mark.important）”未作为重要数据在其中", "class important-data mark (mark.important) is not among its items as important data"},
	{"6 an item was refused", "company", "card", 0, 1, "SA with cards refused", "ITEM_REFUSED:pi.finance.bankcard", "F1",
		"含类别“银行卡号（pi.finance.bankcard）”的数据项未获准出境", "an item with class bank card number (pi.finance.bankcard) was refused"},
	// 7. processing form
	{"7 raw, filed as processed", "company", "ID number", 0, 1, "SC with IDs processed", "DEIDENTIFICATION_MISSING:pi.id.resident", "F1",
		"类别“居民身份证号码（pi.id.resident）”只能以处理后的形式出境", "class resident identity number (pi.id.resident) is filed only in a processed form"},
	// between 7 and 8: what another authority must grant
	{"7 another authority", "company", "card", 0, 1, "for test.genes; SC", "SECTOR_APPROVAL_MISSING:hgr", "F1",
		"缺少种类为“hgr”的行业主管部门许可", "the permission of another authority, kind hgr, is not registered with it"},
	// 8. volume
	{"8 sensitive volume", "company", "card", 0, 1, "SC full of sp", "VOLUME_EXCEEDED:F1.sp", "F1",
		"计入本次后超过备案的本年敏感个人信息人数（F1.sp）", "with this transfer it is above its limit: filed persons with sensitive data this year (F1.sp)"},
	{"8 plain volume", "company", "mobile", 200_000, 0, "SC full of ns", "VOLUME_EXCEEDED:F1.ns", "F1",
		"计入本次后超过备案的本年人数（F1.ns）", "with this transfer it is above its limit: filed persons this year (F1.ns)"},
	// 9. strength
	{"9 too weak for 10,000", "company", "card", 0, 10_000, "SC", "PATHWAY_INSUFFICIENT:national.sp.10000", "F1",
		"本次传输需要数据出境安全评估（因全国规则的本年敏感个人信息人数（national.sp.10000）达到门槛），其路径不足，或不适用于本主体或目的地",
		"its pathway is too weak for this transfer, which needs a security assessment because of persons with sensitive data this year, national rules (national.sp.10000), or is not open to this exporter or place"},
	{"9 too weak for a CIIO", "CIIO", "card", 0, 1, "SC", "PATHWAY_INSUFFICIENT", "F1",
		"本次传输需要数据出境安全评估，其路径不足，或不适用于本主体或目的地", "its pathway is too weak for this transfer, which needs a security assessment, or is not open to this exporter or place"},
	{"9 not open to the place", "Shanghai company", "card", 0, 1, "to HK; GBA_SC", "PATHWAY_INSUFFICIENT", "F1",
		"本次传输需要个人信息出境标准合同备案或认证，其路径不足，或不适用于本主体或目的地", "its pathway is too weak for this transfer, which needs a standard contract filing or certification, or is not open to this exporter or place"},
	// the order of the steps, and which filing is the nearest
	{"all steps in order", "company", "card + email + ID number", 1, 10_000, "SC with IDs processed", "CATEGORY_NOT_COVERED:pi.contact.email DEIDENTIFICATION_MISSING:pi.id.resident PATHWAY_INSUFFICIENT:national.sp.10000", "F1",
		"类别“电子邮箱地址（pi.contact.email）”不在其数据项中；类别“居民身份证号码（pi.id.resident）”只能以处理后的形式出境；本次传输需要数据出境安全评估（因全国规则的本年敏感个人信息人数（national.sp.10000）达到门槛），其路径不足，或不适用于本主体或目的地",
		"class email address (pi.contact.email) is not among its items; class resident identity number (pi.id.resident) is filed only in a processed form; its pathway is too weak for this transfer, which needs a security assessment because of persons with sensitive data this year, national rules (national.sp.10000), or is not open to this exporter or place"},
	{"volume before strength", "company", "card", 0, 10_000, "SC full of sp", "VOLUME_EXCEEDED:F1.sp PATHWAY_INSUFFICIENT:national.sp.10000", "F1",
		"计入本次后超过备案的本年敏感个人信息人数（F1.sp）；本次传输需要数据出境安全评估（因全国规则的本年敏感个人信息人数（national.sp.10000）达到门槛），其路径不足，或不适用于本主体或目的地",
		"with this transfer it is above its limit: filed persons with sensitive data this year (F1.sp); its pathway is too weak for this transfer, which needs a security assessment because of persons with sensitive data this year, national rules (national.sp.10000), or is not open to this exporter or place"},
	{"the nearest got farthest", "company", "card", 0, 1, "SC expired; SC full of sp", "VOLUME_EXCEEDED:F2.sp", "F2",
		"计入本次后超过备案的本年敏感个人信息人数（F2.sp）", "with this transfer it is above its limit: filed persons with sensitive data this year (F2.sp)"},
	{"one for this recipient is nearer", "company", "card", 0, 1, "SC for another recipient; SC expired", "FILING_EXPIRED", "F2", "有效期已届满", "it has expired"},
	{"two filings are never added together", "company", "card + ID number", 0, 1, "SC without cards; SC with IDs processed", "DEIDENTIFICATION_MISSING:pi.id.resident", "F2",
		"类别“居民身份证号码（pi.id.resident）”只能以处理后的形式出境", "class resident identity number (pi.id.resident) is filed only in a processed form"},
	{"the second of two covers", "company", "card", 0, 1, "SC expired; CERT", "FILING_COVERS", "F2", "", ""},
	{"a weak one and a strong one", "company", "card", 0, 10_000, "SC; SA", "FILING_COVERS", "F2", "", ""},
}

func TestMatching(t *testing.T) {
	t.Parallel()
	b := lawBook(t, "")
	d := open(t, rego.Options{Law: b})
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	told := map[policy.Code]bool{}
	for _, row := range matchRows {
		t.Run(row.name, func(t *testing.T) {
			v, err := d.Decide(context.Background(), transfer{row.who, row.what, row.plain, row.sens, row.with}.question(t, r))
			if err != nil {
				t.Fatal(err)
			}
			if got := lawCodes(v); got != row.codes || v.Filing != row.filing {
				t.Errorf("got  %s of %q\nwant %s of %q", got, v.Filing, row.codes, row.filing)
			}
			zh, en := "", ""
			if row.zh != "" {
				zh = "备案 " + row.filing + " 除以下各点外覆盖本次传输：" + row.zh + "。"
				en = "Filing " + row.filing + " covers this transfer but for: " + row.en + "."
			}
			if got := policy.NearMiss(v, policy.Chinese); got != zh {
				t.Errorf("got  %s\nwant %s", got, zh)
			}
			if got := policy.NearMiss(v, policy.English); got != en {
				t.Errorf("got  %s\nwant %s", got, en)
			}
			for _, reason := range v.Reasons {
				told[reason.Code] = true
				if !v.Action.Releases() && policy.ReasonWords(reason, policy.English).Remedy == "" {
					t.Errorf("%s says nothing of what would make it pass", reason.Code)
				}
			}
		})
	}
	for _, c := range []policy.Code{policy.FilingNotFound, policy.FilingNotEffective, policy.FilingExpired, policy.RecipientMismatch,
		policy.CountryMismatch, policy.LinkNotFiled, policy.PurposeMismatch, policy.PurposeUndeclared, policy.CategoryNotCovered,
		policy.SPINotCovered, policy.ImportantNotCover, policy.ItemRefused, policy.DeidentMissing, policy.VolumeExceeded,
		policy.PathwayTooWeak, policy.FilingSuspended, policy.ApprovalMissing} {
		if !told[c] {
			t.Errorf("no row has %s", c)
		}
	}
}
