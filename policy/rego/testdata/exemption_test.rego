# Registered claims.
package customs.exemption_test

import data.customs.exemption

paper := {
	"filing": "X1", "revision": 1, "pathway": "EXEMPTION", "status": "effective", "time": "current",
	"recipient": true, "country": true, "link": true, "purpose": "match", "covers": ["pi.name"],
}

claiming(claim, change) := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"declared": {"claim": claim},
	"found": [{"class": "pi.name", "level": "general", "personal": true, "sensitive": false, "magnitude": 1}],
	"persons": {},
	"candidates": [object.union(object.union(paper, {"claim": claim}), change)],
	"brackets": null,
}

test_each_claim_of_the_law if {
	every claim in ["EX_CONTRACT", "EX_HR", "EX_EMERGENCY", "EX_LEGAL_DUTY", "EX_TREATY"] {
		v := exemption.verdict with input as claiming(claim, {})
		v.basis == claim
		v.filing == "X1"
	}
}

test_what_cannot_be_claimed if {
	every claim in ["EX_SMALL", "EX_NO_PI", "EX_FTZ_OFFLIST", "EX_FTZ_GENERAL_LIST", "SA", ""] {
		not exemption.verdict with input as claiming(claim, {})
	}
}

test_transit_is_asked_elsewhere if {
	not exemption.verdict with input as claiming("EX_TRANSIT", {})
	data.customs.transit.verdict.basis == "EX_TRANSIT" with input as claiming("EX_TRANSIT", {})
}

test_transit_with_a_resident if {
	added := object.union(claiming("EX_TRANSIT", {"covers": ["pi.id.resident"]}), {"found": [{"class": "pi.id.resident", "personal": true}]})
	not data.customs.transit.verdict with input as added
}

test_important_data if {
	marked := object.union(claiming("EX_HR", {"important": ["pi.name"]}), {"found": [{"class": "pi.name", "personal": true, "level": "important"}]})
	not exemption.verdict with input as marked
}

test_another_claim_is_registered if not exemption.verdict with input as claiming("EX_HR", {"claim": "EX_CONTRACT"})

test_an_approval_missing if {
	mark := {"id": "m", "effect": "approval", "approval": "hgr", "verified": true}
	not exemption.verdict with input as claiming("EX_HR", {}) with data.pack.marks as [mark]
	exemption.verdict with input as claiming("EX_HR", {"approvals": ["hgr"]}) with data.pack.marks as [mark]
}
