# Which lists of the exporter's zone are for this flow (2024 Provisions art. 6).
# A list is for an exporter of its zone that is no CIIO, and never for
# important data. A list that nobody compared with the published text gives
# nobody a right, and one that asks for it is for those alone who registered
# its use. No rule here decides anything.
package customs.zone

import data.customs.facts

asked if {
	count(facts.personal) > 0
	not facts.has_important
	facts.not_ciio
	object.get(input.exporter, "zone", "") != ""
}

# here are the lists of the exporter's zone that cover the scenario.
here[l.id] := l if {
	asked
	some l in data.pack.lists
	input.exporter.zone in l.zones
	facts.in_scenario(l.covers)
}

# covering are those of them that are for this exporter.
covering[id] := l if {
	some id, l in here
	l.verified
	exports(l)
}

exports(l) if not l.applies_to.export_from_zone

exports(_) if input.exporter.zone_export == "yes"

# effective are those whose use needs no registration, or has one.
effective[id] := l if {
	some id, l in covering
	not unregistered[id]
}

unregistered contains id if {
	some id, l in covering
	l.requires_registration == true
	not registration[id]
}

# registration is the registered use of a list, by a filing that fits the flow.
registration[id] := data.customs.matching.first(uses_of(id)) if {
	some id, l in covering
	l.requires_registration == true
}

uses_of(id) := {i |
	some i in data.customs.matching.fitting
	input.candidates[i].pathway == "FTZ_LIST"
	input.candidates[i].list == id
}

# hints say what stood between a refused flow and a list.
hints := array.concat(
	[{"code": "FTZ_NOT_REGISTERED", "rule": lower(id)} | some id in unregistered],
	[{"code": "FTZ_LIST_UNVERIFIED", "rule": lower(id)} | some id, l in here; not l.verified],
)
