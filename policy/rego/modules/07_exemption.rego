# Contracts with the person, staff management, emergencies and statutory
# duties are exempt (2024 Provisions art. 5(1)(1) to (3), NDSR art. 35(6)).
# A claim counts only if it is registered, current and fits the flow. No
# exemption of art. 5 covers important data (art. 5 para. 2).
package customs.exemption

verdict := passed(input.declared.claim) if {
	input.declared.claim != "EX_TRANSIT"
}

# passed is the verdict under a registered claim that fits without a fault.
passed(claim) := {
	"action": "pass",
	"reasons": [{"code": claim, "filing": c.filing}],
	"need": "none",
	"basis": claim,
	"filing": c.filing,
	"revision": c.revision,
	"limits": object.get(c, "limits", []),
} if {
	c := input.candidates[min(fitting(claim))]
}

fitting(claim) := {i |
	some i, c in input.candidates
	c.pathway == "EXEMPTION"
	c.claim == claim
	i in data.customs.filing.meant
	not data.customs.filing.faults[i]
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
