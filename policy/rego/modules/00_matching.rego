# Which of the exporter's papers fit the flow: filings, registered claims and
# registered uses of a zone list. A paper fits a flow if it covers all of it:
# exporter, time, recipient, link, purpose, every class, form and volume (NDSR
# art. 38). Two papers are never added together. Whether a filing is strong
# enough is asked later; no rule here decides anything.
package customs.matching

import data.customs.facts

# meant are the candidates that could be held against this flow: filings that
# were in force at some time, the registered use of zone lists, and registered
# claims of the declared exemption.
meant := object.union(filings, claims)

filings := {i: object.union(silent, c) |
	some i, c in input.candidates
	c.pathway in {"SA", "SC", "CERT", "GBA_SC", "FTZ_LIST"}
	c.status in was_in_force
}

claims := {i: object.union(silent, c) |
	some i, c in input.candidates
	c.pathway == "EXEMPTION"
	c.claim == input.declared.claim
	c.status in was_in_force
}

# silent is what a paper says that says nothing.
silent := {
	"time": "", "purpose": "", "covers": [], "sensitive": [], "important": [],
	"refused": [], "deidentified": [], "approvals": [], "limits": [],
}

was_in_force := {"effective", "suspended", "revoked", "expired"}

# faults are the things that candidates lack: which candidate, the number of the
# step that found it, and what. The steps are those of the matching order.
faults contains [i, 10, {"code": "FILING_SUSPENDED"}] if {
	some i, c in meant
	c.status in {"suspended", "revoked"}
}

faults contains [i, 20, {"code": "FILING_NOT_YET_EFFECTIVE"}] if {
	some i, c in meant
	not c.time in {"current", "expired"}
}

faults contains [i, 20, {"code": "FILING_EXPIRED"}] if {
	some i, c in meant
	c.time == "expired"
}

faults contains [i, 20, {"code": "FILING_EXPIRED"}] if {
	some i, c in meant
	c.status == "expired"
}

faults contains [i, 30, {"code": "RECIPIENT_MISMATCH"}] if {
	some i, c in meant
	not c.recipient
}

# Country and link belong to a recipient; they are not asked of another one.
# Nor is a purpose missed where the link table had no row to tell it.
faults contains [i, 31, {"code": "COUNTRY_MISMATCH"}] if {
	some i, c in meant
	c.recipient
	not c.country
}

faults contains [i, 40, {"code": "LINK_NOT_FILED"}] if {
	some i, c in meant
	c.recipient
	not c.link
}

faults contains [i, 50, {"code": "PURPOSE_MISMATCH"}] if {
	some i, c in meant
	c.purpose == "mismatch"
}

faults contains [i, 50, {"code": "PURPOSE_UNDECLARED"}] if {
	some i, c in meant
	c.recipient
	c.link
	not c.purpose in {"match", "mismatch"}
}

# A link that an operator lets through without a row tells no purpose either.
faults contains [i, 50, {"code": "PURPOSE_UNDECLARED"}] if {
	"LINK_NOT_FILED" in relaxed
	some i, c in meant
	c.recipient
	not c.purpose in {"match", "mismatch"}
}

faults contains [i, 60, {"code": "CATEGORY_NOT_COVERED", "class": class}] if {
	some i, c in meant
	some class in facts.governed
	not class in c.covers
	not class in c.refused
}

faults contains [i, 61, {"code": "SPI_NOT_COVERED", "class": class}] if {
	some i, c in meant
	some class in facts.sensitive
	class in c.covers
	not class in c.sensitive
}

faults contains [i, 62, {"code": "IMPORTANT_NOT_COVERED", "class": class}] if {
	some i, c in meant
	some class in facts.important
	class in c.covers
	not class in c.important
}

# A class that was refused in one item and approved in another cannot be told
# apart on the wire.
faults contains [i, 63, {"code": "ITEM_REFUSED", "class": class}] if {
	some i, c in meant
	some class in facts.governed
	class in c.refused
}

faults contains [i, 70, {"code": "DEIDENTIFICATION_MISSING", "class": class}] if {
	some i, c in meant
	some class in facts.personal
	class in c.deidentified
}

# What another authority grants stands in the same paper, as the filing of human
# genetic resources (人类遗传资源管理条例 art. 28); the catalogue says which data
# asks for it.
faults contains [i, 75, {"code": "SECTOR_APPROVAL_MISSING", "rule": kind}] if {
	some kind in data.customs.marks.approvals
	some i, c in meant
	not kind in c.approvals
}

faults contains [i, 80, {"code": "VOLUME_EXCEEDED", "limit": id}] if {
	some i, c in meant
	some id in c.limits
	facts.exceeded[id]
}

faults contains [i, 80, {"code": "LEDGER_UNAVAILABLE", "limit": id}] if {
	some i, c in meant
	facts.counted
	some id in c.limits
	not id in facts.told
}

# Who may not claim an exemption at all has registered it in vain.
faults contains [i, 90, {"code": "PATHWAY_INSUFFICIENT"}] if {
	some i, c in meant
	c.pathway == "EXEMPTION"
	not data.customs.exemption.open(c.claim)
}

# An operator may do without some details of a paper, if the rule pack allows
# it. Nothing else can be relaxed, whatever a pack says.
relaxed := {code |
	some code in data.customs.operator.relax
	code in data.pack.operator.may_relax
	code in {"PURPOSE_UNDECLARED", "PURPOSE_MISMATCH", "LINK_NOT_FILED", "DEIDENTIFICATION_MISSING"}
}

# lacks[i] are the faults of candidate i, and standing[i] those that nobody
# lifted.
lacks := {i: all |
	some i, _ in meant
	all := {[f[1], f[2]] | some f in faults; f[0] == i}
	count(all) > 0
}

standing := {i: left |
	some i, all in lacks
	left := {f | some f in all; not f[1].code in relaxed}
	count(left) > 0
}

fitting := {i | some i, _ in meant; not standing[i]}

# first is the one to rest on: one without any fault before one with faults
# that were lifted. The register gives the best fit first.
first(indices) := i if {
	i := min({i | some i in indices; not lacks[i]})
} else := min(indices)

# lifted says what an operator did without.
lifted(i) := [object.union(detail, {"code": "RELAXED_BY_OPERATOR", "of": f[1].code, "filing": meant[i].filing}) |
	some f in lacks[i]
	detail := object.filter(f[1], ["class"])
]
