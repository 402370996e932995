# Entries of other data than a list's are about, and lists that answer for a
# part of a flow alone.
package customs.zone_kind_test

import data.customs.filing
import data.customs.need
import data.customs.zone

row(kind, class, change) := object.union({
	"id": concat(".", [kind, class]), "data_class": kind, "scenario": "*", "classes": [class], "verified": true,
	"rules": [{"min": 1000, "pathway": "SA", "limit": "l.1000"}, {"min": 100, "pathway": "SC_OR_CERT", "limit": "l.100"}, {"min": 0, "pathway": "NONE"}],
}, change)

list(rows) := {
	"id": "CN-T-NEG", "type": "negative", "zones": ["Z"], "covers": ["*"],
	"applies_to": {"registered_in_zone": true}, "verified": true, "entries": rows,
}

free(rows) := object.union(list(rows), {"id": "CN-T-GEN", "type": "general"})

# A leading "s:" is sensitive data.
flow(data_in_it, exceeded) := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": "no", "zone": "Z"},
	"declared": {"scenario": "retail.member"},
	"found": [{"class": trim_prefix(c, "s:"), "level": "general", "personal": true, "sensitive": startswith(c, "s:"), "magnitude": 1} | some c in data_in_it],
	"persons": {"non_sensitive": some_plain(data_in_it), "sensitive": some_sensitive(data_in_it)},
	"candidates": null,
	"brackets": [{"limit": id, "exceeded": id in exceeded} |
		some id in ["l.100", "l.1000", "l.max", "R1.ns", "R2.ns", "national.ns.100000", "national.ns.1000000", "national.sp.1", "national.sp.10000"]],
}

some_plain(data_in_it) if {
	some c in data_in_it
	not startswith(c, "s:")
} else := false

some_sensitive(data_in_it) if {
	some c in data_in_it
	startswith(c, "s:")
} else := false

test_a_row_of_its_kind if {
	every pair in [["pi", "pi.name"], ["spi", "s:pi.name"], ["important", "pi.name"], ["important", "s:pi.name"]] {
		l := list([row(pair[0], "pi.name", {})])
		zone.need == "none" with input as flow([pair[1]], []) with data.pack.lists as [l]
	}
}

test_a_row_of_the_other_kind if {
	every pair in [["pi", "s:pi.name"], ["spi", "pi.name"], ["luck", "pi.name"], ["", "pi.name"]] {
		l := list([row(pair[0], "pi.name", {})])
		not zone.need with input as flow([pair[1]], []) with data.pack.lists as [l]
		not zone.verdict with input as flow([pair[1]], []) with data.pack.lists as [l]
		not zone.verdict with input as flow([pair[1]], []) with data.pack.lists as [free([row(pair[0], "pi.name", {})])]
	}
}

test_a_row_of_each_kind_asks_for_its_own if {
	rows := [row("pi", "pi.name", {"rules": [{"min": 0, "pathway": "SA"}]}), row("spi", "pi.name", {})]
	zone.need == "none" with input as flow(["s:pi.name"], []) with data.pack.lists as [list(rows)]
	zone.need == "sa_volume" with input as flow(["pi.name"], []) with data.pack.lists as [list(rows)]
}

test_adults_beside_a_child_are_counted_too if {
	rows := [row("pi", "pi.name", {}), row("spi", "pi.name", {"rules": [{"min": 0, "pathway": "NONE"}]})]
	mixed := object.union(flow(["s:pi.name"], ["l.100"]), {"persons": {"non_sensitive": true}})
	zone.need == "sc_or_cert" with input as mixed with data.pack.lists as [list(rows)]
	zone.need == "none" with input as flow(["s:pi.name"], ["l.100"]) with data.pack.lists as [list(rows)]
}

test_the_maximum_of_adults_beside_a_child if {
	rows := [row("pi", "pi.name", {"max_limit": "l.max"}), row("spi", "pi.name", {})]
	mixed := object.union(flow(["s:pi.name"], ["l.max"]), {"persons": {"non_sensitive": true}})
	not zone.verdict with input as mixed with data.pack.lists as [free(rows)]
	zone.verdict with input as flow(["s:pi.name"], ["l.max"]) with data.pack.lists as [free(rows)]
}

