package alert

import (
	"fmt"
	"time"
)

// StreamOf says that more waits for a stream than its backlog may hold. since
// is when it crossed the bound, which tells one crossing from another.
func StreamOf(name string, since time.Time, entries uint64, bytes int64) Alert {
	return Alert{Kind: Stream, Severity: Warning, Object: name, Mark: "backlog", Period: since.UTC().Format(time.RFC3339Nano), Facts: Facts{Count: int64(entries)},
		Title: Text{"日志外送积压：" + name, "a stream of the log has fallen behind: " + name},
		Text: Text{fmt.Sprintf("日志流 %s 积压 %d 条（约 %d MiB），超过配置的上限。传输判定不受影响，也没有丢失：日志段保留到送达为止，磁盘占用会增长。请检查接收方，并查看 customs stream list。", name, entries, bytes>>20),
			fmt.Sprintf("%d entries (about %d MiB) wait for the stream %s, more than its backlog may hold. No verdict waits for it and nothing is lost: the log keeps what was not shipped, so disk use grows. Check the receiver, and see customs stream list.", entries, bytes>>20, name)}}
}

// StreamLostOf says that entries were deleted from the log before a stream had
// shipped them. lost counts all so far.
func StreamLostOf(name string, lost uint64) Alert {
	return Alert{Kind: Stream, Severity: Critical, Object: name, Mark: fmt.Sprintf("lost/%d", lost), Facts: Facts{Count: int64(lost)},
		Title: Text{"日志外送缺失：" + name, "a stream of the log has a gap: " + name},
		Text: Text{fmt.Sprintf("至今共有 %d 条日志在送达流 %s 之前已从本机删除，接收方不会收到。如有归档副本，请从副本补送。", lost, name),
			fmt.Sprintf("%d entries so far were deleted here before the stream %s had shipped them; its receiver will not get them. Ship them from a copy of the log, if there is one.", lost, name)}}
}
