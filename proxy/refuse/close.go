package refuse

import "github.com/datacustoms/customs/policy"

// The close codes of RFC 6455 and its registry.
const (
	closeProtocol = 1002
	closePolicy   = 1008
	closeTooBig   = 1009
	closeLater    = 1013
)

// maxCloseReason is what a close frame has room for besides its code.
const maxCloseReason = 123

// Close returns the code and the reason with which a WebSocket is closed, as
// "CODE record=ID". The reason is ASCII and fits a control frame.
func Close(v *policy.Verdict, record string) (uint16, string) {
	first := policy.InternalFault
	if len(v.Reasons) > 0 {
		first = v.Reasons[0].Code
	}
	code := uint16(closePolicy)
	switch s := Status(v); {
	case first == policy.MessageMalformed:
		code = closeProtocol
	case first == policy.Oversize:
		code = closeTooBig
	case s == 503 || s == 502 || s == 504:
		code = closeLater
	}
	tail := ""
	if record != "" {
		tail = " record=" + record
	}
	reason := string(first)
	// What caused a stop after some had left is the reason to act on.
	for _, r := range v.Reasons[min(1, len(v.Reasons)):] {
		if next := reason + "," + string(r.Code); len(next)+len(tail) <= maxCloseReason && r.Code != first {
			reason = next
		}
	}
	return code, cut(reason, max(0, maxCloseReason-len(tail))) + cut(tail, maxCloseReason)
}
