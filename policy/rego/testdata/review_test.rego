# What an operator adds, and what is lifted of it.
package customs.review_test

import data.customs.decision
import data.customs.review

flow := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": "no"},
	"declared": {},
	"found": [{"class": "org.uscc", "level": "general", "personal": false, "sensitive": false, "magnitude": 1}],
	"persons": {},
	"coverage": {"state": "full"},
	"candidates": null,
	"brackets": null,
}

exception(change) := object.union(flow, {"exceptions": [object.union({"id": "E2", "revision": 1, "state": "current", "waives": ["r"]}, change)]})

test_nothing_said if {
	decision.verdict.action == "pass" with input as flow
	review.uses == [] with input as flow
}

test_denied if {
	v := decision.verdict with input as flow with data.customs.operator.deny as {"r"}
	v.reasons == [{"code": "OPERATOR_DENIED", "rule": "r"}]
}

test_waived if {
	v := decision.verdict with input as exception({}) with data.customs.operator.deny as {"r"}
	v.action == "pass"
	v.uses == ["E2"]
	v.reasons[1] == {"code": "EXCEPTION_APPLIED", "rule": "r", "by": "E2"}
}

test_an_exception_not_in_force if {
	every state in ["unapproved", "not_yet", "expired", "used_up", "suspended", ""] {
		v := decision.verdict with input as exception({"state": state}) with data.customs.operator.deny as {"r"}
		v.action == "block"
	}
}

test_an_exception_for_other_classes if {
	v := decision.verdict with input as exception({"classes": ["pi.name"]}) with data.customs.operator.deny as {"r"}
	v.action == "block"
}

test_the_first_of_two_exceptions if {
	two := object.union(flow, {"exceptions": [
		{"id": "E9", "revision": 1, "state": "current", "waives": ["r"]},
		{"id": "E3", "revision": 1, "state": "current", "waives": ["r"]},
	]})
	review.uses == ["E3"] with input as two with data.customs.operator.hold as {"r"}
}

ticket(change) := object.union(flow, {"approval": object.union({"ticket": "T", "approvers": ["a", "b"], "rules": ["r", "suspected.m"]}, change)})

mark := {"id": "m", "effect": "suspected", "verified": true}

test_held_and_approved if {
	v := decision.verdict with input as ticket({}) with data.customs.operator.hold as {"r"}
	v.uses == ["T"]
}

test_suspected_and_approved if {
	v := decision.verdict with input as ticket({}) with data.pack.marks as [mark]
	v.uses == ["T"]
}

test_approved_for_other_rules if {
	every rules in [[], ["s"], ["m"], null] {
		v := decision.verdict with input as ticket({"rules": rules}) with data.customs.operator.hold as {"r"}
		v.action == "hold"
	}
	v := decision.verdict with input as ticket({"rules": ["r", "m"]}) with data.pack.marks as [mark]
	v.reasons == [{"code": "IMPORTANT_SUSPECTED", "rule": "m"}]
}

test_a_further_rule_holds_it_again if {
	v := decision.verdict with input as ticket({}) with data.customs.operator.hold as {"r", "s"} with data.pack.marks as [mark]
	v.action == "hold"
	v.reasons == [
		{"code": "IMPORTANT_SUSPECTED", "rule": "m"},
		{"code": "HELD_FOR_REVIEW", "rule": "r"}, {"code": "HELD_FOR_REVIEW", "rule": "s"},
	]
}

test_a_further_rule_that_is_waived if {
	lifted := object.union(ticket({}), {"exceptions": [{"id": "E2", "revision": 1, "state": "current", "waives": ["s"]}]})
	v := decision.verdict with input as lifted with data.customs.operator.hold as {"r", "s"}
	v.uses == ["E2", "T"]
}

test_denied_by_a_reviewer if {
	every change in [{"denied": true}, {"denied": true, "rules": []}, {"denied": true, "approvers": ["a"]}] {
		v := decision.verdict with input as ticket(change) with data.customs.operator.hold as {"r"}
		v.action == "block"
		v.reasons == [{"code": "REVIEW_DENIED", "by": "T"}]
		not v.uses
	}
}

test_denied_where_nothing_holds if {
	decision.verdict.action == "pass" with input as ticket({"denied": true})
}

test_a_hold_keeps_nothing_in_use if {
	v := decision.verdict with input as exception({}) with data.customs.operator.hold as {"r", "s"}
	v.action == "hold"
	not v.uses
}

test_a_relaxation_beyond_the_pack if {
	relaxed := data.customs.matching.relaxed with data.customs.operator.relax as {"LINK_NOT_FILED", "FILING_EXPIRED"}
		with data.pack.operator.may_relax as ["FILING_EXPIRED", "PURPOSE_MISMATCH"]
	relaxed == set()
}

test_a_relaxation_within_the_pack if {
	relaxed := data.customs.matching.relaxed with data.customs.operator.relax as {"LINK_NOT_FILED", "FILING_EXPIRED"}
		with data.pack.operator.may_relax as ["LINK_NOT_FILED"]
	relaxed == {"LINK_NOT_FILED"}
}
