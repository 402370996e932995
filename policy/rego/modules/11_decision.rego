# The order of the questions, and the answer.
#
# The first rule that has something to say decides: secrets before the
# deny-list, before doubt, before transit, before nothing governed, before
# registered exemptions, before zone lists, before thresholds, before filings.
# That important data cannot be exempt is part of each rule it concerns. A pass
# of what was not read in full says so before its own ground.
package customs.decision

import data.customs.review

law := object.union(ruled, {"reasons": array.concat([data.customs.unread.reason], ruled.reasons)}) if {
	ruled.action == "pass"
	ruled.basis != "NOT_OUTBOUND"
	data.customs.unread.allowed
} else := ruled

ruled := v if {
	v := data.customs.outbound.verdict
} else := v if {
	v := data.customs.secrets.verdict
} else := v if {
	v := data.customs.denylist.verdict
} else := v if {
	v := data.customs.passthrough.verdict
} else := read_on if {
	input.stage == "head"
} else := v if {
	v := data.customs.doubt.verdict
} else := data.customs.window.verdict if {
	input.stage == "window"
} else := content

# content is the answer about what was read, where nothing goes before it.
content := v if {
	v := data.customs.transit.verdict
} else := v if {
	v := data.customs.nothing.verdict
} else := v if {
	v := data.customs.unread.verdict
} else := v if {
	v := data.customs.exemption.verdict
} else := hinted(data.customs.zone.verdict) if {
	data.customs.zone.verdict
} else := hinted(data.customs.need.verdict) if {
	data.customs.need.verdict
} else := hinted(data.customs.filing.verdict)

# A refusal says which zone list could have helped.
hinted(v) := object.union(v, {"reasons": array.concat(v.reasons, data.customs.zone.hints)}) if {
	v.action == "block"
} else := v

# A head that settles nothing: the gateway goes on to read.
read_on := {"action": "block", "reasons": []}

settled if input.stage in {"part", "window"}

settled if law != read_on

releases if law.action in {"pass", "pass_unread"}

governed if {
	law.action == "pass"
	law.basis != "NOT_OUTBOUND"
}

# open says that an operator's refusal has something to refuse.
open if releases

open if not settled

# What the operator and the reviewers have to say comes after the law. They
# make a verdict stricter; what they lift is only what they made.
verdict := data.customs.window.refusal(judged) if {
	input.stage == "window"
	judged.action != "pass"
} else := judged

judged := stopped("block", review.denied) if {
	count(review.denied) > 0
} else := stopped("block", review.unmet) if {
	count(review.unmet) > 0
} else := stopped("block", review.refused) if {
	count(review.refused) > 0
} else := stopped("hold", review.held) if {
	count(review.held) > 0
	not review.approved
} else := stopped("redact", review.redacted) if {
	count(review.redacted) > 0
} else := object.union(law, {
	"final": true,
	"reasons": array.concat(law.reasons, array.concat(data.customs.split.notes, review.grounds)),
	"uses": review.uses,
}) if {
	releases
} else := object.union(law, {"final": true}) if {
	settled
} else := object.union(law, {"final": false})

# stopped keeps of the law's verdict what it needs and which filing it met.
stopped(action, reasons) := object.union(
	object.filter(law, ["need", "filing", "revision"]),
	{"action": action, "reasons": reasons, "final": true},
)
