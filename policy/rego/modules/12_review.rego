# What an operator adds to the law, and what reviewers and exceptions lift of
# it again. An operator's own module (package customs.operator) is heard through
# sets of rule ids: deny, hold and require, and redact for classes; suspect names
# what is to wait once it is suspected. Data that is suspected to be important
# (NDSR art. 37) waits for two persons, too.
#
# What is lifted is only ever what the operator made, or that suspicion, and by
# reviewers only the rules that they saw. Each release that rests on a ticket or
# an exception names it, so that its quota is taken.
package customs.review

import data.customs.decision

# An exception counts while it is in force, and if it names every class found.
in_force contains e if {
	some e in input.exceptions
	e.state == "current"
	for_classes(e)
}

for_classes(e) if not e.classes[0]

for_classes(e) if {
	every f in input.found { f.class in e.classes }
}

# waiver is the exception that lifts a rule, the first by id.
waiver(rule) := min({e.id | some e in in_force; rule in e.waives})

# raised are the rules that speak against the flow, before anything is lifted.
raised.deny contains rule if {
	decision.open
	some rule in data.customs.operator.deny
}

raised.require contains reason.rule if {
	decision.governed
	some wanted in data.customs.operator.require
	reason := lacking(wanted)
}

raised.hold contains rule if {
	decision.governed
	some rule in data.customs.operator.hold
}

raised.suspect contains concat("", ["suspected.", id]) if {
	decision.governed
	some id, classes in data.customs.marks.suspected
	not assessed(classes)
}

raised.split contains "suspected.splitting" if data.customs.split.ordered

# A suspicion that nobody knows would never be heard of.
raised.deny contains "suspect.unknown" if {
	decision.open
	some id in data.customs.operator.suspect
	id != "splitting"
}

# assessed says that a security assessment names the data as important.
assessed(classes) if {
	decision.law.basis == "SA"
	some c in input.candidates
	c.filing == decision.law.filing
	c.revision == decision.law.revision
	c.important[0]
	every class in classes { class in c.important }
}

lacking("filing") := {"code": "FILING_NOT_FOUND", "rule": "require.filing"} if {
	not decision.law.basis in {"SA", "SC", "CERT", "GBA_SC"}
}

lacking("sa") := {"code": "PATHWAY_INSUFFICIENT", "rule": "require.sa"} if {
	decision.law.basis != "SA"
}

lacking("purpose") := {"code": "PURPOSE_UNDECLARED", "rule": "require.purpose"} if {
	object.get(input.declared, "purpose", "") == ""
}

lacking("link") := {"code": "LINK_NOT_FILED", "rule": "require.link"} if {
	object.get(input.declared, "link", "") == ""
}

lacking(wanted) := {"code": "OPERATOR_DENIED", "rule": "require.unknown"} if {
	not wanted in {"filing", "sa", "purpose", "link"}
}

# waived are the raised rules that an exception lifts. What nobody can meet
# cannot be waived either.
waived contains {"code": "EXCEPTION_APPLIED", "rule": rule, "by": waiver(rule)} if {
	some rule in union({rules | some rules in raised})
	rule != "require.unknown"
}

stands(rule) if rule == "require.unknown"

stands(rule) if not waiver(rule)

denied := [{"code": "OPERATOR_DENIED", "rule": rule} | some rule in raised.deny; stands(rule)]

unmet := [reason |
	decision.governed
	some wanted in data.customs.operator.require
	reason := lacking(wanted)
	stands(reason.rule)
]

# held are all the rules that reviewers have to look at, and keys names them.
held := array.flatten([
	[{"code": "IMPORTANT_SUSPECTED", "rule": trim_prefix(rule, "suspected.")} | some rule in raised.suspect; stands(rule)],
	[data.customs.split.reason | some rule in raised.split; stands(rule)],
	[{"code": "HELD_FOR_REVIEW", "rule": rule} | some rule in raised.hold; stands(rule)],
])

keys := {rule | some rule in (raised.suspect | raised.split) | raised.hold; stands(rule)}

# Only classes that are in the flow can be taken out of it.
redacted := [{"code": "REDACTION_ORDERED", "class": f.class} |
	decision.governed
	some f in input.found
	f.class in data.customs.operator.redact
]

# Two different persons release a held part, if they saw each rule that holds
# it. One who says no ends it.
approved if {
	not input.approval.denied
	count({a | some a in input.approval.approvers}) >= 2
	every rule in keys { rule in input.approval.rules }
}

refused := [{"code": "REVIEW_DENIED", "by": input.approval.ticket} |
	input.approval.denied
	count(held) > 0
]

# grounds and uses are what a release says of them.
grounds := array.concat(
	[w | some w in waived],
	[{"code": "REVIEW_APPROVED", "by": input.approval.ticket} | approved; count(held) > 0],
)

uses := sort({ground.by | some ground in grounds})
