package policy_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

func TestNearMiss(t *testing.T) {
	of := func(r policy.Reason) policy.Reason { r.Filing = "SC-1"; return r }
	refused := func(need policy.Need, r ...policy.Reason) policy.Verdict {
		return policy.Verdict{Filing: "SC-1", Revision: 2, Need: need, Reasons: r}
	}
	tests := []struct {
		name   string
		v      policy.Verdict
		zh, en string
	}{
		{"one class", refused(policy.NeedSCOrCert, of(policy.Reason{Code: policy.CategoryNotCovered, Class: "pi.finance.bankcard"})),
			"备案 SC-1 除以下各点外覆盖本次传输：类别“银行卡号（pi.finance.bankcard）”不在其数据项中。",
			"Filing SC-1 covers this transfer but for: class bank card number (pi.finance.bankcard) is not among its items."},
		{"two clauses", refused(policy.NeedSCOrCert, of(policy.Reason{Code: policy.FilingExpired}), of(policy.Reason{Code: policy.VolumeExceeded, Limit: "SC-1.ns"})),
			"备案 SC-1 除以下各点外覆盖本次传输：有效期已届满；计入本次后超过备案的本年人数（SC-1.ns）。",
			"Filing SC-1 covers this transfer but for: it has expired; with this transfer it is above its limit: filed persons this year (SC-1.ns)."},
		{"too weak by volume", refused(policy.NeedSAVolume, of(policy.Reason{Code: policy.PathwayTooWeak, Limit: "national.sp.10000"})),
			"备案 SC-1 除以下各点外覆盖本次传输：本次传输需要数据出境安全评估（因全国规则的本年敏感个人信息人数（national.sp.10000）达到门槛），其路径不足，或不适用于本主体或目的地。",
			"Filing SC-1 covers this transfer but for: its pathway is too weak for this transfer, which needs a security assessment because of persons with sensitive data this year, national rules (national.sp.10000), or is not open to this exporter or place."},
		{"another authority", refused(policy.NeedSCOrCert, of(policy.Reason{Code: policy.ApprovalMissing, Rule: "hgr"})),
			"备案 SC-1 除以下各点外覆盖本次传输：缺少种类为“hgr”的行业主管部门许可。",
			"Filing SC-1 covers this transfer but for: the permission of another authority, kind hgr, is not registered with it."},
		{"too large, no window", refused(policy.NeedSCOrCert, of(policy.Reason{Code: policy.Oversize})),
			"备案 SC-1 除以下各点外覆盖本次传输：内容过大，而其链路没有允许分段发送（window）。",
			"Filing SC-1 covers this transfer but for: the content is too large, and its link does not let it go in windows (window)."},
		{"too large, a class stops it", refused(policy.NeedSCOrCert, of(policy.Reason{Code: policy.Oversize, Class: "pi.name"})),
			"备案 SC-1 除以下各点外覆盖本次传输：内容过大，只能分段发送，而类别“姓名（pi.name）”是其链路的停止类别（window.stop）。",
			"Filing SC-1 covers this transfer but for: the content is too large to go as a whole, and class name of a person (pi.name) ends sending it in windows (window.stop of its link)."},
		{"doubt about the exporter is no fault of the filing", refused(policy.NeedSAHard, of(policy.Reason{Code: policy.PathwayTooWeak}), policy.Reason{Code: policy.CIIOUnknown}),
			"备案 SC-1 除以下各点外覆盖本次传输：本次传输需要数据出境安全评估，其路径不足，或不适用于本主体或目的地。",
			"Filing SC-1 covers this transfer but for: its pathway is too weak for this transfer, which needs a security assessment, or is not open to this exporter or place."},
		{"an operator's rule stands against a filing that covers", refused(policy.NeedSCOrCert, policy.Reason{Code: policy.OperatorDenied, Rule: "no-sg"}), "", ""},
		{"no filing", policy.Verdict{Reasons: []policy.Reason{{Code: policy.FilingNotFound}}}, "", ""},
		{"it covers", policy.Verdict{Action: policy.Pass, Filing: "SC-1", Reasons: []policy.Reason{of(policy.Reason{Code: policy.FilingCovers})}}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := policy.NearMiss(tt.v, policy.Chinese); got != tt.zh {
				t.Errorf("got  %s\nwant %s", got, tt.zh)
			}
			if got := policy.NearMiss(tt.v, policy.English); got != tt.en {
				t.Errorf("got  %s\nwant %s", got, tt.en)
			}
		})
	}
}

