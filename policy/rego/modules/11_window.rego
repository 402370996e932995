# Content that is larger than can be held is judged while it comes, and what was
# judged leaves before the rest is read (asked with the stage "window"). What is
# still to come is covered by a filing alone (NDSR art. 38): one that fits, is
# strong enough, says for its link that it may be sent in windows, and of whose
# stop list nothing was found. That nothing was found so far is no ground, nor
# is an exemption or a small number of persons.
package customs.window

import data.customs.decision.content
import data.customs.filing
import data.customs.matching

# stops are the classes found that end it for a candidate.
stops[i] := classes if {
	some i, c in input.candidates
	classes := {f.class | some f in input.found; f.class in object.get(c, "stop", [])}
	count(classes) > 0
}

open contains i if {
	some i in filing.able
	input.candidates[i].window == true
	not stops[i]
}

verdict := filing.under(matching.first(open)) if {
	input.coverage.state == "full"
	input.destination.overseas != false
	count(open) > 0
} else := object.union_n([
	object.filter(content, ["need", "filing", "revision"]),
	nearest,
	{"action": "block", "reasons": array.concat(why, causes)},
])

causes := content.reasons if {
	content.action == "block"
} else := []

# why says what was too large, and what kept a filing from opening this way.
why := [{"code": "OVERSIZE", "gaps": input.coverage.gaps}] if {
	input.coverage.state != "full"
	count(input.coverage.gaps) > 0
} else := [{"code": "OVERSIZE", "class": class, "filing": c.filing} | some class in stops[near]] if {
	c := input.candidates[near]
	c.window == true
	stops[near]
} else := [{"code": "OVERSIZE", "filing": input.candidates[near].filing}] if {
	not input.candidates[near].window
} else := [{"code": "OVERSIZE"}]

# near is the filing that would cover the flow if it were whole: one that was
# stopped before one that never goes in windows.
near := matching.first({i | some i in filing.able; input.candidates[i].window == true}) if {
	some i in filing.able
	input.candidates[i].window == true
} else := matching.first(filing.able) if {
	count(filing.able) > 0
}

nearest := object.filter(input.candidates[near], ["filing", "revision"]) if near >= 0

else := {}

# refusal is any other answer about a window: there is no waiting for reviewers
# and no taking out of data in the middle of a flow.
refusal(v) := object.union(v, {"action": "block", "reasons": led(v.reasons)})

led(reasons) := reasons if {
	reasons[0].code == "OVERSIZE"
} else := array.concat([{"code": "OVERSIZE"}], reasons)
