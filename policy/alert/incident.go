package alert

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

// IncidentMark is how far a clock of an incident has run.
type IncidentMark struct {
	Incident string
	Clock    string
	Mark     string // half, near or over
	Minutes  int    // of the whole clock
	Due      time.Time
	Left     time.Duration
}

// IncidentOf says that the report of an incident is due.
func IncidentOf(m IncidentMark) Alert {
	due := m.Due.In(policy.Shanghai).Format("2006-01-02 15:04:05")
	left := max(int(m.Left/time.Minute), 0)
	a := Alert{Kind: Incident, Severity: Critical, Object: m.Incident, Mark: m.Clock + "/" + m.Mark, Period: m.Due.UTC().Format(time.RFC3339),
		Facts: Facts{Limit: m.Clock, Max: int64(m.Minutes), Date: m.Due.UTC().Format(time.RFC3339), Seconds: m.Left.Seconds()},
		Title: Text{fmt.Sprintf("事件 %s 的报告时限还剩 %d 分钟", m.Incident, left), fmt.Sprintf("the report of incident %s is due in %d minutes", m.Incident, left)},
		Text: Text{fmt.Sprintf("报告时限 %s（%d 分钟）到北京时间 %s 为止。报告后请用 customs incident report %s --to 机关 记录。", m.Clock, m.Minutes, due, m.Incident),
			fmt.Sprintf("Clock %s (%d minutes) runs until %s Beijing time. When you have reported, say so with customs incident report %s --to AUTHORITY.", m.Clock, m.Minutes, due, m.Incident)}}
	if m.Left < 0 {
		a.Title = Text{fmt.Sprintf("事件 %s 的报告时限已过", m.Incident), fmt.Sprintf("the time to report incident %s has run out", m.Incident)}
	}
	return a
}

// IncidentUnreadOf says that files of incidents cannot be read, so that nobody
// watches their clocks.
func IncidentUnreadOf(node, period string) Alert {
	return Alert{Kind: Incident, Severity: Critical, Object: "incidents", Mark: "unread/" + node, Period: period,
		Title: Text{"有事件文件无法读取", "files of incidents cannot be read"},
		Text: Text{"数据目录 incidents 中有文件损坏或无法读取，其报告时限无人跟踪。请用 customs incident list 查看，并从备份恢复。",
			"Files in incidents of the data directory are damaged or cannot be read, and nobody watches their clocks. See customs incident list, and put them back from a backup."}}
}