func TestReasonWordsNameWhatTheyAreAbout(t *testing.T) {
	tests := []struct {
		name   string
		r      policy.Reason
		zh, en string
	}{
		{"class", policy.Reason{Code: policy.CategoryNotCovered, Class: "pi.contact.mobile"}, "类别：手机号码（pi.contact.mobile）。", "Class: mobile number (pi.contact.mobile)."},
		{"a class of the operator", policy.Reason{Code: policy.CategoryNotCovered, Class: "x.part"}, "类别：x.part。", "Class: x.part."},
		{"filed volume", policy.Reason{Code: policy.VolumeExceeded, Limit: "SC-1.sp"}, "限额：备案的本年敏感个人信息人数（SC-1.sp）。", "Limit: filed persons with sensitive data this year (SC-1.sp)."},
		{"volume over the validity", policy.Reason{Code: policy.VolumeExceeded, Limit: "SA-1.total"}, "备案有效期内的总人数", "over the whole validity"},
		{"national number", policy.Reason{Code: policy.PathwayTooWeak, Limit: "national.ns.1000000"}, "全国规则的本年人数", "persons this year, national rules"},
		{"number of a list", policy.Reason{Code: policy.LedgerUnavail, Limit: "list.zone-a.hotel.5000"}, "清单规定的人数", "number of persons in the zone's list"},
		{"maximum of a list", policy.Reason{Code: policy.LedgerUnavail, Limit: "list.zone-g.trial.max"}, "清单的人数上限", "maximum of persons in the zone's list"},
		{"scale of the catalogue", policy.Reason{Code: policy.LedgerUnavail, Limit: "scale.auto.persons"}, "重要数据目录的人数规模", "important-data catalogue"},
		{"list not registered", policy.Reason{Code: policy.ZoneNotRegistered, Rule: "zone-a"}, "清单：zone-a。", "List: zone-a."},
		{"list not verified", policy.Reason{Code: policy.ZoneUnverified, Rule: "zone-a"}, "清单：zone-a。", "List: zone-a."},
		{"mark", policy.Reason{Code: policy.ImportantSuspected, Rule: "auto.outside-video"}, "条目：auto.outside-video。", "catalogue: auto.outside-video."},
		{"lifted", policy.Reason{Code: policy.Relaxed, Of: policy.PurposeUndeclared, Filing: "SC-1"}, "放宽的要求：未申明目的（PURPOSE_UNDECLARED）。", "Lifted: Purpose is not declared (PURPOSE_UNDECLARED)."},
		{"released", policy.Reason{Code: policy.ReviewApproved, By: "HT-7F3A"}, "复核单：HT-7F3A。", "Ticket: HT-7F3A."},
		{"excepted", policy.Reason{Code: policy.ExceptionApplied, Rule: "no-sg", By: "E-1"}, "不适用的规则：no-sg。例外：E-1。", "Rule set aside: no-sg. Exception: E-1."},
		{"operator's rule", policy.Reason{Code: policy.OperatorDenied, Rule: "no-sg"}, "规则：no-sg。", "Rule: no-sg."},
	}
	for _, tt := range tests {
		for lang, want := range map[string]string{policy.Chinese: tt.zh, policy.English: tt.en} {
			if got := policy.ReasonWords(tt.r, lang).Detail; !strings.HasSuffix(got, want) && !strings.Contains(got, want) {
				t.Errorf("%s in %s: %q lacks %q", tt.name, lang, got, want)
			}
		}
	}
}

func TestEveryClassHasATitle(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../inspect/class.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, seen := 0, map[string]string{}
	ast.Inspect(f, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		id, typed := v.Type.(*ast.Ident)
		lit, isLit := v.Values[0].(*ast.BasicLit)
		if !typed || !isLit || id.Name != "Class" {
			return true
		}
		c, _ := strconv.Unquote(lit.Value)
		n++
		zh, en := policy.ClassTitle(inspect.Class(c), policy.Chinese), policy.ClassTitle(inspect.Class(c), policy.English)
		han := func(s string) bool {
			return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		}
		if !han(zh) || han(en) || en == c || seen[zh] != "" || seen[en] != "" {
			t.Errorf("%s: %q and %q, also of %q %q", c, zh, en, seen[zh], seen[en])
		}
		seen[zh], seen[en] = c, c
		return true
	})
	if n < 45 {
		t.Errorf("only %d classes found", n)
	}
	if got := policy.ClassTitle("pi.account.staff", policy.Chinese); got != "自有账号编号" {
		t.Errorf("an operator's own numbers: %q", got)
	}
}

func ExampleNearMiss() {
	v := policy.Verdict{Filing: "SC-1", Reasons: []policy.Reason{{Code: policy.SPINotCovered, Class: "pi.id.resident", Filing: "SC-1"}}}
	fmt.Println(policy.NearMiss(v, policy.English))
	// Output: Filing SC-1 covers this transfer but for: class resident identity number (pi.id.resident) is among its items as plain data only, and it is sensitive here.
}
