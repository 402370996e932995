# What was not read, and the setting that lets it go.
package customs.unread_test

locked := {"coverage": {"state": "opaque", "gaps": ["encrypted"]}, "found": null, "persons": {}}

with_unread(gaps) := object.union(locked, {"link": {"unread": gaps}})

test_nothing_is_allowed_by_itself if {
	not data.customs.unread.allowed with input as locked
	not data.customs.unread.enough with input as locked
}

test_the_setting_allows_its_reasons if {
	data.customs.unread.allowed with input as with_unread(["encrypted"])
	not data.customs.unread.allowed with input as with_unread(["broken"])
	not data.customs.unread.allowed with input as with_unread([])
	not data.customs.unread.allowed with input as with_unread(null)
}

test_what_was_read_needs_no_setting if {
	full := object.union(with_unread(["encrypted"]), {"coverage": {"state": "full"}})
	data.customs.unread.enough with input as full
	not data.customs.unread.allowed with input as full
	not data.customs.unread.verdict with input as full
}

test_a_state_that_is_not_known_is_not_allowed if {
	odd := object.union(with_unread(["encrypted"]), {"coverage": {"state": "mostly", "gaps": ["encrypted"]}})
	not data.customs.unread.allowed with input as odd
	data.customs.doubt.verdict.reasons == [{"code": "COVERAGE_OPAQUE", "gaps": ["encrypted"]}] with input as odd
}

test_doubt_says_why if {
	v := data.customs.doubt.verdict with input as locked
	v.reasons == [{"code": "COVERAGE_OPAQUE", "gaps": ["encrypted"]}]
}

test_what_was_not_read_is_never_nothing if {
	not data.customs.nothing.verdict with input as with_unread(["encrypted"])
}
