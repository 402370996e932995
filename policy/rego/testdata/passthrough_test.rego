# What the operator registered to pass unread, and what is over.
package customs.passthrough_test

head := {"stage": "head", "destination": {"overseas": true, "denied": false}, "found": [], "persons": {},
	"coverage": {"state": "full"}, "exporter": {"uscc": "91310115MA1K3ABC99"}}

under(state) := object.union(head, {"link": {"passthrough": {"id": "bank", "kind": "pinned", "state": state}}})

test_a_current_entry_passes_unread if {
	v := data.customs.decision.law with input as under("current")
	v.action == "pass_unread"
	v.reasons == [{"code": "REGISTERED_UNREAD", "rule": "bank"}]
}

test_an_entry_that_is_over_blocks if {
	some state in ["expired", "used_up", "", "on_hold"]
	v := data.customs.decision.law with input as under(state)
	v.reasons == [{"code": "PASSTHROUGH_OVER", "rule": "bank"}]
}

test_none_is_no_ground if {
	not data.customs.passthrough.verdict with input as head
	not data.customs.passthrough.verdict with input as object.union(head, {"link": {"unread": ["encrypted"]}})
}

test_content_is_never_passed_by_it if {
	not data.customs.passthrough.verdict with input as object.union(under("current"), {"stage": "part"})
}

test_the_deny_list_comes_first if {
	denied := object.union(under("current"), {"destination": {"overseas": true, "denied": true}})
	v := data.customs.decision.law with input as denied
	v.reasons == [{"code": "RECIPIENT_DENIED"}]
}

test_the_mainland_needs_no_entry if {
	near := object.union(under("expired"), {"destination": {"overseas": false, "denied": false}})
	v := data.customs.decision.law with input as near
	v.basis == "NOT_OUTBOUND"
}
