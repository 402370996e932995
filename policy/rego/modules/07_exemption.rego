# Contracts with the person, staff management, emergencies and statutory
# duties are exempt (2024 Provisions art. 5(1)(1) to (3), NDSR art. 35(6)), and
# what a treaty allows (NDSR art. 36, PIPL art. 38). A claim counts only if it
# is registered, current and fits the flow. No exemption of art. 5 covers
# important data (art. 5 para. 2).
package customs.exemption

verdict := passed(input.declared.claim) if {
	input.declared.claim != "EX_TRANSIT"
}

# passed is the verdict under a registered claim that fits.
passed(claim) := {
	"action": "pass",
	"reasons": array.concat([{"code": claim, "filing": c.filing}], data.customs.matching.lifted(i)),
	"need": "none",
	"basis": claim,
	"filing": c.filing,
	"revision": c.revision,
	"limits": object.get(c, "limits", []),
} if {
	i := data.customs.matching.first(fitting(claim))
	c := input.candidates[i]
}

fitting(claim) := {i |
	some i in data.customs.matching.fitting
	c := input.candidates[i]
	c.pathway == "EXEMPTION"
	c.claim == claim
}

# open says whether a claim can be made for this flow at all.
open(claim) if {
	data.pack.exemptions[claim].claimable
	not data.customs.facts.has_important
}

open("EX_TRANSIT") if {
	data.pack.exemptions.EX_TRANSIT
	not data.customs.facts.has_important
	count(data.customs.facts.domestic) == 0
}
