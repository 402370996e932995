# What came so far leaves only under a filing that opens a window.
package customs.window_test

import data.customs.decision
import data.customs.filing_test
import data.customs.window

open := object.union(filing_test.candidate, {"window": true})

so_far(candidates) := object.union(filing_test.flow(candidates), {"stage": "window", "coverage": {"state": "full"}})

test_a_filing_opens_it if {
	v := decision.verdict with input as so_far([open])
	v.action == "pass"
	v.basis == "SC"
	v.final
}

test_another_filing_does_not if {
	v := decision.verdict with input as so_far([filing_test.candidate])
	v.action == "block"
	v.reasons == [{"code": "OVERSIZE", "filing": "F1"}]
	v.filing == "F1"
}

test_a_class_stops_it if {
	stopped := object.union(open, {"stop": ["pi.finance.bankcard", "pi.name"]})
	v := decision.verdict with input as so_far([stopped])
	v.reasons == [{"code": "OVERSIZE", "class": "pi.finance.bankcard", "filing": "F1"}]
}

test_a_window_that_says_neither_is_none if {
	some value in ["yes", 1, null, {}]
	v := window.verdict with input as so_far([object.union(filing_test.candidate, {"window": value})])
	v.action == "block"
}

test_coverage_nobody_told_is_none if {
	v := decision.verdict with input as object.remove(so_far([open]), ["coverage"])
	v.action == "block"
	v.reasons[0] == {"code": "OVERSIZE"}
}

test_the_law_speaks_after_the_size if {
	v := decision.verdict with input as so_far([])
	v.reasons == [{"code": "OVERSIZE"}, {"code": "FILING_NOT_FOUND"}]
}

test_important_data_under_a_contract if {
	v := decision.verdict with input as object.union(so_far([open]), {"found": [{"class": "geo.survey", "level": "important"}]})
	v.action == "block"
	v.reasons[0].code == "OVERSIZE"
}

test_heads_and_parts_know_no_window if {
	v := decision.verdict with input as object.union(so_far([open]), {"stage": "part"})
	v.reasons == [{"code": "FILING_COVERS", "filing": "F1"}]
}
