# Does a filing cover what is needed? One that fits the flow and is strong
# enough: a security assessment for every need, the others as the rule pack says
# (2024 Provisions arts. 7 and 8, NDSR art. 38). If none does, the one that came
# nearest says what is missing.
package customs.filing

import data.customs.facts
import data.customs.matching
import data.customs.need.need

is_filing(i) if input.candidates[i].pathway in {"SA", "SC", "CERT", "GBA_SC"}

# suffices says that a pathway is strong enough for the need and open to this
# exporter and place.
suffices(i) if {
	w := data.pack.pathways[input.candidates[i].pathway]
	strong(w)
	in_cities(w)
	in_countries(w)
}

strong(w) if need in w.satisfies

# What needs no pathway comes here only for an approval that a paper holds.
strong(_) if need == "none"

in_cities(w) if not w.cities

in_cities(w) if {
	some prefix in w.cities
	startswith(input.exporter.city, prefix)
}

in_countries(w) if not w.countries

in_countries(w) if input.destination.country in w.countries

# able are the filings that cover the flow.
able := {i |
	some i in matching.fitting
	is_filing(i)
	suffices(i)
}

# held_below are the limits that end the use of a pathway: those of the needs
# that it does not satisfy. A list that answers for the flow has its own; else
# they are the national ones, and those of a list that answers for a part.
held_below(pathway) := data.customs.zone.beyond(data.pack.pathways[pathway].satisfies) | national(pathway)

national(pathway) := set() if {
	data.customs.zone.need
} else := {t.id |
	some t in data.pack.thresholds.national
	not t.need in data.pack.pathways[pathway].satisfies
}

# missing are all the things a candidate lacks, in the order of the steps.
missing(i) := object.get(matching.standing, i, set()) | weak(i)

weak(i) := {[90, object.union({"code": "PATHWAY_INSUFFICIENT"}, why)] |
	is_filing(i)
	not suffices(i)
}

# why names the threshold that made a stronger pathway necessary.
why := {"limit": min(passed)} if {
	need == "sa_volume"
	count(passed) > 0
} else := {}

passed := data.customs.zone.why if {
	data.customs.zone.need
} else := data.customs.zone.why | data.customs.need.reached("sa_volume")

# nearest is the candidate that lacks least: one for this recipient before any
# other, then the one that gets farthest through the steps. The use of a list
# is no filing.
nearest := 0 - best[3] if best := max(ranks)

ranks contains [to_number(c.recipient), order[0][0], 0 - count(order), 0 - i] if {
	some i, c in matching.meant
	c.pathway != "FTZ_LIST"
	order := [f | some f in missing(i)]
}

doubt := [{"code": "CIIO_UNKNOWN"} |
	facts.ciio_unknown
	not facts.has_important
]

# under is the verdict by a filing that covers the flow.
under(i) := {
	"action": "pass",
	"reasons": array.concat([{"code": "FILING_COVERS", "filing": c.filing}], matching.lifted(i)),
	"need": need,
	"basis": c.pathway,
	"filing": c.filing,
	"revision": c.revision,
	"limits": sort({limit | some limit in c.limits} | held_below(c.pathway)),
} if {
	c := input.candidates[i]
}

verdict := under(matching.first(able)) if {
	count(able) > 0
} else := {
	"action": "block",
	"reasons": data.customs.marks.unapproved,
	"need": need,
} if {
	need == "none"
	count(data.customs.marks.unapproved) > 0
} else := {
	"action": "block",
	"reasons": array.concat([object.union(f[1], {"filing": c.filing}) | some f in missing(nearest)], doubt),
	"need": need,
	"filing": c.filing,
	"revision": c.revision,
} if {
	c := input.candidates[nearest]
} else := {
	"action": "block",
	"reasons": array.concat([{"code": "FILING_NOT_FOUND"}], doubt),
	"need": need,
}
