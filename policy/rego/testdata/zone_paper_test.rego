# Registrations of several lists, and approvals of other authorities.
package customs.zone_paper_test

import data.customs.decision
import data.customs.zone
import data.customs.zone_kind_test as made

registered(l, id) := object.union(l, {"id": id, "requires_registration": true})

use(filing, id, limits) := {
	"filing": filing, "revision": 3, "pathway": "FTZ_LIST", "list": id, "status": "effective", "time": "current",
	"recipient": true, "country": true, "link": true, "purpose": "match", "covers": ["pi.name"], "limits": limits,
}

two := [registered(made.list([made.row("pi", "pi.name", {})]), "CN-T-A"), registered(made.list([]), "CN-T-B")]

flow(papers) := object.union(made.flow(["pi.name"], []), {"coverage": {"state": "full"}, "candidates": papers})

test_two_registrations_are_both_named if {
	v := zone.verdict with input as flow([use("R1", "CN-T-A", []), use("R2", "CN-T-B", ["R2.ns"])]) with data.pack.lists as two
	v.filing == "R2"
	v.limits == ["R2.ns", "l.100", "l.1000"]
	[r.filing | some r in v.reasons] == ["R2", "R1"]
}

test_two_registrations_with_limits_leave_all_to_the_national_rules if {
	papers := [use("R1", "CN-T-A", ["R1.ns"]), use("R2", "CN-T-B", ["R2.ns"])]
	not zone.verdict with input as flow(papers) with data.pack.lists as two
	not zone.need with input as flow(papers) with data.pack.lists as two
	v := decision.verdict with input as flow(papers) with data.pack.lists as two
	v.basis == "EX_SMALL"
	v.limits == ["l.100", "l.1000", "national.ns.100000", "national.sp.1"]
}

test_one_registration_of_two_leaves_one_list if {
	v := zone.verdict with input as flow([use("R2", "CN-T-B", ["R2.ns"])]) with data.pack.lists as two
	v.basis == "EX_FTZ_OFFLIST"
	v.limits == ["R2.ns"]
}

mark := {"id": "m", "effect": "approval", "approval": "geo", "verified": true}

paper(change) := object.union(use("F1", "", ["R1.ns"]), change)

ruled(classes, lists, papers) := v if {
	v := decision.verdict with input as object.union(made.flow(classes, []), {"coverage": {"state": "full"}, "candidates": papers})
		with data.pack.lists as lists
		with data.pack.marks as [mark]
}

off := made.list([made.row("pi", "pi.address", {})])

on := made.list([made.row("pi", "pi.name", {})])

free := made.free([made.row("pi", "pi.name", {})])

test_an_approval_that_nothing_holds if {
	every lists in [[], [off], [on], [free]] {
		v := ruled(["pi.name"], lists, null)
		v.action == "block"
		v.reasons == [{"code": "SECTOR_APPROVAL_MISSING", "rule": "geo"}]
		v.need == "none"
	}
}

test_an_approval_in_any_filing if {
	every lists in [[], [off], [on], [free]] {
		every pathway in ["SA", "SC", "CERT"] {
			v := ruled(["pi.name"], lists, [paper({"pathway": pathway, "approvals": ["geo"]})])
			v.basis == pathway
			v.need == "none"
		}
	}
}

test_the_limits_of_a_filing_for_its_approval if {
	one := [paper({"pathway": "SC", "approvals": ["geo"]})]
	ruled(["pi.name"], [off], one).limits == ["R1.ns"]
	ruled(["pi.name"], [on], one).limits == ["R1.ns", "l.1000"]
	ruled(["pi.name"], [], one).limits == ["R1.ns", "national.ns.1000000", "national.sp.10000"]
}

test_an_approval_in_a_filing_that_does_not_fit if {
	every change in [{"time": "expired"}, {"recipient": false}, {"covers": []}, {"approvals": ["hgr"]}, {"pathway": "GBA_SC"}, {"pathway": "FTZ_LIST"}] {
		v := ruled(["pi.name"], [off], [object.union(paper({"pathway": "SC", "approvals": ["geo"]}), change)])
		v.reasons == [{"code": "SECTOR_APPROVAL_MISSING", "rule": "geo"}]
	}
}

test_an_approval_in_the_registration_of_a_list if {
	v := ruled(["pi.name"], two, [use("R1", "CN-T-A", []), object.union(use("R2", "CN-T-B", []), {"approvals": ["geo"]})])
	v.basis == "EX_FTZ_OFFLIST"
	v.filing == "R2"
}

test_an_approval_in_the_registration_of_a_general_list if {
	second := registered(object.union(free, {"id": "CN-T-GEO"}), "CN-T-GEO")
	v := ruled(["pi.name"], [free, second], [object.union(use("R1", "CN-T-GEO", []), {"approvals": ["geo"]})])
	v.basis == "EX_FTZ_GENERAL_LIST"
	v.filing == "R1"
}
