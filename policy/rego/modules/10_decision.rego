# The order of the questions, and what an operator may add.
#
# The first rule that has something to say decides: secrets before the
# deny-list, before doubt, before transit, before nothing governed, before
# registered exemptions, before thresholds, before filings. That important
# data cannot be exempt is part of each rule it concerns. A pass of what was
# not read in full says so before its own ground.
package customs.decision

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
} else := read_on if {
	input.stage == "head"
} else := v if {
	v := data.customs.doubt.verdict
} else := v if {
	v := data.customs.transit.verdict
} else := v if {
	v := data.customs.nothing.verdict
} else := v if {
	v := data.customs.unread.verdict
} else := v if {
	v := data.customs.exemption.verdict
} else := v if {
	v := data.customs.need.verdict
} else := v if {
	v := data.customs.filing.verdict
}

# A head that settles nothing: the gateway goes on to read.
read_on := {"action": "block", "reasons": []}

settled if input.stage == "part"

settled if law != read_on

# What an operator's own module says (package customs.operator). Its sets can
# only make a verdict stricter.
denied := [{"code": "OPERATOR_DENIED", "rule": r} | some r in data.customs.operator.deny]

unmet := [r | some wanted in data.customs.operator.require; r := unmet_reason(wanted)]

held := [{"code": "HELD_FOR_REVIEW", "rule": r} | some r in data.customs.operator.hold]

# Only classes that are in the flow can be taken out of it.
redacted := [{"code": "REDACTION_ORDERED", "class": f.class} |
	some f in input.found
	f.class in data.customs.operator.redact
]

# Two different persons release a held part.
approved if count({a | some a in input.approval.approvers}) >= 2

unmet_reason("filing") := {"code": "FILING_NOT_FOUND", "rule": "require.filing"} if {
	not law.basis in {"SA", "SC", "CERT", "GBA_SC"}
}

unmet_reason("sa") := {"code": "PATHWAY_INSUFFICIENT", "rule": "require.sa"} if {
	law.basis != "SA"
}

unmet_reason("purpose") := {"code": "PURPOSE_UNDECLARED", "rule": "require.purpose"} if {
	object.get(input.declared, "purpose", "") == ""
}

unmet_reason("link") := {"code": "LINK_NOT_FILED", "rule": "require.link"} if {
	object.get(input.declared, "link", "") == ""
}

unmet_reason(wanted) := {"code": "OPERATOR_DENIED", "rule": "require.unknown"} if {
	not wanted in {"filing", "sa", "purpose", "link"}
}

releases if law.action in {"pass", "pass_unread"}

governed_pass if {
	law.action == "pass"
	law.basis != "NOT_OUTBOUND"
}

verdict := object.union(kept, {"action": "block", "reasons": denied, "final": true}) if {
	count(denied) > 0
	stoppable
} else := object.union(kept, {"action": "block", "reasons": unmet, "final": true}) if {
	governed_pass
	count(unmet) > 0
} else := object.union(kept, {"action": "hold", "reasons": held, "final": true}) if {
	governed_pass
	count(held) > 0
	not approved
} else := object.union(kept, {"action": "redact", "reasons": redacted, "final": true}) if {
	governed_pass
	count(redacted) > 0
} else := object.union(law, {"final": true}) if {
	settled
} else := object.union(law, {"final": false})

stoppable if releases

stoppable if not settled

# What a stricter verdict keeps of the law's own.
kept := {k: v | some k, v in law; k in {"need", "filing", "revision"}}
