# The lists of a zone, one question at a time.
package customs.zone_test

import data.customs.zone

entry := {"id": "member", "data_class": "pi", "scenario": "retail.member", "classes": ["pi.name", "pi.contact.mobile"], "verified": true, "rules": [
	{"min": 1000, "pathway": "SA", "limit": "l.1000"},
	{"min": 100, "pathway": "SC_OR_CERT", "limit": "l.100"},
	{"min": 0, "pathway": "NONE"},
]}

negative := {
	"id": "CN-T-NEG", "type": "negative", "zones": ["Z"], "covers": ["retail.*"],
	"applies_to": {"registered_in_zone": true}, "verified": true, "entries": [entry],
}

general := {
	"id": "CN-T-GEN", "type": "general", "zones": ["Z"], "covers": ["retail.member"],
	"applies_to": {"registered_in_zone": true}, "requires_registration": true, "verified": true,
	"entries": [{
		"id": "g", "data_class": "pi", "scenario": "retail.member", "classes": ["pi.name"], "verified": true,
		"max_limit": "l.max", "rules": [{"min": 0, "pathway": "NONE"}],
	}],
}

registration := {
	"filing": "R1", "revision": 3, "pathway": "FTZ_LIST", "list": "CN-T-GEN", "status": "effective", "time": "current",
	"recipient": true, "country": true, "link": true, "purpose": "match", "covers": ["pi.name"], "limits": ["R1.ns"],
}

flow(classes, exceeded) := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": "no", "zone": "Z"},
	"declared": {"scenario": "retail.member"},
	"found": [{"class": c, "level": "general", "personal": true, "sensitive": false, "magnitude": 1} | some c in classes],
	"persons": {"non_sensitive": true, "sensitive": false},
	"candidates": null,
	"brackets": [{"limit": id, "exceeded": id in exceeded} | some id in ["l.100", "l.1000", "l.max", "R1.ns"]],
}

with_exporter(change) := object.union(flow(["pi.name"], []), {"exporter": change})

with_candidate(change) := object.union(flow(["pi.name"], []), {"candidates": [object.union(registration, change)]})

in_scenario(s) := object.union(flow(["pi.name"], []), {"declared": {"scenario": s}})

test_off_the_list if {
	v := zone.verdict with input as flow(["pi.address"], []) with data.pack.lists as [negative]
	v.basis == "EX_FTZ_OFFLIST"
	v.limits == []
}

test_on_the_list_and_few if {
	v := zone.verdict with input as flow(["pi.name"], []) with data.pack.lists as [negative]
	v.basis == "EX_FTZ_BELOW_LIST_THRESHOLD"
	v.limits == ["l.100", "l.1000"]
}

test_on_the_list_and_more if {
	not zone.verdict with input as flow(["pi.name"], ["l.100"]) with data.pack.lists as [negative]
	zone.need == "sc_or_cert" with input as flow(["pi.name"], ["l.100"]) with data.pack.lists as [negative]
}

test_on_the_list_and_most if {
	zone.need == "sa_volume" with input as flow(["pi.name"], ["l.100", "l.1000"]) with data.pack.lists as [negative]
	zone.why == {"l.1000"} with input as flow(["pi.name"], ["l.100", "l.1000"]) with data.pack.lists as [negative]
}

test_what_a_contract_must_still_hold if {
	zone.beyond(["sc_or_cert"]) == {"l.1000"} with input as flow(["pi.name"], ["l.100"]) with data.pack.lists as [negative]
	zone.beyond(["sc_or_cert", "sa_volume", "sa_hard"]) == set() with input as flow(["pi.name"], ["l.100"]) with data.pack.lists as [negative]
}

test_one_class_of_two_is_listed if {
	zone.need == "none" with input as flow(["pi.name", "pi.address"], []) with data.pack.lists as [negative]
}

test_a_rule_without_a_pathway_asks_for_the_most if {
	bad := object.union(negative, {"entries": [object.union(entry, {"rules": [{"min": 0, "pathway": "LUCK"}]})]})
	zone.need == "sa_volume" with input as flow(["pi.name"], []) with data.pack.lists as [bad]
}

test_the_strongest_of_two_entries if {
	hard := object.union(entry, {"id": "hard", "rules": [{"min": 0, "pathway": "SA"}]})
	l := object.union(negative, {"entries": [entry, hard]})
	zone.need == "sa_volume" with input as flow(["pi.name"], []) with data.pack.lists as [l]
}