test_one_class_answered_and_one_not if {
	rows := [row("pi", "pi.name", {}), row("pi", "pi.finance.bankcard", {})]
	l := list(rows)
	not zone.need with input as flow(["pi.name", "s:pi.finance.bankcard"], []) with data.pack.lists as [l]
	zone.need == "none" with input as flow(["pi.name", "s:pi.health.record"], []) with data.pack.lists as [l]
}

test_sensitive_data_of_a_class_that_is_not_told if {
	hidden := object.union(flow(["pi.name"], []), {"persons": {"sensitive": true}})
	every rows in [[row("pi", "pi.name", {})], [row("pi", "pi.name", {}), row("spi", "pi.name", {})], []] {
		not zone.verdict with input as hidden with data.pack.lists as [list(rows)]
		not zone.verdict with input as hidden with data.pack.lists as [free(rows)]
	}
}

test_an_unverified_entry_leaves_all_to_the_national_rules if {
	l := list([row("pi", "pi.name", {}), row("pi", "pi.address", {"verified": false})])
	not zone.verdict with input as flow(["pi.name", "pi.address"], []) with data.pack.lists as [l]
	not zone.need with input as flow(["pi.name", "pi.address"], []) with data.pack.lists as [l]
	zone.need == "none" with input as flow(["pi.name"], []) with data.pack.lists as [l]
}

test_a_second_row_that_nobody_verified if {
	every rows in [
		[row("pi", "pi.name", {}), row("spi", "pi.name", {"verified": false})],
		[row("pi", "pi.name", {"id": "u", "verified": false}), row("pi", "pi.name", {})],
	] {
		not zone.need with input as flow(["pi.name"], []) with data.pack.lists as [list(rows)]
		not zone.verdict with input as flow(["pi.name"], []) with data.pack.lists as [free(rows)]
	}
}

# Not sure of addresses, the list is still sure of names.
half := list([row("pi", "pi.name", {}), row("pi", "pi.address", {"verified": false, "rules": [{"min": 0, "pathway": "SA"}]})])

both := ["pi.name", "pi.address"]

test_an_unsure_list_never_lowers_the_need if {
	need.need == "none" with input as flow(both, []) with data.pack.lists as [half]
	need.need == "sc_or_cert" with input as flow(both, ["l.100"]) with data.pack.lists as [half]
	need.need == "sa_volume" with input as flow(both, ["l.100", "l.1000"]) with data.pack.lists as [half]
	need.need == "sa_volume" with input as flow(both, ["national.ns.1000000"]) with data.pack.lists as [half]
}

test_an_unsure_list_limits_a_small_volume if {
	v := need.verdict with input as flow(both, []) with data.pack.lists as [half]
	v.basis == "EX_SMALL"
	v.limits == ["l.100", "l.1000", "national.ns.100000", "national.sp.1"]
	not need.verdict with input as flow(both, ["l.100"]) with data.pack.lists as [half]
}

test_an_unsure_list_limits_a_contract if {
	asked := flow(both, ["l.100"])
	filing.held_below("SC") == {"l.1000", "national.ns.1000000", "national.sp.10000"} with input as asked with data.pack.lists as [half]
	filing.held_below("SA") == set() with input as asked with data.pack.lists as [half]
	filing.why == {"limit": "l.1000"} with input as flow(both, ["l.100", "l.1000"]) with data.pack.lists as [half]
}

test_an_unsure_list_uncounted_is_doubt if {
	some_counts := object.union(flow(both, []), {"brackets": [{"limit": "l.100", "exceeded": false}]})
	v := zone.verdict with input as some_counts with data.pack.lists as [half]
	v.reasons == [{"code": "LEDGER_UNAVAILABLE", "limit": "l.1000"}]
}

test_what_asks_for_nothing_limits_nothing if {
	l := list([row("pi", "pi.name", {"rules": [{"min": 1000, "pathway": "SA", "limit": "l.1000"}, {"min": 100, "pathway": "NONE", "limit": "l.100"}, {"min": 0, "pathway": "NONE"}]})])
	zone.beyond(["sc_or_cert"]) == {"l.1000"} with input as flow(["pi.name"], []) with data.pack.lists as [l]
}
