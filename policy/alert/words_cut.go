package alert

import (
	"fmt"
	"time"
)

// Cut is a flow that was refused after a part of it had left.
type Cut struct {
	Record, Exporter, Recipient, Filing string
	At                                  time.Time
	Bytes, Persons                      int64 // that left, and that were found
}

// CutOffOf says that a flow was blocked after a part had left. It is told once
// an hour for an exporter and recipient: a client that tries again is cut off
// again.
func CutOffOf(c Cut) Alert {
	return Alert{Kind: CutOff, Severity: Critical, Object: c.Exporter, Mark: c.Recipient, Period: c.At.UTC().Format("2006-01-02T15"), Time: c.At,
		Facts: Facts{Exporter: c.Exporter, Filing: c.Filing, Persons: c.Persons, Records: []string{c.Record}},
		Title: Text{"部分发送后被阻断：" + c.Exporter + " → " + c.Recipient, "blocked after a part was sent: " + c.Exporter + " to " + c.Recipient},
		Text: Text{fmt.Sprintf("一次分段发送的传输在发出 %d 字节后发现不允许的内容（至多涉及 %d 人），其余部分已阻断；已发出的无法收回。请用 customs audit show %s 查看理由和已发出的部分，按数据安全事件评估（customs incident open）；同类记录：customs audit list --reason BLOCKED_AFTER_RELEASE。", c.Bytes, c.Persons, c.Record),
			fmt.Sprintf("A transfer that went in parts was refused when %d bytes of it had left (of %d persons at most); the rest was blocked, and what left cannot be called back. See why, and what left, with customs audit show %s, and weigh it as an incident (customs incident open). Others like it: customs audit list --reason BLOCKED_AFTER_RELEASE.", c.Bytes, c.Persons, c.Record)}}
}
