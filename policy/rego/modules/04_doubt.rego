# What was not read proves nothing, and data of nobody known cannot be filed
# for. Doubt takes the stricter branch.
package customs.doubt

verdict := {"action": "block", "reasons": [{"code": "COVERAGE_PARTIAL"}]} if {
	input.coverage.state == "partial"
}

verdict := {"action": "block", "reasons": [{"code": "COVERAGE_OPAQUE"}]} if {
	not partly_read
}

partly_read if input.coverage.state in {"full", "partial"}

verdict := {"action": "block", "reasons": [{"code": "EXPORTER_UNKNOWN"}]} if {
	input.coverage.state == "full"
	governed
	not data.customs.facts.exporter_known
}

governed if data.customs.facts.has_personal

governed if data.customs.facts.has_important
