# What several rules ask about a flow. No rule here decides anything.
#
# input is the canonical question: it names classes of data, never values.
# data.pack is the rule pack in force on the date of the flow.
package customs.facts

# Classes of personal information in the flow (PIPL art. 4).
personal contains f.class if {
	some f in input.found
	f.personal
}

personal contains f.class if {
	some f in input.found
	f.class in data.pack.classes.personal
	not f.class in linked
}

# Classes that are personal only beside a person; the question says whether
# one is there.
linked := {c | some c in object.get(data.pack.classes, "linked", [])}

# Classes of sensitive personal information (PIPL art. 28), under the profile
# in force, or because a person is under fourteen.
sensitive contains f.class if {
	some f in input.found
	f.sensitive
}

# Important data: notified or published as such (NDSR art. 62), told by its
# level or by its class.
important contains f.class if {
	some f in input.found
	f.level == "important"
}

important contains f.class if {
	some f in input.found
	f.class in data.pack.classes.important
}

important contains class if {
	some class in data.customs.marks.published
}

# Classes that show data of mainland origin.
domestic contains c if {
	some c in personal
	c in data.pack.classes.domestic
}

# The operator's own customers and staff are taken for people of the mainland.
domestic contains c if {
	some c in personal
	startswith(c, "pi.account.")
}

# governed are all classes that a filing must cover.
governed := personal | important

has_personal if count(personal) > 0

has_personal if input.persons.non_sensitive

has_personal if input.persons.sensitive

has_sensitive if count(sensitive) > 0

has_sensitive if input.persons.sensitive

has_important if count(important) > 0

has_important if data.customs.marks.told

exporter_known if input.exporter.uscc != ""

# Only an explicit "no" says that the exporter is no critical information
# infrastructure operator. Not knowing is the stricter case.
not_ciio if input.exporter.ciio == "no"

ciio_unknown if not ciio_told

ciio_told if input.exporter.ciio in {"yes", "no"}

# counted says that the ledger was asked at all.
counted if {
	some _ in input.brackets
}

# On which side of each limit the persons of this flow fall.
exceeded := {b.limit: b.exceeded | some b in input.brackets}

told := {b.limit | some b in input.brackets}

# untold says that persons were counted, but nobody said where they stand at
# this limit. A flow without any count carries nobody who could be told from
# others; should it do so all the same, the reservation still holds it to the
# limits that the verdict names.
untold(limit) if {
	counted
	not limit in told
}

# in_scenario says that what was declared is one of the scenarios of a list:
# by its code, by its branch ("icv.*" is everything below icv), or by "*",
# which is also what was not declared.
in_scenario(scenarios) if "*" in scenarios

in_scenario(scenarios) if {
	declared_scenario != ""
	declared_scenario in scenarios
}

in_scenario(scenarios) if {
	some s in scenarios
	endswith(s, ".*")
	startswith(declared_scenario, trim_suffix(s, "*"))
}

declared_scenario := object.get(input, ["declared", "scenario"], "")
