# What an operator lets go although it was not read. The setting stands in the
# configuration, for a destination; no filing gives it. What was read is
# judged as ever, and what was found in it needs its basis.
package customs.unread

# allowed says that the flow was not read in full, and that each reason for
# that is one the operator lets go. A coverage without a reason is not.
allowed if {
	input.coverage.state in {"partial", "opaque"}
	count(input.coverage.gaps) > 0
	every gap in input.coverage.gaps { gap in granted }
}

# A report that overflowed holds persons who would go uncounted.
granted := {gap | some gap in input.link.unread; gap != "limit_findings"}

enough if input.coverage.state == "full"

enough if allowed

# why is what a reason says of the coverage.
why := {"gaps": input.coverage.gaps} if {
	count(input.coverage.gaps) > 0
} else := {}

reason := object.union({"code": "UNREAD_ALLOWED"}, why)

# Nothing governed was found in what was read. That is no proof that there was
# nothing, so the ground to pass is the operator's setting and no exemption.
verdict := {
	"action": "pass",
	"reasons": [],
	"need": "unknown",
	"basis": "UNREAD_ALLOWED",
} if {
	allowed
	not data.customs.facts.has_personal
	not data.customs.facts.has_important
}
