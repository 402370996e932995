# State secrets and core data do not leave, whatever filing exists (State
# Secrets Law by NDSR art. 63, DSL art. 21). Somebody is told at once.
package customs.secrets

reasons contains {"code": "STATE_SECRET", "class": f.class} if {
	some f in input.found
	f.class in data.pack.classes.secret
}

reasons contains {"code": "CORE_DATA", "class": f.class} if {
	some f in input.found
	f.class in data.pack.classes.core
}

reasons contains {"code": "CORE_DATA", "class": f.class} if {
	some f in input.found
	f.level == "core"
	not f.class in data.pack.classes.secret
}

verdict := {
	"action": "block",
	# A state secret is named before core data.
	"reasons": array.concat(
		[r | some r in reasons; r.code == "STATE_SECRET"],
		[r | some r in reasons; r.code != "STATE_SECRET"],
	),
	"escalate": true,
} if {
	count(reasons) > 0
}
