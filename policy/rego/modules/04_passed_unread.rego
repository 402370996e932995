# What the operator registered to pass without being read: a client that pins
# its certificate, private traffic, a protocol that is not read. The entry
# stands in the configuration with its owner, its last day and its bytes; one
# that is over lets nothing pass. It is asked about at the head alone.
package customs.passthrough

verdict := {
	"action": "pass_unread",
	"reasons": [{"code": "REGISTERED_UNREAD", "rule": input.link.passthrough.id}],
	"need": "unknown",
	"basis": "REGISTERED_UNREAD",
} if {
	input.stage == "head"
	current
}

verdict := {
	"action": "block",
	"reasons": [{"code": "PASSTHROUGH_OVER", "rule": input.link.passthrough.id}],
} if {
	input.stage == "head"
	input.link.passthrough.id
	not current
}

current if input.link.passthrough.state == "current"
