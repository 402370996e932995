# Marks of the catalogues in force: what tells important data (NDSR art. 62),
# what is only suspected to be such, and what asks for the approval of another
# authority besides. A mark that nobody compared with its source is shown
# elsewhere and has no effect here. No rule here decides anything.
package customs.marks

# holding are the marks all of whose conditions hold, with the classes of the
# flow that they are about.
holding[m.id] := {"mark": m, "classes": classes(m)} if {
	some m in data.pack.marks
	m.verified
	by_class(m)
	by_scenario(m)
	by_magnitude(m)
	by_scale(m)
}

given(m, key) if count(object.get(m, key, [])) > 0

classes(m) := {f.class |
	given(m, "classes")
	some f in input.found
	f.class in m.classes
}

by_class(m) if not given(m, "classes")

by_class(m) if count(classes(m)) > 0

by_scenario(m) if not given(m, "scenarios")

by_scenario(m) if data.customs.facts.in_scenario(m.scenarios)

by_magnitude(m) if object.get(m, "min_magnitude", 0) == 0

by_magnitude(m) if {
	some f in input.found
	about(m, f.class)
	f.magnitude >= m.min_magnitude
}

about(m, _) if not given(m, "classes")

about(m, class) if class in m.classes

by_scale(m) if object.get(m, "scale", null) == null

by_scale(m) if data.customs.facts.exceeded[m.scale.limit]

# A count that is missing may be beyond the scale.
by_scale(m) if data.customs.facts.untold(m.scale.limit)

# published are the classes that a mark makes important data, and told says
# that some mark does, be it without a class.
published contains class if {
	some h in holding
	h.mark.effect == "published"
	some class in h.classes
}

told if {
	some h in holding
	h.mark.effect == "published"
}

# suspected are the marks that ask two persons to look first.
suspected[id] := h.classes if {
	some id, h in holding
	h.mark.effect == "suspected"
}

# approvals are the kinds of approval that the flow needs from authorities
# other than the cyberspace administration.
approvals contains h.mark.approval if {
	some h in holding
	h.mark.effect == "approval"
}

# unapproved are the faults of a flow that no paper lets go.
unapproved := [{"code": "SECTOR_APPROVAL_MISSING", "rule": kind} | some kind in approvals]
