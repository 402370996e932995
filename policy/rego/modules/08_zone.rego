# The lists of a free-trade zone (2024 Provisions art. 6). A negative list
# names what needs a pathway in the scenarios that it covers, and from how many
# persons on; there its numbers stand in place of the national ones, and what
# it does not name is free. A general list names what is free once its use is
# registered.
#
# A list that does not know an answer for all of the flow leaves it to the
# national rules; what it asks for is asked besides. Where no list covers the
# flow, the national rules stay.
package customs.zone

import data.customs.facts
import data.customs.marks
import data.customs.matching

# A general list: every class is in it, and nobody is beyond its numbers.
general contains id if {
	some id, l in effective
	l.type == "general"
	not id in unsure
	granted({id})
	every class in facts.personal { told(id, class) }
	every limit in most(id) { within(limit) }
}

most(id) := {e.max_limit | some e in answering[id]; e.max_limit}

within(limit) if {
	not facts.exceeded[limit]
	not facts.untold(limit)
}

negative[id] := l if {
	some id, l in effective
	l.type == "negative"
}

# A flow counts under one paper. Of two registrations with limits of their own
# one would not be held, so their lists leave all to the national rules.
limiting := {id |
	some id, _ in negative
	c := input.candidates[registration[id]]
	count(c.limits) > 0
}

answered if {
	count(negative) > 0
	every id, _ in negative { not id in unsure }
	count(limiting) < 2
}

entries := {e | some id, _ in negative; some e in answering[id]}

# demand is what an entry asks for: by the first of its rules whose number is
# reached. One that says nothing asks for the most.
demand(e) := d if {
	reached := min({n | some n, r in e.rules; holds(r)})
	d := strength[e.rules[reached].pathway]
} else := "sa_volume"

holds(r) if r.min == 0

holds(r) if facts.exceeded[r.limit]

strength := {"SA": "sa_volume", "SC_OR_CERT": "sc_or_cert", "NONE": "none"}

# demanded is what the lists ask for where they name the flow; the strongest
# counts. It is the need where they answer for all of the flow, and else no
# need is below it.
demanded := "sa_volume" if {
	"sa_volume" in demands
} else := "sc_or_cert" if {
	"sc_or_cert" in demands
} else := "none"

demands := {demand(e) | some e in entries}

need := demanded if answered

# limited are the rules by which persons count.
limited := {r | some e in entries; some r in e.rules; r.limit}

uncounted := {r.limit | some r in limited; facts.untold(r.limit)}

# beyond are the limits that end what a pathway, or none, is good for.
beyond(satisfied) := {r.limit |
	some r in limited
	asks := object.get(strength, r.pathway, "sa_volume")
	asks != "none"
	not asks in satisfied
}

# why are the limits whose passing made an assessment necessary.
why := {r.limit | some r in limited; r.pathway == "SA"; facts.exceeded[r.limit]}

verdict := passed("EX_FTZ_GENERAL_LIST", {id}, most(id)) if {
	id := min(general)
} else := {
	"action": "block",
	"reasons": [{"code": "LEDGER_UNAVAILABLE", "limit": limit} | some limit in uncounted],
} if {
	count(uncounted) > 0
} else := passed("EX_FTZ_OFFLIST", object.keys(negative), set()) if {
	answered
	count(entries) == 0
} else := passed("EX_FTZ_BELOW_LIST_THRESHOLD", object.keys(negative), beyond({"none"})) if {
	need == "none"
}

# granted says that nothing more is needed than a list: no approval of another
# authority, which only a paper can hold, or a paper is there.
granted(_) if count(marks.approvals) == 0

granted(ids) if count(papers(ids)) > 0

papers(ids) := {id | some id in ids; registration[id]}

# passed names the lists, with the registrations that they rest on, and counts
# under the one that sets limits.
passed(basis, ids, limits) := {
	"action": "pass",
	"reasons": array.concat(
		[{"code": basis, "filing": input.candidates[i].filing, "rule": lower(input.candidates[i].list)} | some i in order],
		[r | some i in order; some r in matching.lifted(i)],
	),
	"need": "none",
	"basis": basis,
	"filing": c.filing,
	"revision": c.revision,
	"limits": sort(limits | {limit | some limit in c.limits}),
} if {
	all := papers(ids)
	order := [registration[id] | some part in [all & limiting, all - limiting]; some id in sort(part)]
	c := input.candidates[order[0]]
} else := {
	"action": "pass",
	"reasons": [{"code": basis, "rule": lower(id)} | some id in sort(ids)],
	"need": "none",
	"basis": basis,
	"limits": sort(limits),
} if {
	granted(ids)
}
