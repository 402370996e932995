# Only what leaves the mainland, or is read from outside it, is governed (个人信息
# 出境标准合同备案指南, 2nd ed.). An unknown place counts as overseas;
# only an explicit "false" is domestic.
package customs.outbound

verdict := {
	"action": "pass_unread",
	"reasons": [{"code": "NOT_OUTBOUND"}],
	"need": "none",
	"basis": "NOT_OUTBOUND",
} if {
	input.destination.overseas == false
	input.stage == "head"
}

verdict := {
	"action": "pass",
	"reasons": [{"code": "NOT_OUTBOUND"}],
	"need": "none",
	"basis": "NOT_OUTBOUND",
} if {
	input.destination.overseas == false
	input.stage == "part"
}
