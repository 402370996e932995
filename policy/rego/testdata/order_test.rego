# Unit tests of the concerns one by one. The whole order, with counts and
# filings, is in the table of the Go tests.
package customs.order_test

overseas := {"country": "SG", "overseas": true, "denied": false}

part := {
	"stage": "part",
	"destination": overseas,
	"exporter": {"uscc": "91310115MA1K3ABC99", "ciio": "no"},
	"declared": {},
	"found": null,
	"persons": {"non_sensitive": false, "sensitive": false, "minors": false},
	"coverage": {"state": "full"},
	"candidates": null,
	"brackets": [
		{"limit": "national.ns.100000", "exceeded": false},
		{"limit": "national.ns.1000000", "exceeded": false},
		{"limit": "national.sp.1", "exceeded": false},
		{"limit": "national.sp.10000", "exceeded": false},
	],
}

with_found(class, level) := object.union(part, {"found": [{
	"class": class, "level": level, "confidence": "high",
	"magnitude": 1, "personal": startswith(class, "pi."), "sensitive": false,
}]})

test_domestic_is_not_governed if {
	v := data.customs.outbound.verdict with input as {"stage": "head", "destination": {"overseas": false}}
	v.action == "pass_unread"
}

test_a_place_that_is_not_told_is_overseas if {
	not data.customs.outbound.verdict with input as {"stage": "head", "destination": {}}
}

test_a_secret_mark_blocks_and_escalates if {
	v := data.customs.secrets.verdict with input as with_found("mark.secret", "core")
	v.reasons == [{"code": "STATE_SECRET", "class": "mark.secret"}]
	v.escalate
}

test_core_level_blocks_whatever_the_class if {
	v := data.customs.secrets.verdict with input as with_found("geo.coordinate", "core")
	v.reasons == [{"code": "CORE_DATA", "class": "geo.coordinate"}]
}

test_plain_data_is_no_secret if {
	not data.customs.secrets.verdict with input as with_found("pi.name", "general")
}

test_denied_recipient if {
	v := data.customs.denylist.verdict with input as {"destination": {"denied": true}}
	v.reasons == [{"code": "RECIPIENT_DENIED"}]
}

test_missing_coverage_is_opaque if {
	v := data.customs.doubt.verdict with input as object.remove(part, ["coverage"])
	v.reasons == [{"code": "COVERAGE_OPAQUE"}]
}

test_missing_exporter_is_unknown if {
	v := data.customs.doubt.verdict with input as object.remove(with_found("pi.name", "general"), ["exporter"])
	v.reasons == [{"code": "EXPORTER_UNKNOWN"}]
}

test_nothing_governed if {
	data.customs.nothing.verdict with input as part
}

test_a_person_without_class_is_still_a_person if {
	not data.customs.nothing.verdict with input as object.union(part, {"persons": {"sensitive": true}})
}
