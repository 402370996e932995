# A filing covers a flow if it covers all of it: exporter, time, recipient,
# link, purpose, every class, form, volume and strength (NDSR art. 38). Two
# filings are never added together.
package customs.filing

import data.customs.facts
import data.customs.need.need

# meant are the candidates that could be held against this flow: filings that
# were in force at some time, and registered claims of the declared exemption.
meant contains i if {
	some i, c in input.candidates
	c.pathway in {"SA", "SC", "CERT", "GBA_SC"}
	c.status in {"effective", "suspended", "revoked", "expired"}
}

meant contains i if {
	some i, c in input.candidates
	c.pathway == "EXEMPTION"
	c.claim == input.declared.claim
	c.status in {"effective", "suspended", "revoked", "expired"}
}

# faults[i] are the things candidate i lacks, each with the number of the
# step that found it; the steps are those of the matching order.
faults[i] contains [10, {"code": "FILING_SUSPENDED"}] if {
	some i in meant
	input.candidates[i].status in {"suspended", "revoked"}
}

faults[i] contains [20, {"code": "FILING_NOT_YET_EFFECTIVE"}] if {
	some i in meant
	not begun(input.candidates[i])
}

faults[i] contains [20, {"code": "FILING_EXPIRED"}] if {
	some i in meant
	outdated(input.candidates[i])
}

faults[i] contains [30, {"code": "RECIPIENT_MISMATCH"}] if {
	some i in meant
	not input.candidates[i].recipient
}

# Country and link belong to a recipient; they are not asked of another one.
# Nor is a purpose missed where the link table had no row to tell it.
faults[i] contains [31, {"code": "COUNTRY_MISMATCH"}] if {
	some i in meant
	input.candidates[i].recipient
	not input.candidates[i].country
}

faults[i] contains [40, {"code": "LINK_NOT_FILED"}] if {
	some i in meant
	input.candidates[i].recipient
	not input.candidates[i].link
}

faults[i] contains [50, {"code": "PURPOSE_MISMATCH"}] if {
	some i in meant
	input.candidates[i].purpose == "mismatch"
}

faults[i] contains [50, {"code": "PURPOSE_UNDECLARED"}] if {
	some i in meant
	input.candidates[i].recipient
	input.candidates[i].link
	not purpose_told(input.candidates[i])
}

faults[i] contains [60, {"code": "CATEGORY_NOT_COVERED", "class": class}] if {
	some i in meant
	some class in facts.personal | facts.important
	not listed(i, "covers", class)
	not listed(i, "refused", class)
}

faults[i] contains [61, {"code": "SPI_NOT_COVERED", "class": class}] if {
	some i in meant
	some class in facts.sensitive
	listed(i, "covers", class)
	not listed(i, "sensitive", class)
}

faults[i] contains [62, {"code": "IMPORTANT_NOT_COVERED", "class": class}] if {
	some i in meant
	some class in facts.important
	listed(i, "covers", class)
	not listed(i, "important", class)
}

# A class that was refused in one item and approved in another cannot be told
# apart on the wire.
faults[i] contains [63, {"code": "ITEM_REFUSED", "class": class}] if {
	some i in meant
	some class in facts.personal | facts.important
	listed(i, "refused", class)
}

faults[i] contains [70, {"code": "DEIDENTIFICATION_MISSING", "class": class}] if {
	some i in meant
	some class in facts.personal
	listed(i, "deidentified", class)
}

faults[i] contains [80, {"code": "VOLUME_EXCEEDED", "limit": id}] if {
	some i in meant
	some id in input.candidates[i].limits
	facts.exceeded[id]
}

faults[i] contains [80, {"code": "LEDGER_UNAVAILABLE", "limit": id}] if {
	some i in meant
	some id in input.candidates[i].limits
	facts.counted
	not id in object.keys(facts.exceeded)
}

faults[i] contains [90, object.union({"code": "PATHWAY_INSUFFICIENT"}, why)] if {
	some i in meant
	not suffices(input.candidates[i])
}

# why names the threshold that made a stronger pathway necessary.
why := {"limit": min(data.customs.need.reached("sa_volume"))} if {
	need == "sa_volume"
} else := {}

purpose_told(c) if c.purpose in {"match", "mismatch"}

begun(c) if c.time in {"current", "expired"}

outdated(c) if c.time == "expired"

outdated(c) if c.status == "expired"

listed(i, field, class) if class in input.candidates[i][field]

# suffices says that the pathway is strong enough for the need and open to
# this exporter and place.
suffices(c) if {
	w := data.pack.pathways[c.pathway]
	need in w.satisfies
	in_cities(w)
	in_countries(w)
}

suffices(c) if {
	c.pathway == "EXEMPTION"
	data.customs.exemption.open(c.claim)
}

in_cities(w) if not w.cities

in_cities(w) if {
	some prefix in w.cities
	startswith(input.exporter.city, prefix)
}

in_countries(w) if not w.countries

in_countries(w) if input.destination.country in w.countries

# Of several filings that cover the flow the first counts: the register gives
# the best fit first.
covering := min({i |
	some i in meant
	input.candidates[i].pathway != "EXEMPTION"
	not faults[i]
})

# held_below are the national thresholds that end the use of a pathway: those
# whose need it does not satisfy.
held_below(pathway) := [t.id |
	some t in data.pack.thresholds.national
	not t.need in data.pack.pathways[pathway].satisfies
]

# nearest is the candidate that lacks least: one for this recipient before any
# other, then the one that gets farthest through the steps.
nearest := 0 - best[3] if best := max(ranks)

ranks contains [to_number(input.candidates[i].recipient), order[0][0], 0 - count(order), 0 - i] if {
	some i in meant
	order := [f | some f in faults[i]]
}

doubt := [{"code": "CIIO_UNKNOWN"} |
	facts.ciio_unknown
	not facts.has_important
]

verdict := {
	"action": "pass",
	"reasons": [{"code": "FILING_COVERS", "filing": c.filing}],
	"need": need,
	"basis": c.pathway,
	"filing": c.filing,
	"revision": c.revision,
	"limits": sort(array.concat(object.get(c, "limits", []), held_below(c.pathway))),
} if {
	c := input.candidates[covering]
} else := {
	"action": "block",
	"reasons": array.concat([object.union(f[1], {"filing": c.filing}) | some f in faults[nearest]], doubt),
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
