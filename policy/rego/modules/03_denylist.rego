# Nothing goes to a body on the deny-list of PIPL art. 42, nor to a foreign
# court or authority without approval (PIPL art. 41, DSL art. 36).
package customs.denylist

verdict := {
	"action": "block",
	"reasons": [{"code": "RECIPIENT_DENIED"}],
} if {
	input.destination.denied
}
