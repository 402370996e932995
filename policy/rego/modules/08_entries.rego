# Which entries of a zone's list answer for a flow, and which lists do not know
# an answer for all of it (2024 Provisions art. 6). An entry that nobody compared
# with the published text gives nobody a right. No rule here decides anything.
package customs.zone

import data.customs.facts

# touching are the entries of a list that name a class of this flow.
touching[id] contains e if {
	some id, l in effective
	some e in l.entries
	facts.in_scenario([e.scenario])
	some class in facts.personal
	class in e.classes
}

# fits says that an entry is about data of this kind: its rules count only the
# persons of one kind, those with sensitive data or those with other data.
fits(e, class) if {
	e.data_class == "spi"
	class in facts.sensitive
}

fits(e, class) if {
	e.data_class == "pi"
	not class in facts.sensitive
}

fits(e, _) if e.data_class == "important"

# answering are the entries that are asked what they ask for. A class may be
# sensitive by one child among adults, whom the entry for other data counts.
answering[id] contains e if {
	some id, list in touching
	some e in list
	e.verified
	counts(e)
}

counts(e) if {
	some class in facts.personal
	class in e.classes
	fits(e, class)
}

counts(e) if {
	e.data_class == "pi"
	input.persons.non_sensitive
}

named(id, class) if {
	some e in touching[id]
	class in e.classes
}

told(id, class) if {
	some e in answering[id]
	class in e.classes
	fits(e, class)
}

# unsure are the lists that do not answer for all of the flow: an entry that
# nobody compared with its source would have to, a class is listed only among
# data of the other kind, or there is sensitive data of a class not told.
unsure contains id if {
	some id, _ in effective
	some e in touching[id]
	not e.verified
}

unsure contains id if {
	some id, _ in effective
	some class in facts.personal
	named(id, class)
	not told(id, class)
}

unsure contains id if {
	some id, _ in effective
	input.persons.sensitive
	count(facts.sensitive) == 0
}
