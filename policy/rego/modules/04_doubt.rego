# What was not read proves nothing, and data of nobody known cannot be filed
# for. Doubt takes the stricter branch.
package customs.doubt

verdict := {"action": "block", "reasons": [unread("COVERAGE_PARTIAL")]} if {
	input.coverage.state == "partial"
	not data.customs.unread.allowed
}

verdict := {"action": "block", "reasons": [unread("COVERAGE_OPAQUE")]} if {
	not partly_read
	not data.customs.unread.allowed
}

partly_read if input.coverage.state in {"full", "partial"}

unread(code) := object.union({"code": code}, data.customs.unread.why)

verdict := {"action": "block", "reasons": [{"code": "EXPORTER_UNKNOWN"}]} if {
	data.customs.unread.enough
	governed
	not data.customs.facts.exporter_known
}

governed if data.customs.facts.has_personal

governed if data.customs.facts.has_important
