package customs.filing_test

import data.customs.filing

candidate := {
	"filing": "F1", "revision": 2, "pathway": "SC", "status": "effective", "time": "current",
	"recipient": true, "country": true, "link": true, "purpose": "match",
	"covers": ["pi.finance.bankcard"], "sensitive": ["pi.finance.bankcard"],
}

flow(candidates) := {
	"stage": "part",
	"destination": {"country": "SG", "overseas": true},
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": "no"},
	"declared": {},
	"found": [{"class": "pi.finance.bankcard", "level": "general", "personal": true, "sensitive": true}],
	"persons": {"non_sensitive": false, "sensitive": true, "minors": false},
	"candidates": candidates,
	"brackets": [
		{"limit": "national.ns.100000", "exceeded": false},
		{"limit": "national.ns.1000000", "exceeded": false},
		{"limit": "national.sp.1", "exceeded": false},
		{"limit": "national.sp.10000", "exceeded": false},
	],
}

test_covers if {
	v := filing.verdict with input as flow([candidate])
	v.action == "pass"
	v.revision == 2
}

test_no_limits_and_no_optional_lists if {
	v := filing.verdict with input as flow([object.remove(candidate, ["sensitive"])])
	v.reasons == [{"code": "SPI_NOT_COVERED", "class": "pi.finance.bankcard", "filing": "F1"}]
}

test_a_time_nobody_told_is_not_current if {
	v := filing.verdict with input as flow([object.remove(candidate, ["time"])])
	v.reasons[0].code == "FILING_NOT_YET_EFFECTIVE"
}

test_a_purpose_nobody_told_is_undeclared if {
	v := filing.verdict with input as flow([object.remove(candidate, ["purpose"])])
	v.reasons[0].code == "PURPOSE_UNDECLARED"
}

test_a_pathway_nobody_knows_is_no_filing if {
	v := filing.verdict with input as flow([object.union(candidate, {"pathway": "LETTER"})])
	v.reasons == [{"code": "FILING_NOT_FOUND"}]
}

test_nearest_prefers_the_recipient if {
	other := object.union(candidate, {"filing": "F0", "recipient": false})
	late := object.union(candidate, {"filing": "F9", "time": "expired"})
	v := filing.verdict with input as flow([other, late])
	v.filing == "F9"
}

test_of_equals_the_first_is_nearest if {
	a := object.union(candidate, {"filing": "FA", "time": "expired"})
	b := object.union(candidate, {"filing": "FB", "time": "expired"})
	v := filing.verdict with input as flow([a, b])
	v.filing == "FA"
}

test_an_item_refused_and_approved_is_refused if {
	v := filing.verdict with input as flow([object.union(candidate, {"refused": ["pi.finance.bankcard"]})])
	v.reasons[0].code == "ITEM_REFUSED"
}