test_uncounted_is_doubt if {
	v := zone.verdict with input as object.union(flow(["pi.name"], []), {"brackets": [{"limit": "other", "exceeded": false}]})
		with data.pack.lists as [negative]
	v.reasons == [{"code": "LEDGER_UNAVAILABLE", "limit": "l.100"}, {"code": "LEDGER_UNAVAILABLE", "limit": "l.1000"}]
}

test_another_zone if {
	not zone.verdict with input as with_exporter({"zone": "Y"}) with data.pack.lists as [negative]
}

test_no_zone if {
	not zone.verdict with input as with_exporter({"zone": ""}) with data.pack.lists as [negative]
}

test_never_for_a_ciio if {
	not zone.verdict with input as with_exporter({"ciio": "yes"}) with data.pack.lists as [negative]
	not zone.need with input as with_exporter({"ciio": ""}) with data.pack.lists as [negative]
}

test_never_for_important_data if {
	marked := object.union(flow(["pi.name"], []), {"found": [{"class": "pi.name", "level": "important", "personal": true, "sensitive": false}]})
	not zone.verdict with input as marked with data.pack.lists as [negative]
}

test_persons_of_no_class_are_under_no_list if {
	not zone.verdict with input as object.union(flow([], []), {"persons": {"sensitive": true}}) with data.pack.lists as [negative]
}

test_scenarios if {
	covered := {s |
		some s in ["retail.member", "retail.x.y", "retail", "retailer.member", "", "hotel.member"]
		zone.covering["CN-T-NEG"] with input as in_scenario(s) with data.pack.lists as [negative]
	}
	covered == {"retail.member", "retail.x.y"}
}

test_every_scenario_is_also_none if {
	all := object.union(negative, {"covers": ["*"]})
	zone.covering["CN-T-NEG"] with input as in_scenario("") with data.pack.lists as [all]
}

test_export_from_the_zone if {
	l := object.union(negative, {"applies_to": {"export_from_zone": true}})
	not zone.verdict with input as flow(["pi.name"], []) with data.pack.lists as [l]
	not zone.verdict with input as with_exporter({"zone_export": "no"}) with data.pack.lists as [l]
	zone.verdict with input as with_exporter({"zone_export": "yes"}) with data.pack.lists as [l]
}

test_an_unverified_list_is_only_told_of if {
	l := object.union(negative, {"verified": false})
	not zone.verdict with input as flow(["pi.name"], []) with data.pack.lists as [l]
	zone.hints == [{"code": "FTZ_LIST_UNVERIFIED", "rule": "cn-t-neg"}] with input as flow(["pi.name"], []) with data.pack.lists as [l]
}

test_a_general_list_needs_its_registration if {
	not zone.verdict with input as flow(["pi.name"], []) with data.pack.lists as [general]
	zone.hints == [{"code": "FTZ_NOT_REGISTERED", "rule": "cn-t-gen"}] with input as flow(["pi.name"], []) with data.pack.lists as [general]
}

test_a_general_list_registered if {
	v := zone.verdict with input as with_candidate({}) with data.pack.lists as [general]
	v.basis == "EX_FTZ_GENERAL_LIST"
	v.filing == "R1"
	v.revision == 3
	v.limits == ["R1.ns", "l.max"]
}

test_a_general_list_registered_wrongly if {
	every change in [
		{"list": "CN-OTHER"}, {"time": "expired"}, {"status": "suspended"}, {"recipient": false},
		{"covers": ["pi.address"]}, {"purpose": "mismatch"}, {"link": false},
	] {
		not zone.verdict with input as with_candidate(change) with data.pack.lists as [general]
	}
}

test_a_general_list_names_every_class if {
	both := object.union(with_candidate({"covers": ["pi.name", "pi.address"]}), {"found": flow(["pi.name", "pi.address"], []).found})
	not zone.verdict with input as both with data.pack.lists as [general]
}

test_a_general_list_is_full if {
	full := object.union(with_candidate({}), {"brackets": flow([], ["l.max"]).brackets})
	not zone.verdict with input as full with data.pack.lists as [general]
}

test_a_general_list_uncounted if {
	some_counts := object.union(with_candidate({}), {"brackets": [{"limit": "R1.ns", "exceeded": false}]})
	not zone.verdict with input as some_counts with data.pack.lists as [general]
}

test_a_general_list_is_asked_before_a_negative_one if {
	v := zone.verdict with input as with_candidate({}) with data.pack.lists as [negative, general]
	v.basis == "EX_FTZ_GENERAL_LIST"
}
