package replay

import (
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// Step is the question of the decision order that decided. File is the module
// of the policy that asks it, empty where no policy was asked.
type Step struct {
	Name string `json:"step"`
	File string `json:"file,omitempty"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// The steps in their order.
var (
	stepStopped   = Step{"stopped", "", "没有可采用的决策：传输被网络、限额或存储环节终止", "no answer of the policy stands: the wire, a limit or a store ended the flow"}
	stepObserved  = Step{"observed", "", "观察模式：程序在得出结论前结束", "observe mode: the program ended before a verdict"}
	stepHead      = Step{"head", "", "仅凭首部无法决定，继续读取内容", "the head settles nothing: the content is read"}
	stepOutbound  = Step{"outbound", "01_outbound.rego", "是否属于数据出境", "does it leave the mainland"}
	stepSecrets   = Step{"secrets", "02_secrets.rego", "国家秘密与核心数据", "state secrets and core data"}
	stepDenylist  = Step{"denylist", "03_denylist.rego", "接收方禁止名单", "the deny-list of recipients"}
	stepDoubt     = Step{"doubt", "04_doubt.rego", "内容未能全部读取或主体不明", "what was not read, and who is not known"}
	stepUnread    = Step{"unread", "04_unread.rego", "运营者允许未读取内容放行", "content that the operator lets go unread"}
	stepTransit   = Step{"transit", "05_transit.rego", "过境数据", "data in transit"}
	stepNothing   = Step{"nothing", "06_nothing.rego", "不含个人信息和重要数据", "neither personal information nor important data"}
	stepExemption = Step{"exemption", "07_exemption.rego", "已登记的豁免情形", "registered exemptions"}
	stepZone      = Step{"zone", "08_zone.rego", "自由贸易试验区清单", "the lists of the free-trade zone"}
	stepNeed      = Step{"need", "09_need.rego", "全国人数门槛", "the national thresholds"}
	stepFiling    = Step{"filing", "10_filing.rego", "备案是否覆盖", "does a filing cover it"}
	stepPassing   = Step{"passthrough", "04_passthrough.rego", "运营者登记的直通", "what the operator registered to pass unread"}
	stepWindow    = Step{"window", "11_window.rego", "内容过大，备案是否允许分段发送", "content too large to be held: does a filing let it go in windows"}
	stepOperator  = Step{"operator", "12_review.rego", "运营者规则", "the operator's own rules"}
	stepReview    = Step{"review", "12_review.rego", "人工复核", "review by two persons"}
)

// byBasis are the steps that a verdict passes by.
var byBasis = map[string]Step{
	string(policy.NotOutbound): stepOutbound, string(policy.ExTransit): stepTransit, string(policy.ExNoPI): stepNothing,
	string(policy.UnreadAllowed): stepUnread, string(policy.RegisteredUnread): stepPassing, string(policy.ExSmall): stepNeed,
	string(policy.ExZoneOfflist): stepZone, string(policy.ExZoneBelow): stepZone, string(policy.ExZoneGeneral): stepZone,
	string(policy.ExContract): stepExemption, string(policy.ExHR): stepExemption, string(policy.ExEmergency): stepExemption,
	string(policy.ExLegalDuty): stepExemption, string(policy.ExTreaty): stepExemption,
}

// byCode are the steps that a verdict is refused at, whatever else it says.
var byCode = map[policy.Code]Step{
	policy.StateSecret: stepSecrets, policy.CoreData: stepSecrets, policy.RecipientDenied: stepDenylist,
	policy.CoverageOpaque: stepDoubt, policy.CoveragePartial: stepDoubt, policy.ExporterUnknown: stepDoubt,
	policy.PassThroughOver: stepPassing, policy.OperatorDenied: stepOperator, policy.RedactionOrdered: stepOperator,
	policy.HeldForReview: stepReview, policy.ImportantSuspected: stepReview, policy.SplittingSuspected: stepReview,
}

// StepOf says which question decided, by the verdict alone.
func StepOf(d *Derivation) Step {
	v := &d.Verdict
	window := d.Question.Stage == policy.StageWindow
	switch {
	case d.Stopped != "":
		return stepStopped
	case d.Undecided:
		return stepObserved
	case d.Question.Stage == policy.StageHead && !v.Final:
		return stepHead
	}
	if window && (v.Action.Releases() || onlySize(v.Reasons)) {
		return stepWindow
	}
	if v.Action.Releases() {
		if s, ok := byBasis[v.Basis]; ok {
			return s
		}
		return stepFiling
	}
	for _, r := range v.Reasons {
		if s, ok := byCode[r.Code]; ok {
			return s
		}
		if strings.HasPrefix(r.Rule, "require.") {
			return stepOperator
		}
	}
	if v.Filing == "" && onlyUncounted(v.Reasons) {
		if slices.ContainsFunc(v.Reasons, func(r policy.Reason) bool { return strings.HasPrefix(r.Limit, "list.") }) {
			return stepZone
		}
		return stepNeed
	}
	return stepFiling
}

// onlySize reports whether nothing but its size speaks against a window.
func onlySize(reasons []policy.Reason) bool {
	return !slices.ContainsFunc(reasons, func(r policy.Reason) bool { return r.Code != policy.Oversize && r.Code != policy.AfterRelease })
}

// onlyUncounted reports whether all reasons are about counts; hints at zone
// lists may stand beside them.
func onlyUncounted(reasons []policy.Reason) bool {
	n := 0
	for _, r := range reasons {
		switch r.Code {
		case policy.LedgerUnavail:
			n++
		case policy.ZoneNotRegistered, policy.ZoneUnverified, policy.Oversize, policy.AfterRelease:
		default:
			return false
		}
	}
	return n > 0
}
