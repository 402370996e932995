# Data without personal information and without important data flows freely
# (2024 Provisions art. 3).
package customs.nothing

verdict := {
	"action": "pass",
	"reasons": [{"code": "EX_NO_PI"}],
	"need": "none",
	"basis": "EX_NO_PI",
} if {
	input.coverage.state == "full"
	not data.customs.facts.has_personal
	not data.customs.facts.has_important
}
