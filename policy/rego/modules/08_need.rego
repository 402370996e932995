# Which pathway the flow needs (2024 Provisions arts. 5, 7 and 8). The legal
# numbers stand in the rule pack; here is only their order:
#
#   important data, or any data of a CIIO   security assessment (art. 7(1)(1))
#   a threshold of art. 7 reached           security assessment (art. 7(1)(2))
#   sensitive data of one person or more    standard contract or certification
#   a threshold of art. 8 reached           the same
#   less                                    nothing (art. 5(1)(4))
package customs.need

need := "sa_hard" if {
	data.customs.facts.has_important
} else := "sa_hard" if {
	not data.customs.facts.not_ciio
} else := "none" if {
	small
} else := "sa_volume" if {
	count(reached("sa_volume")) > 0
} else := "sc_or_cert"

# small is art. 5(1)(4): not a CIIO, nothing sensitive, and fewer persons this
# year than the first threshold, this flow included.
small if {
	data.customs.facts.not_ciio
	not data.customs.facts.has_sensitive
	not data.customs.facts.has_important
	count(reached("sc_or_cert")) == 0
}

# reached are the national limits, leading to a need, that this flow passes.
reached(need) := {t.id |
	some t in data.pack.thresholds.national
	t.need == need
	data.customs.facts.exceeded[t.id]
}

# uncounted are the national limits for which nobody said where we stand. A
# flow without any count carries nobody who could be told from others; should
# it do so all the same, the reservation still holds it to the limits that the
# verdict names.
uncounted contains t.id if {
	data.customs.facts.counted
	some t in data.pack.thresholds.national
	not t.id in object.keys(data.customs.facts.exceeded)
}

# Without a count the volume is in doubt, where the need depends on it.
verdict := {
	"action": "block",
	"reasons": [{"code": "LEDGER_UNAVAILABLE", "limit": id} | some id in uncounted],
} if {
	need != "sa_hard"
	count(uncounted) > 0
} else := {
	"action": "pass",
	"reasons": [{"code": "EX_SMALL"}],
	"need": "none",
	"basis": "EX_SMALL",
	"limits": sort([t.id | some t in data.pack.thresholds.national; t.need == "sc_or_cert"]),
} if {
	small
}
