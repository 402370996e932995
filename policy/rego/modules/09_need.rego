# Which pathway the flow needs (2024 Provisions arts. 5 to 8). The legal numbers
# stand in the rule pack; here is only their order:
#
#   important data, or any data of a CIIO   security assessment (art. 7(1)(1))
#   a zone list that answers for the flow   what the list says (art. 6)
#   a threshold of art. 7 reached           security assessment (art. 7(1)(2))
#   sensitive data of one person or more    standard contract or certification
#   a threshold of art. 8 reached           the same
#   less                                    nothing (art. 5(1)(4))
#
# A zone list that answers for a part of the flow alone never lowers the
# national need, and raises it to what it asks for that part.
package customs.need

import data.customs.facts

need := "sa_hard" if {
	facts.has_important
} else := "sa_hard" if {
	not facts.not_ciio
} else := data.customs.zone.need if {
	data.customs.zone.need
} else := [national, data.customs.zone.demanded][stronger]

levels := {"none": 0, "sc_or_cert": 1, "sa_volume": 2}

stronger := to_number(levels[data.customs.zone.demanded] > levels[national])

national := "sa_volume" if {
	count(reached("sa_volume")) > 0
} else := "sc_or_cert" if {
	facts.has_sensitive
} else := "sc_or_cert" if {
	count(reached("sc_or_cert")) > 0
} else := "none"

# reached are the national limits, leading to a need, that this flow passes.
reached(level) := {t.id |
	some t in data.pack.thresholds.national
	t.need == level
	facts.exceeded[t.id]
}

# uncounted are the national limits for which nobody said where we stand.
uncounted contains t.id if {
	some t in data.pack.thresholds.national
	facts.untold(t.id)
}

# by_numbers says that the national numbers decide.
by_numbers if {
	need != "sa_hard"
	not data.customs.zone.need
}

# Art. 5(1)(4): not a CIIO, nothing sensitive this year, and fewer persons than
# the first threshold, this flow included. Without a count the volume is in
# doubt. No paper is there that could hold another authority's approval, so
# with that the flow goes by a filing.
verdict := {
	"action": "block",
	"reasons": [{"code": "LEDGER_UNAVAILABLE", "limit": id} | some id in uncounted],
} if {
	by_numbers
	count(uncounted) > 0
} else := {
	"action": "pass",
	"reasons": [{"code": "EX_SMALL"}],
	"need": "none",
	"basis": "EX_SMALL",
	"limits": sort(first_thresholds | data.customs.zone.beyond({"none"})),
} if {
	by_numbers
	need == "none"
	count(data.customs.marks.approvals) == 0
}

first_thresholds := {t.id | some t in data.pack.thresholds.national; t.need == "sc_or_cert"}
