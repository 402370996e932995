# Parts that look like pieces of one list or document, which may not be split to
# stay below a security assessment (SC Measures art. 4). The persons of all
# pieces are counted together in any case, so this only tells of it; an operator
# can have it held for two persons, by the word splitting in the set suspect.
package customs.split

import data.customs.decision

suspected if count(input.split.evidence) > 0

# notes are what a release says of it.
notes := [{"code": "SPLITTING_SUSPECTED"} |
	suspected
	decision.governed
]

# ordered says that the operator wants it held.
ordered if {
	suspected
	decision.governed
	"splitting" in data.customs.operator.suspect
}

# reason is what holds it; a filing that covers the part lacks nothing else.
reason := object.union({"code": "SPLITTING_SUSPECTED"}, filed)

filed := {"filing": decision.law.filing} if {
	decision.law.filing
} else := {}
