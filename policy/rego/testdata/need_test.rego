package customs.need_test

import data.customs.need

flow(ciio, sensitive, exceeded) := {
	"stage": "part",
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": ciio},
	"found": [{"class": "pi.contact.mobile", "level": "general", "personal": true, "sensitive": sensitive}],
	"persons": {"non_sensitive": true, "sensitive": sensitive, "minors": false},
	"brackets": [b |
		some id in ["national.ns.100000", "national.ns.1000000", "national.sp.1", "national.sp.10000"]
		b := {"limit": id, "exceeded": id in exceeded}
	],
}

test_small if need.need == "none" with input as flow("no", false, set())

test_first_threshold if need.need == "sc_or_cert" with input as flow("no", false, {"national.ns.100000"})

test_second_threshold if {
	need.need == "sa_volume" with input as flow("no", false, {"national.ns.100000", "national.ns.1000000"})
}

test_sensitive_below if need.need == "sc_or_cert" with input as flow("no", true, set())

test_sensitive_above if need.need == "sa_volume" with input as flow("no", true, {"national.sp.10000"})

test_ciio if need.need == "sa_hard" with input as flow("yes", false, set())

test_ciio_not_told if need.need == "sa_hard" with input as flow("", false, set())

test_uncounted_is_doubt if {
	v := need.verdict with input as object.union(flow("no", false, set()), {"brackets": [{"limit": "x", "exceeded": false}]})
	{r.code | some r in v.reasons} == {"LEDGER_UNAVAILABLE"}
	count(v.reasons) == 4
}

test_one_sensitive_person_of_the_year if need.need == "sc_or_cert" with input as flow("no", false, {"national.sp.1"})

test_without_that_row_each_flow_stands_alone if {
	rows := [t | some t in data.pack.thresholds.national; t.id != "national.sp.1"]
	need.need == "none" with input as flow("no", false, {"national.sp.1"}) with data.pack.thresholds.national as rows
}

test_small_holds_the_first_thresholds if {
	v := need.verdict with input as flow("no", false, set())
	v.limits == ["national.ns.100000", "national.sp.1"]
}

test_small_is_none_where_another_authority_must_approve if {
	mark := {"id": "m", "effect": "approval", "approval": "hgr", "verified": true}
	not need.verdict with input as flow("no", false, set()) with data.pack.marks as [mark]
	need.need == "none" with input as flow("no", false, set()) with data.pack.marks as [mark]
}

test_a_zone_list_stands_in_place if {
	need.need == "sc_or_cert" with input as flow("no", false, {"national.ns.1000000"}) with data.customs.zone.need as "sc_or_cert"
	not need.verdict with input as flow("no", false, set()) with data.customs.zone.need as "sc_or_cert"
}

test_what_a_list_asks_for_a_part_raises_the_need if {
	need.need == "sa_volume" with input as flow("no", true, set()) with data.customs.zone.demanded as "sa_volume"
	need.need == "sc_or_cert" with input as flow("no", false, set()) with data.customs.zone.demanded as "sc_or_cert"
	not need.verdict with input as flow("no", false, set()) with data.customs.zone.demanded as "sc_or_cert"
}

test_what_a_list_asks_for_a_part_lowers_nothing if {
	every demanded in ["none", "sc_or_cert", "sa_volume"] {
		need.need == "sa_volume" with input as flow("no", false, {"national.ns.1000000"}) with data.customs.zone.demanded as demanded
		need.need == "sa_hard" with input as flow("yes", false, set()) with data.customs.zone.demanded as demanded
	}
}
